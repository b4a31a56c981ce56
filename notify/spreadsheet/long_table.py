"""Tables of tens of thousands of rows, written as XML when the workbook is saved."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from math import ceil
from xml.sax.saxutils import escape

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from config.text.punctuation import set_punctuation
from notify.spreadsheet.sheet_tables import (
    BODY_FONT,
    BORDER,
    FONT,
    NUMBER_FORMATS,
    CellValue,
    SentenceColumn,
    SheetColumn,
    add_filter,
    printable_text,
    set_sentences,
    write_headings,
)

_CHUNK_ROWS = 500
_DAY_ZERO = date(1899, 12, 30).toordinal()
LINE_HEIGHT = 15.0
_DIGIT_WIDTH = 0.95  # of a digit of our 10 points, in units of column width
_CELL_PADDING = 0.7  # what a cell keeps free, in the same units
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
        """The sheet's used range, on which readers rely."""
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
                count_lines(value, width)
                for position, width in self._wrapped
                if isinstance(value := row[position], str)
            ),
            default=1,
        )
        return f' ht="{lines * LINE_HEIGHT}" customHeight="1"' if lines > 1 else ""


def count_lines(text: str, width: float) -> int:
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
    write_headings(sheet, columns, heading_row)
    for position, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = column.width
    most_lines = max(count_lines(set_punctuation(column.heading), column.width) for column in columns)
    sheet.row_dimensions[heading_row].height = most_lines * LINE_HEIGHT + 3
    add_filter(sheet, columns, heading_row, heading_row + len(rows))
    if any(isinstance(column, SentenceColumn) for column in columns):
        rows = [set_sentences(columns, row) for row in rows]
    return LongTable(sheet, columns, rows, heading_row + 1, [set_punctuation(line) for line in footer])
