"""The values that people's words are read as: answers, commands, and what is handed back; and what they are read with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from config.answers.answer_words import CommandKey, Meaning, QuestionKind
from config.notice import Notice
from config.units.resolve_unit_names import UnitNames


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
    """Something said or asked without a question, or taken back; ``who`` is the child that is asked about, as written."""

    line: str
    key: CommandKey
    unit: str | None = None
    form: str | None = None
    until: date | None = None
    why: str = ""
    number: int | None = None
    who: str = ""
    row: int | None = None
    """As the sheet shows it, of the unit's form."""
    heading: str = ""
    """The column that is overruled, as written."""
    value: str = field(default="", repr=False)
    """What stands there instead, as written; or a password."""


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
