"""Finds the unit and the semester that the lines around a table state."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from config.notice import Notice
from config.text.text_folding import fold_text
from config.units.resolve_unit_names import UnitNames

_STATED_UNIT = re.compile(
    r"(?:填报|填表|报送|上报|编制|制表)?(?:单位|学校|乡镇|乡镇\(?街道\)?|校园|机构)(?:名称)?\s*(?:\(\s*(?:公章|盖章|签章|章|加盖公章|盖公章)\s*\))?\s*:\s*"
    r"(?P<unit>[^:]*?)(?=\s{2,}|$|[,;]|\s*(?:填报|填表|审核|联系|负责|主要|报送|校长|制表|经办|电话|日期|时间|年\s*月|[0-9]{4}年|\((?:公章|盖章|签章)))"
)
_SEMESTER = re.compile(r"(20[0-9][0-9])(?:[-—~至/]20[0-9][0-9])?(?:学?年度?)?(?:第[一二]学期|[春秋上下])")
_SIGNED_DAY = re.compile(
    r"(?:20[0-9]{2}|二[〇零○]..)年[0-9一二三四五六七八九十]{1,2}月[0-9一二三四五六七八九十]{1,3}[日号]|20[0-9]{2}[.\-/][0-9]{1,2}[.\-/][0-9]{1,2}"
)
_SEALED = re.compile(r"\s*[(](?:加?盖?公章|盖?章|盖章处)[)]\s*:?$")
_LONGEST_NAME = 30
_EDGES = " _()"
_BLANK_UNIT = re.compile("^[xX×_*○〇.。…\\s]*$")


def find_stated_unit(lines: Iterable[str]) -> str | None:
    """The text behind 填报单位:, wherever it stands; None where it is blank."""
    for line in lines:
        for match in _STATED_UNIT.finditer(line.replace("\n", "  ")):
            text = match["unit"].strip(_EDGES)
            if text and not _BLANK_UNIT.match(text) and not re.search("[×xX]{2}", text):
                return text[:60]
    return None


def find_signing_unit(lines: Sequence[str], names: UnitNames) -> str | None:
    """The unit that signs below a text: its name alone on a line, where its seal goes behind it or the day below it.

    None where two sign.
    """
    signers = [
        _SEALED.sub("", line).strip(_EDGES)
        for line, following in pairwise((*lines, ""))
        if len(line) <= _LONGEST_NAME
        and (_SEALED.search(line) is not None or _SIGNED_DAY.fullmatch(fold_text(following)))
    ]
    units = {unit.name: signer for signer in signers if (unit := names.resolve(signer)) is not None}
    return units.popitem()[1] if len(units) == 1 else None


def find_other_semester(lines: Iterable[str], notice: Notice) -> str | None:
    """A semester written in a title that is not the notice's; None where none or the right one is."""
    for line in lines:
        plain = fold_text(line)
        match = _SEMESTER.search(plain)
        if match and not any(fold_text(word) in plain for word in notice.period_words):
            return match[0]
    return None


def find_unit_kind(names: UnitNames, stated: str | None, above: Sequence[str], name: str) -> str | None:
    """The kind of unit that the table or the file's name says it is of, if only one."""
    for text in (stated or "", " ".join(above), name):
        kinds = {unit.kind for unit in names.find(text)} if text else set()
        if len(kinds) == 1:
            return kinds.pop()
    return None
