"""Suggests units for a name that the roster does not have."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process

_MOST, _LIKE = 3, 50
"""So many candidates at most, of so many points of a hundred at least."""


def suggest_units(written: str, names: Iterable[str]) -> str:
    """Returns the sentence about a name that is none: with the names most like it, or what to write instead."""
    like = process.extract(written, list(names), scorer=fuzz.ratio, limit=_MOST, score_cutoff=_LIKE)
    candidates = f":是不是{'、'.join(name for name, *_ in like)}?" if like else ":请写名册上的名称"
    return f"名册里没有“{written}”{candidates}"
