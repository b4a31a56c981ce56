"""The rolls as sheets of plain values: counts that can be summed and filtered, who came and left, whom to care for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from config.masking import mask_text
from ledger.lists.rolls import UNKNOWN, RollLine, Rolls, RollStudent, added_up
from notify.spreadsheet import Column, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetValues:
    """One sheet: its tab, its headings, its rows."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]


def roll_sheets(rolls: Rolls, number: Callable[[str], str]) -> tuple[SheetValues, ...]:
    """名册, 名册年级, 名册增减 and 重点名单.

    Args:
        number: an identity number as the sheets may show it.
    """
    moved = [(one.detail, one) for line in rolls.lines for one in (*line.came, *line.left)]
    listed = [(name, one) for name, own in rolls.lists.items() for one in own]
    groups = {
        "学段": [line.stages for line in rolls.lines],
        "家庭类别": [line.households for line in rolls.lines],
        "就读方式": [line.modes for line in rolls.lines],
    }
    grades = {"年级": [line.grades for line in rolls.lines]}
    return (
        SheetValues(
            title="名册",
            columns=[
                Column("单位", 20, wrap=True), Column("附件", 7), Column("人数", 7), Column("新增", 6), Column("减少", 6),
                Column("对比日期", 11), Column("寄宿", 6), *_count_columns(groups),
            ],
            rows=_with_total(
                rolls.lines,
                lambda line: (line.total, *_moved(line), line.compared_with, line.boarding),
                groups,
            ),
        ),
        SheetValues(
            title="名册年级",
            columns=[Column("单位", 20, wrap=True), Column("附件", 7), Column("人数", 7), *_count_columns(grades)],
            rows=_with_total(rolls.lines, lambda line: (line.total,), grades),
        ),
        _students("名册增减", "增减", moved, number),
        _students("重点名单", "名单", listed, number),
    )  # fmt: skip


Groups = Mapping[str, Sequence[Mapping[str, int]]]
"""By what is counted, the counts of each line."""


def _count_columns(groups: Groups) -> list[Column]:
    return [
        Column(f"{group}{value}" if value == UNKNOWN else value, 8)
        for group, counts in groups.items()
        for value in added_up(counts)
    ]


def _with_total(
    lines: Sequence[RollLine], own: Callable[[RollLine], tuple[Value, ...]], groups: Groups
) -> list[tuple[Value, ...]]:
    """A row a roll, below a first row that adds them up; a count of nobody is left blank."""
    if not lines:
        return []
    keys = [(group, value) for group, counts in groups.items() for value in added_up(counts)]
    rows = [
        (line.unit, line.form, *own(line), *(groups[group][place].get(value) for group, value in keys))
        for place, line in enumerate(lines)
    ]
    total = [
        sum(numbers) if (numbers := [n for n in column if isinstance(n, int)]) else None
        for column in list(zip(*rows, strict=True))[2:]
    ]
    return [("合计", None, *total), *rows]


def _moved(line: RollLine) -> tuple[int | None, int | None]:
    """Who came and who left; blank for a first roll, which is compared with nothing."""
    return (len(line.came), len(line.left)) if line.compared_with else (None, None)


def _students(
    title: str, what: str, listed: Sequence[tuple[str, RollStudent]], number: Callable[[str], str]
) -> SheetValues:
    return SheetValues(
        title=title,
        columns=[
            Column(what, 10), Column("姓名", 9), Column("身份证号", 20), Column("年级", 9), Column("学校", 22, wrap=True),
            Column("说明", 20, wrap=True), Column("报送单位", 18, wrap=True), Column("附件", 7), Column("行", 6),
        ],
        rows=[
            (
                name, one.name, number(one.id_number) if one.id_number else "", one.grade, one.school, mask_text(one.detail),
                one.unit, one.form, one.row,
            )
            for name, one in listed
        ],
    )  # fmt: skip
