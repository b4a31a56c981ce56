"""Tables of Word documents as grids, before they are sheets; for new and old documents alike."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from parsers.formats.workbook import Cell, Sheet

_MAX_LINES_ABOVE = 12


@dataclass(slots=True)
class WordTable:
    """A table as a grid: merged cells in their first place only."""

    rows: list[list[Cell]] = field(default_factory=list)
    spans: list[list[int]] = field(default_factory=list)  # first row, first column, last row, last column
    struck_rows: set[int] = field(default_factory=set)  # numbers of rows that are struck out, from 1
    pictures: set[tuple[int, int]] = field(
        default_factory=set
    )  # rows and columns of cells that hold a picture

    @property
    def width(self) -> int:
        return max(map(len, self.rows), default=0)

    def append(self, other: "WordTable") -> None:
        down = len(self.rows)
        self.rows += other.rows
        self.spans += [[r1 + down, c1, r2 + down, c2] for r1, c1, r2, c2 in other.spans]
        self.struck_rows |= {row + down for row in other.struck_rows}
        self.pictures |= {(row + down, column) for row, column in other.pictures}


def continues(before: WordTable, table: WordTable, between: Sequence[str]) -> bool:
    """Whether a table goes on with the rows of the one before: as wide, and without any of its headings.

    Text between them is a title of its own unless the table starts with a row of numbers.
    """
    if not table.rows or before.width != table.width or table.width < 3:
        return False
    heading = {
        str(cell).strip() for row in before.rows[:3] if not _has_long_number(row) for cell in row if cell
    }
    if sum(str(cell).strip() in heading for row in table.rows[:3] for cell in row if cell) >= 2:
        return False
    starts_with_data = _has_long_number(table.rows[0])
    return starts_with_data if between else starts_with_data or len(before.rows) <= 2


def _has_long_number(row: Sequence[Cell]) -> bool:
    return any(re.search("[0-9]{6}", str(cell)) for cell in row if cell)


def as_sheet(table: WordTable, name: str, above: Sequence[str]) -> Sheet:
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


def as_sheets(blocks: Iterable[str | WordTable]) -> Iterator[Sheet]:
    """The tables of a document, each with the lines before it; a last sheet has the lines that no table follows."""
    lines: list[str] = []
    above: list[str] = []
    number = 0
    previous: WordTable | None = None
    for block in blocks:
        if isinstance(block, str):
            lines += [line for line in block.splitlines() if line.strip()]
            continue
        if previous is not None and continues(previous, block, lines):
            previous.append(block)
            lines = []
            continue
        if previous is not None:
            number += 1
            yield as_sheet(previous, f"表{number}", above)
        previous, above, lines = block, lines[-_MAX_LINES_ABOVE:], []
    if previous is not None:
        yield as_sheet(previous, f"表{number + 1}", above)
    if lines:
        yield Sheet(
            name="正文", hidden=False, rows=[[line] for line in lines], first_row=1, first_col=1, merged=()
        )
