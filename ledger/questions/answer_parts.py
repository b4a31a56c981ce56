"""Reads parts of what people write: a question's number, a unit and a form, words of doubt."""

import re
from dataclasses import dataclass

from config.answers.answer_words import AnswerTable, answer_table
from config.units.alike_names import suggest_units
from ledger.questions.answer_readings import AnswerContext

EDGES = " \t:,.、;!。—-"
"""Marks and blanks that may surround a part."""
ARABIC = re.compile("[0-9]{1,5}")
_NUMERALS = {word: number for number, word in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CHINESE = re.compile("[零〇一二两三四五六七八九十百]{1,7}")
_AFTER_NUMBER = re.compile(r"[\s:.、,)\]—-]*")
_ANY_LABEL = re.compile("附[件表]?\\s*[0-9一二三四五六七八九十]")
_LABEL_LENGTH = 8


def take_number(text: str, table: AnswerTable) -> tuple[int, str, bool] | None:
    """Returns the number at the beginning of a text, the rest, and whether 问 or 号 marks it; None without a number."""
    rest, marked = text, False
    lowered = rest.lower()
    for mark in sorted(table.marks_before_number, key=len, reverse=True):
        if lowered.startswith(mark):
            rest, marked = rest[len(mark) :].lstrip(" :"), True
            break
    match = ARABIC.match(rest) or _CHINESE.match(rest)
    if match is None:
        return None
    number = int(match[0]) if match[0].isascii() else _read_numeral(match[0])
    after = rest[match.end() :]
    for mark in sorted(table.marks_after_number, key=len, reverse=True):
        if after.lstrip().startswith(mark):
            after, marked = after.lstrip()[len(mark) :], True
            break
    if number is None or (not match[0].isascii() and not marked and after[:1] not in (" ", ":", "、", ",")):
        return None
    return number, after[_end_of(_AFTER_NUMBER, after) :], marked


def _end_of(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0


def _read_numeral(text: str) -> int | None:
    """Returns the value of a Chinese numeral: 十二, 二十三, 一百零五, 一二."""
    if all(character in _NUMERALS for character in text):
        return int("".join(str(_NUMERALS[character]) for character in text))
    total = current = 0
    for character in text:
        if character in _NUMERALS:
            current = _NUMERALS[character]
        else:
            total += (current or 1) * (100 if character == "百" else 10)
            current = 0
    return total + current or None


def doubt_in(text: str) -> str | None:
    """Returns the first word of doubt in a reason, or None."""
    return next((word for word in answer_table().doubts if word in text), None)


def doubted(doubt: str) -> str:
    """Returns the Chinese reason for not carrying out an answer with a word of doubt."""
    return f"里面有“{doubt}”,拿不准意思,没有照办:请只写答复和依据"


@dataclass(frozen=True, slots=True)
class NamedUnit:
    """A unit, a form if one is named, and the text that follows them."""

    unit: str
    form: str | None
    rest: str


def read_unit_and_form(text: str, context: AnswerContext) -> NamedUnit | str:
    """Returns the unit and form at the beginning of a text; or a Chinese sentence that says what is wrong."""
    text = text.strip(EDGES)
    labels = context.notice.labels
    ends = [
        end
        for end in range(2, len(text) + 1)
        if end == len(text) or text[end] in " ,、:;" or _take_form(text[end:], context)[0] is not None
    ]
    units = {
        resolved.name: end for end in ends if (resolved := context.names.resolve(text[:end])) is not None
    }
    if len(units) > 1:
        return f"“{text[:40]}”可能是{'、'.join(units)},请写全名"
    if not units:
        return _no_such_unit(text, context)
    ((unit, _),) = units.items()
    end = min(end for end in ends if context.names.resolve(text[:end]) is not None)
    tail = text[end:].strip(EDGES)
    form, rest = _take_form(tail, context)
    if labels.stand_in(rest) or _ANY_LABEL.match(rest):
        return f"“{tail[:40]}”里的附件看不准,请只写一张附件"
    if form is None and rest and context.names.find(rest):
        return f"“{text[:40]}”里有不止一个单位,请只写一个"
    return NamedUnit(unit, form, rest)


def _take_form(text: str, context: AnswerContext) -> tuple[str | None, str]:
    """Returns the form whose label begins a text, and the rest; ``(None, text)`` without one."""
    for end in range(1, min(len(text), _LABEL_LENGTH) + 1):
        labels = context.notice.labels
        forms = () if labels.find(text[1:end]) else labels.find(text[:end])
        if forms and not re.match("[0-9一二三四五六七八九十]", text[end : end + 1]):
            whole = labels.find(text)
            return (forms[0], text[end:].strip(EDGES)) if whole[:1] == forms[:1] else (None, text)
    return None, text


def _no_such_unit(text: str, context: AnswerContext) -> str:
    return suggest_units(text.split(" ")[0][:30], context.unit_names)
