"""Takes rows of a sheet as text: as one line, and how full they are."""

from collections.abc import Sequence

from parsers.fields.normalise import cell_text
from parsers.formats.workbook import Cell


def row_text(row: Sequence[Cell]) -> str:
    """A row as one line of text."""
    return "  ".join(text for cell in row if (text := cell_text(cell)))


def count_filled(row: Sequence[Cell]) -> int:
    """How many cells of a row are filled."""
    return sum(cell is not None and cell != "" for cell in row)
