"""Recognises dates that are not written in TOML's format, and returns how to write them."""

import re
from datetime import date

_TYPED = re.compile(
    "(?<![0-9])((?:19|20)[0-9]{2})(?: ?[-/.\u5e74 ] ?([0-9]{1,2}) ?[-/.\u6708 ] ?([0-9]{1,2})\u65e5?|([0-9]{2})([0-9]{2}))(?![0-9])"
)


def suggest_date(typed: str) -> str | None:
    """Returns a day as TOML writes it, or None where the text holds none."""
    match = _TYPED.search(typed)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2] or match[4]), int(match[3] or match[5])).isoformat()
    except ValueError:
        return None
