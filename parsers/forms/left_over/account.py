"""The account of a sheet: each filled cell is a field, kept under its heading, or furniture; the rest is left over.

Readers say what they placed; this module says what nobody did. Furniture (titles, notes, totals, signatures,
examples) is known by the reader that met it, and is furniture only as long as no child's number stands in it.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from config.notice import Notice
from config.text.text_folding import fold_text
from parsers.fields.normalise import cell_text, is_placeholder
from parsers.fields.person_names import looks_like_name
from parsers.formats.workbook import Cell, Sheet
from parsers.forms.left_over.child_mentions import holds_id_number, is_id_number, tells_of_absent_child

_COURTESY = re.compile(
    "请.{0,12}(?:审阅|审核|审查|核实|核对|查收|知悉|批示|指示)|谢谢.?|(?:已|经)?(?:审核|核对|核实|校对)(?:无误|完毕)?|见.{1,6}[表页]"
)
_LABELLED = re.compile("单位|电话|填报|填表|审核|负责|联系|校长|盖章|签字|经办|制表")
"""Words of the lines that units sign."""
_PAGE = re.compile("第?[0-9一二三四五六七八九十]{1,3}页?[/共第,]*(?:共?[0-9一二三四五六七八九十]{1,3}页)?")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_NUMBER = re.compile(r"[0-9]{7,}")
_DATE = re.compile(r"(?:19|20)[0-9]{2}[-./年][0-9]{1,2}")
_LEAST_CHINESE = 6
"""Three words of Chinese."""
_LONGEST_QUOTE = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOver:
    """Cells that no reader placed, from the first to the last, with the first of their words."""

    sheet: str
    cells: str
    row: int
    text: str
    names_child: bool


class SheetAccount:
    """What the readers of one sheet placed, by row index into ``sheet.rows`` and column position."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._columns_by_row: dict[int, Collection[int]] = {}
        self._furniture: set[int] = set()
        self._whole: set[int] = set()

    def place_row(self, index: int) -> None:
        """The whole row is read: headings, a letter's line, a grid's labels with their values."""
        self._whole.add(index)

    def place_furniture(self, index: int) -> None:
        """The row is a title, note, total, signature, example or the like; not so if a child's number stands in it."""
        self._furniture.add(index)

    def place_columns(self, index: int, columns: Collection[int]) -> None:
        """These cells of the row are fields, or kept under their heading."""
        before = self._columns_by_row.get(index)
        self._columns_by_row[index] = columns if before is None else {*before, *columns}

    def find_left_over(self, notice: Notice) -> tuple[LeftOver, ...]:
        """What was placed nowhere and has substance, neighbouring rows together."""
        areas: list[list[tuple[int, list[int]]]] = []
        for index, row in enumerate(self.sheet.rows):
            columns = self._find_unplaced(index, row, notice)
            if not columns:
                continue
            if areas and areas[-1][-1][0] == index - 1:
                areas[-1].append((index, columns))
            else:
                areas.append([(index, columns)])
        return tuple(self._describe(area, notice) for area in areas)

    def _find_unplaced(self, index: int, row: Sequence[Cell], notice: Notice) -> list[int]:
        if index in self._whole or not row:
            return []
        if index in self._furniture:
            return [position for position, cell in enumerate(row) if _names_child(cell, notice)]
        placed = self._columns_by_row.get(index, ())
        if len(placed) >= len(row) and all(position in placed for position in range(len(row))):
            return []
        columns = [
            position
            for position, cell in enumerate(row)
            if position not in placed and cell is not None and cell != "" and _has_substance(cell)
        ]
        if not columns or index in self._columns_by_row:
            return columns
        return columns if _is_substantial_line(row, notice) else []

    def _describe(self, area: Sequence[tuple[int, list[int]]], notice: Notice) -> LeftOver:
        rows = self.sheet.rows
        cells = [rows[index][position] for index, columns in area for position in columns]
        first, last = area[0][0] + self.sheet.first_row, area[-1][0] + self.sheet.first_row
        left = min(min(columns) for _, columns in area) + self.sheet.first_col
        right = max(max(columns) for _, columns in area) + self.sheet.first_col
        texts = [cell_text(cell) for cell in cells]
        return LeftOver(
            sheet=self.sheet.name,
            cells=_area_name(first, left, last, right),
            row=first,
            text=_shorten("、".join(texts[:4])),
            names_child=any(_names_child(cell, notice) for cell in cells)
            or any(
                _is_like_a_list_row([rows[index][position] for position in columns])
                for index, columns in area
            ),
        )


def _names_child(cell: Cell, notice: Notice) -> bool:
    if isinstance(cell, str):
        return holds_id_number(cell) or (len(cell) > 8 and tells_of_absent_child(cell, notice))
    return is_id_number(cell)


def _has_substance(cell: Cell) -> bool:
    """A name-like word, a number, a date, or three words of Chinese; not a mark, a page number or a courtesy."""
    text = cell_text(cell)
    if not isinstance(cell, str):
        return (isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= 10**6) or not (
            cell is None or isinstance(cell, int | float | bool)
        )
    plain = fold_text(text)
    if is_placeholder(text) or len(plain) < 2 or _COURTESY.fullmatch(plain) or _PAGE.fullmatch(plain):
        return False
    return bool(
        looks_like_name(plain)
        or _NUMBER.search(plain)
        or _DATE.search(plain)
        or len(_CHINESE.findall(plain)) >= _LEAST_CHINESE
    )


def _is_substantial_line(row: Sequence[Cell], notice: Notice) -> bool:
    """Whether a line outside every table may be a child's: three filled cells of a list, or a child's number."""
    if any(_names_child(cell, notice) for cell in row):
        return True
    return _is_like_a_list_row(row) and not _LABELLED.search(fold_text("".join(map(cell_text, row))))


def _is_like_a_list_row(cells: Sequence[Cell]) -> bool:
    """A name with a date, a long number or a phone beside it."""
    texts = [fold_text(cell_text(cell)) for cell in cells if cell is not None and cell != ""]
    return (
        len(texts) >= 3
        and any(looks_like_name(text) for text in texts)
        and any(_NUMBER.search(text) or _DATE.search(text) for text in texts)
    )


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 1]}…"


def _area_name(first: int, left: int, last: int, right: int) -> str:
    start, end = f"{column_letters(left)}{first}", f"{column_letters(right)}{last}"
    return start if start == end else f"{start}:{end}"


@lru_cache(maxsize=256)
def column_letters(column: int) -> str:
    """1 → A, 27 → AA."""
    text = ""
    while column:
        column, remainder = divmod(column - 1, 26)
        text = chr(65 + remainder) + text
    return text
