"""Sheets as an office hands them on: headed tables, filters, A4 landscape; the same values give the same bytes."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from math import ceil
from types import MappingProxyType
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import MergedCell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

CellValue = str | int | float | date | datetime | None

FONT = "微软雅黑"
THIN_LINE = Side(style="thin", color="D0D5DC")
BORDER = Border(left=THIN_LINE, right=THIN_LINE, top=THIN_LINE, bottom=THIN_LINE)
HEAD_FILL = PatternFill("solid", fgColor="DCE6F4")
BODY_FONT = Font(name=FONT, size=10)
WRAPPED_ALIGNMENT = Alignment(vertical="top", wrap_text=True)
PLAIN_ALIGNMENT = Alignment(vertical="top")
NUMBER_FORMATS: dict[type, str] = {datetime: "yyyy-mm-dd hh:mm", date: "yyyy-mm-dd"}
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
MOST_CHARACTERS = 32_767  # what one cell of a workbook holds


@dataclass(frozen=True, slots=True)
class SheetColumn:
    heading: str
    width: float
    wrap: bool = False


def printable_text(text: str) -> str:
    """What of a text a cell can hold."""
    return UNPRINTABLE.sub("", text)[:MOST_CHARACTERS]


def write_table(
    sheet: Worksheet,
    columns: Sequence[SheetColumn],
    rows: Iterable[Sequence[CellValue]],
    *,
    heading_row: int = 1,
    filtered: bool = False,
) -> None:
    """A headed table from row ``heading_row``; a filtered one also freezes its heading and repeats it on paper."""
    _write_headings(sheet, columns, heading_row)
    last = heading_row
    for last, row in enumerate(rows, start=heading_row + 1):
        for number, (column, value) in enumerate(zip(columns, row, strict=True), start=1):
            cell = sheet.cell(last, number)
            write_cell(cell, value)
            cell.font, cell.border = BODY_FONT, BORDER
            cell.alignment = WRAPPED_ALIGNMENT if column.wrap else PLAIN_ALIGNMENT
    if filtered:
        _add_filter(sheet, columns, heading_row, last)


_CHUNK_ROWS = 500
_DAY_ZERO = date(1899, 12, 30).toordinal()
_LINE_HEIGHT = 15.0
_DIGIT_WIDTH, _CELL_PADDING = (
    0.95,
    0.7,
)  # of a digit of our 10 points, and what a cell keeps free, in units of column width
_VALUE_TYPES: tuple[type, ...] = (str, int, date, datetime)
_FOOTER_FONT = Font(name=FONT, size=11)


class LongTable:
    """The rows of one table, the last thing in its sheet: tens of thousands of them, written as XML when saved.

    Cell by cell openpyxl takes a minute for a county's children; the heading and the looks are still its own.
    Text wraps in the columns that say so, and the row is as high as that needs; numbers and days are centred.
    """

    def __init__(
        self,
        sheet: Worksheet,
        columns: Sequence[SheetColumn],
        rows: Sequence[Sequence[CellValue]],
        first: int,
        footer: Sequence[str],
    ) -> None:
        self.sheet = sheet
        self._rows, self._first_row, self._footer = rows, first, footer
        styles = {
            (wrap, kind): _style_id(sheet, wrap, kind) for wrap in (False, True) for kind in _VALUE_TYPES
        }
        self._columns = [
            (get_column_letter(position), *(styles[column.wrap, kind] for kind in _VALUE_TYPES))
            for position, column in enumerate(columns, start=1)
        ]
        self._wrapped = [(position, column.width) for position, column in enumerate(columns) if column.wrap]
        footer_cell = WriteOnlyCell(sheet)
        footer_cell.font = _FOOTER_FONT
        self._footer_style = int(footer_cell.style_id)

    @property
    def used_range(self) -> str:
        """All that is used of the sheet; readers believe what it says."""
        last = self._first_row + len(self._rows) - 1 + (len(self._footer) + 1 if self._footer else 0)
        return f"A1:{self._columns[-1][0]}{last}"

    def xml(self) -> Iterator[bytes]:
        """The rows as they stand in ``sheetData``; text as text, so that nothing runs as a formula."""
        lines: list[str] = []
        for number, row in enumerate(self._rows, start=self._first_row):
            lines.append(f'<row r="{number}"{self._height(row)}>')
            for (letter, text, count, day, instant), value in zip(self._columns, row, strict=True):
                position = f'<c r="{letter}{number}" s="'
                match value:
                    case "" | None:
                        lines.append(f'{position}{text}"/>')
                    case str():
                        lines.append(f'{position}{text}"{_inline_string(value)}</c>')
                    case datetime():
                        lines.append(
                            f'{position}{instant}"><v>{_day_serial(value) + _day_fraction(value)}</v></c>'
                        )
                    case date():
                        lines.append(f'{position}{day}"><v>{_day_serial(value)}</v></c>')
                    case _:
                        lines.append(f'{position}{count}"><v>{value}</v></c>')
            lines.append("</row>")
            if number % _CHUNK_ROWS == 0:
                yield "".join(lines).encode("utf-8", "replace")
                lines.clear()
        for number, footer_line in enumerate(self._footer, start=self._first_row + len(self._rows) + 1):
            lines.append(
                f'<row r="{number}"><c r="A{number}" s="{self._footer_style}"{_inline_string(footer_line)}</c></row>'
            )
        yield "".join(lines).encode("utf-8", "replace")

    def _height(self, row: Sequence[CellValue]) -> str:
        """Not every program makes a row as high as its text by itself."""
        lines = max(
            (
                _count_lines(value, width)
                for position, width in self._wrapped
                if isinstance(value := row[position], str)
            ),
            default=1,
        )
        return f' ht="{lines * _LINE_HEIGHT}" customHeight="1"' if lines > 1 else ""


def _count_lines(text: str, width: float) -> int:
    """How many lines a text takes in a column; a Chinese character is as wide as two digits."""
    wide = (len(text.encode("utf-8", "replace")) - len(text)) // 2
    return max(1, ceil((len(text) + wide) * _DIGIT_WIDTH / (width - _CELL_PADDING))) + text.count("\n")


def _inline_string(text: str) -> str:
    return f' t="inlineStr"><is><t xml:space="preserve">{escape(printable_text(text))}</t></is>'


def _day_serial(day: date) -> int:
    """A day as workbooks count them."""
    return day.toordinal() - _DAY_ZERO


def _day_fraction(instant: datetime) -> float:
    return (instant.hour * 3600 + instant.minute * 60 + instant.second) / 86400


def _style_id(sheet: Worksheet, wrap: bool, kind: type) -> int:
    """The workbook's number for the look of such a cell."""
    cell = WriteOnlyCell(sheet)
    cell.font, cell.border = BODY_FONT, BORDER
    cell.alignment = Alignment(
        horizontal=None if kind is str else "center", vertical="center", wrap_text=wrap or None
    )
    if kind in NUMBER_FORMATS:
        cell.number_format = NUMBER_FORMATS[kind]
    return int(cell.style_id)


def add_long_table(
    sheet: Worksheet,
    columns: Sequence[SheetColumn],
    rows: Sequence[Sequence[CellValue]],
    *,
    heading_row: int = 1,
    footer: Sequence[str] = (),
) -> LongTable:
    """A filtered table of any length that ends its sheet but for lines at its foot; :func:`save_workbook` writes the rows.

    The columns are as wide as they say, whatever stands above them.
    """
    _write_headings(sheet, columns, heading_row)
    for position, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = column.width
    most_lines = max(_count_lines(column.heading, column.width) for column in columns)
    sheet.row_dimensions[heading_row].height = most_lines * _LINE_HEIGHT + 3
    _add_filter(sheet, columns, heading_row, heading_row + len(rows))
    return LongTable(sheet, columns, rows, heading_row + 1, footer)


def _write_headings(sheet: Worksheet, columns: Sequence[SheetColumn], heading_row: int) -> None:
    for number, column in enumerate(columns, start=1):
        cell = sheet.cell(heading_row, number)
        write_cell(cell, column.heading)
        cell.font, cell.fill, cell.border = Font(name=FONT, bold=True), HEAD_FILL, BORDER
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = (
            max(sheet.column_dimensions[letter].width, column.width) if heading_row > 1 else column.width
        )


def _add_filter(sheet: Worksheet, columns: Sequence[SheetColumn], heading_row: int, last: int) -> None:
    """Freeze the heading, let people filter, and repeat the heading on paper."""
    sheet.freeze_panes = f"B{heading_row + 1}"
    sheet.auto_filter.ref = f"A{heading_row}:{get_column_letter(len(columns))}{last}"
    sheet.print_title_rows = f"{heading_row}:{heading_row}"


def write_cell(cell: SheetCell | MergedCell, value: CellValue) -> None:
    """Text stays text: what a unit wrote must never run as a formula (=HYPERLINK…)."""
    if isinstance(value, str):
        cell.value = printable_text(value)
        cell.data_type = "s"
        return
    cell.value = value
    if isinstance(value, datetime):
        cell.number_format = NUMBER_FORMATS[datetime]
    elif isinstance(value, date):
        cell.number_format = NUMBER_FORMATS[date]


def _set_up_page(sheet: Worksheet, footer_text: str) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.6, 0.7, 0.35
    footer = HeaderFooterItem(
        left=_HeaderFooterPart(text=footer_text.replace("&", "&&")),
        right=_HeaderFooterPart(text="第 &P 页,共 &N 页"),
    )
    sheet.HeaderFooter.oddFooter = footer


def save_workbook(
    workbook: Workbook, *, title: str, author: str, as_of: datetime, long_tables: Sequence[LongTable] = ()
) -> bytes:
    """The workbook set up for paper, with ``title`` at the foot of each page and ``as_of`` as its only time.

    Args:
        long: the long tables of its sheets, whose rows are written here.
    """
    for sheet in workbook.worksheets:
        _set_up_page(sheet, title)
    workbook.properties.creator, workbook.properties.title = author, title
    out = BytesIO()
    workbook.save(out)
    return remove_clock(out.getvalue(), as_of, {table.sheet.path.lstrip("/"): table for table in long_tables})


def remove_clock(
    data: bytes, as_of: datetime, long_tables: Mapping[str, LongTable] = MappingProxyType({})
) -> bytes:
    """Take the clock out of the file: openpyxl writes now into the properties and every member.

    Args:
        long: by member, the rows that come last in it.
    """
    stamp = f"{as_of:%Y-%m-%dT%H:%M:%SZ}".encode()
    out = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            name = ZipInfo(member.filename, (1980, 1, 1, 0, 0, 0))
            name.compress_type = ZIP_DEFLATED
            with new.open(name, "w") as file:
                if (table := long_tables.get(member.filename)) is None:
                    file.write(content)
                else:
                    head, end, tail = content.partition(b"</sheetData>")
                    file.write(
                        re.sub(rb'(<dimension ref=")[^"]*', rb"\g<1>" + table.used_range.encode(), head)
                    )
                    file.writelines(table.xml())
                    file.write(end + tail)
    return out.getvalue()
