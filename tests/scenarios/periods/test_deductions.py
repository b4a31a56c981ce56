"""Points by kind, by form and by day, for what is missing or late."""

from pathlib import Path

import pytest

from tests.builders.offices.periods_office import NOTICE, PeriodsOffice, a_row, a_table

WEST, WATER = "西沱中学", "黄水中学"


MONTHLY = 'due = "每月25日"'


@pytest.mark.parametrize(
    ("of_form", "tables", "west", "water"),
    [
        ("", "[deduction]\nschool = 0.5\n", 0.5, 0.5),
        ("", "[deduction]\nper_day = 0.05\n", 0.1, 0.15),
        ("", "[deduction]\nschool = 0.5\nper_day = 0.05\n", 0.6, 0.65),
        ("deduction = 1.0", "[deduction]\nschool = 0.5\n", 1.0, 1.0),
        ("", "", None, None),
    ],
)
def test_what_is_late_costs_by_kind_form_and_day(
    tmp_path: Path, of_form: str, tables: str, west: float | None, water: float | None
) -> None:
    """西沱中学 sent September's ledger two days late, 黄水中学 nothing; the weekly report is nobody's."""
    notice = NOTICE.replace('due = "每周五12:00"', "owed = false").replace(MONTHLY, f"{MONTHLY}\n{of_form}")
    office = PeriodsOffice(tmp_path, notice + tables)
    table = a_table(f"{WEST}9月县内失学辍学学生月度台账", [a_row("甲一", 101)])
    office.send("2026-09-27T10:00", WEST, "月报", {"台账.xlsx": table})
    office.poll()

    gaps = office.ask("gaps", as_of="2026-09-28")
    units = office.ask("status", as_of="2026-09-28")["units"]

    assert {gap["unit"]: gap["deduction"] for gap in gaps} == {WEST: west, WATER: water}
    assert {unit["unit"]: unit["deduction"]["per_form"] for unit in units} == {WEST: west, WATER: water}
