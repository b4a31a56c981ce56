"""What clerks write, and the unit that they mean."""

import pickle
import time

import pytest

from config.units.resolve_unit_names import UnitNames
from config.units.roster import Roster, Unit
from tests.builders.values.small_roster import a_school, names, notice, roster


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("沙子镇", "沙子镇"),
        ("沙子", "沙子镇"),
        (" 沙 子 镇 ", "沙子镇"),
        ("沙子乡", "沙子镇"),
        ("石柱县沙子镇人民政府", "沙子镇"),
        ("石柱土家族自治县沙子镇人民政府(盖章)", "沙子镇"),
        ("重庆市石柱县沙子镇", "沙子镇"),
        ("重庆市沙子镇", "沙子镇"),
        ("沙子镇党委政府", "沙子镇"),
        ("中共沙子镇委员会", "沙子镇"),
        ("沙子镇社会事务办公室", "沙子镇"),
        ("南宾街道办事处", "南宾街道"),
        ("南宾街道办", "南宾街道"),
        ("南宾街办", "南宾街道"),
        ("南宾镇", "南宾街道"),
        ("悦来", "悦崃镇"),
        ("悦来镇", "悦崃镇"),
        ("石柱县悦来镇人民政府", "悦崃镇"),
        ("渔池镇", "鱼池镇"),
        ("三河", "三河镇"),
        ("三星", "三星乡"),
        ("三益乡政府", "三益乡"),
        ("沙子镇小学", "沙子镇小学"),
        ("沙子小学", "沙子镇小学"),
        ("石柱县沙子镇中心小学校", "沙子镇小学"),
        ("沙子镇中心校", "沙子镇小学"),
        ("沙子中学", "石柱土家族自治县沙子中学校"),
        ("石柱县沙子镇初级中学", "石柱土家族自治县沙子中学校"),
        ("三河小学", "三河镇中心小学"),
        ("三益小学", "三益乡小学"),
        ("朝阳小学", "西沱镇朝阳小学"),
        ("西沱朝阳小学校", "西沱镇朝阳小学"),
        ("黄水第一小学", "黄水镇第一小学"),
        ("龙沙学校", "龙沙镇学校"),
        ("龙沙镇九年一贯制学校", "龙沙镇学校"),
        ("龙沙镇学校(小学部)", "龙沙镇学校"),
        ("南宾幼儿园", "南宾街道中心幼儿园"),
        ("小太阳幼儿园", "南宾小太阳幼儿园"),
        ("石柱中学", "重庆市石柱中学校"),
        ("石柱县中学", "重庆市石柱中学校"),
        ("石中", "重庆市石柱中学校"),
        ("石柱民族中学", "重庆市石柱民族中学校"),
        ("民族中学校", "重庆市石柱民族中学校"),
        ("实验小学", "石柱县实验小学"),
        ("石柱职教中心", "石柱县职业教育中心"),
        ("盘龙村小", "盘龙教学点"),
        ("沙子镇盘龙村小学", "盘龙教学点"),
        ("沙子镇小学(盘龙教学点)", "盘龙教学点"),
    ],
)
def test_a_cell_means_one_unit(text: str, unit: str) -> None:
    found = names().resolve(text)

    assert found is not None
    assert found.name == unit


@pytest.mark.parametrize(
    "text",
    [
        "", "沙", "本校", "本地", "石柱", "石柱县", "小学", "中学", "学校", "幼儿园", "石柱县人民政府", "XX学校", "××乡镇",
        "西沱中学", "沙子镇、中益乡", "万州区沙子镇", "上海市实验小学", "三合镇", "沙子镇卧龙村3组", "镇", "镇小学", "沙子镇幼儿园",
    ],
)  # fmt: skip
def test_a_cell_that_means_none_or_several_means_nothing(text: str) -> None:
    assert names().resolve(text) is None


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("石柱县2023年秋季学期沙子镇(街道)辖区6-16周岁适龄学生县外失学台账", ["沙子镇"]),
        ("石柱县2023年秋季学期沙子镇小学6-16周岁适龄学生台账", ["沙子镇小学"]),
        ("石柱县2023年秋季学期南宾街道办事处辖区", ["南宾街道"]),
        ("西沱镇县外学校就读情况", ["西沱镇"]),
        ("附件3沙子.xlsx", ["沙子镇"]),
        ("沙子上报附件1", ["沙子镇"]),
        ("附件4(沙子小学)", ["沙子镇小学"]),
        ("沙子中学附件4和沙子小学附件4", ["石柱土家族自治县沙子中学校", "沙子镇小学"]),
        ("三河镇、三星乡、三益乡", ["三河镇", "三星乡", "三益乡"]),
        ("三河 附件1", ["三河镇"]),
        ("关于悦来镇控辍保学的报告", ["悦崃镇"]),
        ("民中附件2", ["重庆市石柱民族中学校"]),
        ("西沱镇朝阳小学", ["西沱镇朝阳小学"]),
        ("沙子镇 中心 小学", ["沙子镇小学"]),
    ],
)
def test_running_text_names_units_in_order(text: str, units: list[str]) -> None:
    assert [unit.name for unit in names().find(text)] == units


@pytest.mark.parametrize(
    "text",
    [
        "黄水中学附件4",  # a school that is not on the roster is not the town either
        "黄水镇油草村小学",
        "黄水镇朝阳小学",  # 朝阳小学 is in 西沱镇
        "沙子镇小学附属幼儿园",
        "新朝阳小学",
        "三星手机",
        "去石家庄打工",
        "居民中有人",
        "涪陵区龙潭镇",
        "万州区实验小学",
        "在沙子地里",
        "XX乡镇(街道)办事处",
        "××学校",
    ],
)
def test_running_text_that_only_looks_like_a_unit(text: str) -> None:
    assert names().find(text) == ()


def test_a_generated_spelling_that_fits_two_units_is_dropped() -> None:
    two = (a_school("沙子镇东风小学", "小学", "沙子镇"), a_school("西沱镇东风小学", "小学", "西沱镇"))
    found = UnitNames(Roster((*roster().units, *two)), notice())

    assert found.resolve("东风小学") is None
    assert found.resolve("沙子东风小学") == two[0]


def test_a_written_alias_wins_over_a_generated_spelling() -> None:
    two = (
        a_school("沙子镇东风小学", "小学", "沙子镇"),
        a_school("西沱镇东风小学", "小学", "西沱镇", "东风小学"),
    )
    found = UnitNames(Roster((*roster().units, *two)), notice())

    assert found.resolve("东风小学") == two[1]


def test_every_unit_is_found_by_its_own_name() -> None:
    for unit in roster().units:
        assert names().resolve(unit.name) == unit
        assert names().find(f"报送单位:{unit.name}") == (unit,)


def test_folding_takes_off_the_county_but_leaves_a_name() -> None:
    assert names().fold_name(" 重庆市石柱县 沙子镇 ") == "沙子镇"
    assert names().fold_name("重庆市石柱中学校") == "石柱中学校"


def test_it_goes_to_a_child_process() -> None:
    found = pickle.loads(pickle.dumps(names()))

    assert found.resolve("沙子小学") == names().resolve("沙子小学")


def test_a_roster_of_a_county_is_built_and_searched_quickly() -> None:
    towns = roster().of_kind("township")
    many = tuple(a_school(f"{towns[n % 33].name}第{n}村小学", "小学", towns[n % 33].name) for n in range(300))

    started = time.perf_counter()
    found = UnitNames(Roster((*roster().units, *many)), notice())
    found.find("本月无变化,请领导查收。" * 1000)

    assert time.perf_counter() - started < 3  # some 0.2 s alone; tests run beside each other


OTHER_KINDS = Roster(
    (
        *roster().units,
        Unit(name="沙子镇盘龙村", kind="village", stage=None, township="沙子镇"),
        Unit(name="西沱镇红星村", kind="village", stage=None, township="西沱镇"),
        Unit(name="沙子镇红星村", kind="village", stage=None, township="沙子镇"),
        Unit(name="双庆社区", kind="village", stage=None, township="西沱镇"),
        Unit(name="沙子学区", kind="district", stage=None, township="沙子镇"),
        Unit(name="石柱县残疾人联合会", kind="department", stage=None, township=None, aliases=("残联",)),
        Unit(name="石柱县公安局", kind="department", stage=None, township=None),
    )
)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("盘龙村", "沙子镇盘龙村"),
        ("沙子镇盘龙村", "沙子镇盘龙村"),
        ("沙子盘龙村村民委员会", "沙子镇盘龙村"),
        ("石柱县沙子镇盘龙村村委会(盖章)", "沙子镇盘龙村"),
        ("红星村", None),  # there are two
        ("西沱镇红星村委会", "西沱镇红星村"),
        ("西沱镇双庆社区居民委员会", "双庆社区"),
        ("双庆居委会", "双庆社区"),
        ("沙子镇学区", "沙子学区"),
        ("学区", None),
        ("县残联", "石柱县残疾人联合会"),
        ("石柱县残联", "石柱县残疾人联合会"),
        ("县公安局", "石柱县公安局"),
    ],
)
def test_villages_districts_and_departments(text: str, unit: str | None):
    resolved = UnitNames(OTHER_KINDS, notice()).resolve(text)

    assert (resolved.name if resolved else None) == unit


def test_a_village_in_running_text_is_not_its_township():
    names = UnitNames(OTHER_KINDS, notice())

    assert [unit.name for unit in names.find("沙子镇盘龙村2023年9月排查表")] == ["沙子镇盘龙村"]
    assert [unit.name for unit in names.find("石柱县西沱镇红星村未入学儿童排查表")] == ["西沱镇红星村"]
