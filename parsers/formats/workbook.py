"""Defines plain sheets of cells, into which every reader converts a file.

A blank cell is ``""`` or None. A row ends at its last filled cell; a blank row is empty.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from config.text.text_folding import clean_text

MAX_COLUMNS = 512
MAX_CELLS = 5_000_000
MAX_EXACT_INTEGER = 2**53  # beyond it a float no longer tells neighbouring whole numbers apart
EMPTY_ROW: tuple["Cell", ...] = ()
PICTURE_TEXT = "表内图片"
"""The text that is read for a cell with only a picture."""

ERROR_TEXTS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})


class CellError(str):
    """A cell with the error value of a formula: ``#N/A``, ``#REF!``."""

    __slots__ = ()


Cell = str | int | float | bool | date | datetime | time | timedelta | None


class UnreadableWorkbook(ValueError):
    """The reader cannot open these bytes."""


class NoTable(UnreadableWorkbook):
    """The file opens but has no table."""


class EmptyDocument(NoTable):
    """The file opens but has no text."""


class ScannedDocument(UnreadableWorkbook):
    """The file holds pictures of pages and no text."""


class LockedDocument(UnreadableWorkbook):
    """The file needs a password."""


Merged = tuple[int, int, int, int]
"""A merged area: first row, first column, last row, last column, counted from 1."""


class NoReaderInstalled(UnreadableWorkbook):
    """The program or library that reads this kind of file is not installed."""


class WorkbookTooLarge(ValueError):
    """The file has more rows or columns than any form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The used area of one sheet; row and column numbers count from 1, as the sheet shows them.

    ``name`` is as written, because problems quote it. ``written`` maps (row index, column index) in ``rows`` to the
    raw text of cells that cleaning changed (:mod:`parsers.formats.clean_sheets`). ``struck_rows`` and
    ``hidden_rows`` are numbers of rows that are struck out, or hidden by a filter or by hand. ``comments_on`` is
    set for a sheet of comments and names the sheet whose cells they are on.
    """

    name: str
    hidden: bool
    rows: Sequence[Sequence[Cell]]
    first_row: int
    first_col: int
    merged: tuple[Merged, ...]
    pictures: frozenset[tuple[int, int]] = frozenset()  # rows and columns of cells that hold a picture
    written: Mapping[tuple[int, int], str] = field(default_factory=dict)
    struck_rows: frozenset[int] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    comments_on: str | None = None

    @property
    def clean_name(self) -> str:
        """The name of the sheet without what people cannot see."""
        return clean_text(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """The sheets of a file, with what could not be read of it.

    ``unread`` lists, in Chinese, parts that could not be read (第2页是图片); ``doubtful`` lists cells whose text is
    cut off or overprinted (第1页有3格).
    """

    sheets: tuple[Sheet, ...]
    unread: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()


def collect_rows(numbered: Iterable[tuple[int, Sequence[Cell]]]) -> list[Sequence[Cell]]:
    """Returns the rows with their trailing empty cells cut off, and an empty one for each number that is left out.

    Args:
        numbered: the cells of each row with its number from 0, in order.

    Raises:
        WorkbookTooLarge: there are more than :data:`MAX_CELLS` cells.
    """
    rows: list[Sequence[Cell]] = []
    cells = 0
    for number, raw in numbered:
        width = len(raw)
        while width and raw[width - 1] in (None, ""):
            width -= 1
        if not width:
            continue
        cells += min(width, MAX_COLUMNS)
        if cells > MAX_CELLS:
            raise WorkbookTooLarge(f"more than {MAX_CELLS} cells")
        rows += [EMPTY_ROW] * (number - len(rows))
        rows.append([plain_cell(c) for c in raw[:MAX_COLUMNS]])
    return rows


def plain_cell(cell: Cell) -> Cell:
    """Returns a value as rows hold it: error texts as :class:`CellError`, whole floats as integers."""
    if isinstance(cell, str):
        return CellError(cell) if cell in ERROR_TEXTS else cell
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < MAX_EXACT_INTEGER:
        return int(cell)
    return cell
