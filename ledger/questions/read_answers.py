"""Reads people's words as answers by the table ``answer_words.toml``: pure, and strict.

A line that can be read in two ways, or lacks a part, is returned as unclear with how to write it; nothing is
guessed. Whether an answer may be given, and by which person, is judged elsewhere
(config/access/who_may_what.toml).
"""

import re
from collections.abc import Iterator, Sequence

from config.answers.answer_words import AnswerTable, AnswerWords, CommandKey, KindWords, Meaning, answer_table
from config.text.text_folding import clean_text
from config.units.resolve_unit_names import UnitNames
from ledger.questions.answer_parts import (
    ARABIC,
    EDGES,
    NamedUnit,
    doubt_in,
    doubted,
    read_unit_and_form,
    take_number,
)
from ledger.questions.answer_readings import Answer, AnswerContext, Command, Reading, Unclear
from ledger.questions.read_commands import find_command, read_command

_LONGEST_LINE = 400
_LIST = re.compile(r"\s*[、,和及]\s*")
_LETTER = re.compile("([a-z])(?![a-z0-9])")
_BREAK = re.compile(r"[;。!\t]|\s{2,}")
_SPACED_NUMBER = re.compile(r"[^0-9]{0,4}[0-9]{1,5}\s*(?:\s|:)")
_NO_REASON = re.compile("[A-Za-z0-9 ]{1,3}")
_HAN = re.compile("[\u4e00-\u9fff]")
_LIST_NUMBERS_END = 20


def read_answers(lines: Sequence[str], context: AnswerContext) -> tuple[Reading, ...]:
    """Returns the readings of each line; two different answers to one question are both unclear."""
    readings = [
        reading for position, line in enumerate(lines, 1) for reading in _read_line(line, position, context)
    ]
    answers_by_number: dict[int, set[tuple[object, ...]]] = {}
    values: dict[tuple[int, str], set[str]] = {}
    for one in readings:
        if isinstance(one, Answer):
            answers_by_number.setdefault(one.number, set()).add((one.meaning, one.unit, one.form))
        elif isinstance(one, Command) and one.number is not None:
            answers_by_number.setdefault(one.number, set()).add((one.key,))
            if one.heading:
                values.setdefault((one.number, one.heading), set()).add(one.value)
    for (number, heading), several in values.items():
        if len(several) > 1:
            answers_by_number[number].add((heading,))
    return tuple(
        Unclear(
            line=one.line,
            number=one.number,
            problem=f"同一封邮件里对问{one.number}有两种答复,请只写一种",
        )
        if isinstance(one, Answer | Command)
        and one.number is not None
        and len(answers_by_number[one.number]) > 1
        else one
        for one in _without_repeats(readings)
    )


def read_tapped(tapped: str, context: AnswerContext) -> Reading:
    """Returns the reading of a tapped link's subject: ``12b`` is the answer with letter b to question 12."""
    match = re.fullmatch("([0-9]{1,5})([a-z])", tapped)
    number = int(match[1]) if match else 0
    kind = context.kinds.get(number)
    words = answer_table().of_kind(kind).with_letter(match[2]) if match and kind else None
    if kind is None or words is None:
        return Unclear(line=tapped, problem=f"没有“{tapped}”这个答复", number=number or None)
    return Answer(line=tapped, number=number, kind=kind, meaning=words.meaning, why="")


def read_row(row: Sequence[str], context: AnswerContext) -> Reading | None:
    """Returns the reading of a filled workbook row (number, decision, unit, form, reason), or None if none is filled."""
    number_text, decision, unit, form, why = (clean_text(cell).strip() for cell in (*row, *[""] * 5)[:5])
    if not (decision or unit or form):
        return None
    line = " ".join(filter(None, (number_text, decision, unit, form, why)))[:_LONGEST_LINE]
    number_match = ARABIC.search(number_text)
    kind = context.kinds.get(int(number_match[0])) if number_match else None
    if number_match is None or kind is None:
        return Unclear(line=line, problem=f"没有编号为“{number_text}”的问题")
    number, words = int(number_match[0]), answer_table().of_kind(kind)
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
    read = read_unit_and_form(" ".join(filter(None, (unit, form))), context)
    if isinstance(read, str) or read.rest:
        problem = read if isinstance(read, str) else f"单位或附件“{unit} {form}”看不懂"
        return Unclear(line=line, number=number, problem=problem)
    return Answer(
        line=line, number=number, kind=kind, meaning=Meaning.ASSIGN, unit=read.unit, form=read.form, why=why
    )


def says_an_answer(lines: Sequence[str], names: UnitNames) -> bool:
    """Returns whether any line has the form of an answer or command, whatever questions are open."""
    table = answer_table()
    words = sorted({word for kind in table.kinds for one in kind.answers for word in one.words})
    for line in lines:
        text = _clean(line)
        if find_command(text, table, names) is not None:
            return True
        numbered = take_number(text, table)
        if numbered is None:
            continue
        rest = numbered[1]
        if any(rest.startswith(word) for word in words) or _LETTER.fullmatch(rest.lower()):
            return True
        if (numbered[2] or _SPACED_NUMBER.match(text)) and names.find(rest):
            return True
    return False


def is_greeting(line: str) -> bool:
    """Returns whether a line is only a greeting or acknowledgement (您好, 收到)."""
    return _clean(line).strip(EDGES).lower() in answer_table().greetings


def only_asks(lines: Sequence[str], names: UnitNames) -> bool:
    """Returns whether all lines are requests for information (进度), so that they decide nothing."""
    table = answer_table()
    texts = [text for line in lines if (text := _clean(line)) and not is_greeting(line)]
    commands = [find_command(text, table, names) for text in texts]
    return all(command is not None and command.asks for command in commands)


def _without_repeats(readings: Sequence[Reading]) -> Iterator[Reading]:
    seen = set()
    for one in readings:
        key: tuple[object, ...] | None = None
        if isinstance(one, Answer):
            key = (one.number, one.meaning, one.unit, one.form)
        elif isinstance(one, Command) and answer_table().command(one.key).asks:
            key = (one.key, one.unit, one.who)
        if key is None or key not in seen:
            yield one
        seen.add(key)


def _clean(line: str) -> str:
    return clean_text(line)[:_LONGEST_LINE].strip(" \t\u200b。;!*·•")


def _read_line(line: str, position: int, context: AnswerContext) -> Iterator[Reading]:
    table, text = answer_table(), _clean(line)
    if not text or text.strip(EDGES).lower() in table.greetings:
        return
    if len(clean_text(line)) > _LONGEST_LINE:
        yield Unclear(line=text, problem="这一行太长,请一行写一个答复")
        return
    text = _command_first(text, table, context.names)
    command = find_command(text, table, context.names)
    if command is not None:
        # A password may end in a mark.
        written = clean_text(line).strip() if command.key is CommandKey.PASSWORD else text
        yield read_command(written, command, context)
        return
    for order, segment in enumerate(_split_answers(text, context)):
        yield from _read_segment(segment, 0 if order else position, context)


def _command_first(text: str, table: AnswerTable, names: UnitNames) -> str:
    """Returns a correction with its command first: 15 改 出生日期 becomes 改 15 出生日期."""
    numbered = take_number(text, table)
    command = find_command(numbered[1], table, names) if numbered is not None else None
    if numbered is None or command is None or command.key is not CommandKey.CORRECT:
        return text
    word = max((word for word in command.words if numbered[1].startswith(word)), key=len)
    return f"{word} {numbered[0]} {numbered[1][len(word) :]}"


def _split_answers(text: str, context: AnswerContext) -> Iterator[str]:
    """Yields the answers in one line: each begins behind a mark with a question's number and one of its answers."""
    start = 0
    for gap in _BREAK.finditer(text):
        if _starts_answer(text[gap.end() :], context):
            yield text[start : gap.start()]
            start = gap.end()
    yield text[start:]


def _starts_answer(text: str, context: AnswerContext) -> bool:
    table = answer_table()
    numbered = take_number(text, table)
    if numbered is None or (kind := context.kinds.get(numbered[0])) is None:
        return False
    words = table.of_kind(kind)
    return (
        _find_answer(numbered[1], words) is not None
        or _LETTER.match(numbered[1].lower()) is not None
        or (words.takes_unit and not isinstance(read_unit_and_form(numbered[1], context), str))
    )


def _read_segment(text: str, position: int, context: AnswerContext) -> Iterator[Reading]:
    table = answer_table()
    numbered = take_number(text, table)
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
    """Returns a further number of a list (12、13 同意) and the rest; a blank alone makes no list."""
    match = ARABIC.match(rest)
    if match is None or not _HAN.match(rest[match.end() :].lstrip(" 号题、,和及:.") or "x"):
        return None
    before = text[: len(text) - len(rest)].rstrip()
    if not before.endswith(("、", ",", "和", "及", ".", ")", ":")) and not _LIST.match(before[-1:]):
        return None
    numbered = take_number(rest, table)
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
    answer_and_tail = _find_answer(rest, words)
    if answer_and_tail is not None:
        chosen, tail = answer_and_tail
        if chosen.meaning is Meaning.AS_GUESSED and tail.strip(EDGES):
            named = read_unit_and_form(tail.strip(EDGES), context)
            if not isinstance(named, str):
                return _assigning(line, number, words, named)
        return _with_reason(line, number, words, chosen, tail)
    if words.takes_unit:
        named = read_unit_and_form(rest, context)
        if isinstance(named, str):
            return Unclear(line=line, number=number, problem=named)
        return _assigning(line, number, words, named)
    return Unclear(line=line, number=number, problem=_how_to_answer(number, words))


def _find_answer(text: str, words: KindWords) -> tuple[AnswerWords, str] | None:
    """Returns the answer whose word begins a text, and the rest; the word must not continue."""
    spelled = sorted(
        ((word, one) for one in words.answers for word in one.words), key=lambda pair: -len(pair[0])
    )
    for word, one in spelled:
        if text.startswith(word):
            tail = text[len(word) :].lstrip("了")
            return (one, tail) if not _HAN.match(tail) else None
    return None


def _assigning(line: str, number: int, words: KindWords, named: NamedUnit) -> Reading:
    if doubt := doubt_in(named.rest):
        return Unclear(line=line, number=number, problem=doubted(doubt))
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
    why = tail.strip(EDGES)
    if doubt := doubt_in(tail):
        return Unclear(line=line, number=number, problem=doubted(doubt))
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


def _how_to_answer(number: int, words: KindWords) -> str:
    labels = "、".join(f"“{number} {one.label}”" for one in words.answers)
    unit = f",或“{number} 单位 附件”" if words.takes_unit else ""
    return f"问{number}可以答{labels}{unit}"
