"""Finds names of children in a text, of very many names in one pass."""

import re
from collections.abc import Iterable, Set

_NAME = re.compile("[\u4e00-\u9fff\u3400-\u4dbf]{2,4}")
_HAN = re.compile("[\u4e00-\u9fff\u3400-\u4dbf]")
_SURE = 3
"""The number of characters from which a name is searched for inside other words; shorter names such as 安全 and 文化 are words, too."""


def names_to_find(names: Iterable[object]) -> frozenset[str]:
    """Returns what of these values a text can be searched for: Chinese names of two to four characters."""
    return frozenset(name for value in names if _NAME.fullmatch(name := str(value or "").replace(" ", "")))


def find_names(text: str, names: Set[str], known_words: Iterable[str] = ()) -> frozenset[str]:
    """Returns the names that occur in a text; a short name counts only as a separate word.

    Args:
        known_words: names of units, titles and the like, inside which a name does not count.
    """
    if not names:
        return frozenset()
    for word in sorted({word for word in known_words if word}, key=len, reverse=True):
        text = text.replace(word, "\n")
    found = set()
    for start in range(len(text)):
        for size in (4, 3, 2):
            if (word := text[start : start + size]) in names and (
                size >= _SURE or _stands_alone(text, start, start + size)
            ):
                found.add(word)
    return frozenset(found)


def _stands_alone(text: str, start: int, end: int) -> bool:
    around = text[max(start - 1, 0) : start] + text[end : end + 1]
    return not _HAN.search(around)
