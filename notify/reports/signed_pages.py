"""Sheets for signature: title, unit and day, a numbered table, a line for signatures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from config.text.punctuation import set_punctuation
from notify.shown_dates import format_full_day
from notify.spreadsheet.long_table import LongTable, add_long_table
from notify.spreadsheet.sheet_tables import FONT, CellValue, SheetColumn
from notify.spreadsheet.workbook_files import save_workbook

_HEADING_ROW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPage:
    """One sheet of a workbook; ``columns`` without the number column, which is added."""

    title: str
    name: str
    """The name on the sheet's tab."""
    columns: Sequence[SheetColumn]
    rows: Sequence[Sequence[CellValue]]
    total: Sequence[CellValue] | None = None
    """The row of totals, which has no number; None for no such row."""
    footer: Sequence[str] = ()


def build_page_workbook(pages: Sequence[SignedPage], *, title: str, office: str, as_of: datetime) -> bytes:
    """Returns the pages as one workbook; the same pages give the same bytes."""
    workbook = Workbook()
    long_tables: list[LongTable] = []
    subtitle = f"填报单位:{office}        截至{format_full_day(as_of)}"
    for index, page in enumerate(pages):
        sheet = workbook.active if index == 0 else workbook.create_sheet()
        assert isinstance(sheet, Worksheet)
        long_tables.append(_write_page(sheet, page, subtitle))
    return save_workbook(workbook, title=title, author=office, as_of=as_of, long_tables=long_tables)


def _write_page(sheet: Worksheet, page: SignedPage, subtitle: str) -> LongTable:
    sheet.title = page.name[:31]
    columns = [SheetColumn("序号", 6), *page.columns]
    sheet["A1"] = set_punctuation(page.title)
    sheet["A1"].font = Font(name=FONT, size=16, bold=True)
    sheet["A1"].alignment = Alignment(horizontal="center", vertical="center")
    sheet.row_dimensions[1].height = 28
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(columns))
    sheet["A2"] = set_punctuation(subtitle)
    sheet["A2"].font = Font(name=FONT, size=10)
    rows: list[Sequence[CellValue]] = [(number, *row) for number, row in enumerate(page.rows, start=1)]
    if page.total is not None:
        rows.append((None, *page.total))
    return add_long_table(sheet, columns, rows, heading_row=_HEADING_ROW, footer=page.footer)
