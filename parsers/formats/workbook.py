"""Reads workbooks as plain cells: calamine first, openpyxl or xlrd where it fails.

Runs in a reading process (:mod:`parsers.reader_pool`): calamine can abort the process on a damaged file.
A blank cell is ``""`` or None. Rows are as wide as they are filled; blank ones are empty.
"""

import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Literal, cast

import xlrd
import xlrd.compdoc
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from config.text.text_folding import clean_text
from parsers.formats.cell_pictures import find_cell_pictures
from parsers.formats.lost_cells import (
    PartTooLarge,
    find_lost_xlsb_cells,
    find_lost_xlsx_cells,
)
from parsers.records import FileKind

_BIFF8_START = b"\x09\x08\x10\x00\x00\x06\x05\x00"
_CODEPAGE, _UTF16_CODEPAGE = 0x42, 1200
_RECORDS_BEFORE_SHEETS = 20
MAX_COLUMNS = 512
MAX_CELLS = 5_000_000
_MAX_EXACT_INTEGER = 2**53  # beyond it a float no longer tells neighbouring whole numbers apart
_EMPTY_ROW: tuple["Cell", ...] = ()
PICTURE_TEXT = "表内图片"
"""What is read of a cell that holds nothing but a picture."""

_IN_PLACE_OF_PICTURE = re.compile("=DISPIMG|#VALUE!|#BLOCKED!|#UNKNOWN!")
ERROR_TEXTS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})


class CellError(str):
    """An error that a formula left behind: ``#N/A``, ``#REF!``."""

    __slots__ = ()


Cell = str | int | float | bool | date | datetime | time | timedelta | None


class UnreadableWorkbook(ValueError):
    """The reader could not make anything of these bytes."""


class NoTable(UnreadableWorkbook):
    """It opens, and there is no table in it."""


class EmptyDocument(NoTable):
    """It opens, and nothing is written in it."""


class ScannedDocument(UnreadableWorkbook):
    """Pictures of pages: there is no text to read."""


class LockedDocument(UnreadableWorkbook):
    """It wants a password."""


class WorkbookTooLarge(ValueError):
    """More rows or columns than any form has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet's used area. Numbers are 1-based, as the sheet shows them; a merged area is
    (first row, first column, last row, last column).

    ``name`` is as written, since rows are shown back by it; ``written`` has the raw text of cells that cleaning
    changed (:mod:`parsers.formats.clean_sheets`), by their indices into ``rows``.
    """

    name: str
    hidden: bool
    rows: Sequence[Sequence[Cell]]
    first_row: int
    first_col: int
    merged: tuple[tuple[int, int, int, int], ...]
    pictures: frozenset[tuple[int, int]] = frozenset()  # rows and columns of cells that hold a picture
    written: Mapping[tuple[int, int], str] = field(default_factory=dict)

    @property
    def clean_name(self) -> str:
        return clean_text(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """``unread`` names, in Chinese, what could not be read though the rest was: 第2页是图片."""

    sheets: tuple[Sheet, ...]
    unread: tuple[str, ...] = ()


def read_workbook(data: bytes, kind: FileKind) -> Workbook:
    """Every sheet, by calamine.

    Raises:
        UnreadableWorkbook: calamine cannot open it.
        WorkbookTooLarge: a sheet is beyond :data:`MAX_CELLS`.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        pages = [
            (position, meta.visible is not SheetVisibleEnum.Visible, workbook.get_sheet_by_index(position))
            for position, meta in enumerate(workbook.sheets_metadata)
            if meta.typ is SheetTypeEnum.WorkSheet
        ]
        sheets = [
            _with_pictures(
                _calamine_sheet(page, hidden, partial(_find_lost_cells, data, kind, position, number)),
                find_cell_pictures(data, position) if kind is FileKind.XLSX else frozenset(),
            )
            for number, (position, hidden, page) in enumerate(pages)
        ]
    except (CalamineError, ValueError, OSError, EOFError) as error:
        if isinstance(error, WorkbookTooLarge):
            raise
        raise UnreadableWorkbook(str(error)) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # pyo3 derives it from BaseException
            raise UnreadableWorkbook(str(error)) from error
        raise
    if not sheets:
        raise UnreadableWorkbook("no sheet")
    return Workbook(sheets=tuple(sheets))


def _calamine_sheet(
    page: CalamineSheet, hidden: bool, find_lost_cells: Callable[..., Mapping[tuple[int, int], Cell]]
) -> Sheet:
    start = page.start or (0, 0)
    if page.width > MAX_COLUMNS and page.height * page.width > MAX_CELLS:
        raise WorkbookTooLarge(f"{page.height} x {page.width}")
    rows: list[Sequence[Cell]] = []
    long_numbers = False
    for raw in page.to_python(skip_empty_area=True):
        if raw.count("") == len(raw):
            rows.append(_EMPTY_ROW)
            continue
        # In place, for speed. What is too long stays a float: as an int, its made-up end would pass for real.
        for position, value in enumerate(raw):
            if isinstance(value, float):
                if not -_MAX_EXACT_INTEGER < value < _MAX_EXACT_INTEGER:
                    long_numbers = True
                elif value.is_integer():
                    raw[position] = int(value)
        rows.append(raw)
    for (number, column), cell in find_lost_cells(long_numbers=long_numbers).items():
        _set_cell(rows, number - start[0] - 1, column - start[1] - 1, cell)
    merged = tuple((r1 + 1, c1 + 1, r2 + 1, c2 + 1) for (r1, c1), (r2, c2) in page.merged_cell_ranges or ())
    return Sheet(
        name=page.name,
        hidden=hidden,
        rows=_trim_rows(rows),
        first_row=start[0] + 1,
        first_col=start[1] + 1,
        merged=merged,
    )


def _with_pictures(sheet: Sheet, pictures: frozenset[tuple[int, int]]) -> Sheet:
    """The sheet with a word in each cell that holds nothing but a picture."""
    if not pictures:
        return sheet
    rows = list(sheet.rows)
    for number, column in pictures:
        row, place = number - sheet.first_row, column - sheet.first_col
        cells = rows[row] if 0 <= row < len(rows) else ()
        before = cells[place] if 0 <= place < len(cells) else None
        if place >= 0 and (
            before in (None, "") or (isinstance(before, str) and _IN_PLACE_OF_PICTURE.match(before))
        ):
            _set_cell(rows, row, place, PICTURE_TEXT)
    return replace(sheet, rows=rows, pictures=pictures)


def _set_cell(rows: list[Sequence[Cell]], row: int, column: int, cell: Cell) -> None:
    if 0 <= row < len(rows) and 0 <= column < MAX_COLUMNS:
        wide = [*rows[row], *[None] * (column + 1 - len(rows[row]))]
        wide[column] = cell
        rows[row] = wide


def _trim_rows(rows: list[Sequence[Cell]]) -> list[Sequence[Cell]]:
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _find_lost_cells(
    data: bytes, kind: FileKind, position: int, number: int, *, long_numbers: bool
) -> Mapping[tuple[int, int], Cell]:
    """What calamine leaves out of one sheet: ``position`` is its place among all, ``number`` among worksheets."""
    if kind is FileKind.XLS:
        return _xls_errors(data, number) if _XLS_ERROR_RECORD.search(data) else {}
    try:
        lost = (
            find_lost_xlsx_cells(data, position, long_numbers=long_numbers)
            if kind is FileKind.XLSX
            else find_lost_xlsb_cells(data, position)
            if kind is FileKind.XLSB
            else {}
        )
    except PartTooLarge as error:
        raise WorkbookTooLarge(str(error)) from error
    return {place: CellError(cell) if isinstance(cell, str) else cell for place, cell in lost.items()}


_XLS_ERROR_RECORD = re.compile(
    rb"\x05\x02\x08\x00.{7}\x01|\x02\x00[\x00\x07\x0f\x17\x1d\x24\x2a]\x00\x00\x00\xff\xff", re.DOTALL
)
"""A BOOLERR record that holds an error, or a formula's cached error ([MS-XLS] 2.4.24, 2.5.133)."""


def _xls_errors(data: bytes, number: int) -> dict[tuple[int, int], Cell]:
    """The error cells of one worksheet, by xlrd; none where it cannot open the file."""
    try:
        sheets = list(_xlrd_sheets(data))
    except (UnreadableWorkbook, WorkbookTooLarge):
        return {}
    rows = sheets[number].rows if number < len(sheets) else ()
    return {
        (row_number, column): cell
        for row_number, row in enumerate(rows, 1)
        for column, cell in enumerate(row, 1)
        if isinstance(cell, CellError)
    }


def read_workbook_fallback(data: bytes, kind: FileKind) -> Workbook:
    """Every sheet, by openpyxl or xlrd: slower, and forgiving in other places than calamine.

    Raises:
        UnreadableWorkbook: this one cannot open it either, or there is none for this kind.
        WorkbookTooLarge: as :func:`read_workbook`.
    """
    if kind is FileKind.XLSX:
        sheets = tuple(_openpyxl_sheets(data))
    elif kind is FileKind.XLS:
        sheets = tuple(_xlrd_sheets(data))
    else:
        raise UnreadableWorkbook(kind)
    if not sheets:  # openpyxl passes over the sheets of a package whose names it does not know
        raise UnreadableWorkbook("no sheet")
    return Workbook(sheets=sheets)


def declares_other_codepage(data: bytes) -> bool:
    """Whether an .xls of Excel 97 or later names a code page besides UTF-16 ([MS-XLS] 2.4.52 allows none).

    Calamine decodes its texts by that page and gives rubbish; xlrd does as Excel does and ignores it.
    """
    offset = data.find(_BIFF8_START)
    for _ in range(_RECORDS_BEFORE_SHEETS):
        if offset < 0 or offset + 6 > len(data):
            return False
        record, size, page = struct.unpack_from("<HHH", data, offset)
        if record == _CODEPAGE:
            return bool(page != _UTF16_CODEPAGE)
        offset += 4 + size
    return False


def _openpyxl_sheets(data: bytes) -> Iterator[Sheet]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for page in workbook.worksheets:
            page.reset_dimensions()  # the file's own claim can be wrong, and then rows are lost
            rows = _collect_rows(enumerate(cast(Iterable[Sequence[Cell]], page.iter_rows(values_only=True))))
            hidden = page.sheet_state != "visible"
            yield Sheet(name=page.title, hidden=hidden, rows=rows, first_row=1, first_col=1, merged=())
    except WorkbookTooLarge:
        raise
    except (
        InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, IndexError, AttributeError,
        OSError, EOFError, SyntaxError, NotImplementedError, RuntimeError, AssertionError,
    ) as error:  # fmt: skip
        raise UnreadableWorkbook(repr(error)) from error


def _collect_rows(numbered: Iterable[tuple[int, Sequence[Cell]]]) -> list[Sequence[Cell]]:
    rows: list[Sequence[Cell]] = []
    cells = 0
    for number, raw in numbered:
        width = len(raw)
        while width and raw[width - 1] in (None, ""):
            width -= 1
        if not width:
            continue
        cells += min(width, MAX_COLUMNS)
        if cells > MAX_CELLS:
            raise WorkbookTooLarge(f"more than {MAX_CELLS} cells")
        rows += [_EMPTY_ROW] * (number - len(rows))
        rows.append([_convert_cell(c) for c in raw[:MAX_COLUMNS]])
    return rows


def _convert_cell(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return CellError(cell) if cell in ERROR_TEXTS else cell
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _MAX_EXACT_INTEGER:
        return int(cell)
    return cell


def _xlrd_sheets(data: bytes) -> Iterator[Sheet]:
    try:
        workbook = xlrd.open_workbook(file_contents=data, logfile=io.StringIO())
        for page in workbook.sheets():
            rows = _collect_rows(
                (n, [_convert_xlrd_cell(cell, workbook.datemode) for cell in page.row(n)])
                for n in range(page.nrows)
            )
            yield Sheet(
                name=page.name, hidden=page.visibility != 0, rows=rows, first_row=1, first_col=1, merged=()
            )
    except WorkbookTooLarge:
        raise
    except (
        xlrd.biffh.XLRDError, xlrd.compdoc.CompDocError, ValueError, TypeError, IndexError, AttributeError, KeyError,
        OSError, EOFError, struct.error, zipfile.BadZipFile, AssertionError, NotImplementedError, OverflowError,
    ) as error:  # fmt: skip
        raise UnreadableWorkbook(repr(error)) from error


def _convert_xlrd_cell(cell: xlrd.sheet.Cell, datemode: Literal[0, 1]) -> Cell:
    kind, value = cell.ctype, cell.value
    if kind == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate.xldate_as_datetime(float(value), datemode)
        except (ValueError, OverflowError):
            return float(value)
    if kind == xlrd.XL_CELL_ERROR:
        return CellError(xlrd.error_text_from_code.get(int(value), "#N/A"))
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    return _convert_cell(value)
