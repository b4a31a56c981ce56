"""Cleans the text of a workbook's cells after any reader, and keeps the raw text beside it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from config.text.text_folding import clean_text
from parsers.formats.workbook import Cell, CellError, Sheet, Workbook
from parsers.own_workbooks import NOTE_PREFIX

MAX_CELL_LENGTH = 2_000
"""The most characters of a cell that are kept; clerks write a few hundred at most."""
_MOST_TOLD = 3
_SEARCHED_AT_ONCE = 64
_LIST_COLUMNS = 4
_TABLE_CELLS = 3
"""The number of filled cells from which a line may be a child's; a remark has fewer."""
_PLACE = re.compile("![A-Z]{1,3}[0-9]{1,7}")
"""Matches the place of a problem in a receipt: Sheet1!D7."""
_NUMBER = re.compile("[0-9]{14}")
"""Matches so many digits that they may be an identity number, whole or shortened."""


def clean_workbook(workbook: Workbook) -> Workbook:
    """Returns the workbook with every text cut and cleaned (:func:`config.text.text_folding.clean_text`).

    Drops the sheet in which a receipt listed problems, unless a clerk has added a child to it.
    """
    overlong: list[str] = []
    theirs = [sheet for sheet in workbook.sheets if not _is_list_of_ours(sheet)]
    sheets = tuple(_clean_sheet(sheet, overlong) for sheet in theirs or workbook.sheets)
    return replace(workbook, sheets=sheets, unread=(*workbook.unread, *overlong[:_MOST_TOLD]))


def _is_list_of_ours(sheet: Sheet) -> bool:
    """Returns whether a sheet holds only a receipt's list, with or without remarks (已改) that a clerk added.

    A further line that may be a child makes the sheet a table like any other.
    """
    if not sheet.name.startswith(NOTE_PREFIX):
        return False
    listed = sheet.rows[3:]  # below what is to be done, how, and the headings
    return any(map(_has_place, listed)) and not any(map(_may_be_child, listed))


def _has_place(row: Sequence[Cell]) -> bool:
    return any(isinstance(cell, str) and _PLACE.search(cell) for cell in row[:_LIST_COLUMNS])


def _may_be_child(row: Sequence[Cell]) -> bool:
    added = row[_LIST_COLUMNS:] if _has_place(row) else row
    filled = [str(cell) for cell in added if cell not in (None, "")]
    return len(filled) >= _TABLE_CELLS or any(map(_NUMBER.search, filled))


def _clean_sheet(sheet: Sheet, overlong: list[str]) -> Sheet:
    """Returns the sheet with its texts cut and cleaned; adds a sentence to ``overlong`` for each text that was cut."""
    odd = _find_odd_texts(sheet.rows)
    if not odd:
        return sheet
    rows: list[Sequence[Cell]] = list(sheet.rows)
    written: dict[tuple[int, int], str] = {}
    for index, row in enumerate(rows):
        if odd.isdisjoint(row):
            continue
        changed = list(row)
        if any(map(_is_overlong, row)):
            changed = [str(cell)[:MAX_CELL_LENGTH] if _is_overlong(cell) else cell for cell in row]
            number = sheet.first_row + index
            overlong.append(f"工作表“{sheet.name}”第{number}行有一格超过{MAX_CELL_LENGTH}字,后面的")
        for position, cell in enumerate(changed):
            if type(cell) is str and (text := clean_text(cell)) is not cell:
                changed[position] = text
                written[index, position] = cell
        rows[index] = changed
    return replace(sheet, rows=rows, written=written)


def _find_odd_texts(rows: Sequence[Sequence[Cell]]) -> frozenset[Cell]:
    """Returns the texts that have to be cut or cleaned; one search covers many cells, since few sheets have any."""
    distinct = set(chain.from_iterable(rows))
    if CellError in set(map(type, distinct)):  # it may hide a text, being equal to it
        distinct = {cell for row in rows for cell in row if cell.__class__ is str}
    texts = [cell for cell in distinct if cell.__class__ is str]
    odd: list[Cell] = []
    for start in range(0, len(texts), _SEARCHED_AT_ONCE):
        some = texts[start : start + _SEARCHED_AT_ONCE]
        joined = "\t".join(some)
        if len(joined) > MAX_CELL_LENGTH or clean_text(joined) is not joined:
            odd += [text for text in some if _is_overlong(text) or clean_text(text) is not text]
    return frozenset(odd)


def _is_overlong(cell: Cell) -> bool:
    return cell.__class__ is str and len(str(cell)) > MAX_CELL_LENGTH
