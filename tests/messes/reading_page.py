"""Writes docs/reading.md from the messes."""

from tests.messes.cases import MESSES_BY_KIND
from tests.messes.mess import Mess

_HEAD = """# What happens to what units send

Every line is a test case of `tests/messes/cases/`, run by `tests/messes/test_messes.py`; this page is written from them
(`make reading`). M-numbers are those of the mess catalogue.

Outcomes: **forms** rows or a zero report are recorded · **evidence** filed as a proof · **ignored** nobody's report ·
**quarantined** a person must look, with the reason.
"""
_TABLE_HEAD = """
## {}

| case | what comes, and what happens | outcome | reason or problems |
|---|---|---|---|
"""


def reading_page() -> str:
    """The whole page."""
    return _HEAD + "".join(
        _TABLE_HEAD.format(kind) + "".join(f"{_line(mess)}\n" for mess in messes)
        for kind, messes in MESSES_BY_KIND.items()
    )


def _line(mess: Mess) -> str:
    told = " ".join((mess.reason or "", *mess.codes)).strip()
    return f"| {mess.name} | {mess.what.replace('|', '/')} | {', '.join(mess.outcomes)} | {told} |"


if __name__ == "__main__":
    print(reading_page(), end="")
