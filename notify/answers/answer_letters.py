"""Letters to one person of the office: the transcript of an answer, a request to confirm one, and how to answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.answers.answer_words import answer_table
from notify.templates import render_html_and_text

_MOST_SHOWN = 60
_MOST_LINES = 60


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One line of an answer: what was written, and what became of it; the first is shown as it was written."""

    written: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLetter:
    """A letter as its templates show it."""

    subject: str
    lead: str
    done: tuple[ToldLine, ...] = ()
    not_done: tuple[ToldLine, ...] = ()
    closing: str = ""
    help_lines: tuple[str, ...] = ()
    office: str


def transcript_letter(
    office: str, done: Sequence[ToldLine], not_done: Sequence[ToldLine], numbers: Sequence[int]
) -> AnswerLetter:
    """Says line by line what was done and what was not; without any it says how to answer."""
    if not done and not not_done:
        return help_letter(office, "没有看到答复")
    asked = "、".join(f"问{number}" for number in dict.fromkeys(numbers))
    parts = (f"已办{len(done)}条" if done else "", f"没有照办{len(not_done)}条,请看说明" if not_done else "")
    return AnswerLetter(
        subject=f"答复结果:{','.join(filter(None, parts))}{f'({asked[:40]})' if done and asked else ''}",
        lead="您的答复已收到。",
        done=tuple(done[:_MOST_LINES]),
        not_done=tuple(not_done[:_MOST_LINES]),
        closing=f"办错了的,请回复:撤回 {numbers[0]}" if done and numbers else "",
        help_lines=help_lines() if not done else (),
        office=office,
    )


def confirm_letter(office: str, lines: Sequence[str], why: str) -> AnswerLetter:
    """Asks whether an answer is the person's own."""
    return AnswerLetter(
        subject="请确认:收到一封以您名义的答复",
        lead=f"收到一封以您名义发来的答复({why}),还没有照办。是您发的,请回复本邮件,写“确认”二字;不是您发的,请不要理会,或回复“取消”。",
        not_done=tuple(ToldLine(line, "等您确认") for line in lines[:_MOST_LINES]),
        office=office,
    )


def overridden_letter(office: str, number: int, who: str, sentence: str) -> AnswerLetter:
    """Tells somebody that a later answer took the place of theirs."""
    return AnswerLetter(
        subject=f"问{number}另有答复",
        lead=f"您以前对问{number}的答复已被后来的答复代替。",
        done=(ToldLine(who, f"问{number}:{sentence}"),),
        office=office,
    )


def help_letter(office: str, why: str) -> AnswerLetter:
    """Says how to answer."""
    return AnswerLetter(
        subject=f"怎样答复({why})",
        lead=f"{why}。一行写一个答复,写在最上面,原来的邮件留在下面不要紧。",
        help_lines=help_lines(),
        office=office,
    )


def help_lines() -> tuple[str, ...]:
    """The table of what can be answered, a line each."""
    table = answer_table()
    kinds = [
        f"{kind.title}:{'、'.join(f'“12 {one.label}”' for one in kind.answers)}{'、“12 单位 附件”' if kind.takes_unit else ''}"
        for kind in table.kinds
    ]
    return (*kinds, *(f"{one.usage},如“{one.example}”" for one in table.commands))


def render_answer_letter(letter: AnswerLetter) -> tuple[str, str]:
    """The letter as a page and as plain text."""
    return render_html_and_text("notify.answers", "answer", {"letter": letter})


def shorten(text: str) -> str:
    """What somebody wrote, as a letter quotes it."""
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
