"""Holds tables of Word documents as grids before they become sheets, for new and old documents alike."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, product

from config.text.document_words import LETTER_TITLES, LIST_TITLES
from parsers.formats.workbook import Cell, Sheet

_MAX_LINES_ABOVE = 12
_LONGEST_TITLE = 50
_PAGE_MARK = re.compile("第?[0-9一二三四五六七八九十]{1,3}页.{0,8}|[(]?续表?[)]?|[-—·]? ?[0-9]{1,3} ?[-—·]?")
_MOST_RUNS = 6
"""The most runs of sub-headings side by side; a heading with more is not taken apart."""
_TITLE = re.compile(
    f"附[件表] ?[1-9一二三四五六七八九]|(?:{'|'.join((*LETTER_TITLES, *LIST_TITLES))})[^,。;]{{0,12}}$"
)


@dataclass(slots=True)
class WordTable:
    """A table as a grid; a merged cell has its text in its first position only."""

    rows: list[list[Cell]] = field(default_factory=list)
    spans: list[list[int]] = field(default_factory=list)  # first row, first column, last row, last column
    struck_rows: set[int] = field(default_factory=set)  # numbers of rows that are struck out, from 1
    pictures: set[tuple[int, int]] = field(
        default_factory=set
    )  # rows and columns of cells that hold a picture

    @property
    def width(self) -> int:
        """The number of columns of its widest row."""
        return max(map(len, self.rows), default=0)

    def append(self, other: "WordTable") -> None:
        """Adds the rows of another table below, with their spans and marks."""
        down = len(self.rows)
        self.rows += other.rows
        self.spans += [[r1 + down, c1, r2 + down, c2] for r1, c1, r2, c2 in other.spans]
        self.struck_rows |= {row + down for row in other.struck_rows}
        self.pictures |= {(row + down, column) for row, column in other.pictures}

    def append_lines(self, lines: Sequence[str]) -> None:
        """Appends text found among the rows, each line as a row of one cell, without page numbers."""
        self.rows += [[line] for line in lines if not _PAGE_MARK.fullmatch(line.strip())]


def continues(before: WordTable, table: WordTable, between: Sequence[str]) -> bool:
    """Returns whether a table continues the one before: it is as wide and repeats none of its headings.

    Text between them is a title of its own, unless the table begins with a row of numbers.
    """
    if not table.rows or before.width != table.width or table.width < 3:
        return False
    heading = {
        str(cell).strip()
        for row in before.rows[:3]
        if row[0] is not None and not _has_long_number(row)
        for cell in row
        if cell
    }
    if sum(str(cell).strip() in heading for row in table.rows[:3] for cell in row if cell) >= 2:
        return False
    starts_with_data = _has_long_number(table.rows[0])
    if between:
        return starts_with_data
    goes_on = table.rows[0][0] is None and any(table.rows[0])  # merged with the cell above
    return starts_with_data or goes_on or len(before.rows) <= 2


def is_heading_of(before: WordTable, table: WordTable) -> bool:
    """Returns whether ``before`` is one row of group heads over the sub-headings in ``table``, which is a separate table.

    Old documents do not give merged cells; below a head that is merged down, the cell is empty.
    """
    if len(before.rows) != 1 or len(table.rows) != 1 or table.spans or before.width >= table.width:
        return False
    heads, below = before.rows[0], table.rows[0]
    if not all(heads) or below[0] is not None or any(_has_long_number(row) for row in (heads, below)):
        return False
    return _share_heads(heads, below) is not None


def put_heading_above(before: WordTable, table: WordTable) -> None:
    """Merges both into one table, each head over the columns that it spans."""
    shares = _share_heads(before.rows[0], table.rows[0])
    if shares is None:
        return
    row: list[Cell] = [None] * table.width
    for first, last, head in shares:
        row[first] = head
        below = 2 if table.rows[0][first] is None else 1
        if below > 1 or last > first:
            before.spans.append([1, first + 1, below, last + 1])
    before.rows = [row, *table.rows]


def _share_heads(heads: Sequence[Cell], below: Sequence[Cell]) -> list[tuple[int, int, Cell]] | None:
    """Returns for each head (first column, last column, head); None if the columns cannot be determined.

    A group has at least two columns. Adjacent groups are separated only if they are equally wide, as visits are;
    otherwise all heads span all their columns.
    """
    runs = [(filled, len(list(cells))) for filled, cells in groupby(below, key=lambda cell: cell is not None)]
    widths = [length for filled, length in runs if filled]
    groups = len(heads) - sum(length for filled, length in runs if not filled)
    choices = [
        counts
        for counts in product(*(range(1, max(width // 2, 1) + 1) for width in widths[:_MOST_RUNS]))
        if sum(counts) == groups
    ]
    if not widths or len(widths) > _MOST_RUNS or not choices:
        return None
    counts = iter(min(choices, key=lambda c: max(w / n for w, n in zip(widths, c, strict=True))))
    shares: list[tuple[int, int, Cell]] = []
    column = taken = 0
    for filled, length in runs:
        count = next(counts) if filled else length
        texts = heads[taken : taken + count]
        if filled and length % count:
            texts = ["\u3001".join(map(str, texts))]
        width = length // len(texts)
        shares += [(column + n * width, column + n * width + width - 1, text) for n, text in enumerate(texts)]
        column, taken = column + length, taken + count
    return shares


def _has_long_number(row: Sequence[Cell]) -> bool:
    return any(re.search("[0-9]{6}", str(cell)) for cell in row if cell)


def split_lines(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Returns the lines between two tables as two lists: a text of its own, and lines that belong above the next table.

    Only a few lines belong above a table, from its title on; a letter before it is not cut.
    """
    if len(lines) <= _MAX_LINES_ABOVE:
        return [], list(lines)
    titles = [
        n for n, line in enumerate(lines) if len(line.strip()) <= _LONGEST_TITLE and _TITLE.search(line)
    ]
    start = max(titles, default=0)
    while start - 1 in titles:
        start -= 1
    start = max(start, len(lines) - _MAX_LINES_ABOVE)
    return list(lines[:start]), list(lines[start:])


def text_sheet(name: str, lines: Sequence[str]) -> Sheet:
    """Returns a sheet that holds one line of text in each row."""
    return Sheet(
        name=name, hidden=False, rows=[[line] for line in lines], first_row=1, first_col=1, merged=()
    )


def as_sheet(table: WordTable, name: str, above: Sequence[str]) -> Sheet:
    """Returns a table of a document as a sheet; the lines above it take rows below number 1."""
    return Sheet(
        name=name,
        hidden=False,
        rows=[*([line] for line in above), *table.rows],
        first_row=1 - len(above),
        first_col=1,
        merged=tuple((r1, c1, r2, c2) for r1, c1, r2, c2 in table.spans if r1 != r2 or c1 != c2),
        struck_rows=frozenset(table.struck_rows),
        pictures=frozenset(table.pictures),
    )


class DocumentSheets:
    """The tables of a document as sheets, in their order, each with the lines before it.

    Texts after the last table, and long ones between tables, are sheets of their own.
    """

    def __init__(self) -> None:
        self._tables = self._texts = 0
        self._lines: list[str] = []
        self._table: WordTable | None = None
        self._above: list[str] = []
        self._inner: list[WordTable] = []

    def add_lines(self, lines: Iterable[str]) -> None:
        """Adds the lines of a paragraph."""
        self._lines += lines

    def add_table(self, table: WordTable, inner: Iterable[WordTable] = ()) -> Iterator[Sheet]:
        """Adds a table, and yields what is complete before it; a table that continues the one before is joined to it.

        Args:
            inner: the tables in its cells, each a sheet of its own after it.
        """
        self._inner += inner
        if self._table is not None and continues(self._table, table, self._lines):
            self._table.append_lines(self._lines)
            self._table.append(table)
            self._lines = []
            return
        yield from self._complete_table()
        text, above = split_lines(self._lines)
        if text:
            self._texts += 1
            yield text_sheet(f"正文{self._texts}", text)
        self._table, self._above, self._lines = table, above, []
        yield from self._add_inner_tables()

    def _add_inner_tables(self) -> Iterator[Sheet]:
        for table in self._inner:
            yield from self._complete_table()
            self._table, self._above = table, []
        self._inner = []

    def join_to_heading(self, table: WordTable) -> bool:
        """Returns whether a table was joined to the one before, which is the row of group heads over it."""
        if self._table is None or self._lines or not is_heading_of(self._table, table):
            return False
        put_heading_above(self._table, table)
        return True

    def finish(self) -> Iterator[Sheet]:
        """Yields the last table, with those in its cells, and the lines after it."""
        yield from self._add_inner_tables()
        yield from self._complete_table()
        if self._lines:
            yield text_sheet("正文", self._lines)

    def _complete_table(self) -> Iterator[Sheet]:
        if self._table is not None:
            self._tables += 1
            yield as_sheet(self._table, f"表{self._tables}", self._above)


def as_sheets(blocks: Iterable[str | WordTable]) -> Iterator[Sheet]:
    """Yields the tables of a document with the lines before them; texts after the last table are sheets of their own."""
    sheets = DocumentSheets()
    for block in blocks:
        if isinstance(block, str):
            sheets.add_lines(line for line in block.splitlines() if line.strip())
        elif not sheets.join_to_heading(block):
            yield from sheets.add_table(block)
    yield from sheets.finish()
