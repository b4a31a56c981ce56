"""Writes whole replies in four ways (words, tap, workbook, messy words) with their intended decisions, from a seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from hashlib import sha256
from html import escape
from io import BytesIO
from random import Random
from typing import Any

import openpyxl

from config.answers.answer_words import AnswerWords, Meaning, QuestionKind, answer_table
from config.answers.question_columns import QUESTION_SHEET, QuestionColumn
from tests.builders.answers.answering_office import CODE, a_reply, body_of, workbook_of
from tests.builders.counties.full_width import widen

WAYS = ("words", "tap", "workbook", "messy")
_UNITS = {"西沱镇小学": ("西沱镇小学", "西沱小学"), "西沱镇": ("西沱镇",)}
_FORMS = {"附件4": ("附件4", "附件四", "附件 4"), "附件2": ("附件2", "附件二")}
_DONE_BY = {
    Meaning.SETTLE: ("settle",),
    Meaning.ACCEPT: ("accept",),
    Meaning.WAIVE: ("waive",),
    Meaning.MERGE: ("merge",),
    Meaning.SPLIT: ("split",),
    Meaning.EXPLAIN: ("explain",),
    Meaning.EXTEND: ("extend", "settle"),
    Meaning.RETURNED: ("close",),
    Meaning.MOVED: ("close",),
    Meaning.EXCUSED: ("close",),
    Meaning.AGED_OUT: ("close",),
    Meaning.SEND_AGAIN: ("send-again",),
    Meaning.ARRIVED: ("arrived",),
}
_REASONS = ("", "", " 电话核实过", " 班主任核实", ",已看原件", "。")
_GREETINGS = ("", "您好", "收到", "答复如下:")
_SIGNATURES = ("", "\n\n--\n石柱县教委 张三", "\n发自我的iPhone", "\n\n来自QQ邮箱手机版")
_DOUBTS = (
    "{0} {1}?",
    "{0} 可能{1}",
    "{0} {1},但要再问",
    "{0} {1}还是{2}",
    "{0}",
    "{0} 你看着办",
    "{0} 先不{1}",
)

Effect = tuple[int, str]
"""A question, with the kind of the decision on it, or for an assignment the unit and form."""


@dataclass(frozen=True, slots=True)
class GeneratedReply:
    """One mail, with exactly the decisions that it must cause."""

    way: str
    raw: bytes
    meant: frozenset[Effect]
    said: str
    kinds: tuple[str, ...]
    """The kinds of the questions answered."""
    numbers: frozenset[int]

    @property
    def message_id(self) -> str:
        return sha256(self.raw).hexdigest()


@dataclass(slots=True)
class ReplyWriter:
    """Writes replies to questions, using each question once."""

    random: Random
    digests: Mapping[str, EmailMessage]
    questions: list[tuple[int, dict[str, Any]]]
    count: int = 0
    taken: list[tuple[int, str]] = field(default_factory=list)
    """Numbers and kinds of the questions answered in the mail being written."""

    def write(self, way: str) -> GeneratedReply:
        """Returns a mail that answers the next question or questions in this way."""
        self.count += 1
        self.taken = []
        person = self.random.choice(sorted(self.digests))
        digest = self.digests[person]
        if way == "tap":
            return self._tap(person, digest)
        if way == "workbook":
            return self._workbook(person, digest)
        return self._words(way, person, digest)

    def _take(self, most: int) -> list[tuple[int, dict[str, Any]]]:
        number = min(self.random.randint(1, most), len(self.questions))
        taken = [self.questions.pop(0) for _ in range(number)]
        self.taken += [(number, question["kind"]) for number, question in taken]
        return taken

    def _choose(self, question: dict[str, Any]) -> AnswerWords | None:
        """Returns an answer to a question, or None if a unit and a form must be named."""
        words = answer_table().of_kind(QuestionKind(question["kind"]))
        letters = {one["letter"] for one in question["answers"]}
        possible: list[AnswerWords | None] = [one for one in words.answers if one.letter in letters]
        return self.random.choice([*possible, None, None] if words.takes_unit else possible)

    def _unit_and_form(self) -> tuple[str, str, str]:
        unit, form = self.random.choice(sorted(_UNITS)), self.random.choice(sorted(_FORMS))
        written = f"{self.random.choice(_UNITS[unit])} {self.random.choice(_FORMS[form])}"
        return written, unit, form

    def _reply(self, way: str, raw: bytes, meant: Sequence[Effect], said: str) -> GeneratedReply:
        kinds, numbers = tuple(kind for _, kind in self.taken), frozenset(one for one, _ in self.taken)
        return GeneratedReply(way, raw, frozenset(meant), said, kinds, numbers)

    def _id(self, person: str) -> str:
        return f"<generated{self.count}.{self.random.randrange(10**9)}@{person.rpartition('@')[2]}>"

    def _tap(self, person: str, digest: EmailMessage) -> GeneratedReply:
        ((number, question),) = self._take(1)
        words = answer_table().of_kind(QuestionKind(question["kind"]))
        letters = {one["letter"] for one in question["answers"]}
        answer = self.random.choice([one for one in words.answers if one.letter in letters])
        subject = f"{number}{answer.letter} kc-{CODE.findall(str(digest['Subject']))[0]}"
        if self.random.random() < 0.3:
            subject = subject.upper()
        body = self.random.choice(["", "(请直接发送)", "锟斤拷锟斤拷", f"{number} 不用处理吗"])
        raw = a_reply(None, body, sender=person, subject=subject, mail_id=self._id(person))
        return self._reply("tap", raw, _effects(number, question, answer), subject)

    def _workbook(self, person: str, digest: EmailMessage) -> GeneratedReply:
        workbook = openpyxl.load_workbook(BytesIO(workbook_of(digest)))
        sheet = workbook[QUESTION_SHEET]
        rows = {sheet.cell(row, 1).value: row for row in range(2, sheet.max_row + 1)}
        meant: list[Effect] = []
        said = []
        for number, question in self._take(3):
            row, answer = rows[number], self._choose(question)

            def fill(column: QuestionColumn, value: str, row: int = row) -> None:
                sheet.cell(row, column.value + 1).value = value

            if answer is None:
                _, unit, form = self._unit_and_form()
                fill(QuestionColumn.UNIT, unit)
                fill(QuestionColumn.FORM, form)
                meant.append((number, f"{unit}|{form}"))
            else:
                fill(QuestionColumn.DECISION, answer.label)
                meant += _effects(number, question, answer)
            if self.random.random() < 0.5:
                fill(QuestionColumn.WHY, "电话核实过")
            said.append(f"{number}:{answer.label if answer else meant[-1][1]}")
        out = BytesIO()
        workbook.save(out)
        name = self.random.choice(["简报.xlsx", "x.xlsx", "填好的.xlsx"])
        text = self.random.choice(["", "附上", "已填好,请查收。"])
        raw = a_reply(
            None,
            text,
            sender=person,
            subject="材料",
            attached=(name, out.getvalue()),
            mail_id=self._id(person),
        )
        return self._reply("workbook", raw, meant, ";".join(said))

    def _words(self, way: str, person: str, digest: EmailMessage) -> GeneratedReply:
        lines, meant = [], list[Effect]()
        is_doubtful = way == "messy" and self.random.random() < 0.2
        for number, question in self._take(1 if is_doubtful else 3):
            answer = self._choose(question)
            if is_doubtful:
                kind = answer_table().of_kind(QuestionKind(question["kind"]))
                first, second = (one.label for one in kind.answers[:2])
                lines.append(self.random.choice(_DOUBTS).format(number, first, second))
                continue
            if answer is None:
                written, unit, form = self._unit_and_form()
                meant.append((number, f"{unit}|{form}"))
            else:
                written = answer.label if way == "words" else self.random.choice(answer.words)
                meant += _effects(number, question, answer)
            if way == "words":
                lines.append(f"{number} {written}{self.random.choice(_REASONS[:4])}")
            else:
                line = f"{self._number(number)}{written}{self.random.choice(_REASONS)}"
                lines.append(widen(line) if self.random.random() < 0.3 else line)
        greeting = self.random.choice(_GREETINGS) if way == "messy" else ""
        text = "\n".join(filter(None, (greeting, *lines)))
        if way == "messy":
            text = self._spoil(text) + self.random.choice(_SIGNATURES)
        quoted = body_of(digest) if self.random.random() < 0.7 else None
        page = None
        if way == "messy" and self.random.random() < 0.4:
            shown = "".join(f"<div>{escape(line) or '<br>'}</div>" for line in text.split("\n"))
            page = f"<html><body>{shown}<blockquote>{escape(quoted or '')}</blockquote></body></html>"
        raw = a_reply(digest, text, sender=person, quoted=quoted, html=page, mail_id=self._id(person))
        return self._reply(way, raw, meant, text)

    def _number(self, number: int) -> str:
        ways = [
            f"{number} ", f"问{number} ", f"问{number}:", f"{number}:", f"{number}、", f"{number}号 ", f"第{number}号 ",
            f"问题{number}:", f"#{number} ", f"No.{number} ", f"问{_in_chinese(number)} ", f"第{_in_chinese(number)}号 ",
            f"  {number}   ", f"{number}.",
        ]  # fmt: skip
        return self.random.choice(ways)

    def _spoil(self, text: str) -> str:
        spoiled = self.random.choice(
            [text, text.replace("\n", "\n\n"), text.replace("\n", "  \n "), f"\n{text}\n"]
        )
        return spoiled.replace(" ", "\u00a0") if self.random.random() < 0.15 else spoiled


def _effects(number: int, question: dict[str, Any], answer: AnswerWords) -> list[Effect]:
    settles = ("settle",) if question["kind"] == QuestionKind.EXPLAINED else ()
    return [(number, kind) for kind in {*_DONE_BY[answer.meaning], *settles}]


def _in_chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        text += f"{digits[tens]}十" if tens > 1 or hundreds else "十"
    elif hundreds and ones:
        text += "零"
    return text + (digits[ones] if ones or not number else "")
