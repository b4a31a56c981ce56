"""Cleans the text of a workbook's cells, whatever reader they come from, and keeps the raw text beside it."""

from collections.abc import Sequence
from dataclasses import replace

from config.text.text_folding import clean_text
from parsers.formats.workbook import Cell, Sheet, Workbook

MAX_CELL_LENGTH = 2_000
"""The longest that clerks write into a cell is a few hundred characters."""
_MOST_TOLD = 3


def clean_workbook(workbook: Workbook) -> Workbook:
    """Returns the workbook with every text cut and cleaned (:func:`config.text.text_folding.clean_text`)."""
    overlong: list[str] = []
    sheets = tuple(_clean_sheet(_cut_cells(sheet, overlong)) for sheet in workbook.sheets)
    return replace(workbook, sheets=sheets, unread=(*workbook.unread, *overlong[:_MOST_TOLD]))


def _cut_cells(sheet: Sheet, overlong: list[str]) -> Sheet:
    """The sheet without the end of texts that no expression shall see; ``overlong`` is told where."""
    places = [
        (index, position)
        for index, row in enumerate(sheet.rows)
        for position, cell in enumerate(row)
        if cell.__class__ is str and len(cell) > MAX_CELL_LENGTH
    ]
    if not places:
        return sheet
    rows = [list(row) for row in sheet.rows]
    for index, position in places:
        rows[index][position] = str(rows[index][position])[:MAX_CELL_LENGTH]
        row_number = sheet.first_row + index
        overlong.append(f"工作表“{sheet.name}”第{row_number}行有一格超过{MAX_CELL_LENGTH}字,后面的")
    return replace(sheet, rows=rows)


def _clean_sheet(sheet: Sheet) -> Sheet:
    rows: list[Sequence[Cell]] = list(sheet.rows)
    written: dict[tuple[int, int], str] = {}
    for index, row in enumerate(rows):
        # One search over the whole row: nearly all rows have nothing to clean.
        joined = "\t".join([cell for cell in row if cell.__class__ is str])
        if clean_text(joined) is joined:
            continue
        cleaned = list(row)
        for position, cell in enumerate(row):
            if type(cell) is str and (text := clean_text(cell)) is not cell:
                cleaned[position] = text
                written[index, position] = cell
        rows[index] = cleaned
    return replace(sheet, rows=rows, written=written) if written else sheet
