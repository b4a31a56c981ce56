"""Recognises columns whose texts need no normalising.

This holds for nearly all names and numbers: one regular-expression search over the column proves it, and no cell has to be
normalised. The result is the same as that of :mod:`parsers.fields.normalise`, only faster.
"""

import re
from collections.abc import Collection, Mapping, Sequence, Set
from typing import cast

from config.identity_numbers import are_valid_numbers
from config.notice import FieldKind
from parsers.formats.workbook import Cell

_PLAIN: Mapping[FieldKind, re.Pattern[str]] = {
    "name": re.compile("(?:[\u4e00-\u9fff]{2,4}+\n)*+"),
    "text": re.compile("(?:[0-9A-Z\u4e00-\u9fff]{2,60}+\n)*+"),
    "id": re.compile("(?:[0-9]{17}[0-9X]\n)*+"),
    "student_number": re.compile("(?:[0-9A-Z]{2,30}+\n)*+"),
    "phone": re.compile("(?:1[3-9][0-9]{9}\n)*+"),
}


_INTEGERS = re.compile("(?:[0-9]{1,9}+\n)*+")
_END_OF_INTEGERS = 10**9


def read_plain_integers(cells: Sequence[Cell], types: Set[type]) -> Sequence[int] | None:
    """Returns the cells of a column as a field of whole numbers stores them; None if one of them needs normalising.

    Args:
        types: the types of the cells.
    """
    if types == {int}:
        numbers = cast(Sequence[int], cells)
        return numbers if min(numbers) >= 0 and max(numbers) < _END_OF_INTEGERS else None
    if types == {str}:
        texts = cast(Sequence[str], cells)
        joined = "\n".join(texts) + "\n"
        if joined.count("\n") == len(texts) and _INTEGERS.fullmatch(joined):
            return [*map(int, texts)]
    return None


def are_plain(texts: Collection[str], kind: FieldKind, placeholders: frozenset[str]) -> bool:
    """Returns whether a field of this kind surely stores every text unchanged and without a problem.

    Args:
        placeholders: the texts that mean an empty cell.
    """
    pattern = _PLAIN.get(kind)
    if pattern is None:
        return False
    joined = "\n".join(texts) + "\n"
    if joined.count("\n") != len(texts) or pattern.fullmatch(joined) is None:
        return False
    if not (placeholders.isdisjoint(texts) and placeholders.isdisjoint(map(str.lower, texts))):
        return False
    return kind != "id" or are_valid_numbers(texts)
