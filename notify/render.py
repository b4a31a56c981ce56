"""The digest as a page for mail clients and as its plain-text twin, with the same numbers.

Mail clients drop ``<style>``, so the page's rules are written into each element here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Generic, TypeVar

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined

from notify.bulletin.bulletin import Bulletin
from notify.digest.digest import Digest
from notify.digest.obligation_cells import Cell, Obligation
from notify.digest.unit_lines import UnitLine
from notify.units.receipts import Receipt
from notify.units.reminders import Reminder

LINES = 40
"""What one list shows in the mail; the rest stands in the workbook."""

FINDINGS = 20

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Excerpt(Generic[T]):
    """The head of a list, and how many lines are left for the workbook."""

    shown: tuple[T, ...]
    rest: int
    total: int


@dataclass(frozen=True, slots=True)
class Group:
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
    days: bool
    wide: bool
    units: int
    obligations: int
    groups: tuple[Group, ...]
    rest: int


def render_html(digest: Digest, chart: str | None = None) -> str:
    """The page, styles inlined; it loads nothing from anywhere.

    Args:
        chart: the address of the picture of progress: ``cid:…`` in a mail, ``data:…`` in a file; None for none.
    """
    page = _templates().get_template("digest.html.j2").render(_view(digest) | {"chart": chart})
    return css_inline.inline(page, load_remote_stylesheets=False)


def render_text(digest: Digest) -> str:
    """The same in plain text, for those whose client shows no HTML."""
    return _templates().get_template("digest.txt.j2").render(_view(digest) | {"chart": None}).strip() + "\n"


def render_receipt(receipt: Receipt) -> tuple[str, str]:
    """A 回执 as a page and as plain text."""
    return _both("receipt", {"r": receipt})


def render_reminder(reminder: Reminder) -> tuple[str, str]:
    """A 催报 as a page and as plain text."""
    return _both("reminder", {"r": reminder})


def _both(name: str, view: dict[str, object]) -> tuple[str, str]:
    page = _templates().get_template(f"{name}.html.j2").render(view)
    text = _templates().get_template(f"{name}.txt.j2").render(view)
    return css_inline.inline(page, load_remote_stylesheets=False), text.strip() + "\n"


def render_bulletin(bulletin: Bulletin) -> tuple[str, str]:
    """A 通报 as a page and as plain text."""
    return _both("bulletin", {"b": bulletin})


def excerpt(lines: Sequence[T], most: int = LINES) -> Excerpt[T]:
    """Never a rest of one: a line that says so is as long as the line itself."""
    shown = tuple(lines) if len(lines) <= most + 1 else tuple(lines[:most])
    return Excerpt(shown, len(lines) - len(shown), len(lines))


def _view(digest: Digest) -> dict[str, object]:
    return {
        "d": digest,
        "n": digest.numbers,
        "numbers": digest.numbers_line,
        "identity": digest.identity_line,
        "lists": [
            _units("未报", digest.missing, tone="bad", days=True),
            _units("已来件待核", digest.under_review, tone="wait", note="文件已到，等人判断，不算未报"),
            _units("尚未报送", digest.pending, tone="wait", note="未到期"),
            _units("迟报", digest.late),
            _units("已报、需补正", digest.incomplete, tone="wait", wide=True),
        ],
        "cases": excerpt(digest.cases),
        "findings": excerpt(digest.findings, FINDINGS),
        "matrix": _matrix(digest),
        "chart_words": _chart_words(digest),
        "files": excerpt(digest.files),
        "deductions": excerpt(digest.deductions),
        "message_lines": digest.group_message.split("\n"),
    }


def _matrix(digest: Digest) -> tuple[tuple[str, ...], Excerpt[tuple[str, tuple[Obligation, ...]]], int]:
    """Forms, the units of which not everything is in time with their cells, and how many units are left out."""
    by_unit: dict[str, list[Obligation]] = {}
    for each in digest.obligations:
        by_unit.setdefault(each.unit, []).append(each)
    owing = {form.form for form in digest.obligations if form.cell is not Cell.NOT_OWED}
    forms = tuple(sorted(owing, key=lambda form: (len(form), form)))
    rows = [
        (unit, tuple(each for form in forms for each in cells if each.form == form))
        for unit, cells in by_unit.items()
        if any(each.cell not in (Cell.ON_TIME, Cell.NOT_OWED, Cell.EXTRA) for each in cells)
    ]
    return forms, excerpt(rows), len(by_unit) - len(rows)


def _chart_words(digest: Digest) -> str:
    """What the picture shows, for those who do not see it."""
    if not digest.progress:
        return ""
    start, last = digest.progress[0], digest.progress[-1]
    due = f"，截止{day(digest.due)}" if digest.due else ""
    return f"报送进度：{day(start[0])}起陆续报送，到{day(last[0])}已收到{last[1]}项，应报{digest.numbers.expected}项{due}"


def _units(
    title: str,
    lines: tuple[UnitLine, ...],
    *,
    tone: str = "plain",
    note: str = "",
    days: bool = False,
    wide: bool = False,
) -> UnitList:
    """One list of units: its title, its groups with what is shown of each, and the rest.

    Args:
        days: show how late each unit is; once for all where it is the same.
        wide: what is said of a unit needs a line of its own.
    """
    head = excerpt(lines)
    same = {line.days_late for line in lines}
    if days and len(same) == 1 and (late := same.pop()):
        days, note = False, f"均已迟{late}天"
    totals = {name: len(list(group)) for name, group in groupby(lines, key=lambda line: line.group)}
    by_group = " · ".join(f"{name}{count}家" for name, count in totals.items())
    return UnitList(
        title=title,
        tone=tone,
        lead=" · ".join(part for part in (note, by_group if head.rest else "") if part),
        days=days,
        wide=wide,
        units=len(lines),
        obligations=sum(line.items for line in lines),
        groups=tuple(
            Group(name, totals[name], tuple(group))
            for name, group in groupby(head.shown, key=lambda line: line.group)
        ),
        rest=head.rest,
    )


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("notify"),
        autoescape=lambda name: bool(name) and ".html" in str(name),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["day"] = day
    environment.filters["minute"] = minute
    return environment


def day(value: date | None) -> str:
    """9月26日"""
    return "" if value is None else f"{value.month}月{value.day}日"


def minute(value: datetime) -> str:
    """9月26日 08:05"""
    return f"{day(value)} {value:%H:%M}"
