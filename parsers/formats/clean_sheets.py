"""Cleans the text of a workbook's cells, whatever reader they come from, and keeps the raw text beside it."""

from collections.abc import Sequence
from dataclasses import replace

from config.text.text_folding import clean_text
from parsers.formats.workbook import Cell, Sheet, Workbook


def clean_workbook(workbook: Workbook) -> Workbook:
    """Returns the workbook with every text cleaned (:func:`config.text.text_folding.clean_text`)."""
    return replace(workbook, sheets=tuple(map(_clean_sheet, workbook.sheets)))


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
