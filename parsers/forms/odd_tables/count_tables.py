"""Tells a table of counts (月报, 统计表, 汇总表) from a list: headings of numbers with only numbers below them."""

import re
from collections.abc import Sequence
from functools import lru_cache

from config.notice import Notice
from config.text.text_folding import fold_text
from parsers.fields.normalise import cell_text
from parsers.formats.workbook import Cell, Sheet

_ROWS_SAMPLED = 200
_LEAST_COUNTS = 2
_LONGEST_HEADING = 24
_COUNT = re.compile(r"[0-9]{1,6}(?:\.[0-9]+)?[%人名个]?|[-/—]")
_MOST_COUNT = 10**6


def is_count_table(sheet: Sheet, notice: Notice) -> bool:
    """Returns whether at least two columns are headed as counts and hold only numbers, at least one number among them."""
    rows, heading = sheet.rows[:_ROWS_SAMPLED], _count_heading(notice.wording.counts)
    for index, row in enumerate(rows):
        columns = [position for position, cell in enumerate(row) if _is_count_heading(cell, heading)]
        if len(columns) < _LEAST_COUNTS:
            continue
        below = [_filled_at(other, columns) for other in rows[index + 1 :]]
        counts = [cells for cells in below if cells and all(map(_is_count, cells))]
        if counts and 2 * len(counts) >= sum(bool(cells) for cells in below):
            return True
    return False


def _filled_at(row: Sequence[Cell], columns: Sequence[int]) -> list[Cell]:
    return [row[position] for position in columns if position < len(row) and cell_text(row[position])]


@lru_cache(maxsize=8)
def _count_heading(endings: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf".*(?:{'|'.join(endings)})(?:\([^()]*\)|%)?")


def _is_count_heading(cell: Cell, heading: re.Pattern[str]) -> bool:
    if not isinstance(cell, str) or len(cell) > _LONGEST_HEADING:
        return False
    return heading.fullmatch(fold_text(cell)) is not None


def _is_count(cell: Cell) -> bool:
    if isinstance(cell, str):
        return _COUNT.fullmatch(fold_text(cell)) is not None
    return isinstance(cell, int | float) and abs(cell) < _MOST_COUNT
