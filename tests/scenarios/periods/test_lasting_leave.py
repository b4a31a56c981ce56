"""Leave that has no end (免学, 死亡): it needs its proof, and nobody asks until when."""

from pathlib import Path

from tests.builders.offices.periods_office import NOTICE, PeriodsOffice, a_row, a_table

STATUSES = """
[vocabularies.status]
base = "removed"
[vocabularies.status.values]
"辍学" = []
"病休" = []
"死亡" = []
[vocabularies.status.meanings]
"辍学" = "out"
"病休" = "excused"
"死亡" = "excused"
[leave]
base = "removed"
lasting = ["死亡"]
"""


def test_no_end_is_asked_of_a_status_that_lasts(tmp_path: Path) -> None:
    office = PeriodsOffice(tmp_path, NOTICE + STATUSES)
    rows = [a_row("甲一", 101, "病休"), a_row("乙二", 102, "死亡")]
    office.send(
        "2026-09-20T10:00",
        "西沱中学",
        "西沱中学9月台账",
        {"台账.xlsx": a_table("西沱中学9月县内失学辍学学生月度台账", rows)},
    )
    office.poll()

    found = office.ask("crosscheck", as_of="2026-09-22")
    assert [one["name"] for one in found if one["code"] == "leave-without-end"] == ["甲一"]
    assert {case["name"]: case["state"] for case in office.ask("cases", as_of="2026-09-22")} == {
        "甲一": "open",
        "乙二": "open",
    }
