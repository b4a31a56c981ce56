"""Reads workbooks as plain cells: calamine first, openpyxl or xlrd where it fails.

Runs in a reading process (:mod:`parsers.reading.reader_pool`): calamine can abort the process on a damaged file.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, cast

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from parsers.formats.workbook import (
    EMPTY_ROW,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_EXACT_INTEGER,
    PICTURE_TEXT,
    Cell,
    CellError,
    Sheet,
    UnreadableWorkbook,
    Workbook,
    WorkbookTooLarge,
    collect_rows,
)
from parsers.formats.workbooks.blank_rows import without_blank_rows
from parsers.formats.workbooks.cell_pictures import find_cell_pictures
from parsers.formats.workbooks.lost_cells import (
    LostCell,
    PartTooLarge,
    Position,
    find_lost_xlsb_cells,
    find_lost_xlsx_cells,
    read_binary_sheet,
    read_sheet_xml,
)
from parsers.formats.workbooks.ods_notes import find_ods_notes
from parsers.formats.workbooks.row_marks import (
    RowMarks,
    StruckStyles,
    find_ods_row_marks,
    find_struck_styles,
    find_xlsb_row_marks,
    find_xlsx_row_marks,
)
from parsers.formats.workbooks.sheet_notes import find_sheet_notes, find_xlsb_notes, make_note_sheets
from parsers.formats.workbooks.xls import find_errors, read_marked_xls_sheets, read_xls_sheets
from parsers.formats.workbooks.xls_notes import find_xls_notes
from parsers.formats.workbooks.xls_pictures import find_xls_pictures
from parsers.records import FileKind

_IN_PLACE_OF_PICTURE = re.compile("=DISPIMG|#VALUE!|#BLOCKED!|#UNKNOWN!")


def read_workbook(data: bytes, kind: FileKind) -> Workbook:
    """Returns every sheet, read by calamine.

    Raises:
        UnreadableWorkbook: calamine cannot open it.
        WorkbookTooLarge: a sheet has more than :data:`MAX_CELLS` cells.
    """
    try:
        data = without_blank_rows(data) if kind is FileKind.XLSX else data
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        pages = [
            (position, meta.visible is not SheetVisibleEnum.Visible, workbook.get_sheet_by_index(position))
            for position, meta in enumerate(workbook.sheets_metadata)
            if meta.typ is SheetTypeEnum.WorkSheet
        ]
        second_look = _SecondLook(data, kind)
        sheets = [
            _with_pictures(
                _calamine_sheet(page, hidden, partial(second_look.find, position, number)),
                second_look.find_pictures(position, number),
            )
            for number, (position, hidden, page) in enumerate(pages)
        ]
        for number, (position, _, page) in enumerate(pages):
            sheets += second_look.find_notes(position, number, page.name)
        more, unread = find_xlsb_notes(data) if kind is FileKind.XLSB else ((), ())
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
    return Workbook(sheets=(*sheets, *more), unread=unread)


def _calamine_sheet(
    page: CalamineSheet,
    hidden: bool,
    find_left_out: Callable[..., tuple[Mapping[Position, Cell], RowMarks]],
) -> Sheet:
    start = page.start or (0, 0)
    if page.width > MAX_COLUMNS and page.height * page.width > MAX_CELLS:
        raise WorkbookTooLarge(f"{page.height} x {page.width}")
    written = page.to_python(skip_empty_area=True)
    long_numbers = _make_integers(written)
    rows: list[Sequence[Cell]] = [EMPTY_ROW if row.count("") == len(row) else row for row in written]
    cells, marks = find_left_out(long_numbers=long_numbers)
    for (number, column), cell in cells.items():
        _set_cell(rows, number - start[0] - 1, column - start[1] - 1, cell)
    merged = tuple((r1 + 1, c1 + 1, r2 + 1, c2 + 1) for (r1, c1), (r2, c2) in page.merged_cell_ranges or ())
    return Sheet(
        name=page.name,
        hidden=hidden,
        rows=_trim_rows(rows),
        first_row=start[0] + 1,
        first_col=start[1] + 1,
        merged=merged or marks.merged,
        struck_rows=marks.struck,
        hidden_rows=marks.hidden,
    )


def _make_integers(rows: Sequence[list[Any]]) -> bool:
    """Replaces whole floats by ints in place; returns whether there are numbers too long for that.

    A number that is too long stays a float: as an int, its invented last digits would look real.
    """
    long_numbers = False
    for position, cells in enumerate(zip(*rows, strict=True)):
        if float in set(map(type, cells)):  # of most columns not one is
            for row in rows:
                value = row[position]
                if value.__class__ is float:
                    if not -MAX_EXACT_INTEGER < value < MAX_EXACT_INTEGER:
                        long_numbers = True
                    elif value.is_integer():
                        row[position] = int(value)
    return long_numbers


def _with_pictures(sheet: Sheet, pictures: frozenset[tuple[int, int]]) -> Sheet:
    """Returns the sheet with a word in each cell that holds only a picture."""
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


class _SecondLook:
    """Finds what calamine leaves out of a workbook: error cells, long numbers, marks of rows, pictures, notes."""

    def __init__(self, data: bytes, kind: FileKind) -> None:
        self._data, self._kind = data, kind
        self._struck_styles = find_struck_styles(data) if kind is FileKind.XLSX else StruckStyles()
        self._xls_sheets = read_marked_xls_sheets(data) if kind is FileKind.XLS else ()
        self._xls_pictures = find_xls_pictures(data) if kind is FileKind.XLS else ()
        self._ods_marks = find_ods_row_marks(data) if kind is FileKind.ODS else ()
        self._notes = self._find_all_notes()

    def _find_all_notes(self) -> Sequence[tuple[Sequence[str], Mapping[Position, str]]]:
        """Returns for each worksheet the lines of its text boxes and its comments by cell, for formats read as a whole."""
        if self._kind is FileKind.XLS:
            return find_xls_notes(self._data)
        return find_ods_notes(self._data) if self._kind is FileKind.ODS else ()

    def find_notes(self, position: int, number: int, name: str) -> tuple[Sheet, ...]:
        """Returns the text outside the cells of one sheet; for the arguments see :meth:`find`."""
        if self._kind is FileKind.XLSX:
            return find_sheet_notes(self._data, position, name)
        return make_note_sheets(name, *self._notes[number]) if number < len(self._notes) else ()

    def find(
        self, position: int, number: int, *, long_numbers: bool
    ) -> tuple[Mapping[Position, Cell], RowMarks]:
        """Returns lost cells and row marks of one sheet.

        ``position`` is its index among all sheets, ``number`` its index among worksheets.
        """
        try:
            if self._kind is FileKind.XLSX:
                xml = read_sheet_xml(self._data, position)
                cells = find_lost_xlsx_cells(xml, long_numbers=long_numbers)
                return _as_cells(cells), find_xlsx_row_marks(xml, self._struck_styles)
            if self._kind is FileKind.XLSB:
                part = read_binary_sheet(self._data, position)
                return _as_cells(find_lost_xlsb_cells(part)), find_xlsb_row_marks(part)
        except PartTooLarge as error:
            raise WorkbookTooLarge(str(error)) from error
        if number < len(self._xls_sheets):
            sheet = self._xls_sheets[number]
            return find_errors(sheet), RowMarks(struck=sheet.struck_rows, hidden=sheet.hidden_rows)
        return {}, self._ods_marks[number] if number < len(self._ods_marks) else RowMarks()

    def find_pictures(self, position: int, number: int) -> frozenset[Position]:
        """Returns the cells of one sheet that hold a picture; for the arguments see :meth:`find`."""
        if self._kind is FileKind.XLSX:
            return find_cell_pictures(self._data, position)
        return self._xls_pictures[number] if number < len(self._xls_pictures) else frozenset()


def _as_cells(lost: Mapping[Position, LostCell]) -> dict[Position, Cell]:
    return {place: CellError(cell) if isinstance(cell, str) else cell for place, cell in lost.items()}


def read_workbook_fallback(data: bytes, kind: FileKind) -> Workbook:
    """Returns every sheet, read by openpyxl or xlrd, which are slower and tolerate other faults than calamine.

    Raises:
        UnreadableWorkbook: this one cannot open it either, or there is none for this kind.
        WorkbookTooLarge: as in :func:`read_workbook`.
    """
    if kind is FileKind.XLSX:
        sheets = tuple(_openpyxl_sheets(without_blank_rows(data)))
    elif kind is FileKind.XLS:
        pictures = find_xls_pictures(data)
        sheets = tuple(
            _with_pictures(sheet, pictures[number] if number < len(pictures) else frozenset())
            for number, sheet in enumerate(read_xls_sheets(data))
        )
        for sheet, (boxes, comments) in zip(sheets, find_xls_notes(data), strict=False):
            sheets += make_note_sheets(sheet.name, boxes, comments)
    else:
        raise UnreadableWorkbook(kind)
    if not sheets:  # openpyxl passes over the sheets of a package whose names it does not know
        raise UnreadableWorkbook("no sheet")
    return Workbook(sheets=sheets)


def _openpyxl_sheets(data: bytes) -> Iterator[Sheet]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        struck_styles = find_struck_styles(data)
        for page in workbook.worksheets:
            page.reset_dimensions()  # the file's own claim can be wrong, and then rows are lost
            rows = collect_rows(enumerate(cast(Iterable[Sequence[Cell]], page.iter_rows(values_only=True))))
            hidden = page.sheet_state != "visible"
            position = workbook.sheetnames.index(page.title)
            xml = read_sheet_xml(data, position)
            marks = find_xlsx_row_marks(xml, struck_styles)
            sheet = Sheet(
                name=page.title,
                hidden=hidden,
                rows=rows,
                first_row=1,
                first_col=1,
                merged=(),
                struck_rows=marks.struck,
                hidden_rows=marks.hidden,
            )
            yield _with_pictures(sheet, find_cell_pictures(data, position))
            yield from find_sheet_notes(data, position, page.title)
    except WorkbookTooLarge:
        raise
    except PartTooLarge as error:
        raise WorkbookTooLarge(str(error)) from error
    except (
        InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, IndexError, AttributeError,
        OSError, EOFError, SyntaxError, NotImplementedError, RuntimeError, AssertionError,
    ) as error:  # fmt: skip
        raise UnreadableWorkbook(repr(error)) from error
