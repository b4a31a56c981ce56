"""Builds lines of open cases: responsible unit, days overdue, and the next step."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from config.text.masking import mask_id, mask_quoted
from config.text.output_mask import TextFilter, mask_name
from config.units.roster import Unit
from ledger.results import STATUS_MISSING, Case, CaseState
from notify.shown_dates import format_day


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One child who is out of school."""

    case_id: str
    name: str
    shown_name: str
    """The child's name as the mail may show it."""
    masked_id: str
    status: str
    grade: str
    class_name: str
    household: str
    priority: bool
    unit: str
    contact: str
    """The person in charge at the responsible unit, with the telephone number."""
    phone: str
    opened_on: date
    visits: int
    last_visit: date | None
    visit_label: str
    next_visit_due: date | None
    days_overdue: int
    next_step: str
    escalation: str
    guardian_phone: str
    """The guardian's telephone number, for an encrypted workbook; elsewhere only whether there is one is shown."""
    origins: str
    why_open: str
    to_verify: str
    """The one of these reasons that the office can settle; empty if only the unit can."""

    @property
    def who(self) -> str:
        """The child as named in the mail: 谭** 五年级2班 辍学."""
        return " ".join(
            part for part in (self.shown_name, f"{self.grade}{self.class_name}", self.status) if part
        )


def build_case_lines(
    cases: Iterable[Case],
    today: date,
    visit_record: str,
    roster: Mapping[str, Unit],
    show_name: TextFilter = mask_name,
    mask_names: TextFilter = str,
) -> tuple[CaseLine, ...]:
    """Returns the lines of open cases; families under poverty monitoring first, then the longest overdue.

    Args:
        visit_record: the documents due for a child who did not return after visits, in the notice's words.
        roster: units by name, in the order in which equally urgent children are listed.
    """
    order = {unit: place for place, unit in enumerate(roster)}
    lines = [
        _line(case, today, visit_record, roster.get(case.responsible_unit), show_name, mask_names)
        for case in cases
        if case.state is CaseState.OPEN
    ]
    return tuple(
        sorted(
            lines,
            key=lambda one: (
                not one.priority,
                -one.days_overdue,
                one.escalation != "应补报",
                one.opened_on,
                order.get(one.unit, len(order)),
                one.case_id,
            ),
        )
    )


def _line(
    case: Case,
    today: date,
    visit_record: str,
    unit: Unit | None,
    show_name: TextFilter,
    mask_names: TextFilter,
) -> CaseLine:
    household = case.details.get("household_category") or ""
    visit_count = len(case.visits)
    return CaseLine(
        case_id=case.case_id,
        name=case.name,
        shown_name=show_name(case.name),
        masked_id=mask_id(case.id_number or ""),
        status=case.status,
        grade=case.details.get("grade") or "",
        class_name=case.details.get("class_name") or "",
        household=household,
        priority=case.is_watched,
        unit=case.responsible_unit,
        contact=(unit.contact or "") if unit else "",
        phone=(unit.phone or "") if unit else "",
        opened_on=case.opened_on,
        visits=visit_count,
        last_visit=max((visit.date for visit in case.visits if visit.date), default=None),
        visit_label=_visit_label(case, visit_count),
        next_visit_due=case.next_visit_due,
        days_overdue=case.days_overdue,
        next_step=_next_step(case, visit_count, today, visit_record),
        escalation={"owed": "应补报", "filed": "已补报"}.get(case.escalation, ""),
        guardian_phone=case.details.get("guardian_phone") or "",
        origins="、".join(origin.words for origin in case.origins),
        why_open=(why_open := mask_names(mask_quoted(_why_open(case, visit_count)))),
        to_verify=why_open if case.doubts or case.settling_remark is not None else "",
    )


def _why_open(case: Case, visit_count: int) -> str:
    """Returns the reason why the case is still open."""
    if case.doubts:
        return ";".join(case.doubts)
    if case.settling_remark is not None:
        return f"备注写“{case.settling_remark[:30]}”,请核实"
    if case.on_leave:
        return f"{case.status}没有有效的证明材料"
    if case.status == STATUS_MISSING:
        return "报表没有填类别,请核实后补填"
    if visit_count:
        return f"已劝返{visit_count}次未返校,没有在校名册或返校证明"
    return "还没有劝返记录,没有在校名册或返校证明"


def _visit_label(case: Case, visit_count: int) -> str:
    if case.next_visit_due is None:
        return f"已劝返{visit_count}次" if visit_count else ""
    return f"第{visit_count + 1}次劝返"


def _next_step(case: Case, visit_count: int, today: date, visit_record: str) -> str:
    steps = []
    if case.escalation == "owed":
        steps.append(f"补报{visit_record}")
    due = case.next_visit_due
    if due is not None and due <= today:
        steps.append(f"今日入户劝返(第{visit_count + 1}次)")
    elif due is not None:
        steps.append(f"{format_day(due)}前第{visit_count + 1}次劝返")
    if case.after_leave is not None:
        steps.append(case.after_leave)
    return "；".join(steps) or "核实去向，补交证明材料"
