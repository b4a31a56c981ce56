"""Reads decisions and requests that answer no question (宽限, 撤回, 进度) by the table ``answer_words.toml``."""

import re
from dataclasses import dataclass
from datetime import date

from config.answers.answer_words import AnswerTable, CommandKey, CommandWords, answer_table
from config.units.resolve_unit_names import UnitNames
from ledger.questions.answer_parts import EDGES, doubt_in, doubted, read_unit_and_form, take_number
from ledger.questions.answer_readings import AnswerContext, Command, Reading, Unclear
from ledger.questions.read_corrections import read_correction

_DAY = re.compile(
    r"(?:到|至|延到|延至)?\s*(?:(20[0-9]{2})\s*[年./-]\s*)?([0-9]{1,2})\s*[月./-]\s*([0-9]{1,2})\s*[日号]?(?![0-9])"
)
_MARKS = f"{EDGES}?()"


def find_command(text: str, table: AnswerTable, names: UnitNames) -> CommandWords | None:
    """Returns the command that begins a line, or None; a request must be the whole line except for its object."""
    lowered = text.lower()
    for one in table.commands:
        for word in sorted(one.words, key=len, reverse=True):
            if lowered.startswith(word) and _is_whole(one, lowered[len(word) :], table, names):
                return one
    return None


def _is_whole(command: CommandWords, after: str, table: AnswerTable, names: UnitNames) -> bool:
    rest = after.strip(_MARKS)
    if "value" in command.parts:  # 改正 and 改天 begin with 改, too
        named_by_number = "row" in command.parts and take_number(rest, table) is not None
        return not rest or after[:1] in _MARKS or named_by_number
    if not command.parts or not command.asks:
        return bool(command.parts) or not rest
    return not rest or after[:1] in _MARKS or ("who" not in command.parts and names.resolve(rest) is not None)


def read_command(line: str, command: CommandWords, context: AnswerContext) -> Reading:
    """Returns the reading of a line that begins with this command."""
    word = max((word for word in command.words if line.lower().startswith(word)), key=len)
    rest = line[len(word) :].strip(EDGES)
    if command.asks:
        return _read_request(line, command, rest.strip(_MARKS), context)
    if command.key is CommandKey.PASSWORD:
        return _read_password(rest, command, context)
    if command.key is CommandKey.CORRECT:
        return read_correction(line, rest, context) or _say_how(line, command)
    unclear = _say_how(line, command)
    if "number" in command.parts:
        numbered = take_number(rest, answer_table())
        if numbered is None or numbered[1].strip(EDGES):
            return unclear
        return Command(line=line, key=command.key, number=numbered[0])
    if doubt := doubt_in(rest):
        return Unclear(line=line, problem=doubted(doubt))
    until = None
    after = ""
    if "until" in command.parts:
        days = find_days(rest, context.today)
        if len(days) != 1 or (until := days[0].day) is None:
            return unclear
        if until < context.today:
            return Unclear(line=line, problem=f"{until.month}月{until.day}日已经过去,请写以后的日子")
        rest, after = rest[: days[0].start], rest[days[0].end :].strip(EDGES)
    named = read_unit_and_form(rest, context)
    if isinstance(named, str):
        return Unclear(line=line, problem=named)
    why = " ".join(filter(None, (named.rest, after)))
    if ("until" in command.parts and named.rest) or ("form" in command.parts and named.form is None):
        return unclear
    if "why" in command.parts and not why:
        return Unclear(line=line, problem=f"请在最后写理由,如“{command.example}”")
    return Command(line=line, key=command.key, unit=named.unit, form=named.form, until=until, why=why)


def _read_password(rest: str, command: CommandWords, context: AnswerContext) -> Reading:
    """Returns the unit and its password, the last word; the line is not kept, as it would be quoted in the reply."""
    line = answer_table().hide_password(command.words[0])
    unit, _, password = rest.rpartition(" ")
    named = read_unit_and_form(unit, context) if unit.strip() else None
    if isinstance(named, str):
        return Unclear(line=line, problem=named)
    if named is None or named.form is not None or named.rest:
        return _say_how(line, command)
    return Command(line=line, key=command.key, unit=named.unit, value=password)


def _read_request(line: str, command: CommandWords, rest: str, context: AnswerContext) -> Reading:
    if "who" in command.parts:
        return Command(line=line, key=command.key, who=rest) if rest else _say_how(line, command)
    if not rest:
        return _say_how(line, command) if "unit" in command.parts else Command(line=line, key=command.key)
    named = read_unit_and_form(rest, context)
    if isinstance(named, str):
        return Unclear(line=line, problem=named)
    if named.form is not None or named.rest:
        return _say_how(line, command)
    return Command(line=line, key=command.key, unit=named.unit)


def _say_how(line: str, command: CommandWords) -> Unclear:
    return Unclear(line=line, problem=f"请写成“{command.usage}”,如“{command.example}”")


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A day in a text from index ``start`` to ``end``; ``day`` is None where no such day exists."""

    day: date | None
    start: int
    end: int


def find_days(text: str, today: date) -> list[WrittenDay]:
    """Returns the days named in a text (到9月28日); without a year, the nearest such day to ``today``."""
    return [WrittenDay(_day_of(match, today), *match.span()) for match in _DAY.finditer(text)]


def _day_of(match: re.Match[str], today: date) -> date | None:
    """Returns the written day; without a year, the nearest."""
    month, day = int(match[2]), int(match[3])
    years = [int(match[1])] if match[1] else [today.year - 1, today.year, today.year + 1]
    days = []
    for year in years:
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    return min(days, key=lambda one: abs(one - today), default=None) if days else None
