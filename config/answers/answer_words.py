"""Reads the table of how people answer (``answer_words.toml``): kinds of questions, their answers, and commands."""

import tomllib
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import Field

from config.notice import FrozenModel

Part = Literal["unit", "form", "form?", "until", "why", "number"]


class QuestionKind(StrEnum):
    """What a question is about."""

    FILE = "file"
    SENDER = "sender"
    SAME = "same"
    SUSPECTED = "suspected"
    CASE = "case"
    FINDING = "finding"
    VALUE = "value"
    MAIL = "mail"


class Meaning(StrEnum):
    """What is done on an answer."""

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
    SEND_AGAIN = "send-again"
    ARRIVED = "arrived"
    SETTLE = "settle"
    """Nothing is changed, and it is not asked again."""


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
        """The answer that a tapped link means."""
        return next((one for one in self.answers if one.letter == letter), None)


class CommandWords(FrozenModel):
    """Something that can be said without a question."""

    key: Literal["extend", "exempt", "paper", "withdraw", "help"]
    words: tuple[str, ...]
    parts: tuple[Part, ...]
    usage: str
    example: str


class AnswerTable(FrozenModel):
    """All that is understood."""

    greetings: tuple[str, ...]
    doubts: tuple[str, ...]
    marks_before_number: tuple[str, ...]
    marks_after_number: tuple[str, ...]
    confirm: tuple[str, ...]
    cancel: tuple[str, ...]
    signatures: tuple[str, ...]
    quotes: tuple[str, ...]
    kinds: tuple[KindWords, ...]
    commands: tuple[CommandWords, ...]

    def of_kind(self, kind: QuestionKind) -> KindWords:
        """The answers to a kind of question."""
        return next(one for one in self.kinds if one.kind is kind)


@cache
def answer_table() -> AnswerTable:
    """Returns the table that is built in."""
    text = (resources.files("config.answers") / "answer_words.toml").read_text("utf-8")
    return AnswerTable.model_validate(tomllib.loads(text))
