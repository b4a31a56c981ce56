"""Tables of Word documents as grids, before they are sheets; for new and old documents alike."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from parsers.formats.workbook import Cell, Sheet


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
    heading = {str(cell).strip() for row in before.rows[:3] for cell in row if cell}
    if sum(str(cell).strip() in heading for row in table.rows[:3] for cell in row if cell) >= 2:
        return False
    starts_with_data = any(re.search("[0-9]{6}", str(cell)) for cell in table.rows[0] if cell)
    return starts_with_data if between else starts_with_data or len(before.rows) <= 2


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
