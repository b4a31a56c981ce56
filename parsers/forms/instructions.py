"""Decides whether text says what is to be done, sets a condition or gives an example: then it states no fact.

A notice and its forms speak of children out of school and of zero reports on every page; none of it is a report.
"""

import re
from functools import lru_cache

from config.notice import Notice


def is_example(folded: str, notice: Notice) -> bool:
    """Returns whether a text gives an example or sets a condition."""
    return any_of(notice.wording.instructions.examples).search(folded) is not None


def is_order(folded: str, notice: Notice) -> bool:
    """Returns whether a text says what is to be done."""
    return any_of(notice.wording.instructions.orders).search(folded) is not None


def is_instruction(folded: str, notice: Notice) -> bool:
    """Returns whether a text that may report nothing (零报告, 无变化) says how to report, and reports nothing itself.

    It hears more than orders and examples: 若 and 应 also stand in sentences on children, and in no report of nothing.
    """
    words = notice.wording.instructions
    stated = any_of(words.courtesies).sub("", folded)
    return any_of((*words.examples, *words.orders, *words.of_reports)).search(stated) is not None


@lru_cache(maxsize=32)
def any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Returns one pattern that finds any of several; of none it finds nothing."""
    return re.compile("|".join(patterns) or "(?!)")
