"""The digest as a page for mail clients and as plain text, with the same numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Generic, TypeVar
from urllib.parse import quote

from config.answers.reply_codes import PLACEHOLDER, write_code
from config.text.punctuation import set_punctuation
from notify.digest.digest import Digest
from notify.digest.lines.question_lines import PossibleAnswer, QuestionLine
from notify.digest.lines.unit_lines import UnitLine
from notify.form_labels import form_order, recent_titles
from notify.obligation_lines import ObligationLine, ShownState
from notify.shown_dates import format_day
from notify.templates import render_html, render_text

MOST_LIST_LINES = 40
"""Lines of one list in the mail; all lines are in the workbook."""

MOST_FINDINGS = 20

T = TypeVar("T")


def _tapped_link(address: str, question: QuestionLine, answer: PossibleAnswer) -> str:
    """The link that opens a mail which is this answer.

    Its meaning is the subject's, in ASCII and on one line: mail programs garble Chinese in links and drop line breaks.
    """
    subject = f"{question.number}{answer.letter} {write_code(PLACEHOLDER)}"
    body = set_punctuation(f"({question.label}:{answer.label}。请直接发送,不用改;这一行只是给您看的。)")
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject)}&body={quote(body)}"


@dataclass(frozen=True, slots=True)
class Excerpt(Generic[T]):
    """The head of a list, and how many lines are left for the workbook."""

    shown: tuple[T, ...]
    remaining: int
    total: int


@dataclass(frozen=True, slots=True)
class UnitGroup:
    """Units of one kind in a list, with how many of that kind the whole list has."""

    name: str
    total: int
    lines: tuple[UnitLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitList:
    """One list of units as the templates show it."""

    title: str
    tone: str
    lead: str
    show_days_late: bool
    detail_below: bool
    units: int
    obligation_count: int
    groups: tuple[UnitGroup, ...]
    remaining: int


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit with its obligations in the order of the table's forms."""

    unit: str
    lines: tuple[ObligationLine, ...]


@dataclass(frozen=True, slots=True)
class IncompleteUnits:
    """The table of the units that still owe something."""

    forms: tuple[str, ...]
    rows: Excerpt[UnitRow]
    complete_count: int
    """Units that are left out because everything came in time."""


def render_digest_html(digest: Digest, chart: str | None = None) -> str:
    """The page, styles inlined; it loads nothing from anywhere.

    Args:
        chart: the address of the picture of progress: ``cid:…`` in a mail, ``data:…`` in a file; None for none.
    """
    return render_html("notify.digest", "digest", _digest_context(digest) | {"chart": chart})


def render_digest_text(digest: Digest) -> str:
    """The same in plain text, for those whose client shows no HTML."""
    return render_text("notify.digest", "digest", _digest_context(digest))


def excerpt(lines: Sequence[T], most: int = MOST_LIST_LINES) -> Excerpt[T]:
    """The first lines; a list that is one line too long is shown whole, since the line that says so is as long."""
    shown = tuple(lines) if len(lines) <= most + 1 else tuple(lines[:most])
    return Excerpt(shown, len(lines) - len(shown), len(lines))


def _digest_context(digest: Digest) -> dict[str, object]:
    return {
        "digest": digest,
        "tap": partial(_tapped_link, digest.answer_address),
        "answering": "照所附的写法回复本邮件"
        if digest.answer_address
        else "在装有本程序的电脑上运行所附命令",
        "counts": digest.numbers,
        "lists": [
            _build_unit_list("未报", digest.missing, tone="bad", show_days_late=True),
            _build_unit_list(
                "已来件待核", digest.under_review, tone="wait", note="文件已到，等人判断，不算未报"
            ),
            _build_unit_list("尚未报送", digest.pending, tone="wait", note="未到期"),
            _build_unit_list("迟报", digest.late),
            _build_unit_list("已报、需补正", digest.incomplete, tone="wait", detail_below=True),
        ],
        "cases": excerpt(digest.cases),
        "findings": excerpt(digest.findings, MOST_FINDINGS),
        "incomplete_units": _incomplete_units(digest),
        "chart_description": _chart_description(digest),
        "files": excerpt(digest.files),
        "unconfirmed": excerpt(digest.unconfirmed),
        "deductions": excerpt(digest.deductions),
        "message_lines": digest.group_message.split("\n"),
    }


def _incomplete_units(digest: Digest) -> IncompleteUnits:
    """The units of which not everything is in time, in the order of the digest's obligations."""
    by_unit: dict[str, list[ObligationLine]] = {}
    for each in digest.obligations:
        by_unit.setdefault(each.unit, []).append(each)
    owed = [line for line in digest.obligations if line.state is not ShownState.NOT_OWED]
    forms = recent_titles(sorted(owed, key=lambda line: form_order(line.form)))
    rows = [
        UnitRow(unit, tuple(each for form in forms for each in lines if each.title == form))
        for unit, lines in by_unit.items()
        if any(
            each.state not in (ShownState.ON_TIME, ShownState.NOT_OWED, ShownState.EXTRA) for each in lines
        )
    ]
    return IncompleteUnits(forms, excerpt(rows), len(by_unit) - len(rows))


def _chart_description(digest: Digest) -> str:
    """Alternative text of the chart, for readers who do not see it."""
    if not digest.progress:
        return ""
    start, last = digest.progress[0], digest.progress[-1]
    due = f"，截止{digest.due_words}" if digest.due else ""
    return set_punctuation(
        f"报送进度：{format_day(start[0])}起陆续报送，到{format_day(last[0])}已收到{last[1]}项，应报{digest.numbers.expected}项{due}"
    )


def _build_unit_list(
    title: str,
    lines: tuple[UnitLine, ...],
    *,
    tone: str = "plain",
    note: str = "",
    show_days_late: bool = False,
    detail_below: bool = False,
) -> UnitList:
    """Builds one list of units: its title, its groups with the lines shown, and how many lines are left out.

    Args:
        show_days_late: show how late each unit is; once for all where it is the same.
        detail_below: the detail of a unit needs a line of its own.
    """
    head = excerpt(lines)
    same = {line.days_late for line in lines}
    if show_days_late and len(same) == 1 and (late := same.pop()):
        show_days_late, note = False, f"均已迟{late}天"
    totals = {name: len(list(group)) for name, group in groupby(lines, key=lambda line: line.group)}
    by_group = " · ".join(f"{name}{count}家" for name, count in totals.items())
    return UnitList(
        title=title,
        tone=tone,
        lead=" · ".join(part for part in (note, by_group if head.remaining else "") if part),
        show_days_late=show_days_late,
        detail_below=detail_below,
        units=len(lines),
        obligation_count=sum(line.obligation_count for line in lines),
        groups=tuple(
            UnitGroup(name, totals[name], tuple(group))
            for name, group in groupby(head.shown, key=lambda line: line.group)
        ),
        remaining=head.remaining,
    )
