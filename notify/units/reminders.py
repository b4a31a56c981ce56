"""Reminders (催报): which unit gets one on which day, what it lists, and who is in copy."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from config.notice import ReminderPlan
from config.units.roster import Unit
from config.workdays import add_workdays, nearest_workday
from ledger.results import Case, FormState, FormStatus, Gap, GapKind, Status
from notify.shown_dates import format_day
from store.stored_values import ObligationKey

FindErrors = Callable[[ObligationKey], Sequence[str]]
"""By obligation, the current errors, one sentence a kind."""

_MOST_SENTENCES = 3  # of one form; all stood in the receipt
_MOST_ROUNDS = 60
"""The most reminders to a unit after the date due: half a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One mail to one unit."""

    unit: str
    to: tuple[str, ...]
    copies: tuple[str, ...]
    office: str
    notice: str
    today: date
    due: date
    items: tuple[str, ...]
    waiting_forms: tuple[str, ...] = ()
    """Forms of which a file waits for a person: the unit is not said to have sent nothing."""

    @property
    def days_late(self) -> int:
        return max((self.today - self.due).days, 0)

    @property
    def subject(self) -> str:
        when = f"已过截止{self.days_late}天" if self.days_late else f"{format_day(self.due)}截止"
        return f"{'催报' if self.days_late else '提醒'}:{self.unit}还有{len(self.items)}项未报齐({when})"

    @property
    def opening(self) -> str:
        day = format_day(self.due)
        if not self.days_late:
            return f"{self.notice}材料请于{day}前报送。截至今天,贵单位还差:"
        please = "请今天报送" if self.days_late <= 3 else "请务必今天报送"
        return f"{self.notice}材料应于{day}前报送,已过{self.days_late}天。贵单位还差以下各项,{please}:"


def is_planned(day: date, due: date, plan: ReminderPlan) -> bool:
    """Whether a unit whose form is due on ``due`` may be reminded on ``day``.

    Days before the date due move back to a working day, days after it on to one; then every few working days.
    """
    if day <= due:
        return day in {
            nearest_workday(date.fromordinal(due.toordinal() - n), -1, plan.off, plan.on) for n in plan.before
        }
    planned = [
        nearest_workday(date.fromordinal(due.toordinal() + n), 1, plan.off, plan.on)
        for n in sorted(plan.after)
    ]
    if day in planned:
        return True
    last = planned[-1] if planned else due
    for _ in range(_MOST_ROUNDS if plan.every else 0):
        last = add_workdays(last, plan.every, plan.off, plan.on)
        if last >= day:
            return last == day
    return False


def build_reminders(
    status: Status,
    gaps: Iterable[Gap],
    cases: Iterable[Case],
    roster: Mapping[str, Unit],
    plan: ReminderPlan,
    *,
    office: str,
    notice: str,
    find_errors: FindErrors = lambda key: (),
) -> tuple[Reminder, ...]:
    """Builds the reminders of the status' day in the roster's order, also for units without an address.

    A unit whose file waits for a person is not reminded of that form: it may have sent it.

    Args:
        find_errors: the errors of a unit's form; called only for units that get a reminder.
    """
    today = status.as_of.date()
    by_unit: dict[str, list[Gap]] = {}
    for gap in gaps:
        by_unit.setdefault(gap.unit, []).append(gap)
    visits: dict[str, int] = {}
    for case in cases:
        if case.next_visit_due is not None and case.next_visit_due <= today:
            visits[case.responsible_unit] = visits.get(case.responsible_unit, 0) + 1
    result = []
    for unit in status.units:
        dues = [
            form.due.astimezone(status.as_of.tzinfo).date()
            for form in _newest_owed(unit.forms)
            if form.due is not None
        ]
        planned = [due for due in dues if is_planned(today, due, plan)]
        items = (
            _build_items(unit.forms, by_unit.get(unit.unit, []), visits.get(unit.unit, 0), find_errors)
            if planned
            else ()
        )
        roster_unit = roster.get(unit.unit)
        if items and roster_unit is not None:
            result.append(
                Reminder(
                    unit=unit.unit,
                    to=roster_unit.emails,
                    copies=_copies(roster_unit, plan, (today - min(planned)).days),
                    office=office,
                    notice=notice,
                    today=today,
                    due=min(planned),
                    items=items,
                    waiting_forms=tuple(form.title for form in unit.forms if _is_waiting(form)),
                )
            )
    return tuple(result)


def _is_owed(form: FormStatus) -> bool:
    open_states = (FormState.MISSING, FormState.PENDING, FormState.INCOMPLETE)
    return form.owed and form.state in open_states and not _is_waiting(form)


def _newest_owed(forms: Sequence[FormStatus]) -> list[FormStatus]:
    """The forms that are owed; of one with periods the newest that is due, and those that are not due yet."""
    owed = [form for form in forms if _is_owed(form)]
    newest = {form.form: form for form in owed if form.state is not FormState.PENDING}
    return [form for form in owed if form.state is FormState.PENDING or newest[form.form] is form]


def _is_waiting(form: FormStatus) -> bool:
    """Whether a file that may be this form has come and waits in quarantine."""
    return form.owed and form.under_review > 0 and form.state in (FormState.MISSING, FormState.PENDING)


def _build_items(
    forms: Sequence[FormStatus], gaps: Sequence[Gap], visits: int, find_errors: FindErrors
) -> tuple[str, ...]:
    pending_items = [
        f"{form.title}还没有报"
        for form in forms
        if form.state is FormState.PENDING and form.due is not None and _is_owed(form)
    ]
    gap_kinds = {GapKind.MISSING, GapKind.INCOMPLETE, GapKind.PROOF}
    gap_items = [
        f"{gap.title}还没有报" if gap.gap is GapKind.MISSING else _incomplete_item(gap, find_errors)
        for gap in gaps
        if gap.gap in gap_kinds and not (gap.gap is GapKind.MISSING and gap.under_review)
    ]
    due = [f"有{visits}名学生到了劝返时间,请入户劝返并补报记录"] if visits else []
    items = (*gap_items, *pending_items)
    return (*items, *due) if items else ()


def _incomplete_item(gap: Gap, find_errors: FindErrors) -> str:
    """附件4有3处错误,请更正后重报:第5行(D5):身份证号不是18位;…"""
    item = f"{gap.title}{gap.detail.replace(':', ',')}"
    sentences = find_errors(gap.key) if gap.gap is GapKind.INCOMPLETE else ()
    if not sentences:
        return item
    remaining = f";另有{len(sentences) - _MOST_SENTENCES}类" if len(sentences) > _MOST_SENTENCES else ""
    return f"{item}:{';'.join(sentences[:_MOST_SENTENCES])}{remaining}"


def _copies(unit: Unit, plan: ReminderPlan, days_late: int) -> tuple[str, ...]:
    """Addresses in copy: of every step of the plan whose day has come; a step of one area is for its units only."""
    return tuple(
        dict.fromkeys(
            address
            for step in plan.copies
            if days_late >= step.from_day and step.zone in (None, unit.area)
            for address in step.to
        )
    )
