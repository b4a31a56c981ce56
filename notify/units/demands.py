"""Words what a reminder asks a unit for: forms by due date, visits, paper."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from config.notice.rhythm import due_in_words, title_in
from config.text.output_mask import TextFilter, build_name_masker
from ledger.results import Case, FormState, FormStatus, Gap, GapKind, UnitStatus
from notify.form_labels import MOST_NAMED, format_titles
from notify.shown_dates import format_day
from store.stored_values import ObligationKey

FindErrors = Callable[[ObligationKey, TextFilter], Sequence[str]]
"""Returns the current errors of an obligation, one sentence per kind; its second argument names children."""
_MOST_SENTENCES = 3  # of one form; all stood in the receipt
_MOST_VISITS = 10
_GENTLE_DAYS = 3


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


def demand_forms(
    unit: UnitStatus,
    gaps: Sequence[Gap],
    as_of: datetime,
    notice: str,
    to_mend: Callable[[Gap], Item],
    called: Mapping[str, str],
) -> tuple[Demand, ...]:
    """Returns a unit's owed forms grouped by due date, those without a date last."""
    dues = {
        form.key_of(unit.unit): due_in_office_time(form, as_of) if form.dated else None for form in unit.forms
    }
    items: dict[datetime | None, list[Item]] = {}
    missing = [gap for gap in gaps if gap.gap is GapKind.MISSING and not gap.under_review]
    count = Counter(gap.form for gap in missing)
    many = {form: [gap for gap in missing if gap.form == form] for form in count if count[form] > MOST_NAMED}
    for gap in gaps:
        if gap.gap in (GapKind.INCOMPLETE, GapKind.PROOF):
            items.setdefault(dues[gap.key], []).append(to_mend(gap))
        elif gap.gap is GapKind.MISSING and not gap.under_review and gap.form not in many:
            items.setdefault(dues[gap.key], []).append(
                Item(ItemKind.TO_SEND, f"{title_of_form(gap, called)}还没有报")
            )
    for form in unit.forms:
        if form.state is FormState.PENDING and form.due is not None and is_owed(form):
            items.setdefault(dues[form.key_of(unit.unit)], []).append(
                Item(ItemKind.TO_SEND, f"{title_of_form(form, called)}还没有报")
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


def title_of_form(of_form: FormStatus | Gap, called: Mapping[str, str]) -> str:
    """Returns the form with its name: 附件5劝返登记表; with its period if it has one."""
    return title_in(called.get(of_form.form, of_form.form), of_form.period)


def is_owed(form: FormStatus) -> bool:
    """Returns whether a form is still to be sent or corrected, and no file that may be it waits for a person."""
    open_states = (FormState.MISSING, FormState.PENDING, FormState.INCOMPLETE)
    return form.owed and form.state in open_states and not is_waiting(form)


def is_waiting(form: FormStatus) -> bool:
    """Returns whether a file that may be this form has come and waits in quarantine."""
    return form.owed and form.under_review > 0 and form.state in (FormState.MISSING, FormState.PENDING)


def due_in_office_time(form: FormStatus, as_of: datetime) -> datetime | None:
    """Returns when a form is due, in office time."""
    return form.due.astimezone(as_of.tzinfo) if form.due is not None else None


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


def demand_visits(cases: Sequence[Case], today: date, show_name: TextFilter) -> tuple[Demand, ...]:
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


def demand_papers(forms: Sequence[FormStatus], notice: str) -> tuple[Demand, ...]:
    """Returns the missing paper as a line of its own, because it is no gap and costs no points."""
    opening = f"{notice}材料的以下纸质件还没有登记收到,请签字盖章后交来:"
    item = f"{'、'.join(form.title for form in forms)}的纸质件"
    return (Demand(opening=opening, items=(item,)),) if forms else ()


def describe_incomplete_form(
    gap: Gap, *, find_errors: FindErrors, name_child: TextFilter, called: Mapping[str, str]
) -> Item:
    """Returns the line of an incomplete form: 附件4有3处错误,请更正后重报:第5行(D5):身份证号不是18位;…."""
    kind = ItemKind.PROOF if gap.gap is GapKind.PROOF else ItemKind.TO_MEND
    detail = build_name_masker(gap.names, name_child)(gap.detail)
    item = f"{title_of_form(gap, called)}{detail.replace(':', ',')}"
    sentences = find_errors(gap.key, name_child) if gap.gap is GapKind.INCOMPLETE else ()
    if not sentences:
        return Item(kind, item)
    remaining = f";另有{len(sentences) - _MOST_SENTENCES}类" if len(sentences) > _MOST_SENTENCES else ""
    return Item(kind, f"{item}:{';'.join(sentences[:_MOST_SENTENCES])}{remaining}")
