"""Reads the table of how people answer (``answer_words.toml``): kinds of questions, their answers, and commands."""

import tomllib
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import Field

from config.access.roles_needed import roles_needed
from config.notice import FrozenModel
from config.settings import Role

Part = Literal["unit", "unit?", "form", "form?", "until", "why", "number", "who", "row", "value"]


class QuestionKind(StrEnum):
    """The kinds of questions, by their subject."""

    FILE = "file"
    SENDER = "sender"
    SAME = "same"
    SUSPECTED = "suspected"
    CASE = "case"
    FINDING = "finding"
    VALUE = "value"
    MAIL = "mail"
    ADDRESS = "address"
    EXPLAINED = "explained"
    EXTENSION = "extension"


class Meaning(StrEnum):
    """What the program does when it gets this answer."""

    AS_GUESSED = "as-guessed"
    ASSIGN = "assign"
    ACCEPT = "accept"
    MERGE = "merge"
    SPLIT = "split"
    RETURNED = "returned"
    MOVED = "moved"
    EXCUSED = "excused"
    AGED_OUT = "aged_out"
    WAIVE = "waive"
    EXPLAIN = "explain"
    EXTEND = "extend"
    SEND_AGAIN = "send-again"
    ARRIVED = "arrived"
    SETTLE = "settle"
    """Changes nothing; the question is not asked again."""


class CommandKey(StrEnum):
    """The commands that a person can send at any time."""

    EXTEND = "extend"
    EXEMPT = "exempt"
    PAPER = "paper"
    CORRECT = "correct"
    PASSWORD = "password"
    WITHDRAW = "withdraw"
    DIGEST = "digest"
    PROGRESS = "progress"
    MISSING = "missing"
    CASE = "case"
    REGISTERS = "registers"
    REMIND = "remind"
    SEND_REMINDERS = "send-reminders"
    REREAD = "reread"
    HELP = "help"


class AnswerWords(FrozenModel):
    """One answer to a kind of question."""

    letter: str = Field(pattern="^[a-z]$")
    meaning: Meaning
    label: str
    words: tuple[str, ...]


class KindWords(FrozenModel):
    """A kind of question and its answers."""

    kind: QuestionKind
    title: str
    takes_unit: bool = False
    """Whether naming a unit, and perhaps a form, is an answer."""
    answers: tuple[AnswerWords, ...]

    def with_letter(self, letter: str) -> AnswerWords | None:
        """Returns the answer with this letter, by which the links in our mails name it; None if no answer has it."""
        return next((one for one in self.answers if one.letter == letter), None)


class CommandWords(FrozenModel):
    """A command that a person can send at any time, with its words."""

    key: CommandKey
    role: Role
    """The least role of a person who may send it."""
    asks: bool = False
    """Whether it is a request and decides nothing; then the same words sent again are another request."""
    words: tuple[str, ...]
    parts: tuple[Part, ...]
    usage: str
    example: str


class AnswerTable(FrozenModel):
    """All answers and commands that the program understands."""

    greetings: tuple[str, ...]
    doubts: tuple[str, ...]
    marks_before_number: tuple[str, ...]
    marks_after_number: tuple[str, ...]
    confirm: tuple[str, ...]
    cancel: tuple[str, ...]
    signatures: tuple[str, ...]
    quotes: tuple[str, ...]
    value_links: tuple[str, ...]
    """The words that people write between a column and its new value."""
    answering_role: Role
    """The least role of a person who may answer a question."""
    kinds: tuple[KindWords, ...]
    commands: tuple[CommandWords, ...]

    def of_kind(self, kind: QuestionKind) -> KindWords:
        """Returns the answers to a kind of question."""
        return next(one for one in self.kinds if one.kind is kind)

    def hide_password(self, line: str) -> str:
        """Returns a line as it may be shown: a password in it is left out."""
        words = self.command(CommandKey.PASSWORD).words
        matched = next((word for word in words if word in line), None)
        return line if matched is None else f"{matched}……"

    def command(self, key: CommandKey) -> CommandWords:
        """Returns the words of a command."""
        return next(one for one in self.commands if one.key is key)


@cache
def answer_table() -> AnswerTable:
    """Returns the table of ``answer_words.toml``."""
    text = (resources.files("config.answers") / "answer_words.toml").read_text("utf-8")
    table, roles = tomllib.loads(text), roles_needed().by_mail
    for command in table["commands"]:
        command["role"] = roles[command["key"]]
    return AnswerTable.model_validate(table | {"answering_role": roles["answer"]})
