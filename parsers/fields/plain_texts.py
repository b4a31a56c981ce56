"""Recognises columns whose texts need no normalising.

This holds for nearly all names and numbers: one regular-expression search over the column proves it, and no cell has to be
normalised. The result is the same as that of :mod:`parsers.fields.normalise`, only faster.
"""

import re
from collections.abc import Collection, Mapping

from config.identity_numbers import is_valid_number
from config.notice import FieldKind

_PLAIN: Mapping[FieldKind, re.Pattern[str]] = {
    "name": re.compile("(?:[\u4e00-\u9fff]{2,4}+\n)*+"),
    "text": re.compile("(?:[0-9A-Z\u4e00-\u9fff]{2,60}+\n)*+"),
    "id": re.compile("(?:[0-9]{17}[0-9X]\n)*+"),
    "student_number": re.compile("(?:[0-9A-Z]{2,30}+\n)*+"),
    "phone": re.compile("(?:1[3-9][0-9]{9}\n)*+"),
}


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
    return kind != "id" or all(map(is_valid_number, texts))
