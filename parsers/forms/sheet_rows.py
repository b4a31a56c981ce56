"""Takes rows of a sheet as text: as one line, and how full they are."""

from collections.abc import Sequence

from parsers.fields.normalise import cell_text
from parsers.formats.workbook import Cell


def row_text(row: Sequence[Cell]) -> str:
    """A row as one line of text."""
    return "  ".join(filled_texts(row))


def filled_texts(row: Sequence[Cell]) -> list[str]:
    """The texts of a row's filled cells."""
    return [text for cell in row if cell is not None and cell != "" and (text := cell_text(cell))]


def count_filled(row: Sequence[Cell]) -> int:
    """How many cells of a row are filled."""
    return len(row) - row.count("") - row.count(None)
