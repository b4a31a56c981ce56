"""Builds reminders (催报): which unit gets one on which day, its list, and the copies."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property, partial

from config.notice import Notice, ReminderPlan
from config.notice.rhythm import due_in_words, title_in
from config.text.output_mask import TextFilter, build_name_masker, mask_name
from config.units.roster import Unit
from config.workdays import add_workdays, nearest_workday
from ledger.results import Case, CaseState, FormState, FormStatus, Gap, GapKind, Status, UnitStatus
from notify.form_labels import MOST_NAMED, format_titles
from notify.shown_dates import format_day
from store.stored_values import ObligationKey

FindErrors = Callable[[ObligationKey, TextFilter], Sequence[str]]
"""Returns the current errors of an obligation, one sentence per kind; its second argument names children."""

_MOST_SENTENCES = 3  # of one form; all stood in the receipt
_MOST_VISITS = 10
_GENTLE_DAYS = 3
_MOST_ROUNDS = 60
"""The most reminders to a unit after the date due: half a year."""


class ItemKind(StrEnum):
    """The kinds of request in a reminder; the value is the word for the subject."""

    TO_SEND = "项未报"
    TO_MEND = "项请更正"
    PROOF = "项缺证明材料"


@dataclass(frozen=True, slots=True)
class Item:
    """One line that requests a form."""

    kind: ItemKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Lines of a reminder under one heading."""

    opening: str
    items: tuple[str, ...]
    kinds: tuple[ItemKind, ...] = ()
    """The kinds of the lines that request a form."""
    due: datetime | None = None
    """When these forms are due, in office time; None if the notice gives no day."""
    days_late: int = 0


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
        if (due := _due(form, sources.as_of))
    )


def _remind(unit: UnitStatus, on_roster: Unit, sources: ReminderSources) -> Reminder | None:
    """Returns the mail to one unit; None if nothing is to be requested."""
    notice, today, called = sources.notice, sources.as_of.date(), sources.called
    name_child = mask_name if _may_be_copied(on_roster, notice.reminders) else sources.show_name
    to_mend = partial(_incomplete_item, find_errors=sources.find_errors, name_child=name_child, called=called)
    own_gaps = sources.gaps_by_unit.get(unit.unit, ())
    forms = _demand_forms(unit, own_gaps, sources.as_of, notice.title, to_mend, called)
    papers = _demand_papers(_paperless(unit, sources), notice.title)
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
        visits=_demand_visits(visits, today, name_child),
        papers=papers,
        waiting_forms=tuple(_title(form, called) for form in unit.forms if _is_waiting(form)),
        form_keys=tuple(dict.fromkeys(form.form for form in unit.forms if _is_owed(form))),
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
        if _is_owed(form) and form.state in (FormState.MISSING, FormState.PENDING)
    }
    return tuple(key for key in notice.zero_report_forms if key in not_sent)


def _title(of_form: FormStatus | Gap, called: Mapping[str, str]) -> str:
    """Returns the form with its name: 附件5劝返登记表; with its period if it has one."""
    return title_in(called.get(of_form.form, of_form.form), of_form.period)


def _is_owed(form: FormStatus) -> bool:
    open_states = (FormState.MISSING, FormState.PENDING, FormState.INCOMPLETE)
    return form.owed and form.state in open_states and not _is_waiting(form)


def _newest_owed(forms: Sequence[FormStatus]) -> list[FormStatus]:
    """Returns the owed forms; of a form with periods only the newest due one and those not yet due."""
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
    """Returns whether a file that may be this form has come and waits in quarantine."""
    return form.owed and form.under_review > 0 and form.state in (FormState.MISSING, FormState.PENDING)


def _due(form: FormStatus, as_of: datetime) -> datetime | None:
    """Returns when a form is due, in office time."""
    return form.due.astimezone(as_of.tzinfo) if form.due is not None else None


def _demand_forms(
    unit: UnitStatus,
    gaps: Sequence[Gap],
    as_of: datetime,
    notice: str,
    to_mend: Callable[[Gap], Item],
    called: Mapping[str, str],
) -> tuple[Demand, ...]:
    """Returns a unit's owed forms grouped by due date, those without a date last."""
    dues = {form.key_of(unit.unit): _due(form, as_of) if form.dated else None for form in unit.forms}
    items: dict[datetime | None, list[Item]] = {}
    missing = [gap for gap in gaps if gap.gap is GapKind.MISSING and not gap.under_review]
    count = Counter(gap.form for gap in missing)
    many = {form: [gap for gap in missing if gap.form == form] for form in count if count[form] > MOST_NAMED}
    for gap in gaps:
        if gap.gap in (GapKind.INCOMPLETE, GapKind.PROOF):
            items.setdefault(dues[gap.key], []).append(to_mend(gap))
        elif gap.gap is GapKind.MISSING and not gap.under_review and gap.form not in many:
            items.setdefault(dues[gap.key], []).append(
                Item(ItemKind.TO_SEND, f"{_title(gap, called)}还没有报")
            )
    for form in unit.forms:
        if form.state is FormState.PENDING and form.due is not None and _is_owed(form):
            items.setdefault(dues[form.key_of(unit.unit)], []).append(
                Item(ItemKind.TO_SEND, f"{_title(form, called)}还没有报")
            )
    today = as_of.date()
    dated = [(due, _demand_dated(due, today, notice, items[due])) for due in items if due is not None]
    for own in many.values():
        first = min(due for gap in own if (due := dues[gap.key]) is not None)
        dated.append((first, _demand_periods(first, today, notice, own)))
    return (
        *(demand for _, demand in sorted(dated, key=lambda one: one[0])),
        *([_demand_undated(notice, items[None])] if None in items else ()),
    )


def _demand(opening: str, items: Sequence[Item], due: datetime | None = None, days_late: int = 0) -> Demand:
    return Demand(
        opening=opening,
        items=tuple(item.text for item in items),
        kinds=tuple(item.kind for item in items),
        due=due,
        days_late=days_late,
    )


def _have_come(items: Iterable[Item]) -> bool:
    """Returns whether of all these forms something has come."""
    return all(item.kind is not ItemKind.TO_SEND for item in items)


def _demand_dated(due: datetime, today: date, notice: str, items: Sequence[Item]) -> Demand:
    day, days_late = due_in_words(due), max((today - due.date()).days, 0)
    if _have_come(items):
        by = f"请于{day}前" if not days_late else _today(days_late)
        late = f"截止时间已过{days_late}天," if days_late else ""
        opening = f"{notice}材料已收到,{late}以下各项{by}补正后重报:"
    elif not days_late:
        opening = f"{notice}材料请于{day}前报送。截至今天,贵单位还差:"
    else:
        opening = (
            f"{notice}材料应于{day}前报送,已过{days_late}天。贵单位还差以下各项,{_today(days_late)}报送:"
        )
    return _demand(opening, items, due, days_late)


def _demand_periods(first: datetime, today: date, notice: str, missing: Sequence[Gap]) -> Demand:
    """Returns one line for a form with many missing periods, since a line for each day would fill a page."""
    days_late = max((today - first.date()).days, 0)
    opening = f"{notice}材料自{due_in_words(first)}起按期应报,已过{days_late}天。贵单位还差以下各期,{_today(days_late)}报送:"
    item = Item(ItemKind.TO_SEND, f"{format_titles(missing)}还没有报")
    return _demand(opening, [item], first, days_late)


def _today(days_late: int) -> str:
    return "请今天" if days_late <= _GENTLE_DAYS else "请务必今天"


def _demand_undated(notice: str, items: Sequence[Item]) -> Demand:
    """Returns the request for forms without a due date (五(二)3: 有新变化则及时报送)."""
    if _have_come(items):
        return _demand(f"{notice}材料已收到,以下各项请尽快补正后重报:", items)
    return _demand(f"{notice}材料有新变化的应及时报送。贵单位还差以下各项,请尽快报送:", items)


def _demand_visits(cases: Sequence[Case], today: date, show_name: TextFilter) -> tuple[Demand, ...]:
    """Returns the children with a visit due, the longest overdue first."""
    if not cases:
        return ()
    waiting = sorted(cases, key=lambda case: (case.next_visit_due or today, case.case_id))
    items = [_visit_item(case, today, show_name) for case in waiting[:_MOST_VISITS]]
    more = len(waiting) - len(items)
    items += [f"另有{more}名学生也到了劝返时间"] if more else []
    opening = f"有{len(waiting)}名学生到了劝返时间,请入户劝返并补报记录:"
    return (Demand(opening=opening, items=tuple(items)),)


def _visit_item(case: Case, today: date, show_name: TextFilter) -> str:
    """Returns the line of one child: 谭**(七年级):第2次劝返应在9月20日前,已过6天."""
    due = case.next_visit_due or today
    late = (today - due).days
    grade = f"({case.details['grade']})" if case.details.get("grade") else ""
    when = f"应在{format_day(due)}前,已过{late}天" if late else "今天到期"
    return f"{show_name(case.name)}{grade}:第{len(case.visits) + 1}次劝返{when}"


def _demand_papers(forms: Sequence[FormStatus], notice: str) -> tuple[Demand, ...]:
    """Returns the missing paper as a line of its own, because it is no gap and costs no points."""
    opening = f"{notice}材料的以下纸质件还没有登记收到,请签字盖章后交来:"
    item = f"{'、'.join(form.title for form in forms)}的纸质件"
    return (Demand(opening=opening, items=(item,)),) if forms else ()


def _incomplete_item(
    gap: Gap, *, find_errors: FindErrors, name_child: TextFilter, called: Mapping[str, str]
) -> Item:
    """Returns the line of an incomplete form: 附件4有3处错误,请更正后重报:第5行(D5):身份证号不是18位;…."""
    kind = ItemKind.PROOF if gap.gap is GapKind.PROOF else ItemKind.TO_MEND
    detail = build_name_masker(gap.names, name_child)(gap.detail)
    item = f"{_title(gap, called)}{detail.replace(':', ',')}"
    sentences = find_errors(gap.key, name_child) if gap.gap is GapKind.INCOMPLETE else ()
    if not sentences:
        return Item(kind, item)
    remaining = f";另有{len(sentences) - _MOST_SENTENCES}类" if len(sentences) > _MOST_SENTENCES else ""
    return Item(kind, f"{item}:{';'.join(sentences[:_MOST_SENTENCES])}{remaining}")


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
