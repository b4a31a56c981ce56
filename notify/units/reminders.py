"""Builds reminders (催报): which unit gets one on which day, its list, and the copies."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, partial

from config.notice import Notice, ReminderPlan
from config.notice.rhythm import due_in_words
from config.text.output_mask import TextFilter, mask_name
from config.units.roster import Unit
from config.workdays import add_workdays, nearest_workday
from ledger.results import Case, CaseState, FormState, FormStatus, Gap, Status, UnitStatus
from notify.units.demands import (
    Demand,
    FindErrors,
    ItemKind,
    demand_forms,
    demand_papers,
    demand_visits,
    describe_incomplete_form,
    due_in_office_time,
    is_owed,
    is_waiting,
    title_of_form,
)

_MOST_ROUNDS = 60
"""The most reminders to a unit after the date due: half a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One reminder to one unit: owed forms, those with a due date first; then visits; then paper."""

    unit: str
    to: tuple[str, ...]
    copies: tuple[str, ...]
    office: str
    notice: str
    statuses: tuple[str, ...]
    """The statuses of children that must be reported."""
    zero_report_forms: tuple[str, ...]
    """The forms that a unit without such children sends as a zero report."""
    today: date
    forms: tuple[Demand, ...]
    visits: tuple[Demand, ...] = ()
    papers: tuple[Demand, ...] = ()
    waiting_forms: tuple[str, ...] = ()
    """The forms of which a file waits for a person, so that the unit is not accused of having sent nothing."""
    form_keys: tuple[str, ...] = ()
    """The forms that the unit is to send, or to send again."""
    form_periods: Mapping[str, str] = field(default_factory=dict)
    """By recurring form, the key of the newest period that is requested."""
    attached_forms: int = 0
    """The number of prefilled forms attached to the mail."""
    phone: str = ""
    """The office's telephone number; empty if it gives none."""

    @property
    def days_late(self) -> int:
        """The days since the earliest due date that passed; 0 if none did."""
        return max((each.days_late for each in self.forms), default=0)

    @property
    def subject(self) -> str:
        """The subject: what to send or correct, with the due date; paper only if nothing else is missing."""
        owed = sum(len(each.items) for each in self.forms)
        if not owed:
            return f"提醒:{self.unit}还有纸质件请交来"
        counted = _count_in_words(self.forms)
        dated = [each for each in self.forms if each.due is not None]
        if not dated:
            return f"提醒:{self.unit}有{counted.replace(ItemKind.TO_SEND.value, '项请报送')}"
        meant = [each for each in dated if each.days_late] or dated
        count = sum(len(each.items) for each in meant)
        days = [f"{due_in_words(each.due)}截止" for each in meant if each.due is not None]
        when = f"已过截止{self.days_late}天" if self.days_late else "、".join(days)
        of_them = f"其中{count}项" if count < owed else ""
        return f"{self._opening_word}:{self.unit}有{counted}({of_them}{when})"

    @property
    def _opening_word(self) -> str:
        """The first word; only forms that are missing altogether are called for urgently."""
        if any(each.days_late and ItemKind.TO_SEND in each.kinds for each in self.forms):
            return "催报"
        sent = all(kind is not ItemKind.TO_SEND for each in self.forms for kind in each.kinds)
        return "请更正" if sent and any(ItemKind.TO_MEND in each.kinds for each in self.forms) else "提醒"

    @property
    def demands(self) -> tuple[Demand, ...]:
        """All that the unit is asked for: forms, then visits, then paper."""
        return (*self.forms, *self.visits, *self.papers)

    @property
    def items(self) -> tuple[str, ...]:
        """The lines of all demands in their order."""
        return tuple(item for each in self.demands for item in each.items)


def _count_in_words(demands: Iterable[Demand]) -> str:
    """Returns the counts in words: 2项未报、1项请更正."""
    counts = Counter(kind for each in demands for kind in each.kinds)
    return "、".join(f"{counts[kind]}{kind.value}" for kind in ItemKind if counts[kind])


def is_planned(day: date, due: date, plan: ReminderPlan) -> bool:
    """Returns whether a unit whose form is due on ``due`` may be reminded on ``day``.

    Days before the due date move back to a working day, days after it move forward; then every few working days.
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


@dataclass(frozen=True, kw_only=True)
class ReminderSources:
    """The values from which the reminders of a day are built."""

    status: Status
    gaps: Iterable[Gap]
    cases: Iterable[Case]
    roster: Mapping[str, Unit]
    notice: Notice
    office: str
    phone: str = ""
    find_errors: FindErrors = lambda key, show_name: ()
    """The errors of a unit's form; called only for units that get a reminder."""
    show_name: TextFilter = mask_name
    """How a child is named to its own unit; where others may read the mail, names are masked."""

    @property
    def as_of(self) -> datetime:
        """The instant that the reminders speak of."""
        return self.status.as_of

    @cached_property
    def called(self) -> Mapping[str, str]:
        """Maps each form to its name in mails."""
        return {form.key: f"{form.key}{form.called}" for form in self.notice.forms}

    @cached_property
    def notes_paper(self) -> bool:
        """Returns whether the office records paper copies; otherwise none are requested."""
        return any(form.paper_received_on for unit in self.status.units for form in unit.forms)

    @cached_property
    def gaps_by_unit(self) -> Mapping[str, Sequence[Gap]]:
        """Maps each unit to its gaps; units without one are left out."""
        by_unit: dict[str, list[Gap]] = {}
        for gap in self.gaps:
            by_unit.setdefault(gap.unit, []).append(gap)
        return by_unit

    @cached_property
    def visits_by_unit(self) -> Mapping[str, Sequence[Case]]:
        """Maps each unit to its cases with a visit due."""
        by_unit: dict[str, list[Case]] = {}
        for case in self.cases:
            if case.next_visit_due is not None and case.next_visit_due <= self.as_of.date():
                by_unit.setdefault(case.responsible_unit, []).append(case)
        return by_unit

    @cached_property
    def with_children(self) -> frozenset[str]:
        """The units with a child out of school, which are not asked for a zero report."""
        return frozenset(case.responsible_unit for case in self.cases if case.state is CaseState.OPEN)


def build_reminders(sources: ReminderSources) -> tuple[Reminder, ...]:
    """Returns the reminders of the status' day in the roster's order, including units without an address.

    Paper is requested only if the office records paper copies, as a line in the unit's one mail of the day. A unit
    with a quarantined file is not reminded of that form, because it may have sent it.
    """
    planned = (unit for unit in sources.status.units if _is_planned_for(unit, sources))
    found = (
        _remind(unit, roster_unit, sources)
        for unit in planned
        if (roster_unit := sources.roster.get(unit.unit)) is not None
    )
    return tuple(reminder for reminder in found if reminder is not None)


def _paperless(unit: UnitStatus, sources: ReminderSources) -> list[FormStatus]:
    return [form for form in unit.forms if sources.notes_paper and _lacks_paper(form, sources.as_of)]


def _is_planned_for(unit: UnitStatus, sources: ReminderSources) -> bool:
    asked = (*_newest_owed(unit.forms), *_newest(_paperless(unit, sources)))
    return any(
        is_planned(sources.as_of.date(), due.date(), sources.notice.reminders)
        for form in asked
        if (due := due_in_office_time(form, sources.as_of))
    )


def _remind(unit: UnitStatus, on_roster: Unit, sources: ReminderSources) -> Reminder | None:
    """Returns the mail to one unit; None if nothing is to be requested."""
    notice, today, called = sources.notice, sources.as_of.date(), sources.called
    name_child = mask_name if _may_be_copied(on_roster, notice.reminders) else sources.show_name
    to_mend = partial(
        describe_incomplete_form, find_errors=sources.find_errors, name_child=name_child, called=called
    )
    own_gaps = sources.gaps_by_unit.get(unit.unit, ())
    forms = demand_forms(unit, own_gaps, sources.as_of, notice.title, to_mend, called)
    papers = demand_papers(_paperless(unit, sources), notice.title)
    if not forms and not papers:
        return None
    visits = sources.visits_by_unit.get(unit.unit, ()) if forms else ()
    return Reminder(
        unit=unit.unit,
        to=on_roster.emails,
        copies=_copies(on_roster, notice.reminders, max((each.days_late for each in forms), default=0)),
        office=sources.office,
        phone=sources.phone,
        notice=notice.title,
        statuses=notice.statuses_away,
        zero_report_forms=() if unit.unit in sources.with_children else _zero_report_forms(unit, notice),
        today=today,
        forms=forms,
        visits=demand_visits(visits, today, name_child),
        papers=papers,
        waiting_forms=tuple(title_of_form(form, called) for form in unit.forms if is_waiting(form)),
        form_keys=tuple(dict.fromkeys(form.form for form in unit.forms if is_owed(form))),
        form_periods={
            form.form: form.period.key for form in _newest_owed(unit.forms) if form.period is not None
        },
    )


def _may_be_copied(unit: Unit, plan: ReminderPlan) -> bool:
    """Returns whether the plan ever sends copies of this unit's reminders to others."""
    return any(step.zone in (None, unit.area) for step in plan.copies)


def _zero_report_forms(unit: UnitStatus, notice: Notice) -> tuple[str, ...]:
    """Returns the missing forms for which a unit without such children sends a zero report."""
    not_sent = {
        form.form
        for form in unit.forms
        if is_owed(form) and form.state in (FormState.MISSING, FormState.PENDING)
    }
    return tuple(key for key in notice.zero_report_forms if key in not_sent)


def _newest_owed(forms: Sequence[FormStatus]) -> list[FormStatus]:
    """Returns the owed forms; of a form with periods only the newest due one and those not yet due."""
    owed = [form for form in forms if is_owed(form)]
    pending = [form for form in owed if form.state is FormState.PENDING]
    return [*pending, *_newest(form for form in owed if form.state is not FormState.PENDING)]


def _newest(forms: Iterable[FormStatus]) -> list[FormStatus]:
    """Returns of each form its newest period."""
    return list({form.form: form for form in forms}.values())


def _lacks_paper(form: FormStatus, as_of: datetime) -> bool:
    """Returns whether a form came by mail, and its signed and sealed paper had not when the form was due (五(三))."""
    return form.lacks_only_paper and form.due is not None and form.due < as_of


def _copies(unit: Unit, plan: ReminderPlan, days_late: int) -> tuple[str, ...]:
    """Returns the addresses in copy: those of every step of the plan whose day has come; a step for one area applies to its units only."""
    return tuple(
        dict.fromkeys(
            address
            for step in plan.copies
            if days_late >= step.from_day and step.zone in (None, unit.area)
            for address in step.to
        )
    )
