"""Pages as an office hands them on: title, unit and day, a numbered table, a line for signatures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from notify.spreadsheet import FONT, Column, LongTable, Value, long_table, saved

_HEADING_ROW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One sheet of a workbook; ``columns`` without the number that each row gets."""

    title: str
    name: str
    """What the sheet's tab says."""
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    total: Sequence[Value] | None = None
    """The last row, without a number."""
    foot: Sequence[str] = ()


def page_workbook(pages: Sequence[Page], *, title: str, office: str, as_of: datetime) -> bytes:
    """The pages as one workbook; the same pages give the same bytes."""
    book = Workbook()
    long: list[LongTable] = []
    under_title = f"填报单位:{office}        截至{as_of.year}年{as_of.month}月{as_of.day}日"
    for place, page in enumerate(pages):
        sheet = book.active if place == 0 else book.create_sheet()
        assert isinstance(sheet, Worksheet)
        long.append(_write(sheet, page, under_title))
    return saved(book, title=title, author=office, as_of=as_of, long=long)


def _write(sheet: Worksheet, page: Page, under_title: str) -> LongTable:
    sheet.title = page.name[:31]
    columns = [Column("序号", 6), *page.columns]
    sheet["A1"] = page.title
    sheet["A1"].font = Font(name=FONT, size=16, bold=True)
    sheet["A1"].alignment = Alignment(horizontal="center", vertical="center")
    sheet.row_dimensions[1].height = 28
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(columns))
    sheet["A2"] = under_title
    sheet["A2"].font = Font(name=FONT, size=10)
    rows: list[Sequence[Value]] = [(number, *row) for number, row in enumerate(page.rows, start=1)]
    if page.total is not None:
        rows.append((None, *page.total))
    return long_table(sheet, columns, rows, at=_HEADING_ROW, foot=page.foot)
