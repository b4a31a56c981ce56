"""Reading units.csv as offices write it."""

import csv
from datetime import date
from pathlib import Path

import pytest

from config.errors import ConfigError
from config.units.roster import is_deliverable, load_roster
from tests.builders.values.small_roster import TOWNSHIPS

HEADER = "name,kind,stage,township,aliases,emails"


def written(folder: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    path = folder / "units.csv"
    path.write_bytes("\r\n".join((header, *lines)).encode(encoding))
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_roster(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_it_reads_what_excel_saves(tmp_path: Path, encoding: str) -> None:
    path = written(
        tmp_path,
        "悦崃镇,township,,,悦来;悦莱,A@example.org;b@example.org",
        ",,,,,",
        "悦崃镇小学,school,小学,悦崃镇,,",
        encoding=encoding,
    )

    roster = load_roster(path)

    assert [unit.name for unit in roster.units] == ["悦崃镇", "悦崃镇小学"]
    assert roster.units[0].aliases == ("悦来", "悦莱")
    assert roster.by_email("a@EXAMPLE.org") == (roster.units[0],)
    assert roster.of_kind("school") == (roster.units[1],)
    assert roster.get("悦崃") is None


def test_it_reads_further_columns_and_passes_over_unknown_ones(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "甲小学,school,小学,,,,,,",
        "乙教学点,school,教学点,,,,甲小学,2020-09-01,x",
        header=f"{HEADER},parent,active_from,颜色",
    )

    roster = load_roster(path)

    assert roster.units[1].active_from == date(2020, 9, 1)
    assert roster.reporting_unit(roster.units[1]) == roster.units[0]


def test_a_parent_reports_only_the_forms_that_its_kind_sends(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "西片学区,district,,,,,",
        "甲小学,school,小学,,,,西片学区",
        "乙教学点,school,教学点,,,,甲小学",
        header=f"{HEADER},parent",
    )
    roster = load_roster(path, {"district": "学区", "school": "学校"})
    zone, school, point = roster.units

    assert roster.reporting_unit(point, ["district", "school"]) == roster.reporting_unit(point) == zone
    assert roster.reporting_unit(point, ["school"]) == roster.reporting_unit(school, ["school"]) == school
    assert roster.reporting_unit(point, ["township"]) == zone


def test_the_bundled_townships_are_the_33_of_the_county() -> None:
    roster = load_roster(TOWNSHIPS)

    assert len(roster.units) == 33
    assert {unit.kind for unit in roster.units} == {"township"}
    with TOWNSHIPS.open(encoding="utf-8") as file:
        assert next(csv.reader(file)) == HEADER.split(",")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["甲镇,town,,,,"], ["第2行", "kind", "township"]),
        (["甲小学,school,,,,"], ["第2行", "stage", "九年一贯制"]),
        (["甲镇,township,小学,,,"], ["第2行", "stage"]),
        ([",township,,,,"], ["第2行", "name"]),
        (["甲镇,township,,,,", "", "甲 镇,township,,,,"], ["第2行", "第4行", "同一个名称"]),
        (["甲镇,township,,,老甲,", "乙镇,township,,,老甲,"], ["老甲", "第2行", "第3行"]),
        (["甲镇,township,,,,", "乙镇,township,,,甲镇,"], ["甲镇", "第2行", "第3行"]),
        (["甲小学,school,小学,丙镇,,"], ["第2行", "丙镇", "township"]),
        (["甲镇,township,,,,someone"], ["第2行", "someone"]),
        ([], ["没有单位"]),
    ],
)
def test_faults_are_told_with_their_lines(tmp_path: Path, lines: list[str], words: list[str]) -> None:
    told = refusal(written(tmp_path, *lines))

    assert all(word in told for word in ["units.csv", *words]), told


def test_parents_must_exist_and_not_go_in_circles(tmp_path: Path) -> None:
    header = f"{HEADER},parent"

    assert "parent“乙”" in refusal(written(tmp_path, "甲,school,小学,,,,乙", header=header))
    assert "绕回" in refusal(written(tmp_path, "甲,school,小学,,,,乙", "乙,school,小学,,,,甲", header=header))


def test_a_unit_may_send_for_others_and_for_an_area(tmp_path: Path) -> None:
    header = f"{HEADER},parent,zone,sends_for"
    path = written(
        tmp_path,
        "甲镇,township,,,,Town@example.org,,东片,乙小学;西片",
        "乙小学,school,小学,,,two@example.org,,,",
        "丙小学,school,小学,,,,,西片,",
        "丁教学点,school,教学点,,,point@example.org,乙小学,,",
        header=header,
    )

    roster = load_roster(path)

    assert roster.senders_for("甲镇") == {"town@example.org"}
    assert roster.senders_for("乙小学") == {"two@example.org", "town@example.org", "point@example.org"}
    assert roster.senders_for("丙小学") == {"town@example.org"}
    assert roster.senders_for("戊小学") == frozenset()


def test_whom_a_unit_sends_for_is_on_the_roster(tmp_path: Path) -> None:
    path = written(tmp_path, "甲镇,township,,,,,乙小学", header=f"{HEADER},sends_for")

    assert "sends_for“乙小学”" in refusal(path)


def test_dates_must_be_days_in_order(tmp_path: Path) -> None:
    header = f"{HEADER},active_from,active_to"

    assert "不是日期" in refusal(written(tmp_path, "甲镇,township,,,,,2023-02-30,", header=header))
    assert "晚于" in refusal(written(tmp_path, "甲镇,township,,,,,2023-09-01,2022-09-01", header=header))


def test_a_missing_column_and_a_missing_file_are_told(tmp_path: Path) -> None:
    assert "缺少列 kind" in refusal(written(tmp_path, "甲镇", header="name,stage,township"))
    assert "kongchuo init" in refusal(tmp_path / "no.csv")


def test_full_width_marks_are_read_as_half_width_and_a_name_stays_as_written(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "悦崃镇\uff08北\uff09,township,,,悦来\uff1b悦莱,\uff41@example.org",
        "悦崃镇小学,school,小学,悦崃镇(北),,",
    )

    town, school = load_roster(path).units

    assert (town.name, town.aliases) == ("悦崃镇\uff08北\uff09", ("悦来", "悦莱"))
    assert town.emails == ("a@example.org",)
    assert school.township == town.name


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("a\uff20example.org", "a@example.org"),
        ("a @ example.org", "a@example.org"),
        (" a@example.org\u3000", "a@example.org"),
    ],
)
def test_full_width_and_blank_characters_fold_in_an_address(tmp_path, written, address):
    path = tmp_path / "units.csv"
    path.write_text(f"{HEADER}\n西沱镇,township,,,,{written}\n", "utf-8")

    assert load_roster(path).units[0].emails == (address,)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("a.b+c@example.org", True),
        ("12345@qq.com", True),
        ("张@example.org", False),
        ("a@localhost", False),
        ("a@example..org", False),
        (".a@example.org", False),
        ("a@-example.org", False),
        ("a@163.com1,b", False),
        ("a" * 65 + "@example.org", False),
    ],
)
def test_an_address_that_no_server_takes_is_known(address, expected):
    assert is_deliverable(address) is expected
