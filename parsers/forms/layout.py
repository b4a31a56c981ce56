"""Finds the tables of a sheet: the lines above, the heading rows at any height, the rows below.

Works on headings' meaning alone (:class:`parsers.forms.columns.Headings`); which form it is comes later.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from config.text.text_folding import fold_text
from parsers.fields.normalise import cell_text
from parsers.formats.workbook import Cell, Sheet
from parsers.forms.columns import Headings

MOST_TITLE_LINES = 30
_CELLS_SAMPLED = 5  # cells of a row that are looked at before it is taken for a possible heading row
_MAX_HEADING_ROWS = 4
_SIGNATURE = re.compile(
    "(?:填报|填表|报送|上报)(?:单位|人|时间|日期)|审核人|审批人|负责人|签字|签章|盖章|公章|制表人|经办人|分管领导|校长[:(]|[年_ ]{1,8}月[_ ]{1,8}日"
)
_DATA_TEXT = re.compile(r"男|女|[0-9]{15,18}[xX]?|[0-9]{4}[-./年][0-9]{1,2}.*|1[3-9][0-9]{9}")
_SUB_HEADING = re.compile(
    "第?[一二三四五六七八九十1-9][次回].{0,10}|省.{0,8}|市.{0,8}|县.{0,8}|区县?|时间|日期|结果|人员|地点|内容|情况|名称|姓名|电话|关系|是|否|有|无|起|止"
)


@dataclass(frozen=True, slots=True)
class Table:
    """One table: row indices are into ``sheet.rows``.

    ``heading_levels`` has for each column its headings from the group above down to its own.
    """

    sheet: Sheet
    above: tuple[str, ...]
    heading_levels: tuple[tuple[str, ...], ...]
    body: range
    heading_rows: range
    columns: range | None = None  # of tables side by side, the columns that are this one's
    continued: bool = False  # its heading stands in the sheet before

    def row(self, index: int) -> Sequence[Cell]:
        """A row of the sheet as far as it is this table's."""
        row = self.sheet.rows[index]
        if self.columns is None:
            return row
        return [*[None] * self.columns.start, *row[self.columns.start : self.columns.stop]]


def is_signature(text: str) -> bool:
    """Whether a line is of those that units sign: 填报人、审核人、盖章."""
    return _SIGNATURE.search(text) is not None


def row_text(row: Sequence[Cell]) -> str:
    """A row as one line of text."""
    return "  ".join(text for cell in row if (text := cell_text(cell)))


def count_filled(row: Sequence[Cell]) -> int:
    """How many cells of a row are filled."""
    return sum(cell is not None and cell != "" for cell in row)


def find_tables(sheet: Sheet, headings: Headings) -> tuple[Table, ...]:
    """The tables of a sheet from top to bottom; a heading repeated for printing starts none."""
    starts = list(_find_heading_rows(sheet, headings))
    tables: list[Table] = []
    previous_end = 0
    for number, start in enumerate(starts):
        first, last = _find_heading_span(sheet, start, previous_end, headings)
        following = starts[number + 1] if number + 1 < len(starts) else len(sheet.rows)
        heading_levels = _read_heading_levels(sheet, range(first, last + 1))
        above = tuple(line for row in sheet.rows[previous_end:first] if (line := row_text(row)))
        if tables and heading_levels == tables[-1].heading_levels and not _has_form_title(above[-3:]):
            tables[-1] = replace(tables[-1], body=range(tables[-1].body.start, following))
        else:
            if tables:  # the title of the next table is not a row of the one before
                end = _find_title_start(sheet, tables[-1].body.start, first)
                tables[-1] = replace(tables[-1], body=range(tables[-1].body.start, end))
                above = tuple(line for row in sheet.rows[end:first] if (line := row_text(row)))
            tables.append(
                Table(sheet, above, heading_levels, range(last + 1, following), range(first, last + 1))
            )
        previous_end = last + 1
    return tuple(part for table in tables for part in _split_side_by_side(table, headings))


def _split_side_by_side(table: Table, headings: Headings) -> list[Table]:
    """The tables that stand beside one another below one row of headings: one for each column of names.

    A second column of names begins a table of its own where another heading of the first comes again with it.
    """
    levels = table.heading_levels
    names = [index for index, stack in enumerate(levels) if headings.is_name_column(stack)]
    if len(names) < 2:
        return [table]
    starts = [0]
    for before, index in pairwise(names):
        start = _find_block_start(levels, starts[-1], before, index)
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


def _find_block_start(levels: Sequence[Sequence[str]], floor: int, before: int, name: int) -> int:
    """Where the table of a second column of names begins: going left over the headings that lead the first one."""
    leading = {stack[-1] for stack in levels[floor:before] if stack}
    start = name
    while start - 1 > before and (stack := levels[start - 1]) and stack[-1] in leading:
        start -= 1
    return start


def _has_form_title(lines: Sequence[str]) -> bool:
    return any(re.search("附[件表]|台账|摸排表|登记表|记录表|送达书", line) for line in lines)


def _find_title_start(sheet: Sheet, first: int, heading: int) -> int:
    """The row where the lines above a second table begin: going up from its heading over lone texts."""
    row = heading
    while row > first and count_filled(sheet.rows[row - 1]) <= 1:
        row -= 1
    for index in range(row, heading):
        if _has_form_title([row_text(sheet.rows[index])]):
            return index
    return heading


def _find_heading_rows(sheet: Sheet, headings: Headings) -> Iterator[int]:
    skip = 0
    for index, row in enumerate(sheet.rows):
        if index < skip or not _may_be_heading_row(row, headings):
            continue
        if _is_heading_row(row, headings):
            yield index
            skip = (
                index + 2
                if index + 1 < len(sheet.rows) and _is_heading_row(sheet.rows[index + 1], headings)
                else index + 1
            )


def _may_be_heading_row(row: Sequence[Cell], headings: Headings) -> bool:
    sampled = 0
    for cell in row:
        if cell is None or cell == "":
            continue
        if not isinstance(cell, str):
            return False  # headings are words; a number or date means a row of data
        if len(cell) <= 24 and headings.is_heading(cell):
            return True
        sampled += 1
        if sampled == _CELLS_SAMPLED:
            return False
    return False


def _is_heading_row(row: Sequence[Cell], headings: Headings) -> bool:
    texts = [(index, text) for index, cell in enumerate(row) if (text := cell_text(cell))]
    recognised = [index for index, text in texts if headings.is_heading(text)]
    if len(recognised) < 2 or 5 * len(recognised) < 2 * len(texts):
        return False
    by_index = dict(texts)
    if any(_DATA_TEXT.fullmatch(fold_text(by_index.get(index + 1, ""))) for index in recognised):
        return False  # 姓名|张三|性别|男: a label beside its value, not above it
    named = any(headings.is_name_heading(text) for _, text in texts)
    return (
        len(recognised) >= 4 or (len(recognised) >= 2 and named) or (len(recognised) >= 3 and len(texts) <= 8)
    )


def _find_heading_span(sheet: Sheet, start: int, floor: int, headings: Headings) -> tuple[int, int]:
    """First and last heading row around ``start``: group heads above, sub-headings below."""
    first = start
    while first > floor and first > start - 2 and _is_group_row(sheet, first - 1, start):
        first -= 1
    last = start
    while (
        last + 1 < len(sheet.rows)
        and last - first < _MAX_HEADING_ROWS - 1
        and _is_sub_row(sheet, last + 1, start, headings)
    ):
        last += 1
    return first, last


def _is_group_row(sheet: Sheet, row: int, start: int) -> bool:
    """Heads of groups: a few short texts, each over columns that are named below. Never a row of data."""
    if any(_is_data_cell(cell) for cell in sheet.rows[row]):
        return False
    texts = [text for cell in sheet.rows[row] if (text := cell_text(cell))]
    below = sum(bool(cell_text(cell)) for cell in sheet.rows[start])
    if not 2 <= len(texts) < below or any(len(text) > 20 or is_signature(text) for text in texts):
        return False
    return not any(":" in fold_text(text) for text in texts)


def _is_data_cell(cell: Cell) -> bool:
    """A number, a date, or text with digits as only a student's row has."""
    if isinstance(cell, str):
        return sum(char.isdigit() for char in cell) >= 4 or cell in ("男", "女")
    return cell is not None


def _is_sub_row(sheet: Sheet, row: int, start: int, headings: Headings) -> bool:
    """Sub-headings: short words, none where the headings above stand alone for names or numbers."""
    cells = sheet.rows[row]
    texts = [(index, text) for index, cell in enumerate(cells) if (text := cell_text(cell))]
    if not texts or any(
        len(text) > 24 or _DATA_TEXT.fullmatch(fold_text(text)) or text.isdigit() for _, text in texts
    ):
        return False
    head = sheet.rows[start]
    for index, _ in texts:
        above = cell_text(head[index]) if index < len(head) else ""
        if above and headings.is_name_heading(above):
            return False
    ticked = _find_tick_headings(texts, head, headings)
    recognised = sum(
        index in ticked or headings.is_heading(text) or _SUB_HEADING.fullmatch(fold_text(text)) is not None
        for index, text in texts
    )
    spread = len(texts) >= 2 or _is_under_group(sheet, row, texts[0][0])
    return spread and 2 * recognised >= len(texts)


def _find_tick_headings(
    texts: Sequence[tuple[int, str]], head: Sequence[Cell], headings: Headings
) -> frozenset[int]:
    """The columns of a run of values (失学|辍学|休学) below one heading: each is ticked where it holds."""
    run: list[int] = []
    result: set[int] = set()
    for index, text in texts:
        if not headings.is_choice(text):
            run = []
        elif run and index == run[-1] + 1 and not (index < len(head) and cell_text(head[index])):
            run.append(index)
            result.update(run)
        else:
            run = [index]
    return frozenset(result)


def _is_under_group(sheet: Sheet, row: int, index: int) -> bool:
    top = row + sheet.first_row - 1
    column = index + sheet.first_col
    return any(r2 == top and c1 <= column <= c2 and c2 > c1 for _, c1, r2, c2 in sheet.merged)


def _read_heading_levels(sheet: Sheet, rows: range) -> tuple[tuple[str, ...], ...]:
    """Each column's headings; a merged or open-ended group head counts for the columns it stands over."""
    width = max(len(sheet.rows[row]) for row in rows)
    stacks: list[list[str]] = [[] for _ in range(width)]
    for row in rows:
        texts = [cell_text(cell) for cell in sheet.rows[row]]
        texts += [""] * (width - len(texts))
        if row != rows[-1]:
            _fill_group_headings(sheet, row, texts, rows)
        for index, text in enumerate(texts):
            if text and (not stacks[index] or stacks[index][-1] != text):
                stacks[index].append(text)
    return tuple(tuple(stack) for stack in stacks)


def _fill_group_headings(sheet: Sheet, row: int, texts: list[str], rows: range) -> None:
    """Write group heads over the columns that they span."""
    number = row + sheet.first_row
    spans = [(c1, c2) for r1, c1, _, c2 in sheet.merged if r1 == number and c2 > c1]
    for first, last in spans:
        head = texts[first - sheet.first_col] if 0 <= first - sheet.first_col < len(texts) else ""
        for column in range(max(0, first - sheet.first_col), min(last - sheet.first_col + 1, len(texts))):
            texts[column] = texts[column] or head
    if sheet.merged:
        return
    below = [bool(cell_text(cell)) for cell in sheet.rows[row + 1]] if row + 1 in rows else []
    for column in range(
        1, len(texts)
    ):  # no merges known: an unnamed column with a name below belongs to the left
        if (
            not texts[column]
            and column < len(below)
            and below[column]
            and texts[column - 1]
            and below[column - 1]
        ):
            texts[column] = texts[column - 1]
