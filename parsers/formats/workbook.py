"""Plain sheets of cells: what every reader of a format makes of a file.

A blank cell is ``""`` or None. Rows are as wide as they are filled; blank ones are empty.
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
"""What is read of a cell that holds nothing but a picture."""

ERROR_TEXTS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})


class CellError(str):
    """An error that a formula left behind: ``#N/A``, ``#REF!``."""

    __slots__ = ()


Cell = str | int | float | bool | date | datetime | time | timedelta | None


class UnreadableWorkbook(ValueError):
    """The reader could not make anything of these bytes."""


class NoTable(UnreadableWorkbook):
    """It opens, and there is no table in it."""


class EmptyDocument(NoTable):
    """It opens, and nothing is written in it."""


class ScannedDocument(UnreadableWorkbook):
    """Pictures of pages: there is no text to read."""


class LockedDocument(UnreadableWorkbook):
    """It wants a password."""


Merged = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 1."""


class NoReaderInstalled(UnreadableWorkbook):
    """What reads this kind of file is not installed on this machine."""


class WorkbookTooLarge(ValueError):
    """More rows or columns than any form has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet's used area. Numbers are 1-based, as the sheet shows them.

    ``name`` is as written, since rows are shown back by it; ``written`` has the raw text of cells that cleaning
    changed (:mod:`parsers.formats.clean_sheets`), by their indices into ``rows``. ``struck_rows`` and ``hidden_rows``
    are the numbers of rows that are struck out, or hidden by a filter or by hand. ``comments_on`` names the sheet on whose
    cells the texts of this one are comments.
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
        return clean_text(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """``unread`` names, in Chinese, what could not be read though the rest was: 第2页是图片. ``doubtful`` names cells
    whose text is cut off or drawn over other text: 第1页有3格.
    """

    sheets: tuple[Sheet, ...]
    unread: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()


def collect_rows(numbered: Iterable[tuple[int, Sequence[Cell]]]) -> list[Sequence[Cell]]:
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
    if isinstance(cell, str):
        return CellError(cell) if cell in ERROR_TEXTS else cell
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < MAX_EXACT_INTEGER:
        return int(cell)
    return cell
