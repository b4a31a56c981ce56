"""Builds the 三统一 workbook: the platform's numbers beside ours by unit, and the children that differ."""

from collections.abc import Sequence
from datetime import datetime

from config.text.output_mask import OutputMask
from ledger.lists.platform import COUNTS, NumberDifference
from ledger.lists.platform_children import BOTH, OURS, PLATFORM, ChildDifference
from notify.reports.signed_pages import SignedPage, build_page_workbook
from notify.spreadsheet.sheet_tables import CellValue, SentenceColumn, SheetColumn

SIDE_LABELS = {PLATFORM: "平台有,这里没有", OURS: "这里有,平台没有", BOTH: "两边写法不同"}


def build_comparison_workbook(
    month: str,
    numbers: Sequence[NumberDifference],
    children: Sequence[ChildDifference] | None,
    *,
    mask: OutputMask,
    office: str,
    as_of: datetime,
) -> bytes:
    """Returns a workbook with a sheet of numbers, and one of children if a list was loaded.

    Args:
        mask: how the sheet may show a child.
    """
    pages = [_number_page(month, numbers)]
    if children is not None:
        pages.append(_children_page(month, children, mask))
    return build_page_workbook(pages, title=f"{month}三统一比对表", office=office, as_of=as_of)


def _number_page(month: str, numbers: Sequence[NumberDifference]) -> SignedPage:
    compared = [what for what in COUNTS if any(one.what == what for one in numbers)]
    columns = [SheetColumn("单位", 22, wrap=True)]
    for what in compared:
        columns += [SheetColumn(f"{COUNTS[what]}{side}", 10) for side in ("(平台)", "(登记)", "(差)")]
    columns.append(SheetColumn("核实情况", 26))
    by_unit: dict[str, dict[str, NumberDifference]] = {}
    for one in numbers:
        by_unit.setdefault(one.unit, {})[one.what] = one
    rows: list[Sequence[CellValue]] = [
        (unit, *(cell for what in compared for cell in _cells(differences.get(what))), None)
        for unit, differences in by_unit.items()
    ]
    total = None
    if rows:
        sums = [[one for one in numbers if one.what == what] for what in compared]
        totals = (
            cell
            for differences in sums
            for cell in (
                sum(one.platform for one in differences),
                sum(one.ours for one in differences),
                sum(one.difference for one in differences),
            )
        )
        total = ("合计", *totals, None)
    footer = (
        "差=登记−平台;没有录入平台数字的项目和单位不列。",
        "",
        "核对人(签字):                    日期:      年    月    日",
    )
    return SignedPage(
        title=f"{month}三统一比对表(单位)",
        name="按单位",
        columns=columns,
        rows=rows,
        total=total,
        footer=footer,
    )


def _cells(one: NumberDifference | None) -> tuple[CellValue, CellValue, CellValue]:
    return (None, None, None) if one is None else (one.platform, one.ours, one.difference)


def _children_page(month: str, children: Sequence[ChildDifference], mask: OutputMask) -> SignedPage:
    columns = [
        SheetColumn("姓名", 10), SheetColumn("身份证号", 21), SheetColumn("单位", 20, wrap=True), SentenceColumn("差在哪里", 18, wrap=True),
        SentenceColumn("说明", 44, wrap=True), SheetColumn("核实结果", 22),
    ]  # fmt: skip
    rows: list[Sequence[CellValue]] = [
        (
            mask.name(one.name),
            mask.number(one.id_number) or "",
            one.unit,
            SIDE_LABELS[one.only_in],
            mask.text(one.note),
            None,
        )
        for one in children
    ]
    return SignedPage(title=f"{month}三统一比对表(学生)", name="按学生", columns=columns, rows=rows)
