"""Decides whether text is an instruction, a condition or an example, and so states no fact.

A notice and its forms mention children out of school and zero reports on every page; none of that is a report.
"""

import re
from functools import lru_cache

from config.notice import Notice


def is_example(folded: str, notice: Notice) -> bool:
    """Returns whether a text gives an example or sets a condition."""
    return any_of(notice.wording.instructions.examples).search(folded) is not None


def is_order(folded: str, notice: Notice) -> bool:
    """Returns whether a text orders something to be done."""
    return any_of(notice.wording.instructions.orders).search(folded) is not None


def is_instruction(folded: str, notice: Notice) -> bool:
    """Returns whether a text with words of a zero report (零报告, 无变化) only explains how to report.

    It has more words than :func:`is_example` and :func:`is_order`: 若 and 应 also occur in sentences on children,
    but never in a zero report.
    """
    words = notice.wording.instructions
    stated = any_of(words.courtesies).sub("", folded)
    return any_of((*words.examples, *words.orders, *words.of_reports)).search(stated) is not None


@lru_cache(maxsize=32)
def any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Returns one pattern that matches any of several; with none given it never matches."""
    return re.compile("|".join(patterns) or "(?!)")
