"""Reminders (催报): which unit gets one on which day, what it lists, and who is in copy."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from config.notice import Notice, ReminderPlan
from config.notice.rhythm import due_in_words
from config.units.roster import Unit
from config.workdays import add_workdays, nearest_workday
from ledger.results import Case, FormState, FormStatus, Gap, GapKind, Status, UnitStatus
from notify.form_labels import MOST_NAMED, format_titles
from store.stored_values import ObligationKey

FindErrors = Callable[[ObligationKey], Sequence[str]]
"""By obligation, the current errors, one sentence a kind."""

_MOST_SENTENCES = 3  # of one form; all stood in the receipt
_MOST_ROUNDS = 60
"""The most reminders to a unit after the date due: half a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Some lines of a reminder under one heading."""

    opening: str
    items: tuple[str, ...]
    due: datetime | None = None
    """When the notice asks for these forms, in office time; None for what the notice gives no day."""
    days_late: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One mail to one unit: the forms that it owes, first those with a day; then visits; then paper."""

    unit: str
    to: tuple[str, ...]
    copies: tuple[str, ...]
    office: str
    notice: str
    statuses: tuple[str, ...]
    """What a child may be that is to be reported."""
    zero_report_forms: tuple[str, ...]
    """The forms that whoever has no such child sends all the same."""
    today: date
    forms: tuple[Demand, ...]
    visits: tuple[Demand, ...] = ()
    papers: tuple[Demand, ...] = ()
    waiting_forms: tuple[str, ...] = ()
    """Forms of which a file waits for a person: the unit is not said to have sent nothing."""
    form_keys: tuple[str, ...] = ()
    """The forms that the unit is to send, or to send again."""
    form_periods: Mapping[str, str] = field(default_factory=dict)
    """Of forms that are owed again and again, the key of the newest period that is asked for."""
    attached_forms: int = 0
    """So many of them go with the mail, the unit's own rows filled in."""

    @property
    def days_late(self) -> int:
        return max((each.days_late for each in self.forms), default=0)

    @property
    def subject(self) -> str:
        """The forms and the day of those that have one; paper only where it is all that lacks."""
        owed = sum(len(each.items) for each in self.forms)
        if not owed:
            return f"提醒:{self.unit}还有纸质件请交来"
        dated = [each for each in self.forms if each.due is not None]
        if not dated:
            return f"提醒:{self.unit}还有{owed}项请报送"
        meant = [each for each in dated if each.days_late] or dated
        count = sum(len(each.items) for each in meant)
        days = [f"{due_in_words(each.due)}截止" for each in meant if each.due is not None]
        when = f"已过截止{self.days_late}天" if self.days_late else "、".join(days)
        of_them = f"其中{count}项" if count < owed else ""
        return f"{'催报' if self.days_late else '提醒'}:{self.unit}还有{owed}项未报齐({of_them}{when})"

    @property
    def demands(self) -> tuple[Demand, ...]:
        return (*self.forms, *self.visits, *self.papers)

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(item for each in self.demands for item in each.items)


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
    notice: Notice,
    *,
    office: str,
    find_errors: FindErrors = lambda key: (),
) -> tuple[Reminder, ...]:
    """Builds the reminders of the status' day in the roster's order, also for units without an address.

    Paper is asked for only where the office notes which has come; such a line stands in the unit's one mail of the day.
    A unit whose file waits for a person is not reminded of that form: it may have sent it.

    Args:
        find_errors: the errors of a unit's form; called only for units that get a reminder.
    """
    today, plan, title = status.as_of.date(), notice.reminders, notice.title
    by_unit: dict[str, list[Gap]] = {}
    for gap in gaps:
        by_unit.setdefault(gap.unit, []).append(gap)
    visits: dict[str, int] = {}
    for case in cases:
        if case.next_visit_due is not None and case.next_visit_due <= today:
            visits[case.responsible_unit] = visits.get(case.responsible_unit, 0) + 1
    notes_paper = any(form.paper_received_on for unit in status.units for form in unit.forms)
    result = []
    for unit in status.units:
        paperless = [form for form in unit.forms if notes_paper and _lacks_paper(form, status.as_of)]
        asked = (*_newest_owed(unit.forms), *_newest(paperless))
        if not any(
            is_planned(today, due.date(), plan) for form in asked if (due := _due(form, status.as_of))
        ):
            continue
        forms = _demand_forms(unit, by_unit.get(unit.unit, []), status.as_of, title, find_errors)
        papers = _demand_papers(paperless, title)
        roster_unit = roster.get(unit.unit)
        if (forms or papers) and roster_unit is not None:
            days_late = max((each.days_late for each in forms), default=0)
            result.append(
                Reminder(
                    unit=unit.unit,
                    to=roster_unit.emails,
                    copies=_copies(roster_unit, plan, days_late),
                    office=office,
                    notice=title,
                    statuses=notice.statuses_away,
                    zero_report_forms=tuple(
                        key
                        for key in notice.zero_report_forms
                        if any(f.form == key and f.owed for f in unit.forms)
                    ),
                    today=today,
                    forms=forms,
                    visits=_demand_visits(visits.get(unit.unit, 0)) if forms else (),
                    papers=papers,
                    waiting_forms=tuple(form.title for form in unit.forms if _is_waiting(form)),
                    form_keys=tuple(dict.fromkeys(form.form for form in unit.forms if _is_owed(form))),
                    form_periods={
                        form.form: form.period.key
                        for form in _newest_owed(unit.forms)
                        if form.period is not None
                    },
                )
            )
    return tuple(result)


def _is_owed(form: FormStatus) -> bool:
    open_states = (FormState.MISSING, FormState.PENDING, FormState.INCOMPLETE)
    return form.owed and form.state in open_states and not _is_waiting(form)


def _newest_owed(forms: Sequence[FormStatus]) -> list[FormStatus]:
    """The forms that are owed; of one with periods the newest that is due, and those that are not due yet."""
    owed = [form for form in forms if _is_owed(form)]
    pending = [form for form in owed if form.state is FormState.PENDING]
    return [*pending, *_newest(form for form in owed if form.state is not FormState.PENDING)]


def _newest(forms: Iterable[FormStatus]) -> list[FormStatus]:
    """Returns of each form its newest period."""
    return list({form.form: form for form in forms}.values())


def _lacks_paper(form: FormStatus, as_of: datetime) -> bool:
    """Returns whether a form came by mail, and its signed and sealed paper had not when the form was due (五(三))."""
    return form.lacks_only_paper and form.due is not None and form.due < as_of


def _is_waiting(form: FormStatus) -> bool:
    """Whether a file that may be this form has come and waits in quarantine."""
    return form.owed and form.under_review > 0 and form.state in (FormState.MISSING, FormState.PENDING)


def _due(form: FormStatus, as_of: datetime) -> datetime | None:
    """Returns when a form is due, in office time."""
    return form.due.astimezone(as_of.tzinfo) if form.due is not None else None


def _demand_forms(
    unit: UnitStatus, gaps: Sequence[Gap], as_of: datetime, notice: str, find_errors: FindErrors
) -> tuple[Demand, ...]:
    """What a unit owes by mail, grouped by when the notice asks for it; last what the notice gives no day."""
    dues = {form.key_of(unit.unit): _due(form, as_of) if form.dated else None for form in unit.forms}
    items: dict[datetime | None, list[str]] = {}
    missing = [gap for gap in gaps if gap.gap is GapKind.MISSING and not gap.under_review]
    count = Counter(gap.form for gap in missing)
    many = {form: [gap for gap in missing if gap.form == form] for form in count if count[form] > MOST_NAMED}
    for gap in gaps:
        if gap.gap in (GapKind.INCOMPLETE, GapKind.PROOF):
            items.setdefault(dues[gap.key], []).append(_incomplete_item(gap, find_errors))
        elif gap.gap is GapKind.MISSING and not gap.under_review and gap.form not in many:
            items.setdefault(dues[gap.key], []).append(f"{gap.title}还没有报")
    for form in unit.forms:
        if form.state is FormState.PENDING and form.due is not None and _is_owed(form):
            items.setdefault(dues[form.key_of(unit.unit)], []).append(f"{form.title}还没有报")
    today = as_of.date()
    dated = [(due, _demand_dated(due, today, notice, tuple(items[due]))) for due in items if due is not None]
    for own in many.values():
        first = min(due for gap in own if (due := dues[gap.key]) is not None)
        dated.append((first, _demand_periods(first, today, notice, own)))
    return (
        *(demand for _, demand in sorted(dated, key=lambda one: one[0])),
        *([_demand_undated(notice, tuple(items[None]))] if None in items else ()),
    )


def _demand_dated(due: datetime, today: date, notice: str, items: tuple[str, ...]) -> Demand:
    day, days_late = due_in_words(due), max((today - due.date()).days, 0)
    if not days_late:
        return Demand(opening=f"{notice}材料请于{day}前报送。截至今天,贵单位还差:", items=items, due=due)
    opening = f"{notice}材料应于{day}前报送,已过{days_late}天。贵单位还差以下各项,{_please(days_late)}:"
    return Demand(opening=opening, items=items, due=due, days_late=days_late)


def _demand_periods(first: datetime, today: date, notice: str, missing: Sequence[Gap]) -> Demand:
    """A form of which many periods are missing, as one line: one of each day would be a page."""
    days_late = max((today - first.date()).days, 0)
    opening = f"{notice}材料自{due_in_words(first)}起按期应报,已过{days_late}天。贵单位还差以下各期,{_please(days_late)}:"
    return Demand(
        opening=opening, items=(f"{format_titles(missing)}还没有报",), due=first, days_late=days_late
    )


def _please(days_late: int) -> str:
    return "请今天报送" if days_late <= 3 else "请务必今天报送"


def _demand_undated(notice: str, items: tuple[str, ...]) -> Demand:
    """五(二)3: 有新变化则及时报送."""
    return Demand(opening=f"{notice}材料有新变化的应及时报送。贵单位还差以下各项,请尽快报送:", items=items)


def _demand_visits(count: int) -> tuple[Demand, ...]:
    item = f"有{count}名学生到了劝返时间,请入户劝返并补报记录"
    return (Demand(opening="到期的劝返:", items=(item,)),) if count else ()


def _demand_papers(forms: Sequence[FormStatus], notice: str) -> tuple[Demand, ...]:
    """The paper as a line of its own: it is no gap and costs nothing."""
    opening = f"{notice}材料的以下纸质件还没有登记收到,请签字盖章后交来:"
    item = f"{'、'.join(form.title for form in forms)}的纸质件"
    return (Demand(opening=opening, items=(item,)),) if forms else ()


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
