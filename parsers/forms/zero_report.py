"""Decides whether text is a zero report (零报告) or reports no change (无变化): cells, rows, lines, names and mails.

Conditions and orders to report nothing (附件3务必零报告) are no zero reports; only :func:`speaks_of_nothing` does
not distinguish them.
"""

import re
from functools import lru_cache

from config.notice import Notice
from config.text.text_folding import fold_text
from parsers.forms.instructions import is_instruction

_SHORTEST_SENTENCE_PATTERN = 12
"""The length up to which a pattern describes only a cell (无, 0, 没有); a longer one describes a sentence."""
_FULL_STOP = "[。.!]?"
_LONGEST_NO_CHANGE = 40


def is_nil_cell(folded: str, notice: Notice) -> bool:
    """Returns whether a whole folded cell is a zero report."""
    return _matches_cell(folded, notice) and not is_instruction(folded, notice)


def is_nil_line(text: str, notice: Notice) -> bool:
    """Returns whether a line of running text is a zero report."""
    return speaks_of_nothing(text, notice) and not is_instruction(fold_text(text), notice)


def speaks_of_nothing(text: str, notice: Notice) -> bool:
    """Returns whether a line mentions that there are no such children, as a fact or as a condition."""
    return _sentence_pattern(notice.nil_patterns).fullmatch(fold_text(text)) is not None


def names_zero_report(text: str, notice: Notice) -> bool:
    """Returns whether text contains the words of a zero report (零报告), whatever else it says."""
    folded = fold_text(text)
    return _names_zero_report(folded, notice) and not is_instruction(folded, notice)


def instructs_to_report(text: str, notice: Notice) -> bool:
    """Returns whether a cell or line orders zero reports: 无此类学生的也须零报告."""
    folded = fold_text(text)
    speaks = _matches_cell(folded, notice) or _names_zero_report(folded, notice)
    return speaks and is_instruction(folded, notice)


def names_nothing(text: str, notice: Notice) -> bool:
    """Returns whether the name of a file, sheet or mail is that of a zero report: 零报告, 无辍学."""
    folded = fold_text(text)
    status = notice.vocabularies.get("status")
    out = "|".join(map(re.escape, sorted(status.meant("out")))) if status else ""
    none = "|".join(notice.wording.denials.none)
    says = (
        _names_zero_report(folded, notice)
        or any(word in folded for word in notice.wording.none_of_kind)
        or (out != "" and re.search(f"(?:{none})(?:{out})", folded) is not None)
    )
    return says and not is_instruction(folded, notice)


def says_no_change(text: str, notice: Notice) -> bool:
    """Returns whether text contains that nothing has changed since the last report, as a fact or as a condition."""
    return _change_pattern(notice.wording.no_change).search(text) is not None


def is_no_change(text: str, notice: Notice) -> bool:
    """Returns whether a short text reports that nothing has changed since the last report."""
    folded = fold_text(text)
    return (
        len(folded) <= _LONGEST_NO_CHANGE
        and says_no_change(folded, notice)
        and not is_instruction(folded, notice)
    )


def _names_zero_report(text: str, notice: Notice) -> bool:
    return any(word in text for word in notice.wording.zero_report)


def _matches_cell(folded: str, notice: Notice) -> bool:
    return _cell_pattern(notice.nil_patterns).fullmatch(folded) is not None


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
