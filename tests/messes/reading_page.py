"""Writes docs/reading.md from the messes."""

from tests.messes.mess_cases import MESSES

_HEAD = """# What happens to what units send

Every line is a test case of `tests/messes/mess_cases.py`, run by `tests/messes/test_messes.py`; this page is written
from them (`make reading`). M-numbers are those of the mess catalogue.

Outcomes: **forms** rows or a zero report are recorded · **evidence** filed as a proof · **ignored** nobody's report ·
**quarantined** a person must look, with the reason.

| case | what comes, and what happens | outcome | reason or problems |
|---|---|---|---|
"""


def reading_page() -> str:
    """The whole page."""
    lines = [
        f"| {mess.name} | {mess.what.replace('|', '/')} | {', '.join(mess.outcomes)} | {' '.join((mess.reason or '', *mess.codes)).strip()} |"
        for mess in MESSES
    ]
    return _HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(reading_page(), end="")
