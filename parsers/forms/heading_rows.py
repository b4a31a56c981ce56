"""Finds the heading rows of a table, and for each column its headings from the top group down.

A heading has one row or several: group heads above, sub-headings below, a row of column numbers under them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from config.notice.sections.wording import SignatureWords
from config.text.text_folding import fold_text
from parsers.fields.normalise import cell_text
from parsers.formats.workbook import Cell, Sheet
from parsers.forms.headings.bind_columns import Headings
from parsers.forms.rows.signatures import is_signature, is_signature_row
from parsers.forms.sheet_rows import count_filled

_CELLS_SAMPLED = 5  # cells of a row that are looked at before it is taken for a possible heading row
_MAX_HEADING_ROWS = 6
_MAX_GROUP_ROWS = 2
_LEAST_COLUMN_NUMBERS = 4
_DATA_TEXT = re.compile(r"男|女|[0-9]{15,18}[xX]?|[0-9]{4}[-./年][0-9]{1,2}.*|1[3-9][0-9]{9}")
_SUB_HEADING = re.compile(
    "第?[一二三四五六七八九十1-9][次回].{0,10}|[首初]次.{0,4}|省.{0,8}|市.{0,8}|县.{0,8}|区县?|时间|日期|结果|人员|地点|内容|情况|名称|姓名|电话|关系|是|否|有|无|起|止"
)
_COLUMN_LETTERS = "甲乙丙丁戊己庚辛"
_COLUMN_WORDS = re.compile("^[(第]+|[)栏列]+$")
_COLUMN_LABELS = frozenset({"栏次", "列次", "栏号", "列号", "栏目", ""})


@dataclass(frozen=True, slots=True)
class HeadingBlock:
    """The rows of one heading, including a row of column numbers, and the headings of each column."""

    rows: range
    levels: tuple[tuple[str, ...], ...]


def find_headings(sheet: Sheet, headings: Headings) -> Iterator[HeadingBlock]:
    """Yields the headings of a sheet from top to bottom, including those repeated for printing."""
    floor = 0
    for index, row in enumerate(sheet.rows):
        if not row or row[0].__class__ is int or index < floor:  # nearly every row
            continue
        if not _may_be_heading_row(row, headings) or not _is_heading_row(row, headings):
            continue
        rows = _find_span(sheet, index, floor, headings)
        levels = _read_levels(sheet, rows)
        floor = rows.stop + (rows.stop < len(sheet.rows) and _is_column_numbers(sheet.rows[rows.stop]))
        yield HeadingBlock(range(rows.start, floor), levels)


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


def _find_span(sheet: Sheet, start: int, floor: int, headings: Headings) -> range:
    """Returns the heading rows around row ``start``: group heads above, sub-headings and merged rows below."""
    first = start
    while first > max(floor, start - _MAX_GROUP_ROWS) and _is_group_row(
        sheet, first - 1, first, headings.signatures
    ):
        first -= 1
    last = start
    while (
        last + 1 < len(sheet.rows)
        and last - first < _MAX_HEADING_ROWS - 1
        and (
            last + 1 <= _find_merged_end(sheet, range(first, last + 1))
            or _is_sub_row(sheet, last + 1, start, headings)
        )
    ):
        last += 1
    return range(first, last + 1)


def _find_merged_end(sheet: Sheet, rows: range) -> int:
    """Returns the last row index that a merged cell of these rows reaches; -1 where none is merged."""
    return max(
        (
            r2 - sheet.first_row
            for r1, c1, r2, c2 in sheet.merged
            if r1 - sheet.first_row in rows and r2 - r1 < _MAX_HEADING_ROWS
        ),
        default=-1,
    )


def _is_group_row(sheet: Sheet, row: int, below: int, words: SignatureWords) -> bool:
    """Returns whether a row holds group heads: a few short texts over columns that are named in row ``below``.

    A row with a data cell is never one.
    """
    cells = sheet.rows[row]
    if any(_is_data_cell(cell) for cell in cells):
        return False
    texts = [text for cell in cells if (text := cell_text(cell))]
    if (
        len(texts) < 2
        or is_signature_row(texts, words)
        or any(len(text) > 20 or is_signature(text, words) or ":" in fold_text(text) for text in texts)
    ):
        return False
    return (
        len(texts) < count_filled(sheet.rows[below]) or _find_merged_end(sheet, range(row, row + 1)) >= below
    )


def _is_data_cell(cell: Cell) -> bool:
    """Returns whether a cell is a number, a date or a text with digits such as only a student's row has."""
    if isinstance(cell, str):
        return sum(char.isdigit() for char in cell) >= 4 or cell in ("男", "女")
    return cell is not None


def _is_sub_row(sheet: Sheet, row: int, start: int, headings: Headings) -> bool:
    """Returns whether a row holds sub-headings: short words, none of them below a heading for names or identity numbers."""
    cells = sheet.rows[row]
    texts = [(index, text) for index, cell in enumerate(cells) if (text := cell_text(cell))]
    ticked = _find_tick_headings(texts, sheet.rows[row - 1], headings)
    if not texts or any(
        len(text) > 24
        or text.isdigit()
        or (index not in ticked and _DATA_TEXT.fullmatch(fold_text(text)))  # 男 and 女 are ticked under 性别
        for index, text in texts
    ):
        return False
    named = {
        index
        for above in sheet.rows[start:row]
        for index, cell in enumerate(above)
        if (text := cell_text(cell)) and headings.is_name_heading(text)
    }
    if any(index in named for index, _ in texts):
        return False
    recognised = sum(
        index in ticked
        or headings.is_heading(text)
        or _SUB_HEADING.fullmatch(fold_text(text)) is not None
        or (_is_group_head(sheet, row, index) and _is_under_group(sheet, row, index))
        for index, text in texts
    )
    spread = len(texts) >= 2 or _is_under_group(sheet, row, texts[0][0])
    return spread and 2 * recognised >= len(texts)


def _find_tick_headings(
    texts: Sequence[tuple[int, str]], head: Sequence[Cell], headings: Headings
) -> frozenset[int]:
    """Returns the columns of a run of values (失学|辍学|休学) below one heading; a tick in such a column chooses its value."""
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
    return any(c1 <= index + sheet.first_col <= c2 for c1, c2 in _find_groups(sheet, row - 1))


def _is_group_head(sheet: Sheet, row: int, index: int) -> bool:
    return any(c1 == index + sheet.first_col for c1, _ in _find_groups(sheet, row))


def _find_groups(sheet: Sheet, row: int) -> list[tuple[int, int]]:
    """Returns the first and last columns of the cells that are merged across columns and end in this row."""
    number = row + sheet.first_row
    return [(c1, c2) for _, c1, r2, c2 in sheet.merged if r2 == number and c2 > c1]


def _is_column_numbers(row: Sequence[Cell]) -> bool:
    """Returns whether a row only numbers the columns: 1 2 3 …, some with 栏次 or 甲 乙 丙 before them; or A B C …."""
    texts = [_COLUMN_WORDS.sub("", fold_text(text)) for cell in row if (text := cell_text(cell))]
    if texts and texts[0] in _COLUMN_LABELS:
        texts = texts[1:]
    letters = 0
    while letters < len(texts) and _COLUMN_LETTERS.startswith("".join(texts[: letters + 1])):
        letters += 1
    numbers = texts[letters:]
    if len(texts) < _LEAST_COLUMN_NUMBERS:
        return False
    first = 0 if numbers[:1] == ["0"] else 1
    is_numbered = numbers == [str(n) for n in range(first, first + len(numbers))]
    return is_numbered or ascii_lowercase.startswith("".join(texts))


def _read_levels(sheet: Sheet, rows: range) -> tuple[tuple[str, ...], ...]:
    """Returns for each column its headings; a group head counts for every column that it spans."""
    width = max(len(sheet.rows[row]) for row in rows)
    grid = [[cell_text(cell) for cell in sheet.rows[row]] for row in rows]
    for texts in grid:
        texts += [""] * (width - len(texts))
    _spread_groups(sheet, rows, grid)
    stacks: list[list[str]] = [[] for _ in range(width)]
    for texts in grid:
        for index, text in enumerate(texts):
            if text and (not stacks[index] or stacks[index][-1] != text):
                stacks[index].append(text)
    return tuple(tuple(stack) for stack in stacks)


def _spread_groups(sheet: Sheet, rows: range, grid: list[list[str]]) -> None:
    """Copies each group head over the columns that it spans, from the lowest row of groups upwards."""
    upper = [row + sheet.first_row for row in rows[:-1]]
    spans = [(r1, c1, c2) for r1, c1, _, c2 in sheet.merged if r1 in upper and c2 > c1]
    for number, first, last in spans:
        texts = grid[number - sheet.first_row - rows.start]
        left = first - sheet.first_col
        head = texts[left] if 0 <= left < len(texts) else ""
        for column in range(max(0, left), min(last - sheet.first_col + 1, len(texts))):
            texts[column] = texts[column] or head
    if spans:
        return
    for texts, below in zip(reversed(grid[:-1]), reversed(grid[1:]), strict=True):
        for column in range(1, len(texts)):  # an unnamed column with a name below belongs to the left
            if not texts[column] and below[column] and texts[column - 1] and below[column - 1]:
                texts[column] = texts[column - 1]
