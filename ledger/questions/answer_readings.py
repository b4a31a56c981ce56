"""The values that people's words are read into (answers, commands, unclear lines), and the context for reading them."""

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
    """The line as written."""
    number: int
    """The question's number."""
    kind: QuestionKind
    meaning: Meaning
    unit: str | None = None
    form: str | None = None
    why: str = ""
    """The reason that was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A decision or request that is not an answer to a question, or a withdrawal of one."""

    line: str
    """The line as written, without a password."""
    key: CommandKey
    unit: str | None = None
    form: str | None = None
    until: date | None = None
    why: str = ""
    number: int | None = None
    """The question whose answer is withdrawn or corrected."""
    who: str = ""
    """The child asked about, as written."""
    row: int | None = None
    """The row number in the unit's form, as the sheet shows it."""
    heading: str = ""
    """The heading of the column to overrule, as written."""
    value: str = field(default="", repr=False)
    """The new value as written, or a password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """A line that is not carried out, with a Chinese sentence on how to write it."""

    line: str
    problem: str
    number: int | None = None
    """The question that it seems to answer, or None."""


Reading = Answer | Command | Unclear


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerContext:
    """The context for reading words: the kinds of the open questions by number, the units, the notice and the day."""

    kinds: Mapping[int, QuestionKind]
    names: UnitNames
    unit_names: tuple[str, ...]
    notice: Notice
    today: date
