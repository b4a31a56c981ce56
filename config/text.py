"""Text as it is compared: full width to half width, blanks and invisible characters gone."""

import re
import unicodedata

_BLANK = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")


def squeeze(text: str) -> str:
    """NFKC, no blanks, lower case: two spellings that squeeze alike are the same."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", text)).lower()


def squeeze_with_gaps(text: str) -> tuple[str, frozenset[int]]:
    """The squeezed text, and the places in it where a blank stood (words may end there)."""
    pieces = _BLANK.split(unicodedata.normalize("NFKC", text).lower())
    gaps: set[int] = set()
    place = 0
    for piece in pieces:
        place += len(piece)
        gaps.add(place)
    return "".join(pieces), frozenset(gaps)
