"""Tables of tens of thousands of rows, written as XML when the workbook is saved."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import repeat
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
    MOST_CHARACTERS,
    NUMBER_FORMATS,
    UNPRINTABLE,
    CellValue,
    SentenceColumn,
    SheetColumn,
    add_filter,
    printable_text,
    set_sentences,
    write_headings,
)

_CHUNK_ROWS = 500
_MOST_REMEMBERED = 2_000
"""The most values of a column whose XML is cached; names and identity numbers are all distinct."""
_TO_CHANGE = re.compile(rf"[&<>]|{UNPRINTABLE.pattern}")
_DAY_ZERO = date(1899, 12, 30).toordinal()
LINE_HEIGHT = 15.0
_DIGIT_WIDTH = 0.95  # of a digit of our 10 points, in units of column width
_CELL_PADDING = 0.7  # what a cell keeps free, in the same units
_VALUE_TYPES: tuple[type, ...] = (str, int, date, datetime)
_FOOTER_FONT = Font(name=FONT, size=11)


class LongTable:
    """The rows of a long table, the last content of its sheet, written as XML when the workbook is saved.

    Cell by cell openpyxl takes a minute for a county's children; it still makes the heading and the styles. Text
    wraps in the columns that say so, with a row height to match; numbers and days are centred.
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
        self._columns = columns
        self._letters = [get_column_letter(position) for position in range(1, len(columns) + 1)]
        self._styles = [
            _CellStyles(*(styles[column.wrap, kind] for kind in _VALUE_TYPES)) for column in columns
        ]
        footer_cell = WriteOnlyCell(sheet)
        footer_cell.font = _FOOTER_FONT
        self._footer_style = int(footer_cell.style_id)

    @property
    def used_range(self) -> str:
        """The sheet's used range, which readers rely on."""
        last = self._first_row + len(self._rows) - 1 + (len(self._footer) + 1 if self._footer else 0)
        return f"A1:{self._letters[-1]}{last}"

    def xml(self) -> Iterator[bytes]:
        """Yields the rows as in ``sheetData``; text is written as text, so that nothing runs as a formula.

        It works by column, and renders each distinct value of a column once; the pieces are joined by the row's
        number.
        """
        cells = [_Cells(styles, ending) for styles, ending in zip(self._styles, self._endings(), strict=True)]
        line_counts = [_LineCounts(column.width) if column.wrap else None for column in self._columns]
        for start in range(0, len(self._rows), _CHUNK_ROWS):
            rows = self._rows[start : start + _CHUNK_ROWS]
            values = list(zip(*rows, strict=True))
            lines = [
                map(lines_of.__getitem__, column)
                for lines_of, column in zip(line_counts, values, strict=True)
                if lines_of is not None
            ]
            openings = map(_open_row, map(max, zip(repeat(1, len(rows)), *lines, strict=True)))
            pieces = (map(cell_of.__getitem__, column) for cell_of, column in zip(cells, values, strict=True))
            numbers = map(str, range(self._first_row + start, self._first_row + start + len(rows)))
            joined = map(
                str.join, numbers, zip(repeat('<row r="', len(rows)), openings, *pieces, strict=True)
            )
            yield "".join(joined).encode("utf-8", "replace")
        footer = (
            f'<row r="{number}"><c r="A{number}" s="{self._footer_style}"{_inline_string(line)}</c></row>'
            for number, line in enumerate(self._footer, start=self._first_row + len(self._rows) + 1)
        )
        yield "".join(footer).encode("utf-8", "replace")

    def _endings(self) -> list[str]:
        """Returns for each column the XML between its cell and the row number in the next cell."""
        return [*(f'<c r="{letter}' for letter in self._letters[1:]), "</row>"]


@dataclass(frozen=True, slots=True)
class _CellStyles:
    """The workbook's style ids of a column's cells, by type of value."""

    text: int
    count: int
    day: int
    instant: int


class _Cells(dict[CellValue, str]):
    """The XML of a column's cells by value, from the row's number to the number in the next cell."""

    def __init__(self, styles: _CellStyles, ending: str) -> None:
        super().__init__()
        self._styles, self._ending = styles, ending

    def __missing__(self, value: CellValue) -> str:
        if len(self) > _MOST_REMEMBERED:
            self.clear()
        cell = self[value] = f'" s="{self._cell(value)}{self._ending}'
        return cell

    def _cell(self, value: CellValue) -> str:
        match value:
            case "" | None:
                return f'{self._styles.text}"/>'
            case str():
                return f'{self._styles.text}"{_inline_string(value)}</c>'
            case bool():
                return f'{self._styles.count}" t="b"><v>{value:d}</v></c>'
            case datetime():
                return f'{self._styles.instant}"><v>{_day_serial(value) + _day_fraction(value)}</v></c>'
            case date():
                return f'{self._styles.day}"><v>{_day_serial(value)}</v></c>'
            case _:
                return f'{self._styles.count}"><v>{value}</v></c>'


class _LineCounts(dict[CellValue, int]):
    """The number of lines of a wrapped column's cells, by value."""

    def __init__(self, width: float) -> None:
        super().__init__()
        self._width = width

    def __missing__(self, value: CellValue) -> int:
        if len(self) > _MOST_REMEMBERED:
            self.clear()
        lines = self[value] = count_lines(value, self._width) if isinstance(value, str) else 1
        return lines


def count_lines(text: str, width: float) -> int:
    """Returns the number of lines of a text in a column; a Chinese character is as wide as two digits."""
    wide = (len(text.encode("utf-8", "replace")) - len(text)) // 2
    return max(1, ceil((len(text) + wide) * _DIGIT_WIDTH / (width - _CELL_PADDING))) + text.count("\n")


@cache
def _open_row(lines: int) -> str:
    """Returns the XML after a row's number, up to the number in its first cell.

    It contains the height, because not every program fits the row to its text.
    """
    height = f' ht="{lines * LINE_HEIGHT}" customHeight="1"' if lines > 1 else ""
    return f'"{height}><c r="A'


def _inline_string(text: str) -> str:
    if _TO_CHANGE.search(text) or len(text) > MOST_CHARACTERS:
        text = escape(printable_text(text))
    space = "" if text == text.strip() else ' xml:space="preserve"'
    return f' t="inlineStr"><is><t{space}>{text}</t></is>'


def _day_serial(day: date) -> int:
    """Returns a day as the serial number of workbooks."""
    return day.toordinal() - _DAY_ZERO


def _day_fraction(instant: datetime) -> float:
    return (instant.hour * 3600 + instant.minute * 60 + instant.second) / 86400


def _style_id(sheet: Worksheet, wrap: bool, kind: type) -> int:
    """Returns the workbook's style id for a cell of this type."""
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
    """Adds a filtered table of any length as the end of its sheet, with lines at its foot; :func:`save_workbook` writes the rows.

    The columns have their own widths, whatever is above them.
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
