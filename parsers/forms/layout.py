"""Finds the tables of a sheet: the lines above, the heading rows at any height, the rows below.

It uses only the meaning of headings (:class:`parsers.forms.headings.bind_columns.Headings`); which form a table is
is decided later, by :mod:`parsers.forms.classify`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

from config.notice.sections.wording import SignatureWords
from config.text.document_words import FORM_TITLES
from parsers.formats.workbook import Cell, Sheet
from parsers.forms.heading_rows import HeadingBlock, find_headings
from parsers.forms.headings.bind_columns import Headings
from parsers.forms.rows.signatures import is_signature
from parsers.forms.sheet_rows import count_filled, row_text

MOST_TITLE_LINES = 30

_FORM_TITLE = re.compile(f"附[件表]|{'|'.join(FORM_TITLES)}")


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a sheet; all row indices are into ``sheet.rows``.

    ``heading_levels`` holds for each column its headings from the group down.
    """

    sheet: Sheet
    above: tuple[str, ...]
    heading_levels: tuple[tuple[str, ...], ...]
    body: range
    heading_rows: range
    columns: range | None = None  # this table's columns, where tables are side by side
    continued: bool = False  # its heading is in the sheet before
    repeated_rows: frozenset[int] = frozenset()  # the heading again, on a later page, with the title above it

    @property
    def last_heading_row(self) -> int:
        """The index of the last row of the heading, or of its last repetition."""
        return max((self.heading_rows.stop - 1, *self.repeated_rows))

    @property
    def body_rows(self) -> Sequence[Sequence[Cell]]:
        """The rows below the heading, without the columns of tables beside this one."""
        if self.columns is None:
            return self.sheet.rows[self.body.start : self.body.stop]
        return [self.row(index) for index in self.body]

    def row(self, index: int) -> Sequence[Cell]:
        """Returns a row of the sheet without the columns of tables beside this one."""
        row = self.sheet.rows[index]
        if self.columns is None:
            return row
        return [*[None] * self.columns.start, *row[self.columns.start : self.columns.stop]]


def find_tables(sheet: Sheet, headings: Headings) -> tuple[Table, ...]:
    """Returns the tables of a sheet from top to bottom; a heading repeated for printing begins no new table."""
    blocks = list(find_headings(sheet, headings))
    tables: list[Table] = []
    for block, following in zip_longest(blocks, blocks[1:]):
        first = block.rows.start
        end = following.rows.start if following is not None else len(sheet.rows)
        floor = tables[-1].last_heading_row + 1 if tables else 0
        start = (
            _find_title_start(sheet, max(tables[-1].body.start, floor), first, headings.signatures)
            if tables
            else floor
        )
        above = tuple(line for row in sheet.rows[start:first] if (line := row_text(row)))
        if tables and _is_repeated(sheet, block, tables[-1], above):
            before = tables[-1]
            repeated = before.repeated_rows | set(range(start, block.rows.stop))
            tables[-1] = replace(before, body=range(before.body.start, end), repeated_rows=repeated)
            continue
        if tables:  # the title of the next table is not a row of the one before
            tables[-1] = replace(tables[-1], body=range(tables[-1].body.start, start))
        tables.append(Table(sheet, above, block.levels, range(block.rows.stop, end), block.rows))
    return tuple(part for table in tables for part in _split_side_by_side(table, headings))


def _is_repeated(sheet: Sheet, block: HeadingBlock, table: Table, above: Sequence[str]) -> bool:
    """Returns whether a heading is that of ``table`` again, as printed on each page, with no new title above it."""
    same = block.levels == table.heading_levels or (
        [row_text(sheet.rows[row]) for row in block.rows]
        == [row_text(sheet.rows[row]) for row in table.heading_rows]
    )
    return same and (not _has_form_title(above) or set(above) <= set(table.above))


def _split_side_by_side(table: Table, headings: Headings) -> list[Table]:
    """Returns the tables that lie side by side below one row of headings.

    A second column of names begins a second table if another heading of the first table is repeated with it.
    """
    levels = table.heading_levels
    names = [index for index, stack in enumerate(levels) if headings.is_name_column(stack)]
    if len(names) < 2:
        return [table]
    starts = [0]
    for before, index in pairwise(names):
        start = _find_block_start(levels, starts[-1], before, index, headings)
        first = {stack[-1] for stack in levels[starts[-1] : start] if stack}
        again = {stack[-1] for stack in levels[start:] if stack}
        if len(first & again) < 2:
            return [table]
        starts.append(start)
    bounds = [*starts, len(levels)]
    return [
        replace(
            table,
            above=table.above if first == 0 else (),
            heading_levels=tuple(stack if first <= index < end else () for index, stack in enumerate(levels)),
            columns=range(first, end),
        )
        for first, end in pairwise(bounds)
    ]


def _find_block_start(
    levels: Sequence[Sequence[str]], floor: int, before: int, name: int, headings: Headings
) -> int:
    """Returns the first column of a side-by-side table whose column of names is ``name``.

    It goes left over the headings that precede the first table's names; they may be spelled otherwise (编号 for
    序号).
    """
    leading = [stack[-1] for stack in levels[floor:before] if stack]
    start = name
    while (
        start - 1 > before
        and (stack := levels[start - 1])
        and any(stack[-1] == other or headings.mean_the_same(stack[-1], other) for other in leading)
    ):
        start -= 1
    return start


def _has_form_title(lines: Sequence[str]) -> bool:
    return any(map(_FORM_TITLE.search, lines))


def _find_title_start(sheet: Sheet, first: int, heading: int, words: SignatureWords) -> int:
    """Returns the row at which the lines above a second table begin, going up from its heading over lone texts and signatures."""
    row = heading
    while row > first and (
        count_filled(sheet.rows[row - 1]) <= 1 or is_signature(row_text(sheet.rows[row - 1]), words)
    ):
        row -= 1
    for index in range(row, heading):
        if _has_form_title([row_text(sheet.rows[index])]):
            return index
    return heading
