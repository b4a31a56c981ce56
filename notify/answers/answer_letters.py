"""Builds letters to one person of the office: the results of a mail, a request to confirm, and how to answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.answers.answer_words import answer_table
from config.settings import Role
from notify.answers.report_sections import ReportSection
from notify.templates import render_html_and_text

_MOST_SHOWN = 60
_MOST_LINES = 60


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One line of an answer, as it was written, with its result."""

    written: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLetter:
    """The values that the templates of a letter show."""

    subject: str
    lead: str
    done: tuple[ToldLine, ...] = ()
    not_done: tuple[ToldLine, ...] = ()
    sections: tuple[ReportSection, ...] = ()
    closing: str = ""
    help_lines: tuple[str, ...] = ()
    office: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The results of one mail: decisions, rejected lines, and the reports that were asked for."""

    done: tuple[ToldLine, ...] = ()
    not_done: tuple[ToldLine, ...] = ()
    numbers: tuple[int, ...] = ()
    """The questions that were answered."""
    asked: tuple[str, ...] = ()
    """The names of what was asked for and is given."""
    sections: tuple[ReportSection, ...] = ()

    @property
    def only_explains(self) -> bool:
        """Returns whether the mail led to no decision and no report."""
        return not (self.done or self.asked)

    def joined(self, other: "Transcript") -> "Transcript | None":
        """Returns the results of two mails as one; None if one letter has no room for all lines."""
        done, not_done = (*self.done, *other.done), (*self.not_done, *other.not_done)
        if max(len(done), len(not_done)) > _MOST_LINES:
            return None
        return Transcript(done=done, not_done=not_done, numbers=(*self.numbers, *other.numbers))


def transcript_letter(office: str, said: Transcript) -> AnswerLetter:
    """Returns the letter with the result of each line and the requested reports; without any lines it explains how to answer."""
    if said.only_explains and not said.not_done:
        return help_letter(office, "没有看到答复")
    questions = "、".join(f"问{number}" for number in dict.fromkeys(said.numbers))
    asked = list(dict.fromkeys(said.asked))
    parts = (
        f"您要的{'、'.join(asked)}" if asked else "",
        f"已办{len(said.done)}条" if said.done else "",
        f"没有照办{len(said.not_done)}条,请看说明" if said.not_done else "",
    )
    opening = "" if asked else "答复结果:"
    of_questions = f"({questions[:40]})" if said.done and questions else ""
    return AnswerLetter(
        subject=f"{opening}{','.join(filter(None, parts))}{of_questions}",
        lead="您的答复已收到。" if said.done or not asked else "您要的在下面。",
        done=said.done[:_MOST_LINES],
        not_done=said.not_done[:_MOST_LINES],
        sections=said.sections,
        closing=f"办错了的,请回复:撤回 {said.numbers[0]}" if said.done and said.numbers else "",
        help_lines=help_lines() if said.only_explains else (),
        office=office,
    )


def confirm_letter(office: str, lines: Sequence[str], why: str) -> AnswerLetter:
    """Returns the letter that asks a person to confirm an answer."""
    return AnswerLetter(
        subject="请确认:收到一封以您名义的答复",
        lead=f"收到一封以您名义发来的答复({why}),还没有照办。是您发的,请回复本邮件,写“确认”二字;不是您发的,请不要理会,或回复“取消”。",
        not_done=tuple(ToldLine(line, "等您确认") for line in lines[:_MOST_LINES]),
        office=office,
    )


def overridden_letter(office: str, number: int, who: str, sentence: str) -> AnswerLetter:
    """Returns the letter that says that a later answer replaced the person's own."""
    return AnswerLetter(
        subject=f"问{number}另有答复",
        lead=f"您以前对问{number}的答复已被后来的答复代替。",
        done=(ToldLine(who, f"问{number}:{sentence}"),),
        office=office,
    )


def held_letter(office: str, what: str, why: str) -> AnswerLetter:
    """Returns the letter that says that a mail to the office was held before it left; it repeats nothing of that mail.

    Args:
        what: the mail in words, as 9月26日的简报.
        why: the reason, as the outbox keeps it.
    """
    return AnswerLetter(
        subject=f"{what}没有发出",
        lead=f"{what}没有发给您。{why}。",
        closing="里面可能有不该外发的内容,所以本信不附。请把本信给管理员看:发件箱里留下了这一封,要查明原因;"
        "今天的情况,请在办公室装程序的电脑上看。改好以后,下一封照常发。",
        office=office,
    )


def help_letter(office: str, why: str) -> AnswerLetter:
    """Returns the letter that explains how to answer."""
    return AnswerLetter(
        subject=f"怎样答复({why})",
        lead=f"{why}。回复本程序的任何一封邮件都可以,一行写一件事,写在最上面,原来的邮件留在下面不要紧。",
        help_lines=help_lines(),
        office=office,
    )


def help_lines() -> tuple[str, ...]:
    """Returns the table of possible answers, one line each."""
    table = answer_table()
    kinds = [
        f"{kind.title}:{'、'.join(f'“12 {one.label}”' for one in kind.answers)}{'、“12 单位 附件”' if kind.takes_unit else ''}"
        for kind in table.kinds
    ]
    everyday = [one for one in table.commands if one.role is not Role.RUNS]
    of_runners = [one for one in table.commands if one.role is Role.RUNS]
    return (
        *kinds,
        *(f"{one.usage},如“{one.example}”" for one in everyday),
        *(f"{one.usage},如“{one.example}”(只有权限是“{one.role}”的人可以)" for one in of_runners),
    )


def render_answer_letter(letter: AnswerLetter) -> tuple[str, str]:
    """Returns the letter as HTML and as plain text."""
    return render_html_and_text("notify.answers", "answer", {"letter": letter})


def shorten(text: str) -> str:
    """Returns a person's text, shortened for a quotation in a letter."""
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
