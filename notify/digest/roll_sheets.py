"""Builds the sheets on rolls for the digest's workbook: counts by unit, and students who came or left."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from config.text.output_mask import OutputMask
from ledger.lists.rolls import UNKNOWN, RollLine, added_up
from notify.spreadsheet.sheet_tables import CellValue, SheetColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class RollSheet:
    """One sheet: its title, columns and rows."""

    title: str
    columns: Sequence[SheetColumn]
    rows: Sequence[Sequence[CellValue]]


def build_roll_sheets(lines: Sequence[RollLine], mask: OutputMask) -> tuple[RollSheet, ...]:
    """Returns the sheets 名册, 名册年级 and 名册增减; ``mask`` says how the last shows students."""
    roll_changes = [(one.detail, one) for line in lines for one in (*line.came, *line.left)]
    groups = {
        "学段": [line.stages for line in lines],
        "家庭类别": [line.households for line in lines],
        "就读方式": [line.modes for line in lines],
    }
    grades = {"年级": [line.grades for line in lines]}
    return (
        RollSheet(
            title="名册",
            columns=[
                SheetColumn("单位", 20, wrap=True), SheetColumn("附件", 7), SheetColumn("人数", 7), SheetColumn("新增", 6), SheetColumn("减少", 6),
                SheetColumn("对比日期", 11), SheetColumn("寄宿", 6), *_count_columns(groups),
            ],
            rows=_with_total(
                lines,
                lambda line: (line.total, *_change_counts(line), line.compared_with, line.boarding),
                groups,
            ),
        ),
        RollSheet(
            title="名册年级",
            columns=[SheetColumn("单位", 20, wrap=True), SheetColumn("附件", 7), SheetColumn("人数", 7), *_count_columns(grades)],
            rows=_with_total(lines, lambda line: (line.total,), grades),
        ),
        RollSheet(
            title="名册增减",
            columns=[
                SheetColumn("增减", 10), SheetColumn("姓名", 9), SheetColumn("身份证号", 20), SheetColumn("年级", 9),
                SheetColumn("学校", 22, wrap=True), SheetColumn("说明", 20, wrap=True),
                SheetColumn("报送单位", 18, wrap=True), SheetColumn("附件", 7), SheetColumn("行", 6),
            ],
            rows=[
                (
                    name, mask.name(one.name), mask.number(one.id_number) or "", one.grade, one.school, mask.text(one.detail),
                    one.unit, one.form, one.row,
                )
                for name, one in roll_changes
            ],
        ),
    )  # fmt: skip


GroupedCounts = Mapping[str, Sequence[Mapping[str, int]]]
"""For each heading (学段, 年级 …), the counts of each line."""


def _count_columns(groups: GroupedCounts) -> list[SheetColumn]:
    return [
        SheetColumn(f"{group}{value}" if value == UNKNOWN else value, 8)
        for group, counts in groups.items()
        for value in added_up(counts)
    ]


def _with_total(
    lines: Sequence[RollLine], cells: Callable[[RollLine], tuple[CellValue, ...]], groups: GroupedCounts
) -> list[tuple[CellValue, ...]]:
    """Returns a row of totals and one row a roll; zero counts are blank."""
    if not lines:
        return []
    keys = [(group, value) for group, counts in groups.items() for value in added_up(counts)]
    rows = [
        (line.unit, line.form, *cells(line), *(groups[group][index].get(value) for group, value in keys))
        for index, line in enumerate(lines)
    ]
    total = [
        sum(numbers) if (numbers := [n for n in column if isinstance(n, int)]) else None
        for column in list(zip(*rows, strict=True))[2:]
    ]
    return [("合计", None, *total), *rows]


def _change_counts(line: RollLine) -> tuple[int | None, int | None]:
    """Returns the numbers of students who came and left; None for a first roll, which has no predecessor."""
    return (len(line.came), len(line.left)) if line.compared_with else (None, None)
