"""A small roster with the real townships, and a minimal notice."""

from dataclasses import replace
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path

from config.notice import BirthDateRange, FormSpec, Notice, UnitRules
from config.read_notice import load_notice
from config.units.resolve_unit_names import UnitNames
from config.units.roster import Roster, Unit, load_roster

TOWNSHIPS = Path(str(resources.files("config") / "notices" / "shizhu-townships.csv"))


def a_school(
    name: str,
    stage: str,
    township: str | None = None,
    *aliases: str,
    parent: str | None = None,
    email: str | None = None,
) -> Unit:
    emails = (email,) if email else ()
    return Unit(
        name=name,
        kind="school",
        stage=stage,
        township=township,
        aliases=aliases,
        parent=parent,
        emails=emails,
    )


SCHOOLS = (
    a_school("沙子镇小学", "小学", "沙子镇", email="shazi-school@example.org"),
    a_school("石柱土家族自治县沙子中学校", "初中", "沙子镇", email="clerk@example.org"),
    a_school("盘龙教学点", "教学点", "沙子镇", parent="沙子镇小学"),
    a_school("西沱镇小学", "小学", "西沱镇", email="clerk@example.org"),
    a_school("西沱镇朝阳小学", "小学", "西沱镇"),
    a_school("三河镇中心小学", "小学", "三河镇", email="sanhe-school@example.org"),
    a_school("三星乡小学", "小学", "三星乡"),
    a_school("三益乡小学", "小学", "三益乡"),
    a_school("黄水镇第一小学", "小学", "黄水镇"),
    a_school("龙沙镇学校", "九年一贯制", "龙沙镇"),
    a_school("南宾街道中心幼儿园", "幼儿园", "南宾街道"),
    a_school("南宾小太阳幼儿园", "幼儿园", "南宾街道"),
    a_school("重庆市石柱中学校", "完全中学", "南宾街道", "石中"),
    a_school("重庆市石柱民族中学校", "完全中学", "南宾街道", "民中"),
    a_school("石柱县实验小学", "小学", "南宾街道"),
    a_school("石柱县职业教育中心", "职业学校", "万安街道"),
)  # fmt: skip


@cache
def roster() -> Roster:
    townships = load_roster(TOWNSHIPS).units
    emails = {"沙子镇": "shazi@example.org", "三河镇": "sanhe@example.org"}
    with_mail = tuple(
        replace(unit, emails=(emails[unit.name],)) if unit.name in emails else unit for unit in townships
    )
    return Roster((*with_mail, *SCHOOLS))


@cache
def notice() -> Notice:
    senders = ("township", "school", "township", "school", "township", "school")
    forms = [
        FormSpec(key=f"附件{n}", title="", title_patterns=(), senders=(sender,), fields=())
        for n, sender in enumerate(senders, start=1)
    ]
    return Notice(
        id="test",
        title="",
        office="",
        period_words=(),
        county_words=("石柱土家族自治县", "石柱县", "石柱"),
        wording=load_notice(Path("2023-autumn.toml")).wording,
        opened=date(2023, 9, 1),
        ages=BirthDateRange(born_from=date(2006, 9, 1), born_to=date(2017, 8, 31)),
        fields={},
        vocabularies={},
        forms=tuple(forms),
        units=UnitRules(kinds={"township": "乡镇(街道)", "school": "学校"}),
    )


@cache
def names() -> UnitNames:
    return UnitNames(roster(), notice())
