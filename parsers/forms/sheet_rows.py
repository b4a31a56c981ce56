"""Turns rows of a sheet into text, and counts their filled cells."""

from collections.abc import Sequence

from parsers.fields.normalise import cell_text
from parsers.formats.workbook import Cell


def row_text(row: Sequence[Cell]) -> str:
    """Returns a row as one line of text."""
    return "  ".join(filled_texts(row))


def filled_texts(row: Sequence[Cell]) -> list[str]:
    """Returns the texts of a row's filled cells."""
    return [text for cell in row if cell is not None and cell != "" and (text := cell_text(cell))]


def count_filled(row: Sequence[Cell]) -> int:
    """Returns the number of filled cells in a row."""
    return len(row) - row.count("") - row.count(None)
