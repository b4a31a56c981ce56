"""Decides whether text reports nothing (零报告) or no change (无变化), for cells, rows, lines and mails."""

import re
from functools import lru_cache

from config.notice import Notice
from config.text.text_folding import fold_text

_SHORTEST_SENTENCE_PATTERN = 12
"""A longer pattern of the notice describes a sentence; a shorter one (无, 0, 没有) only a cell."""
_FULL_STOP = "[。.!]?"
_LONGEST_NO_CHANGE = 40
_CONDITIONAL = re.compile("如|若|请|应|须|需|务必|填写|也要|的填|者填|模板|均(?![无没未不])")
"""Words of instructions: 如无此类学生请填零报告 reports nothing of the kind."""


def is_nil_cell(folded: str, nil_words: tuple[str, ...]) -> bool:
    """Returns whether a whole folded cell reports nothing."""
    return _cell_pattern(nil_words).fullmatch(folded) is not None


def is_nil_sentence(text: str, nil_words: tuple[str, ...]) -> bool:
    """Returns whether a line of running text reports nothing, on a condition or without one."""
    return _sentence_pattern(nil_words).fullmatch(fold_text(text)) is not None


def names_zero_report(text: str, notice: Notice) -> bool:
    """Returns whether text calls a report one of nothing (零报告), whatever else it says."""
    return any(word in text for word in notice.wording.zero_report)


def names_nothing(text: str, notice: Notice) -> bool:
    """Returns whether the name of a file or sheet says that it reports nothing: 零报告, 无辍学."""
    status = notice.vocabularies.get("status")
    out = "|".join(map(re.escape, sorted(status.meant("out")))) if status else ""
    return (
        names_zero_report(text, notice)
        or any(word in text for word in notice.wording.none_of_kind)
        or (out != "" and re.search(f"(?:无|没有)(?:{out})", text) is not None)
    )


def says_no_change(text: str, notice: Notice) -> bool:
    """Returns whether text says that nothing has changed since the last report, on a condition or without one."""
    return _change_pattern(notice.wording.no_change).search(text) is not None


def is_no_change(text: str, notice: Notice) -> bool:
    """Returns whether a short text says that nothing has changed since the last report, and is no instruction."""
    folded = fold_text(text)
    return len(folded) <= _LONGEST_NO_CHANGE and says_no_change(folded, notice) and not is_conditional(folded)


def is_conditional(text: str) -> bool:
    """Returns whether text instructs or sets a condition instead of stating a fact."""
    return _CONDITIONAL.search(text) is not None


@lru_cache(maxsize=8)
def _change_pattern(no_change: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(no_change) or "(?!)")


@lru_cache(maxsize=8)
def _cell_pattern(nil_words: tuple[str, ...]) -> re.Pattern[str]:
    return _any_of(nil_words)


@lru_cache(maxsize=8)
def _sentence_pattern(nil_words: tuple[str, ...]) -> re.Pattern[str]:
    return _any_of(tuple(word for word in nil_words if len(word) > _SHORTEST_SENTENCE_PATTERN))


def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{word}){_FULL_STOP}" for word in words) or "(?!)")
