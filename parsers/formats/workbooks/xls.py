"""Reads .xls by xlrd: as the second reader, and for what calamine leaves out of a good workbook."""

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from typing import Literal

import xlrd
import xlrd.compdoc

from parsers.formats.workbook import (
    Cell,
    CellError,
    Sheet,
    UnreadableWorkbook,
    WorkbookTooLarge,
    collect_rows,
    plain_cell,
)
from parsers.formats.workbooks.row_marks import is_struck_out

_BIFF8_START = b"\x09\x08\x10\x00\x00\x06\x05\x00"
_CODEPAGE, _UTF16_CODEPAGE = 0x42, 1200
_RECORDS_BEFORE_SHEETS = 20
_BROKEN = (
    xlrd.biffh.XLRDError, xlrd.compdoc.CompDocError, ValueError, TypeError, IndexError, AttributeError, KeyError,
    OSError, EOFError, struct.error, zipfile.BadZipFile, AssertionError, NotImplementedError, OverflowError,
)  # fmt: skip
_XLS_ERROR_RECORD = re.compile(
    rb"\x05\x02\x08\x00.{7}\x01|\x02\x00[\x00\x07\x0f\x17\x1d\x24\x2a]\x00\x00\x00\xff\xff", re.DOTALL
)
"""Matches a BOOLERR record with an error, or a formula's cached error ([MS-XLS] 2.4.24, 2.5.133)."""


_HIDDEN_ROW = re.compile(
    rb"\x08\x02\x10\x00.{12}[%s]" % b"".join(b"\\x%02x" % n for n in range(256) if n & 0x20), re.DOTALL
)
_STRUCK_FONT = re.compile(
    rb"\x31\x00[\x0e-\x60]\x00.[\x00-\x0f][%s]\x00..(?:[\x64-\xff]\x00|.[\x01-\x03])[\x00-\x02]\x00"
    % b"".join(b"\\x%02x" % n for n in range(256) if n & 8),
    re.DOTALL,
)
"""Match a ROW record with fDyZero, and a FONT record with fStrikeOut ([MS-XLS] 2.4.221, 2.4.122).

Weight and position after the flags are part of the pattern, as otherwise the numbers of a cell of row 49 look like a font.
"""


def read_marked_xls_sheets(data: bytes) -> tuple[Sheet, ...]:
    """Returns every sheet if the bytes hint at an error cell, a hidden row or a struck-out font; else empty."""
    if not any(pattern.search(data) for pattern in (_XLS_ERROR_RECORD, _HIDDEN_ROW, _STRUCK_FONT)):
        return ()
    try:
        return tuple(read_xls_sheets(data))
    except (UnreadableWorkbook, WorkbookTooLarge):
        return ()


def find_errors(sheet: Sheet) -> dict[tuple[int, int], Cell]:
    """Returns the error cells of a sheet by (row, column), counted from 1."""
    return {
        (row_number, column): cell
        for row_number, row in enumerate(sheet.rows, 1)
        for column, cell in enumerate(row, 1)
        if isinstance(cell, CellError)
    }


def declares_other_codepage(data: bytes) -> bool:
    """Returns whether an .xls of Excel 97 or later declares a code page besides UTF-16 ([MS-XLS] 2.4.52 allows none).

    Calamine decodes its texts by that page into rubbish; xlrd ignores it, as Excel does.
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


def read_xls_sheets(data: bytes) -> Iterator[Sheet]:
    """Yields the sheets of an .xls file, hidden ones too.

    Raises:
        UnreadableWorkbook: the file is broken.
        WorkbookTooLarge: a sheet has too many cells.
    """
    try:
        formatted = any(pattern.search(data) for pattern in (_HIDDEN_ROW, _STRUCK_FONT))
        workbook = _open(data, formatted=formatted)
        for page in workbook.sheets():
            rows = collect_rows(
                (n, [_convert_xlrd_cell(cell, workbook.datemode) for cell in page.row(n)])
                for n in range(page.nrows)
            )
            yield Sheet(
                name=page.name,
                hidden=page.visibility != 0,
                rows=rows,
                first_row=1,
                first_col=1,
                merged=(),
                struck_rows=frozenset(_struck_rows(workbook, page))
                if workbook.formatting_info
                else frozenset(),
                hidden_rows=frozenset(n + 1 for n, row in page.rowinfo_map.items() if row.hidden),
            )
    except WorkbookTooLarge:
        raise
    except _BROKEN as error:
        raise UnreadableWorkbook(repr(error)) from error


def _open(data: bytes, *, formatted: bool) -> xlrd.book.Book:
    """Returns the workbook; with ``formatted`` including the formats of its cells, if they can be read."""
    if formatted:
        with suppress(*_BROKEN):
            return xlrd.open_workbook(file_contents=data, logfile=io.StringIO(), formatting_info=True)
    return xlrd.open_workbook(file_contents=data, logfile=io.StringIO())


def _struck_rows(workbook: xlrd.book.Book, page: xlrd.sheet.Sheet) -> Iterator[int]:
    struck = {
        number
        for number, style in enumerate(workbook.xf_list)
        if style.font_index < len(workbook.font_list) and workbook.font_list[style.font_index].struck_out
    }
    if not struck:
        return
    for index in range(page.nrows):
        styles = [cell.xf_index for cell in page.row(index) if cell.value not in ("", None)]
        if is_struck_out(sum(style in struck for style in styles), len(styles)):
            yield index + 1


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
    return plain_cell(value)
