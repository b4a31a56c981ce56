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
    sheets = tuple(_clean_sheet(sheet, overlong) for sheet in workbook.sheets)
    return replace(workbook, sheets=sheets, unread=(*workbook.unread, *overlong[:_MOST_TOLD]))


def _clean_sheet(sheet: Sheet, overlong: list[str]) -> Sheet:
    """The sheet with its texts cut and cleaned; ``overlong`` is told where a text was cut."""
    rows: list[Sequence[Cell]] = list(sheet.rows)
    written: dict[tuple[int, int], str] = {}
    is_cut = False
    for index, row in enumerate(rows):
        # One search over the whole row: nearly all rows have nothing to cut or to clean.
        joined = "\t".join([cell for cell in row if cell.__class__ is str])
        if len(joined) > MAX_CELL_LENGTH and any(map(_is_overlong, row)):
            is_cut = True
            rows[index] = row = [str(cell)[:MAX_CELL_LENGTH] if _is_overlong(cell) else cell for cell in row]
            joined = "\t".join([cell for cell in row if cell.__class__ is str])
            number = sheet.first_row + index
            overlong.append(f"工作表“{sheet.name}”第{number}行有一格超过{MAX_CELL_LENGTH}字,后面的")
        if clean_text(joined) is joined:
            continue
        cleaned = list(row)
        for position, cell in enumerate(row):
            if type(cell) is str and (text := clean_text(cell)) is not cell:
                cleaned[position] = text
                written[index, position] = cell
        rows[index] = cleaned
    return replace(sheet, rows=rows, written=written) if written or is_cut else sheet


def _is_overlong(cell: Cell) -> bool:
    return cell.__class__ is str and len(str(cell)) > MAX_CELL_LENGTH
