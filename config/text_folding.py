"""Text as it is compared: full width to half width, blanks and invisible characters gone."""

import re
import unicodedata

_BLANK = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")


def fold_text(text: str) -> str:
    """NFKC, no blanks, lower case: two spellings that squeeze alike are the same."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", text)).lower()


def fold_text_with_breaks(text: str) -> tuple[str, frozenset[int]]:
    """The squeezed text, and the places in it where a blank stood (words may end there)."""
    pieces = _BLANK.split(unicodedata.normalize("NFKC", text).lower())
    breaks: set[int] = set()
    position = 0
    for piece in pieces:
        position += len(piece)
        breaks.add(position)
    return "".join(pieces), frozenset(breaks)
