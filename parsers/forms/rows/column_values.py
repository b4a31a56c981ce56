"""Reads the values of a table's students column by column; each distinct cell of a column is normalised once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from types import NoneType
from typing import cast

from config.notice import FieldKind
from config.records.record import Json
from parsers.fields.normalise import NormalisedValue, Normaliser
from parsers.fields.plain_texts import are_plain, read_plain_integers
from parsers.formats.workbook import Cell, CellError

_NUMBERS = frozenset({bool, int, float})
"""The types whose values can be equal and are still read differently (1, 1.0 and True)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueColumn:
    """One column to read: its position, the key of its values, and how its cells are normalised."""

    position: int
    key: str
    normalise: Normaliser
    kind: FieldKind | None
    """The kind of its field; None where a cell holds more than the field's text."""


def read_columns(
    columns: Sequence[ValueColumn], rows: Sequence[Sequence[Cell]], placeholders: frozenset[str]
) -> list[dict[str, Json] | None]:
    """Returns the values of each row by key; None for a row with a problem or with a cell that holds two values.

    Args:
        placeholders: texts that mean "nothing to report" (无, /).
    """
    by_position = list(zip_longest(*rows))
    types = [set(map(type, cells)) for cells in by_position]
    odd: set[int] = set()
    for cells, kinds in zip(by_position, types, strict=True):
        if CellError in kinds:
            odd.update(place for place, cell in enumerate(cells) if cell.__class__ is CellError)
    keys: list[str] = []
    values: list[Sequence[Json]] = []
    are_filled = True
    for column in columns:
        if column.position < len(by_position):
            cells, kinds = by_position[column.position], types[column.position]
        else:  # no row is so wide
            cells, kinds = (None,) * len(rows), {NoneType}
        read = _read_column(column, cells, kinds, placeholders)
        odd.update(read.odd)
        if not read.is_blank:
            keys.append(column.key)
            values.append(read.values)
            are_filled = are_filled and read.is_filled
    result: list[dict[str, Json] | None]
    if not keys:
        result = [{} for _ in rows]
    elif are_filled:
        result = [dict(zip(keys, row, strict=True)) for row in zip(*values, strict=True)]
    else:
        result = [
            {key: value for key, value in zip(keys, row, strict=True) if value is not None}
            for row in zip(*values, strict=True)
        ]
    for place in odd:
        result[place] = None
    return result


@dataclass(frozen=True, slots=True)
class _ReadColumn:
    values: Sequence[Json]
    odd: Collection[int] = ()
    """The row positions of cells with a problem, or with more than one value."""
    is_filled: bool = True
    is_blank: bool = False


def _read_column(
    column: ValueColumn, cells: Sequence[Cell], types: set[type], placeholders: frozenset[str]
) -> _ReadColumn:
    if types == {str} and column.kind is not None:
        texts = cast(Sequence[str], cells)
        if are_plain(texts, column.kind, placeholders):
            return _ReadColumn(texts)
    if column.kind == "int" and (numbers := read_plain_integers(cells, types)) is not None:
        return _ReadColumn(numbers)
    if len(types & _NUMBERS) > 1:
        each = [column.normalise(cell) for cell in cells]
        odd = [place for place, one in enumerate(each) if _is_odd(one)]
        return _ReadColumn([one.value for one in each], odd, is_filled=False)
    by_cell = {cell: column.normalise(cell) for cell in set(cells)}
    if types == {str} and all(one == (cell, None, None) for cell, one in by_cell.items()):
        return _ReadColumn(cast(Sequence[str], cells))
    values = {cell: one.value for cell, one in by_cell.items()}
    odd_cells = {cell for cell, one in by_cell.items() if _is_odd(one)}
    blanks = sum(value is None for value in values.values())
    return _ReadColumn(
        [*map(values.__getitem__, cells)],
        [place for place, cell in enumerate(cells) if cell in odd_cells] if odd_cells else (),
        is_filled=not blanks,
        is_blank=blanks == len(values),
    )


def _is_odd(read: NormalisedValue) -> bool:
    return read.problem_code is not None or read.implied is not None
