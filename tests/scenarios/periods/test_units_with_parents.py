"""Who reports for a school that has a 学区: the 学区, what it may report, and the school itself all else."""

from pathlib import Path

import pytest

from tests.builders.files.clerk_files import xlsx
from tests.builders.offices.periods_office import PeriodsOffice
from tests.builders.values.form_tables import id_number

NOTICE = """
extends = "2023-autumn.toml"
id = "2026-zones"
title = "2026年秋季学期控辍保学"
opened = 2026-09-01
period_words = ["2026年秋"]

[forms]
base = "removed"

[forms."表1"]
title = "学生流失登记表"
title_patterns = ['流失登记']
role = "register"
senders = ["school", "district"]
due = [2026-09-18, 2026-10-16]
nil_allowed = true
fields = ["seq", "name", "id_number", "previous_school", "status", "remark"]
columns = ["name", "status"]
fingerprint = ["status"]
unit_field = "previous_school"

[forms."表2"]
title = "九年级排查表"
title_patterns = ['九年级排查']
role = "register"
sender = "school"
stages = ["初中"]
due = 2026-09-18
nil_allowed = true
fields = ["seq", "name", "id_number", "previous_school", "status", "remark"]
columns = ["name", "status"]
fingerprint = ["status"]
unit_field = "previous_school"

[forms."表3"]
title = "流失统计表"
title_patterns = ['流失统计']
role = "counts"
sender = "district"
due = 2026-09-30
fields = ["school", "out_now"]
columns = ["out_now"]
fingerprint = ["out_now"]
unit_field = "school"

[fields.out_now]
heading = "流失人数"
kind = "int"
counts = "out"
"""
ROSTER = """name,kind,stage,township,aliases,emails,parent
西片学区,district,,,,xi@example.org,
西岭小学,school,小学,,,xl@example.org,西片学区
西河中学,school,初中,,,xh@example.org,西片学区
石溪中学,school,初中,,,sx@example.org,
"""
HEADING = ["序号", "姓名", "身份证号", "原就读学校", "类别", "备注"]


@pytest.fixture
def office(tmp_path: Path) -> PeriodsOffice:
    return PeriodsOffice(tmp_path, NOTICE, ROSTER)


def a_list(title: str, *children: tuple[str, str]) -> bytes:
    """A register with these children, each with the school that it left; without any it says 无."""
    rows = [
        [n, name, id_number(serial=100 + n), school, "辍学", ""]
        for n, (name, school) in enumerate(children, 1)
    ]
    return xlsx([[title], HEADING, *(rows or [["无"]])])


def owed(office: PeriodsOffice, form: str, as_of: str) -> dict[str, list[str]]:
    """By unit that owes a form its state in each period."""
    return {
        unit["unit"]: states
        for unit in office.ask("status", as_of=as_of)["units"]
        if (
            states := [
                one["state"] + (" late" if one["late"] else "")
                for one in unit["forms"]
                if one["form"] == form and one["owed"]
            ]
        )
    }


def test_a_form_that_the_parent_does_not_send_may_come_from_the_school_itself(office: PeriodsOffice) -> None:
    files = {"表2.xlsx": a_list("九年级排查表", ("甲一", "西河中学"))}
    office.send("2026-09-15T10:00", "西河中学", "西河中学表2", files)
    office.poll()

    assert [file["submissions"][0]["unit"] for file in office.ask("files", as_of="2026-09-20")] == [
        "西河中学"
    ]
    assert [case["name"] for case in office.ask("cases", as_of="2026-09-20")] == ["甲一"]
    assert owed(office, "表1", "2026-09-20") == {
        "西片学区": ["missing", "pending"],
        "石溪中学": ["missing", "pending"],
    }


def test_two_days_after_the_day_of_a_list_it_is_late_and_not_early_for_the_next(
    office: PeriodsOffice,
) -> None:
    office.send(
        "2026-09-20T10:00",
        "西片学区",
        "西片学区表1",
        {"表1.xlsx": a_list("学生流失登记表", ("甲一", "西岭小学"))},
    )
    office.send(
        "2026-10-18T10:00", "西片学区", "西片学区表1", {"表1.xlsx": a_list("学生流失登记表(10月16日)")}
    )
    office.poll()

    assert owed(office, "表1", "2026-10-20")["西片学区"] == ["received late", "received late"]


def test_numbers_of_a_school_are_compared_with_its_children_whoever_reports_them(
    office: PeriodsOffice,
) -> None:
    numbers: list[list[object]] = [["流失统计表"], ["学校", "流失人数"], ["西岭小学", 1], ["西河中学", 1]]
    office.send(
        "2026-09-16T10:00",
        "西片学区",
        "西片学区表1",
        {"表1.xlsx": a_list("学生流失登记表", ("甲一", "西岭小学"))},
    )
    office.send("2026-09-28T10:00", "西片学区", "西片学区表3", {"表3.xlsx": xlsx(numbers)})
    office.poll()

    found = [
        one["message"]
        for one in office.ask("crosscheck", as_of="2026-09-29")
        if one["code"] == "counts-disagree"
    ]
    assert len(found) == 1
    assert "西河中学流失人数1\uff0c登记的有0人" in found[0]


def test_numbers_of_one_stage_count_the_children_of_its_schools_alone(tmp_path: Path) -> None:
    notice = NOTICE.replace('title = "流失统计表"', 'title = "流失统计表"\nstages = ["小学"]')
    assert notice != NOTICE
    office = PeriodsOffice(tmp_path, notice, ROSTER)
    children = a_list("学生流失登记表", ("甲一", "西岭小学"), ("乙二", "西河中学"))
    office.send("2026-09-16T10:00", "西片学区", "西片学区表1", {"表1.xlsx": children})
    numbers: list[list[object]] = [["流失统计表"], ["学校", "流失人数"], ["西片学区", 1]]
    office.send("2026-09-28T10:00", "西片学区", "西片学区表3", {"表3.xlsx": xlsx(numbers)})
    office.poll()

    found = office.ask("crosscheck", as_of="2026-09-29")
    assert [one["message"] for one in found if one["code"] == "counts-disagree"] == []
