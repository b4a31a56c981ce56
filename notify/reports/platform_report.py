"""三统一 on paper: the platform's numbers beside ours by unit, and the children on whom the two differ."""

from collections.abc import Callable, Sequence
from datetime import datetime

from ledger.lists.platform import COUNTS, NumberDifference
from ledger.lists.platform_children import BOTH, OURS, PLATFORM, ChildDifference
from notify.reports.signed_pages import Page, page_workbook
from notify.spreadsheet import Column, Value

ONLY_IN = {PLATFORM: "平台有,这里没有", OURS: "这里有,平台没有", BOTH: "两边写法不同"}


def comparison_workbook(
    month: str,
    numbers: Sequence[NumberDifference],
    children: Sequence[ChildDifference] | None,
    *,
    shown: Callable[[str | None], str | None],
    office: str,
    as_of: datetime,
) -> bytes:
    """One workbook: a sheet of numbers, and one of children where a list was loaded.

    Args:
        shown: an identity number as the sheet may show it.
    """
    pages = [_numbers(month, numbers)]
    if children is not None:
        pages.append(_children(month, children, shown))
    return page_workbook(pages, title=f"{month}三统一比对表", office=office, as_of=as_of)


def _numbers(month: str, numbers: Sequence[NumberDifference]) -> Page:
    used = [what for what in COUNTS if any(one.what == what for one in numbers)]
    columns = [Column("单位", 22, wrap=True)]
    for what in used:
        columns += [Column(f"{COUNTS[what]}{side}", 10) for side in ("(平台)", "(登记)", "(差)")]
    columns.append(Column("核实情况", 26))
    by_unit: dict[str, dict[str, NumberDifference]] = {}
    for one in numbers:
        by_unit.setdefault(one.unit, {})[one.what] = one
    rows: list[Sequence[Value]] = [
        (unit, *(cell for what in used for cell in _cells(own.get(what))), None)
        for unit, own in by_unit.items()
    ]
    total = None
    if rows:
        sums = [[one for one in numbers if one.what == what] for what in used]
        totals = (
            cell
            for own in sums
            for cell in (
                sum(one.platform for one in own),
                sum(one.ours for one in own),
                sum(one.difference for one in own),
            )
        )
        total = ("合计", *totals, None)
    foot = (
        "差=登记−平台;没有录入平台数字的项目和单位不列。",
        "",
        "核对人(签字):                    日期:      年    月    日",
    )
    return Page(
        title=f"{month}三统一比对表(单位)", name="按单位", columns=columns, rows=rows, total=total, foot=foot
    )


def _cells(one: NumberDifference | None) -> tuple[Value, Value, Value]:
    return (None, None, None) if one is None else (one.platform, one.ours, one.difference)


def _children(
    month: str, children: Sequence[ChildDifference], shown: Callable[[str | None], str | None]
) -> Page:
    columns = [
        Column("姓名", 10), Column("身份证号", 21), Column("单位", 20, wrap=True), Column("差在哪里", 18, wrap=True),
        Column("说明", 44, wrap=True), Column("核实结果", 22),
    ]  # fmt: skip
    rows: list[Sequence[Value]] = [
        (one.name, shown(one.id_number) or "", one.unit, ONLY_IN[one.only_in], one.note, None)
        for one in children
    ]
    return Page(title=f"{month}三统一比对表(学生)", name="按学生", columns=columns, rows=rows)
