"""Reads tables in plain text: .csv, .txt and tab-separated text named .xls, in UTF-8, UTF-16 or GB18030."""

import csv
import io
import re
from collections.abc import Sequence

from parsers.formats.workbook import Cell, EmptyDocument, Sheet, UnreadableWorkbook, Workbook

_DELIMITERS = ("\t", ",", ";", "|", "\uff0c", "\uff1b")
_LINES_SAMPLED = 50
_FEWEST_COLUMNS = 3
"""The fewest columns of a table among a mail's files; two are rather a sentence with a comma."""


def decode_text(data: bytes) -> str:
    """Decodes text by its byte-order mark, else as UTF-8, else as GB18030 (a superset of GBK and GB 2312)."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def find_delimiter(text: str, columns: int) -> str | None:
    """Returns the delimiter of a table with at least this many columns; None where no line has so many."""
    lines = [line for line in text.splitlines() if line.strip()][:_LINES_SAMPLED]
    counts = {mark: sum(line.count(mark) >= columns - 1 for line in lines) for mark in _DELIMITERS}
    delimiter = max(_DELIMITERS, key=lambda mark: counts[mark])
    return delimiter if counts[delimiter] else None


def read_text(data: bytes) -> Workbook:
    """Returns one sheet with a row per line; text without columns becomes a sheet of its lines.

    Raises:
        EmptyDocument: the text is empty.
        UnreadableWorkbook: its columns cannot be read.
    """
    text = decode_text(data).replace("\x00", "")
    if not text.strip():
        raise EmptyDocument("no text")
    delimiter = find_delimiter(text, _FEWEST_COLUMNS)
    if delimiter is None:
        return _as_workbook([[line] for line in text.splitlines()])
    csv.field_size_limit(1_000_000)
    try:
        rows = [
            [_unquoted(cell) for cell in row]
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise UnreadableWorkbook(str(error)) from error
    return _as_workbook(rows)


def _as_workbook(rows: Sequence[Sequence[Cell]]) -> Workbook:
    return Workbook(sheets=(Sheet(name="", hidden=False, rows=rows, first_row=1, first_col=1, merged=()),))


def _unquoted(cell: str) -> str:
    """Returns a cell without ="…", by which programs keep Excel from rounding a long number."""
    match = re.fullmatch(r'\s*=?"?(.*?)"?\s*', cell, re.DOTALL)
    return match[1] if match else cell
