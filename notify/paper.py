"""Sheets as an office hands them on: headed tables, filters, A4 landscape; the same values give the same bytes."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | float | date | datetime | None

FONT = "微软雅黑"
LINE = Side(style="thin", color="D0D5DC")
BORDER = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
HEAD_FILL = PatternFill("solid", fgColor="DCE6F4")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
MOST_CHARACTERS = 32_767  # what one cell of a workbook holds


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    width: float
    wrap: bool = False


def table(
    sheet: Worksheet,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    *,
    at: int = 1,
    filtered: bool = False,
) -> None:
    """A headed table from row ``at``; a filtered one also freezes its heading and repeats it on paper."""
    for number, column in enumerate(columns, start=1):
        cell = sheet.cell(at, number)
        write(cell, column.heading)
        cell.font, cell.fill, cell.border = Font(name=FONT, bold=True), HEAD_FILL, BORDER
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = (
            max(sheet.column_dimensions[letter].width, column.width) if at > 1 else column.width
        )
    last = at
    for last, row in enumerate(rows, start=at + 1):
        for number, (column, value) in enumerate(zip(columns, row, strict=True), start=1):
            cell = sheet.cell(last, number)
            write(cell, value)
            cell.font, cell.border = BODY, BORDER
            cell.alignment = WRAPPED if column.wrap else PLAIN
    if filtered:
        sheet.freeze_panes = f"B{at + 1}"
        sheet.auto_filter.ref = f"A{at}:{get_column_letter(len(columns))}{last}"
        sheet.print_title_rows = f"{at}:{at}"


BODY = Font(name=FONT, size=10)
WRAPPED = Alignment(vertical="top", wrap_text=True)
PLAIN = Alignment(vertical="top")


def write(cell: SheetCell | MergedCell, value: Value) -> None:
    """Text stays text: what a unit wrote must never run as a formula (=HYPERLINK…)."""
    if isinstance(value, str):
        cell.value = UNPRINTABLE.sub("", value)[:MOST_CHARACTERS]
        cell.data_type = "s"
        return
    cell.value = value
    if isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"


def _paper(sheet: Worksheet, footer_text: str) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    footer = HeaderFooterItem(
        left=_HeaderFooterPart(text=footer_text.replace("&", "&&")),
        right=_HeaderFooterPart(text="第 &P 页,共 &N 页"),
    )
    sheet.HeaderFooter.oddFooter = footer


def saved(book: Workbook, *, title: str, author: str, as_of: datetime) -> bytes:
    """The workbook set up for paper, with ``title`` at the foot of each page and ``as_of`` as its only time."""
    for sheet in book.worksheets:
        _paper(sheet, title)
    book.properties.creator, book.properties.title = author, title
    out = BytesIO()
    book.save(out)
    return same_bytes(out.getvalue(), as_of)


def same_bytes(data: bytes, as_of: datetime) -> bytes:
    """Take the clock out of the file: openpyxl writes now into the properties and every member."""
    stamp = f"{as_of:%Y-%m-%dT%H:%M:%SZ}".encode()
    out = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            new.writestr(ZipInfo(member.filename, (1980, 1, 1, 0, 0, 0)), content, ZIP_DEFLATED)
    return out.getvalue()
