"""A child on leave for some days (请假, 病假) in a daily list: no case, and where it has one, no return."""

from pathlib import Path

from tests.builders.offices.periods_office import NOTICE, PeriodsOffice, a_row, a_table

STATUSES = """
[vocabularies.status]
base = "removed"
[vocabularies.status.values]
"未到校" = []
"请假" = ["病假", "事假"]
[vocabularies.status.meanings]
"未到校" = "suspected"
"请假" = "absent"
"""
WEST = "西沱中学"


def test_leave_of_some_days_opens_no_case_and_closes_none(tmp_path: Path) -> None:
    office = PeriodsOffice(tmp_path, NOTICE + STATUSES)
    first = [a_row("甲一", 101, "未到校"), a_row("乙二", 102, "病假")]
    second = [a_row("甲一", 101, "请假"), a_row("乙二", 102, "事假")]
    office.send("2026-09-04T10:00", WEST, "周报", {"周报.xlsx": a_table("控辍保学周报", first)})
    office.send("2026-09-11T10:00", WEST, "周报", {"周报.xlsx": a_table("控辍保学周报", second)})
    office.poll()

    cases = office.ask("cases", "--all", as_of="2026-09-12")
    assert [(case["name"], case["status"], case["state"]) for case in cases] == [("甲一", "未到校", "open")]
    assert len(office.ask("records", "--form", "表8", as_of="2026-09-12")) == 4
