"""Finds the unit and the semester stated in the lines around a table."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from config.notice import Notice
from config.text.text_folding import fold_text
from config.units.resolve_unit_names import UnitNames

_SEMESTER = re.compile(r"(20[0-9][0-9])(?:[-—~至/]20[0-9][0-9])?(?:学?年度?)?(?:第[一二]学期|[春秋上下])")
_SIGNED_DAY = re.compile(
    r"(?:20[0-9]{2}|二[〇零○]..)年[0-9一二三四五六七八九十]{1,2}月[0-9一二三四五六七八九十]{1,3}[日号]|20[0-9]{2}[.\-/][0-9]{1,2}[.\-/][0-9]{1,2}"
)
_LONGEST_NAME = 30
_EDGES = " _()"
_SIGNS_LEFT_OPEN = "[x×_*]{2,}|[○〇]{2}|[某□]"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patterns:
    stated: re.Pattern[str]
    sealed: re.Pattern[str]
    left_open: re.Pattern[str]


@lru_cache(maxsize=8)
def _compile_patterns(verbs: str, labels: str, seals: str, behind: str, left_open: str) -> _Patterns:
    return _Patterns(
        stated=re.compile(
            rf"(?:{verbs})?(?:{labels})(?:名称)?\s*(?:\(\s*(?:{seals})\s*\))?\s*:\s*"
            rf"(?P<unit>[^:]*?)(?=\s{{2,}}|$|[,;]|\s*(?:{behind}|年\s*月|[0-9]{{4}}年|\((?:{seals})))"
        ),
        sealed=re.compile(rf"\s*[(](?:{seals})[)]\s*:?$"),
        left_open=re.compile(rf"{_SIGNS_LEFT_OPEN}|^(?:{left_open}|[x×_*○〇.。…()、/:\s])*$", re.IGNORECASE),
    )


def _patterns_of(notice: Notice) -> _Patterns:
    words = notice.wording.stated_unit
    parts = (words.verbs, words.labels, words.seals, words.behind, words.left_open)
    return _compile_patterns(*map("|".join, parts))


def find_stated_unit(lines: Iterable[str], notice: Notice) -> str | None:
    """Returns the text after 填报单位:, wherever it is; None if it is blank or missing."""
    patterns = _patterns_of(notice)
    for line in lines:
        for match in patterns.stated.finditer(line.replace("\n", "  ")):
            text = match["unit"].strip(_EDGES)
            if not is_left_open(text, notice):
                return text[:60]
    return None


def is_left_open(text: str, notice: Notice) -> bool:
    """Returns whether the text for a name is a blank of the template: ××小学, ____, 乡镇(盖章)."""
    return _patterns_of(notice).left_open.search(text) is not None


def find_signing_unit(lines: Sequence[str], names: UnitNames, notice: Notice) -> str | None:
    """Returns the unit that signs below a text: its name alone on a line, with a seal after it or a date below it.

    None if two units sign.
    """
    sealed = _patterns_of(notice).sealed
    signers = [
        sealed.sub("", line).strip(_EDGES)
        for line, following in pairwise((*lines, ""))
        if len(line) <= _LONGEST_NAME
        and (sealed.search(line) is not None or _SIGNED_DAY.fullmatch(fold_text(following)))
    ]
    units = {unit.name: signer for signer in signers if (unit := names.resolve(signer)) is not None}
    return units.popitem()[1] if len(units) == 1 else None


def find_other_semester(lines: Iterable[str], notice: Notice) -> str | None:
    """Returns a semester in a title that differs from the notice's; None if there is none."""
    for line in lines:
        plain = fold_text(line)
        match = _SEMESTER.search(plain)
        if match and not any(fold_text(word) in plain for word in notice.period_words):
            return match[0]
    return None


def find_unit_kind(names: UnitNames, stated: str | None, above: Sequence[str], name: str) -> str | None:
    """Returns the kind of unit named by the table or the file name; None if none or several are named."""
    for text in (stated or "", " ".join(above), name):
        kinds = {unit.kind for unit in names.find(text)} if text else set()
        if len(kinds) == 1:
            return kinds.pop()
    return None
