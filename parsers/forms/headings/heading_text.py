"""Folds headings, and joins a column's heading with its groups' headings."""

import re
from collections.abc import Sequence
from functools import lru_cache

from config.text.text_folding import fold_text

GROUP_SEPARATOR = "/"
"""Separates a column's group headings from its own, where they are shown."""
_MARKS = re.compile(r"[*★☆▲:;、,。.?!#\"'“”‘’_|~—-]+")
_BRACKETED = re.compile(r"[(\[【{〔<《][^()\[\]【】{}〔〕<>《》]*[)\]】}〕>》]")
_BRACKETS = re.compile(r"[()\[\]【】{}〔〕<>《》]")
_GROUP_WORDS = re.compile("基本信息|基本情况|相关信息|有关情况|详细信息|信息|情况|资料|基本")
"""Matches words of group heads without meaning: 监护人基本情况 over 姓名 is 监护人姓名."""


@lru_cache(maxsize=1 << 13)
def fold_heading(text: str) -> str:
    """Returns a heading without blanks, marks, line breaks, brackets and 的: 户籍 所在地(乡镇): becomes 户籍所在地乡镇."""
    return _MARKS.sub("", _BRACKETS.sub("", fold_text(text))).replace("/", "").replace("的", "")


def fold_without_brackets(text: str) -> str:
    """Returns a folded heading without bracketed text: 联系电话(必填) becomes 联系电话."""
    return fold_heading(_BRACKETED.sub("", fold_text(text)))


def join_headings(stack: Sequence[str]) -> list[str]:
    """Returns the joined forms of a column's heading and its groups', the longest first.

    The last one leaves out the empty words of the group (就读学校情况 as 就读学校).
    """
    if len(stack) < 2:
        return list(stack)
    return ["".join(stack), "".join(stack[-2:]), fold_group(stack[-2]) + stack[-1]]


def fold_group(group: str) -> str:
    """Returns a group's heading folded and without its empty words: 就读学校情况 becomes 就读学校."""
    return _GROUP_WORDS.sub("", fold_without_brackets(group))
