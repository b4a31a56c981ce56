"""When what two units say of a child contradicts: 疑似 beside 劝学中 is no contradiction, 病休 beside it is."""

from pathlib import Path

import pytest

from tests.builders.offices.periods_office import NOTICE, PeriodsOffice, a_row, a_table

WEST, WATER = "西沱中学", "黄水中学"
STATUSES = """
[vocabularies.status]
base = "removed"
[vocabularies.status.values]
"疑似辍学" = []
"未到校" = []
"劝学中" = []
"病休" = []
[vocabularies.status.meanings]
"疑似辍学" = "suspected"
"未到校" = "suspected"
"劝学中" = "out"
"病休" = "excused"
"""


@pytest.mark.parametrize(
    ("week", "month", "other", "contradicts"),
    [
        ("未到校", "疑似辍学", "疑似辍学", False),
        ("疑似辍学", "劝学中", "疑似辍学", False),
        ("疑似辍学", "未到校", "劝学中", False),
        ("劝学中", "病休", "病休", False),
        ("未到校", "劝学中", "病休", True),
    ],
)
def test_the_newest_word_of_each_unit_is_compared(
    tmp_path: Path, week: str, month: str, other: str, contradicts: bool
) -> None:
    office = PeriodsOffice(tmp_path, NOTICE + STATUSES)
    office.send(
        "2026-09-04T10:00", WEST, "周报", {"周报.xlsx": a_table("控辍保学周报", [a_row("甲一", 101, week)])}
    )
    for when, unit, word in (("2026-09-20T10:00", WEST, month), ("2026-09-21T10:00", WATER, other)):
        table = a_table(f"{unit}9月县内失学辍学学生月度台账", [a_row("甲一", 101, word)])
        office.send(when, unit, "台账", {"台账.xlsx": table})
    office.poll()

    codes = [one["code"] for one in office.ask("crosscheck", as_of="2026-09-22")]
    assert ("two-statuses" in codes) is contradicts
