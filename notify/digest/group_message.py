"""Writes the paragraph that the office pastes into the units' chat group."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby

from notify.form_labels import format_titles
from notify.obligation_lines import ObligationLine, ShownState
from notify.shown_dates import format_day, format_due


def build_group_message(
    obligations: Iterable[ObligationLine], as_of: datetime, due: date | None, triggered: frozenset[str]
) -> str:
    """Returns a paragraph for the chat group with units and form numbers, never a person's name.

    It leaves out the ``triggered`` forms, which would reveal a child out of school to the group, and mentions no
    day but the notice's. The wording follows county offices: numbers before judgement, 请 and not 务必.
    """
    obligation_lines = [each for each in obligations if each.form not in triggered]
    missing, to_correct = (
        _by_forms(obligation_lines, ShownState.MISSING),
        _by_forms(obligation_lines, ShownState.INCOMPLETE),
    )
    due_then = [each for each in obligation_lines if each.due and _day(each.due, as_of) == _day(due, as_of)]
    pending = _by_forms(due_then, ShownState.PENDING)
    when = format_day(as_of) + ("" if (as_of.hour, as_of.minute) == (23, 59) else f"{as_of.hour}时")
    paragraphs = []
    if missing:
        paragraphs.append(
            "\n".join([f"【催报】截至{when}，以下单位尚未报送：", *missing, "请尽快报送，有特殊情况请说明。"])
        )
    elif pending and due is not None:
        paragraphs.append(
            "\n".join([f"【提醒】截至{when}，以下单位尚未报送：", *pending, f"请于{format_due(due)}前报送。"])
        )
    if to_correct:
        lead = "以下单位已报送，尚需补正，请核对修改后重发（主题注明“更正”）："
        paragraphs.append("\n".join([f"【补正】{lead}", *to_correct]))
    return "\n\n".join(paragraphs)


def _day(moment: datetime | date | None, as_of: datetime) -> date | None:
    """Returns the office's day of a due date or instant."""
    return moment.astimezone(as_of.tzinfo).date() if isinstance(moment, datetime) else moment


def _by_forms(obligation_lines: list[ObligationLine], state: ShownState) -> list[str]:
    """Returns one line for each set of forms: ``附件1、3:西沱镇、王场镇``."""
    units: dict[str, list[str]] = {}
    for name, group in groupby(
        (each for each in obligation_lines if each.state is state), key=lambda each: each.unit
    ):
        units.setdefault(format_titles(group), []).append(name)
    return [f"{forms}：{'、'.join(names)}" for forms, names in sorted(units.items())]
