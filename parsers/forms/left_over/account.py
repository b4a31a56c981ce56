"""Accounts for every filled cell of a sheet: a field, kept under its heading, furniture, or left over.

Readers report the cells that they used; the rest is left over. Furniture (titles, notes, totals, signatures,
examples) is reported by the reader that meets it, and counts as such only while it holds no child's number.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count

from config.notice import Notice
from config.text.text_folding import fold_text
from parsers.fields.normalise import cell_text, is_placeholder
from parsers.fields.person_names import looks_like_name
from parsers.formats.workbook import Cell, Sheet
from parsers.forms.instructions import any_of
from parsers.forms.left_over.child_mentions import (
    ChildMention,
    find_absent_children,
    find_id_numbers,
    is_id_number,
)
from parsers.forms.left_over.filling_notes import is_filling_note, stands_below_label
from parsers.records import ParsedForm

_COURTESY = re.compile(
    "请.{0,12}(?:审阅|审核|审查|核实|核对|查收|知悉|批示|指示)|谢谢.?|(?:已|经)?(?:审核|核对|核实|校对)(?:无误|完毕)?|见.{1,6}[表页]"
)
_PAGE = re.compile("第?[0-9一二三四五六七八九十]{1,3}页?[/共第,]*(?:共?[0-9一二三四五六七八九十]{1,3}页)?")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_NUMBER = re.compile(r"[0-9]{7,}")
_DATE = re.compile(r"(?:19|20)[0-9]{2}[-./年][0-9]{1,2}")
_LEAST_CHINESE = 6
"""The fewest Chinese characters of a text with substance, about three words."""
_LONGEST_QUOTE = 24
_SHORTEST_SENTENCE = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOver:
    """A range of cells that no reader used, with the beginning of their text."""

    sheet: str
    cells: str
    row: int | None
    """The first row; None for paragraphs above the table of a document, which are no cells."""
    text: str
    names_child: bool
    mentions: frozenset[ChildMention] = frozenset()
    """The children mentioned, where the cells hold only sentences: if all have rows, nothing is left over."""


class SheetAccount:
    """Records which cells of one sheet were used, by row index into ``sheet.rows`` and column position."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._columns_by_row: dict[int, frozenset[int]] = {}
        self._furniture: set[int] = set()
        self._whole: set[int] = set()
        self._set_aside: set[int] = set()
        self._open_positions: dict[tuple[frozenset[int], int], tuple[int, ...]] = {}

    def place_row(self, index: int) -> None:
        """Records that the whole row was read: headings, a letter's line, a grid's labels with their values."""
        self._whole.add(index)

    def place_furniture(self, index: int) -> None:
        """Records that the row is a title, note, total, signature or example; ignored if the row mentions a child."""
        self._furniture.add(index)

    def place_columns(self, index: int, columns: frozenset[int]) -> None:
        """Records that these cells of the row are fields, or kept under their heading."""
        before = self._columns_by_row.get(index)
        self._columns_by_row[index] = columns if before is None else before | columns

    def set_row_aside(self, index: int) -> None:
        """Records that the row is asked about without holding the file back: a child without a number below the signatures."""
        self._set_aside.add(index)

    def find_left_over(self, notice: Notice) -> tuple[LeftOver, ...]:
        """Returns the cells with substance that no reader used; neighbouring rows of one kind are one range."""
        areas: list[list[tuple[int, Sequence[int]]]] = []
        columns_by_row, whole_widths = self._columns_by_row, self._find_whole_widths()
        for index, row in enumerate(self.sheet.rows):
            if len(row) <= whole_widths.get(columns_by_row.get(index), -1):
                continue  # all cells are used, as in nearly every row
            columns = self._find_unplaced(index, row, notice)
            if not columns:
                continue
            if areas and areas[-1][-1][0] == index - 1 and self._kind(index) == self._kind(index - 1):
                areas[-1].append((index, columns))
            else:
                areas.append([(index, columns)])
        return tuple(self._describe(area, notice) for area in areas)

    def _kind(self, index: int) -> tuple[bool, bool]:
        return index in self._furniture, index in self._set_aside

    def _find_unplaced(self, index: int, row: Sequence[Cell], notice: Notice) -> Sequence[int]:
        placed = self._columns_by_row.get(index)
        positions = range(len(row)) if placed is None else self._find_open_positions(placed, len(row))
        if not positions or index in self._whole:
            return ()
        filled = [position for position in positions if row[position] is not None and row[position] != ""]
        if not filled or index in self._set_aside:
            return filled
        if index in self._furniture:
            return [position for position in filled if find_mentions(row[position], notice)]
        columns = [position for position in filled if self._has_substance(index, position, notice)]
        if not columns or placed is not None:
            return columns
        return columns if _is_substantial_line(row, notice) else ()

    def _find_whole_widths(self) -> dict[frozenset[int] | None, int]:
        """Maps each set of used columns to the width up to which a row has no other cells."""
        return {
            columns: next(position for position in count() if position not in columns)
            for columns in set(self._columns_by_row.values())
        }

    def _find_open_positions(self, placed: frozenset[int], width: int) -> tuple[int, ...]:
        """Returns the unused positions of a row of this width; cached, because the rows of a table share the answer."""
        positions = self._open_positions.get((placed, width))
        if positions is None:
            positions = tuple(position for position in range(width) if position not in placed)
            self._open_positions[placed, width] = positions
        return positions

    def _has_substance(self, index: int, position: int, notice: Notice) -> bool:
        cell = self.sheet.rows[index][position]
        if not _has_substance(cell, notice):
            return False
        if not isinstance(cell, str) or find_mentions(cell, notice):
            return True
        return not (is_filling_note(cell, notice) or stands_below_label(self.sheet, index, position))

    def _describe(self, area: Sequence[tuple[int, Sequence[int]]], notice: Notice) -> LeftOver:
        rows = self.sheet.rows
        cells = [rows[index][position] for index, columns in area for position in columns]
        first, last = area[0][0] + self.sheet.first_row, area[-1][0] + self.sheet.first_row
        left = min(min(columns) for _, columns in area) + self.sheet.first_col
        right = max(max(columns) for _, columns in area) + self.sheet.first_col
        mentions = [mention for cell in cells for mention in find_mentions(cell, notice)]
        in_list = area[0][0] not in self._set_aside and any(
            _is_like_a_list_row([rows[index][position] for position in columns]) for index, columns in area
        )
        only_sentences = not in_list and all(find_mentions(cell, notice) for cell in cells)
        text = "、".join(map(cell_text, cells[:4]))
        return LeftOver(
            sheet=self.sheet.name,
            cells=name_cells(first, left, last, right),
            row=first if first >= 1 else None,
            text=_quote(mentions[0].words, mentions[0].child)
            if only_sentences and mentions
            else shorten_text(text),
            names_child=bool(mentions) or in_list,
            mentions=frozenset(mentions) if only_sentences else frozenset(),
        )


def leave_out_recorded(left_over: Sequence[LeftOver], forms: Sequence[ParsedForm]) -> tuple[LeftOver, ...]:
    """Returns the left-over cells without sentences that mention only children whose rows were read."""
    if not any(one.mentions for one in left_over):
        return tuple(left_over)
    children = frozenset(
        str(value)
        for form in forms
        for key in ("name", "id_number")
        for value in form.rows.column(key)
        if value
    )
    return tuple(
        one
        for one in left_over
        if not one.mentions or not all(_is_recorded(mention, children) for mention in one.mentions)
    )


def _is_recorded(mention: ChildMention, children: Collection[str]) -> bool:
    """Returns whether a mentioned child has a row; a name cut wrongly from a sentence counts if the sentence has it whole."""
    return mention.child in children or any(
        child.startswith(mention.child) and fold_text(child) in mention.words for child in children
    )


def find_mentions(cell: Cell, notice: Notice) -> tuple[ChildMention, ...]:
    """Returns the children that a cell mentions, by identity number or as out of school."""
    if isinstance(cell, str):
        return (
            ()
            if len(cell) < _SHORTEST_SENTENCE
            else (*find_id_numbers(cell), *find_absent_children(cell, notice))
        )
    return (ChildMention(child=cell_text(cell), words=cell_text(cell)),) if is_id_number(cell) else ()


def _has_substance(cell: Cell, notice: Notice) -> bool:
    """Returns whether a cell holds a name-like word, a number, a date or at least six Chinese characters.

    Marks, page numbers and courtesies have no substance.
    """
    text = cell_text(cell)
    if not isinstance(cell, str):
        return (isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= 10**6) or not (
            cell is None or isinstance(cell, int | float | bool)
        )
    plain = fold_text(text)
    if is_placeholder(text, notice) or len(plain) < 2 or _COURTESY.fullmatch(plain) or _PAGE.fullmatch(plain):
        return False
    return bool(
        looks_like_name(plain)
        or _NUMBER.search(plain)
        or _DATE.search(plain)
        or len(_CHINESE.findall(plain)) >= _LEAST_CHINESE
    )


def _is_substantial_line(row: Sequence[Cell], notice: Notice) -> bool:
    """Returns whether a line outside every table may be a child's: it looks like a row of a list, or mentions a child."""
    if any(find_mentions(cell, notice) for cell in row):
        return True
    signed = any_of(notice.wording.signatures.around)
    return _is_like_a_list_row(row) and not signed.search(fold_text("".join(map(cell_text, row))))


def _is_like_a_list_row(cells: Sequence[Cell]) -> bool:
    """Returns whether cells hold a name with a date, a long number or a phone number beside it."""
    texts = [fold_text(cell_text(cell)) for cell in cells if cell is not None and cell != ""]
    return (
        len(texts) >= 3
        and any(looks_like_name(text) for text in texts)
        and any(_NUMBER.search(text) or _DATE.search(text) for text in texts)
    )


def shorten_text(text: str) -> str:
    """Returns the beginning of a left-over text, as long as it is quoted."""
    return text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 1]}…"


def _quote(text: str, child: str) -> str:
    """Returns the words around a child's name or number, as they are quoted."""
    start = max(0, text.find(child.lower()) - _LONGEST_QUOTE // 2)
    return shorten_text(text[start:]) if len(text) > _LONGEST_QUOTE else text


def name_cells(first: int, left: int, last: int, right: int) -> str:
    """Returns the name of a range of cells, such as B3:D5; rows of a table count from 1, lower numbers are text above it."""
    if last < 1:
        return "表上方的文字"
    if first < 1:
        return f"表上方的文字至{column_letters(right)}{last}"
    start, end = f"{column_letters(left)}{first}", f"{column_letters(right)}{last}"
    return start if start == end else f"{start}:{end}"


@lru_cache(maxsize=256)
def column_letters(column: int) -> str:
    """Returns the letters of a column number: 1 is A, 27 is AA."""
    text = ""
    while column:
        column, remainder = divmod(column - 1, 26)
        text = chr(65 + remainder) + text
    return text
