"""Who is to be told what: one line a unit, and the paragraph for the units' chat group."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from ledger.results import Status
from notify.obligation_lines import UNIT_GROUPS, ObligationLine, ShownState


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """One unit in one list."""

    unit: str
    group: str
    forms: str
    """``附件1、3``, or with what is said of each."""
    days_late: int
    obligation_count: int
    """How many obligations the line stands for, so that lists add up to the headline."""
    contact: str
    phone: str
    form_keys: tuple[str, ...] = ()
    """The forms themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeductionLine:
    """A candidate; the office decides."""

    unit: str
    basis: str
    per_due_date: str
    per_form: str
    note: str


def format_forms(forms: Iterable[str]) -> str:
    """``附件1、3`` for 附件1 and 附件3."""
    form_keys = list(forms)
    if all(key.startswith("附件") for key in form_keys):
        return "附件" + "、".join(key.removeprefix("附件") for key in form_keys)
    return "、".join(form_keys)


def build_unit_lines(obligations: Iterable[ObligationLine], state: ShownState) -> tuple[UnitLine, ...]:
    """The units with this cell among what is due (or, for 未到期, is not), longest late first."""
    words = {
        ShownState.LATE: _late_words,
        ShownState.INCOMPLETE: _detail_words,
        ShownState.REVIEW: _review_words,
    }.get(state, _forms)
    chosen = [each for each in obligations if each.state is state]
    lines = [_line(list(group), words) for _, group in groupby(chosen, key=lambda each: each.unit)]
    return tuple(
        sorted(
            lines, key=lambda line: (UNIT_GROUPS.index(line.group), -line.days_late, -line.obligation_count)
        )
    )


def _line(obligation_lines: list[ObligationLine], words: Callable[[list[ObligationLine]], str]) -> UnitLine:
    first = obligation_lines[0]
    return UnitLine(
        unit=first.unit,
        group=first.group,
        forms=words(obligation_lines),
        days_late=max(each.days_late for each in obligation_lines),
        obligation_count=len(obligation_lines),
        contact=first.contact,
        phone=first.phone,
        form_keys=tuple(each.form for each in obligation_lines),
    )


def _forms(obligation_lines: list[ObligationLine]) -> str:
    return format_forms(each.form for each in obligation_lines)


def _late_words(obligation_lines: list[ObligationLine]) -> str:
    by_days: dict[int, list[str]] = {}
    for each in obligation_lines:
        by_days.setdefault(each.days_late, []).append(each.form)
    return "，".join(f"{format_forms(forms)} 迟{days}天" for days, forms in by_days.items())


def _detail_words(obligation_lines: list[ObligationLine]) -> str:
    return "；".join(f"{each.form}：{each.detail}" for each in obligation_lines)


def _review_words(obligation_lines: list[ObligationLine]) -> str:
    return f"{_forms(obligation_lines)}(来件{max(each.under_review for each in obligation_lines)}份)"


def build_deduction_lines(status: Status, obligations: Iterable[ObligationLine]) -> tuple[DeductionLine, ...]:
    """Units whose missing or late forms the notice's rule would count, with both ways of counting."""
    units = {unit.unit: unit for unit in status.units}
    counted = [each for each in obligations if each.deduction is not None]
    lines = []
    for name, group in groupby(counted, key=lambda each: each.unit):
        obligation_lines = list(group)
        points = [each.deduction for each in obligation_lines if each.deduction is not None]
        unit = units[name]
        lines.append(
            DeductionLine(
                unit=name,
                basis="；".join(
                    f"{state}{format_forms(each.form for each in of_state)}"
                    for state, of_state in (
                        (state, [each for each in obligation_lines if each.state is state])
                        for state in ShownState
                    )
                    if of_state
                ),
                per_due_date=format_points(unit.deduction_per_due_date, max(points)),
                per_form=format_points(unit.deduction_per_form, sum(points)),
                note="有来件待核，先核后定"
                if any(each.state is ShownState.REVIEW for each in obligation_lines)
                else "",
            )
        )
    return tuple(lines)


def format_points(points: float | None, default: float) -> str:
    """0.1, 0.2 … without the dust of binary fractions."""
    return f"{default if points is None else points:.3f}".rstrip("0").rstrip(".")


def build_group_message(obligations: Iterable[ObligationLine], as_of: datetime, due: date | None) -> str:
    """A paragraph to paste into the chat group: units and 附件 numbers, never a person's name.

    Wording after the county offices' own custom: number before judgement, 请 and not 务必.
    """
    obligation_lines = list(obligations)
    missing, to_correct = (
        _by_forms(obligation_lines, ShownState.MISSING),
        _by_forms(obligation_lines, ShownState.INCOMPLETE),
    )
    pending = _by_forms(obligation_lines, ShownState.PENDING)
    when = f"{as_of.month}月{as_of.day}日" + (
        "" if (as_of.hour, as_of.minute) == (23, 59) else f"{as_of.hour}时"
    )
    paragraphs = []
    if missing:
        until = "今日24时" if as_of.hour < 18 else "明日12时"
        paragraphs.append(
            "\n".join(
                [f"【催报】截至{when}，以下单位尚未报送：", *missing, f"请{until}前报送，有特殊情况请说明。"]
            )
        )
    elif pending and due is not None:
        paragraphs.append(
            "\n".join(
                [f"【提醒】截至{when}，以下单位尚未报送：", *pending, f"请于{due.month}月{due.day}日前报送。"]
            )
        )
    if to_correct:
        lead = "以下单位已报送，尚需补正，请核对修改后重发（主题注明“更正”）："
        paragraphs.append("\n".join([f"【补正】{lead}", *to_correct]))
    return "\n\n".join(paragraphs)


def _by_forms(obligation_lines: list[ObligationLine], state: ShownState) -> list[str]:
    """``附件1、3：西沱镇、王场镇``, one line for each set of forms."""
    units: dict[str, list[str]] = {}
    for name, group in groupby(
        (each for each in obligation_lines if each.state is state), key=lambda each: each.unit
    ):
        units.setdefault(format_forms(each.form for each in group), []).append(name)
    return [f"{forms}：{'、'.join(names)}" for forms, names in sorted(units.items())]
