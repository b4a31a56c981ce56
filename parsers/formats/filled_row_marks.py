"""Takes row marks out of the sheets of a file made from our template, before the sheets are read.

A workbook of :mod:`notify.forms` has a hidden last column in which each prefilled row holds the id of the recorded
row it was filled from. Excel, WPS and LibreOffice keep it, sort it with its rows, and leave it empty in new rows. A
clerk who pastes other children over the visible cells leaves it unchanged, so a mark is only a hint of who a child
is, never a proof (``ledger/children/match_rules.py``).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain

from parsers.formats.workbook import Cell, Sheet, Workbook

HEADING = "行标记"
_PREFIX = "kc:"
_MARK = re.compile(r"kc:([0-9a-z]{6,40}-[0-9]{1,6})")
_ROWS_LOOKED_AT = 120
"""The number of first rows that are searched for marks, as prefilled rows come first."""

RowMarks = Mapping[tuple[str, int], str]
"""By sheet and row number, the id of a recorded row."""


def write_row_mark(record_id: str) -> str:
    """Returns the cell text that marks a row as filled in from the record ``record_id``."""
    return f"{_PREFIX}{record_id}"


def take_row_marks(workbook: Workbook) -> tuple[Workbook, RowMarks]:
    """Returns the workbook without its mark columns, and the marks by row; a row with two marks has none."""
    marks: dict[tuple[str, int], str] = {}
    sheets = tuple(_take_marks(sheet, marks) for sheet in workbook.sheets)
    return (replace(workbook, sheets=sheets), marks) if marks else (workbook, marks)


def _take_marks(sheet: Sheet, marks: dict[tuple[str, int], str]) -> Sheet:
    looked_at = sheet.rows[:_ROWS_LOOKED_AT]
    if _PREFIX not in "\n".join(map(str, chain.from_iterable(looked_at))):  # as in nearly every file
        return sheet
    columns = {
        place
        for row in looked_at
        for place, cell in enumerate(row)
        if type(cell) is str and cell.startswith(_PREFIX) and _MARK.fullmatch(cell)
    }
    if not columns:
        return sheet
    rows: list[Sequence[Cell]] = []
    for index, row in enumerate(sheet.rows):
        found = [
            match[1] for place in columns if place < len(row) and (match := _MARK.fullmatch(str(row[place])))
        ]
        if len(found) == 1:
            marks[sheet.name, sheet.first_row + index] = found[0]
        rows.append(_without_marks(row, columns))
    return replace(sheet, rows=rows)


def _without_marks(row: Sequence[Cell], columns: set[int]) -> Sequence[Cell]:
    cells = [None if _is_of_marks(place, cell, columns) else cell for place, cell in enumerate(row)]
    while cells and cells[-1] in (None, ""):
        cells.pop()
    return cells


def _is_of_marks(place: int, cell: Cell, columns: set[int]) -> bool:
    return place in columns and isinstance(cell, str) and (cell == HEADING or bool(_MARK.fullmatch(cell)))
