"""Reads people's words as answers by the table of ``answer_words.toml``: pure, and strict.

Whatever can be read in two ways, or says less than an answer needs, is handed back with how to say it; nothing is
guessed. Which answers may be given, by whom, is judged elsewhere.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz import process

from config.answers.answer_words import (
    AnswerTable,
    AnswerWords,
    CommandWords,
    KindWords,
    Meaning,
    QuestionKind,
    answer_table,
)
from config.notice import Notice
from config.text.text_folding import clean_text
from config.units.resolve_unit_names import UnitNames

_LONGEST_LINE = 400
_NUMERALS = {word: number for number, word in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_ARABIC = re.compile("[0-9]{1,5}")
_CHINESE = re.compile("[零〇一二两三四五六七八九十百]{1,7}")
_LIST = re.compile(r"\s*[、,和及]\s*")
_AFTER_NUMBER = re.compile(r"[\s:.、,)\]—-]*")
_EDGES = " \t:,.、;!。—-"
_LETTER = re.compile("([a-z])(?![a-z0-9])")
_DAY = re.compile(
    r"(?:到|至|延到|延至)?\s*(?:(20[0-9]{2})\s*[年./-]\s*)?([0-9]{1,2})\s*[月./-]\s*([0-9]{1,2})\s*[日号]?(?![0-9])"
)
_BREAK = re.compile(r"[;。!\t]|\s{2,}")
_ANY_LABEL = re.compile("附[件表]?\\s*[0-9一二三四五六七八九十]")
_SPACED_NUMBER = re.compile(r"[^0-9]{0,4}[0-9]{1,5}\s*(?:\s|:)")
_NO_REASON = re.compile("[A-Za-z0-9 ]{1,3}")
_HAN = re.compile("[\u4e00-\u9fff]")
_LIST_NUMBERS_END = 20
_LABEL_LENGTH = 8
_LIKE, _MOST_CANDIDATES = 60, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer to one question."""

    line: str
    number: int
    kind: QuestionKind
    meaning: Meaning
    unit: str | None = None
    form: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something said without a question, or taken back; ``key`` is of the table's commands."""

    line: str
    key: str
    unit: str | None = None
    form: str | None = None
    until: date | None = None
    why: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """A line that is not done, and how to say it; ``number`` is the question that it seems to be about."""

    line: str
    problem: str
    number: int | None = None


Reading = Answer | Command | Unclear


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerContext:
    """What words are read with: the questions' kinds by number, the units, the notice, and the day."""

    kinds: Mapping[int, QuestionKind]
    names: UnitNames
    unit_names: tuple[str, ...]
    notice: Notice
    today: date


def read_answers(lines: Sequence[str], context: AnswerContext) -> tuple[Reading, ...]:
    """Returns what each line says; two different answers to one question are both handed back."""
    readings = [
        reading for position, line in enumerate(lines, 1) for reading in _read_line(line, position, context)
    ]
    said: dict[int, set[tuple[object, ...]]] = {}
    for one in readings:
        if isinstance(one, Answer):
            said.setdefault(one.number, set()).add((one.meaning, one.unit, one.form))
        elif isinstance(one, Command) and one.number is not None:
            said.setdefault(one.number, set()).add((one.key,))
    return tuple(
        Unclear(
            line=one.line,
            number=one.number,
            problem=f"同一封邮件里对问{one.number}有两种答复,请只写一种",
        )
        if isinstance(one, Answer | Command) and one.number is not None and len(said[one.number]) > 1
        else one
        for one in _without_repeats(readings)
    )


def read_tapped(tapped: str, context: AnswerContext) -> Reading:
    """Returns what the subject of a tapped link means: ``12b``."""
    match = re.fullmatch("([0-9]{1,5})([a-z])", tapped)
    number = int(match[1]) if match else 0
    kind = context.kinds.get(number)
    words = answer_table().of_kind(kind).with_letter(match[2]) if match and kind else None
    if kind is None or words is None:
        return Unclear(line=tapped, problem=f"没有“{tapped}”这个答复", number=number or None)
    return Answer(line=tapped, number=number, kind=kind, meaning=words.meaning, why="")


def read_row(row: Sequence[str], context: AnswerContext) -> Reading | None:
    """Returns what a filled row of the workbook says: number, decision, unit, form, reason; None where none is filled."""
    number_text, decision, unit, form, why = (clean_text(cell).strip() for cell in (*row, *[""] * 5)[:5])
    if not (decision or unit or form):
        return None
    line = " ".join(filter(None, (number_text, decision, unit, form, why)))[:_LONGEST_LINE]
    found = _ARABIC.search(number_text)
    kind = context.kinds.get(int(found[0])) if found else None
    if found is None or kind is None:
        return Unclear(line=line, problem=f"没有编号为“{number_text}”的问题")
    number, words = int(found[0]), answer_table().of_kind(kind)
    if decision and not (unit or form):
        chosen = next((one for one in words.answers if decision.lower() in (one.label, *one.words)), None)
        if chosen is None:
            return Unclear(line=line, number=number, problem=_how_to_answer(number, words))
        return _with_reason(line, number, words, chosen, why)
    if not words.takes_unit or not unit:
        return Unclear(line=line, number=number, problem=_how_to_answer(number, words))
    agreed = next((one for one in words.answers if decision.lower() in (one.label, *one.words)), None)
    if decision and (agreed is None or agreed.meaning is not Meaning.AS_GUESSED):
        return Unclear(line=line, number=number, problem="“决定”和“单位”两栏不一致,请只填一栏")
    read = _read_unit_and_form(" ".join(filter(None, (unit, form))), context)
    if isinstance(read, str) or read.rest:
        problem = read if isinstance(read, str) else f"单位或附件“{unit} {form}”看不懂"
        return Unclear(line=line, number=number, problem=problem)
    return Answer(
        line=line, number=number, kind=kind, meaning=Meaning.ASSIGN, unit=read.unit, form=read.form, why=why
    )


def says_an_answer(lines: Sequence[str], names: UnitNames) -> bool:
    """Returns whether any line has the shape of an answer, whatever questions there are."""
    table = answer_table()
    words = sorted({word for kind in table.kinds for one in kind.answers for word in one.words})
    for line in lines:
        text = _clean(line)
        if _find_command(text, table) is not None:
            return True
        numbered = _take_number(text, table)
        if numbered is None:
            continue
        rest = numbered[1]
        if any(rest.startswith(word) for word in words) or _LETTER.fullmatch(rest.lower()):
            return True
        if (numbered[2] or _SPACED_NUMBER.match(text)) and names.find(rest):
            return True
    return False


def _without_repeats(readings: Sequence[Reading]) -> Iterator[Reading]:
    seen = set()
    for one in readings:
        key = (one.number, one.meaning, one.unit, one.form) if isinstance(one, Answer) else None
        if key is None or key not in seen:
            yield one
        seen.add(key)


def _clean(line: str) -> str:
    return clean_text(line)[:_LONGEST_LINE].strip(" \t\u200b。;!*·•")


def _read_line(line: str, position: int, context: AnswerContext) -> Iterator[Reading]:
    table, text = answer_table(), _clean(line)
    if not text or text.strip(_EDGES).lower() in table.greetings:
        return
    if len(clean_text(line)) > _LONGEST_LINE:
        yield Unclear(line=text, problem="这一行太长,请一行写一个答复")
        return
    command = _find_command(text, table)
    if command is not None:
        yield _read_command(text, command, context)
        return
    for order, segment in enumerate(_split_answers(text, context)):
        yield from _read_segment(segment, 0 if order else position, context)


def _split_answers(text: str, context: AnswerContext) -> Iterator[str]:
    """Several answers in one line, apart: what begins behind a mark with a number and one of its answers."""
    start = 0
    for gap in _BREAK.finditer(text):
        if _starts_answer(text[gap.end() :], context):
            yield text[start : gap.start()]
            start = gap.end()
    yield text[start:]


def _starts_answer(text: str, context: AnswerContext) -> bool:
    table = answer_table()
    numbered = _take_number(text, table)
    if numbered is None or (kind := context.kinds.get(numbered[0])) is None:
        return False
    words = table.of_kind(kind)
    return (
        _find_answer(numbered[1], words) is not None
        or _LETTER.match(numbered[1].lower()) is not None
        or (words.takes_unit and not isinstance(_read_unit_and_form(numbered[1], context), str))
    )


def _take_number(text: str, table: AnswerTable) -> tuple[int, str, bool] | None:
    """The number that a text begins with, what follows, and whether 问 or 号 stands beside it."""
    rest, marked = text, False
    lowered = rest.lower()
    for mark in sorted(table.marks_before_number, key=len, reverse=True):
        if lowered.startswith(mark):
            rest, marked = rest[len(mark) :].lstrip(" :"), True
            break
    match = _ARABIC.match(rest) or _CHINESE.match(rest)
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
    """十二, 二十三, 一百零五, 一二."""
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


def _read_segment(text: str, position: int, context: AnswerContext) -> Iterator[Reading]:
    table = answer_table()
    numbered = _take_number(text, table)
    if numbered is None:
        yield Unclear(line=text, problem="没看懂是答复哪个问题:请写“问题的编号 答复”,如“12 同意”")
        return
    number, rest, marked = numbered
    numbers = [number]
    while (more := _take_next_number(text, rest, table)) is not None:
        numbers.append(more[0])
        rest = more[1]
    if len(numbers) > 1 and not marked and numbers[0] == position and numbers[0] <= _LIST_NUMBERS_END:
        yield Unclear(
            line=text, problem=f"“{numbers[0]}”是问题的编号还是序号看不准:请一行只写一个问题的编号和答复"
        )
        return
    for each in dict.fromkeys(numbers):
        yield _read_answer(text, each, rest, context)


def _take_next_number(text: str, rest: str, table: AnswerTable) -> tuple[int, str] | None:
    """A further number of a list (12、13 同意); a blank alone makes no list."""
    match = _ARABIC.match(rest)
    if match is None or not _HAN.match(rest[match.end() :].lstrip(" 号题、,和及:.") or "x"):
        return None
    before = text[: len(text) - len(rest)].rstrip()
    if not before.endswith(("、", ",", "和", "及", ".", ")", ":")) and not _LIST.match(before[-1:]):
        return None
    numbered = _take_number(rest, table)
    return (numbered[0], numbered[1]) if numbered else None


def _read_answer(line: str, number: int, rest: str, context: AnswerContext) -> Reading:
    kind = context.kinds.get(number)
    if kind is None:
        return Unclear(line=line, problem=f"没有问{number}:编号写在简报每个问题的前面")
    words = answer_table().of_kind(kind)
    lowered = rest.lower()
    letter = _LETTER.match(lowered)
    if letter is not None:
        chosen = words.with_letter(letter[1])
        if chosen is None:
            return Unclear(line=line, number=number, problem=_how_to_answer(number, words))
        return _with_reason(line, number, words, chosen, rest[letter.end() :])
    found = _find_answer(rest, words)
    if found is not None:
        chosen, tail = found
        if chosen.meaning is Meaning.AS_GUESSED and tail.strip(_EDGES):
            named = _read_unit_and_form(tail.strip(_EDGES), context)
            if not isinstance(named, str):
                return _assigning(line, number, words, named)
        return _with_reason(line, number, words, chosen, tail)
    if words.takes_unit:
        named = _read_unit_and_form(rest, context)
        if isinstance(named, str):
            return Unclear(line=line, number=number, problem=named)
        return _assigning(line, number, words, named)
    return Unclear(line=line, number=number, problem=_how_to_answer(number, words))


def _find_answer(text: str, words: KindWords) -> tuple[AnswerWords, str] | None:
    """The answer that a text begins with, whole: what follows it is no further letter of a word."""
    spelled = sorted(
        ((word, one) for one in words.answers for word in one.words), key=lambda pair: -len(pair[0])
    )
    for word, one in spelled:
        if text.startswith(word):
            tail = text[len(word) :].lstrip("了")
            return (one, tail) if not _HAN.match(tail) else None
    return None


def _assigning(line: str, number: int, words: KindWords, named: "_Named") -> Reading:
    if doubt := _doubt_in(named.rest):
        return Unclear(line=line, number=number, problem=_doubted(doubt))
    return Answer(
        line=line,
        number=number,
        kind=words.kind,
        meaning=Meaning.ASSIGN,
        unit=named.unit,
        form=named.form,
        why=named.rest,
    )


def _with_reason(line: str, number: int, words: KindWords, chosen: AnswerWords, tail: str) -> Reading:
    why = tail.strip(_EDGES)
    if doubt := _doubt_in(tail):
        return Unclear(line=line, number=number, problem=_doubted(doubt))
    if _NO_REASON.fullmatch(why):
        return Unclear(line=line, number=number, problem=_how_to_answer(number, words))
    others = {
        one.label
        for one in words.answers
        if one is not chosen and any(word in why for word in one.words if len(word) > 1)
    }
    if others:
        return Unclear(
            line=line, number=number, problem=f"“{chosen.label}”后面又写了“{min(others)}”,请只写一种"
        )
    return Answer(line=line, number=number, kind=words.kind, meaning=chosen.meaning, why=why)


def _doubt_in(text: str) -> str | None:
    return next((word for word in answer_table().doubts if word in text), None)


def _doubted(doubt: str) -> str:
    return f"里面有“{doubt}”,拿不准意思,没有照办:请只写答复和依据"


def _how_to_answer(number: int, words: KindWords) -> str:
    labels = "、".join(f"“{number} {one.label}”" for one in words.answers)
    unit = f",或“{number} 单位 附件”" if words.takes_unit else ""
    return f"问{number}可以答{labels}{unit}"


@dataclass(frozen=True, slots=True)
class _Named:
    unit: str
    form: str | None
    rest: str


def _read_unit_and_form(text: str, context: AnswerContext) -> _Named | str:
    """The unit, and the form where one is named, that a text begins with; else a sentence that says what is wrong."""
    text = text.strip(_EDGES)
    labels = context.notice.labels
    ends = [
        end
        for end in range(2, len(text) + 1)
        if end == len(text) or text[end] in " ,、:;" or _take_form(text[end:], context)[0] is not None
    ]
    units = {found.name: end for end in ends if (found := context.names.resolve(text[:end])) is not None}
    if len(units) > 1:
        return f"“{text[:40]}”可能是{'、'.join(units)},请写全名"
    if not units:
        return _no_such_unit(text, context)
    ((unit, _),) = units.items()
    end = min(end for end in ends if context.names.resolve(text[:end]) is not None)
    tail = text[end:].strip(_EDGES)
    form, rest = _take_form(tail, context)
    if labels.stand_in(rest) or _ANY_LABEL.match(rest):
        return f"“{tail[:40]}”里的附件看不准,请只写一张附件"
    if form is None and rest and context.names.find(rest):
        return f"“{text[:40]}”里有不止一个单位,请只写一个"
    return _Named(unit, form, rest)


def _take_form(text: str, context: AnswerContext) -> tuple[str | None, str]:
    """The form whose label a text begins with, and what follows it."""
    for end in range(1, min(len(text), _LABEL_LENGTH) + 1):
        labels = context.notice.labels
        found = () if labels.find(text[1:end]) else labels.find(text[:end])
        if found and not re.match("[0-9一二三四五六七八九十]", text[end : end + 1]):
            whole = labels.find(text)
            return (found[0], text[end:].strip(_EDGES)) if whole[:1] == found[:1] else (None, text)
    return None, text


def _no_such_unit(text: str, context: AnswerContext) -> str:
    word = text.split(" ")[0][:30]
    like = process.extract(word, context.unit_names, limit=_MOST_CANDIDATES, score_cutoff=_LIKE)
    candidates = f":是不是{'、'.join(name for name, *_ in like)}?" if like else ",请写名册上的名称"
    return f"名册里没有“{word}”{candidates}"


def _find_command(text: str, table: AnswerTable) -> CommandWords | None:
    lowered = text.lower()
    for one in table.commands:
        for word in one.words:
            after = lowered[len(word) :] if lowered.startswith(word) else None
            if after is not None and (one.parts or not after.strip(_EDGES)):
                return one
    return None


def _read_command(line: str, command: CommandWords, context: AnswerContext) -> Reading:
    word = max((word for word in command.words if line.lower().startswith(word)), key=len)
    rest = line[len(word) :].strip(_EDGES)
    unclear = Unclear(line=line, problem=f"请写成“{command.usage}”,如“{command.example}”")
    if not command.parts:
        return Command(line=line, key=command.key)
    if "number" in command.parts:
        numbered = _take_number(rest, answer_table())
        if numbered is None or numbered[1].strip(_EDGES):
            return unclear
        return Command(line=line, key=command.key, number=numbered[0])
    if doubt := _doubt_in(rest):
        return Unclear(line=line, problem=_doubted(doubt))
    until = None
    after = ""
    if "until" in command.parts:
        days = list(_DAY.finditer(rest))
        if len(days) != 1 or (until := _day_of(days[0], context.today)) is None:
            return unclear
        if until < context.today:
            return Unclear(line=line, problem=f"{until.month}月{until.day}日已经过去,请写以后的日子")
        rest, after = rest[: days[0].start()], rest[days[0].end() :].strip(_EDGES)
    named = _read_unit_and_form(rest, context)
    if isinstance(named, str):
        return Unclear(line=line, problem=named)
    why = " ".join(filter(None, (named.rest, after)))
    if ("until" in command.parts and named.rest) or ("form" in command.parts and named.form is None):
        return unclear
    if "why" in command.parts and not why:
        return Unclear(line=line, problem=f"请在最后写理由,如“{command.example}”")
    return Command(line=line, key=command.key, unit=named.unit, form=named.form, until=until, why=why)


def _day_of(match: re.Match[str], today: date) -> date | None:
    """The day that is written; without a year the one that is nearest."""
    month, day = int(match[2]), int(match[3])
    years = [int(match[1])] if match[1] else [today.year - 1, today.year, today.year + 1]
    days = []
    for year in years:
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    return min(days, key=lambda one: abs(one - today), default=None) if days else None
