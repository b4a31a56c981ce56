"""Counts the columns that text takes on a terminal; rich counts the same, and takes a while to load."""

from functools import lru_cache
from unicodedata import category, east_asian_width


def cell_len(text: str) -> int:
    """Returns the columns of a text: a Chinese character takes two."""
    return len(text) if text.isascii() else sum(map(_width, text))


@lru_cache(4096)
def _width(character: str) -> int:
    if category(character) in ("Mn", "Me", "Cf"):  # what is drawn over the character before, or not at all
        return 0
    return 2 if east_asian_width(character) in ("W", "F") else 1
