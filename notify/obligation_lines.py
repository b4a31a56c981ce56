"""Obligations (单位×附件) as lines: each in exactly one shown state, and the counts of those states."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from config.notice.rhythm import Period, title_in
from config.text.masking import mask_quoted
from config.text.output_mask import TextFilter
from config.units.roster import COMPULSORY_STAGES, Unit
from ledger.results import FormState, FormStatus, Gap, Status, UnitStatus
from store.stored_values import ObligationKey

_SCHOOL = "school"
_COMPULSORY, _KINDERGARTENS, _OTHER_SCHOOLS = "义务教育学校", "幼儿园", "其他学校"


class ShownState(StrEnum):
    """The state of an obligation as mails and workbooks show it; the value is the Chinese word."""

    ON_TIME = "按时"
    LATE = "迟报"
    INCOMPLETE = "不完整"
    REVIEW = "待核"  # nothing counts yet, but a file of this unit awaits a person, or mail lies unread
    UNCONFIRMED = "未核实"  # came from a sender who is not proven, and awaits a person
    MISSING = "未报"
    PENDING = "未到期"
    EXTRA = "多报"  # not owed and sent anyway; kept
    NOT_OWED = "–"


STATES_TO_REMIND = (
    ShownState.MISSING,
    ShownState.REVIEW,
    ShownState.INCOMPLETE,
    ShownState.LATE,
    ShownState.PENDING,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationLine:
    """One obligation (unit × form, × period if the form has any) as the digest shows it."""

    unit: str
    group: str
    form: str
    state: ShownState
    is_due: bool
    due: datetime | None
    first_received_at: datetime | None
    days_late: int
    nil: bool
    under_review: int
    detail: str
    deduction: float | None
    is_candidate: bool
    """Whether it may cost points; for schools the notice gives no figure."""
    contact: str
    phone: str
    paper_owed: bool = False
    paper_received_on: date | None = None
    has_both: bool = False
    """Whether it came both by mail and on paper."""
    lacks_only_paper: bool = False
    period: Period | None = None

    @property
    def title(self) -> str:
        """The form, with its period if it has one."""
        return title_in(self.form, self.period)

    @property
    def label(self) -> str:
        """The word in the cell, with a note for a zero report."""
        return (
            f"{self.state}(零报告)"
            if self.nil and self.state in (ShownState.ON_TIME, ShownState.LATE)
            else str(self.state)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationCounts:
    """Counts of (unit, form): ``expected = on_time + late + incomplete + missing + pending + unconfirmed``.

    ``missing`` is what the ledger calls missing; ``under_review`` of those have a file that awaits a
    person, and only the others, ``silent``, are called 未报.
    """

    expected: int
    on_time: int
    late: int
    incomplete: int
    missing: int
    under_review: int
    pending: int
    nil: int
    unconfirmed: int = 0

    @property
    def silent(self) -> int:
        """The number of missing forms of which no mail waits for a person."""
        return self.missing - self.under_review

    @property
    def received(self) -> int:
        """The number received, on time or late."""
        return self.on_time + self.late

    @property
    def on_time_share(self) -> float | None:
        """The ratio received on time, 0..1; None if nothing is expected."""
        return _share(self.on_time, self.expected)

    @property
    def share(self) -> float | None:
        """The ratio received, 0..1; None if nothing is expected."""
        return _share(self.received, self.expected)

    @property
    def on_time_rate(self) -> str:
        """The share received on time, in percent as it is written: 98.5%."""
        return format_percent(self.on_time, self.expected)

    @property
    def rate(self) -> str:
        """The share received, on time or late, in percent as it is written."""
        return format_percent(self.received, self.expected)


def _share(part: int, whole: int) -> float | None:
    """Returns a ratio 0..1 that is below 1 as long as something is missing, also after rounding."""
    if not whole:
        return None
    return 1.0 if part == whole else min(part / whole, 0.999)


def format_percent(part: int, whole: int) -> str:
    """Returns ``87.4%``; a dash if nothing is expected, and 100% only if nothing is missing."""
    if not whole:
        return "–"
    tenths = 1000 if part == whole else min(999, round(1000 * part / whole))
    return f"{tenths / 10:.1f}%".replace(".0%", "%")


def paper_sentence(obligations: Iterable[ObligationLine]) -> str:
    """Returns 应交纸质件12份,电子件与纸质件均已收到3份(25%); empty if no paper is required."""
    asked = [each for each in obligations if each.paper_owed]
    both = sum(each.has_both for each in asked)
    if not asked:
        return ""
    return f"应交纸质件{len(asked)}份,电子件与纸质件均已收到{both}份({format_percent(both, len(asked))})"


def count_obligations(obligations: Iterable[ObligationLine]) -> ObligationCounts:
    """Counts obligations; submissions that were not owed are left out."""
    owed = [each for each in obligations if each.state not in (ShownState.NOT_OWED, ShownState.EXTRA)]
    count = {state: sum(each.state is state for each in owed) for state in ShownState}
    return ObligationCounts(
        expected=len(owed),
        on_time=count[ShownState.ON_TIME],
        late=count[ShownState.LATE],
        incomplete=count[ShownState.INCOMPLETE],
        missing=count[ShownState.MISSING] + count[ShownState.REVIEW],
        under_review=count[ShownState.REVIEW],
        pending=count[ShownState.PENDING],
        unconfirmed=count[ShownState.UNCONFIRMED],
        nil=sum(each.nil and each.state in (ShownState.ON_TIME, ShownState.LATE) for each in owed),
    )


def split_by_due(
    obligations: Iterable[ObligationLine],
) -> tuple[list[ObligationLine], list[ObligationLine]]:
    """Returns the obligations that figures count, and those due later; as long as nothing owed is due, all are counted."""
    lines = list(obligations)
    due = [each for each in lines if each.is_due]
    if any(each.state not in (ShownState.NOT_OWED, ShownState.EXTRA) for each in due):
        return due, [each for each in lines if not each.is_due]
    return lines, []


def build_obligation_lines(
    status: Status,
    gaps: Iterable[Gap],
    roster: Mapping[str, Unit],
    kinds: Mapping[str, str],
    mask_names: TextFilter = str,
) -> tuple[ObligationLine, ...]:
    """Returns all obligations in the order of groups, then as the status lists them.

    Args:
        kinds: maps the notice's kinds of units to their Chinese names.
        mask_names: hides names in details.
    """
    gaps_by_obligation: dict[ObligationKey, list[Gap]] = {}
    for gap in gaps:
        gaps_by_obligation.setdefault(gap.key, []).append(gap)
    obligation_lines = [
        _obligation_line(
            unit,
            form,
            gaps_by_obligation.get(form.key_of(unit.unit), []),
            roster.get(unit.unit),
            kinds,
            status.as_of,
            mask_names,
        )
        for unit in status.units
        for form in unit.forms
    ]
    order = {group: place for place, group in enumerate(_unit_groups(kinds))}
    return tuple(sorted(obligation_lines, key=lambda each: order.get(each.group, len(order))))


def _obligation_line(
    unit: UnitStatus,
    form: FormStatus,
    gaps: list[Gap],
    roster_unit: Unit | None,
    kinds: Mapping[str, str],
    as_of: datetime,
    mask_names: TextFilter,
) -> ObligationLine:
    review = max([form.under_review, *(gap.under_review for gap in gaps)])
    state = _shown_state(form, review)
    details = "、".join(dict.fromkeys(mask_names(mask_quoted(gap.detail)) for gap in gaps if gap.detail))
    deductions = [gap.deduction for gap in gaps if gap.deduction is not None]
    return ObligationLine(
        unit=unit.unit,
        group=_unit_group(unit.kind, roster_unit.stage if roster_unit else None, kinds),
        form=form.form,
        period=form.period,
        state=state,
        is_due=form.state is not FormState.PENDING and (form.due is None or form.due <= as_of),
        due=form.due,
        first_received_at=form.first_received_at,
        days_late=max((gap.days_late for gap in gaps), default=0),
        nil=form.nil,
        under_review=review,
        detail=details or _what_is_wrong(form, state),
        deduction=max(deductions, default=None),
        is_candidate=any(gap.candidate for gap in gaps),
        contact=(roster_unit.contact or "") if roster_unit else "",
        phone=(roster_unit.phone or "") if roster_unit else "",
        paper_owed=form.paper_owed,
        paper_received_on=form.paper_received_on,
        has_both=form.has_both,
        lacks_only_paper=form.lacks_only_paper,
    )


def _shown_state(form: FormStatus, review: int) -> ShownState:
    match form.state:
        case FormState.NOT_OWED:
            return ShownState.EXTRA if form.versions else ShownState.NOT_OWED
        case FormState.PENDING:
            return ShownState.PENDING
        case FormState.UNCONFIRMED:
            return ShownState.UNCONFIRMED
        case FormState.MISSING:
            return ShownState.REVIEW if review else ShownState.MISSING
        case FormState.UNREAD:
            return ShownState.REVIEW
        case FormState.INCOMPLETE:
            return ShownState.INCOMPLETE
        case FormState.RECEIVED:
            return ShownState.LATE if form.late else ShownState.ON_TIME


def _unit_groups(kinds: Mapping[str, str]) -> Iterator[str]:
    """Yields the groups in the notice's order of kinds; schools are three, by their stage."""
    for kind, word in kinds.items():
        yield from (_COMPULSORY, _KINDERGARTENS, _OTHER_SCHOOLS) if kind == _SCHOOL else (word,)


def _unit_group(kind: str, stage: str | None, kinds: Mapping[str, str]) -> str:
    if kind != _SCHOOL:
        return kinds.get(kind, kind)
    if stage in COMPULSORY_STAGES:
        return _COMPULSORY
    return _KINDERGARTENS if stage == "幼儿园" else _OTHER_SCHOOLS


def _what_is_wrong(form: FormStatus, state: ShownState) -> str:
    if state is ShownState.UNCONFIRMED:
        return f"来件{form.unconfirmed}份,来源未核实"
    if state is ShownState.PENDING and form.due is None:
        return "劝返满次数仍未返校时报送"
    if state is not ShownState.INCOMPLETE:
        return ""
    lacking = form.proof_owed - form.proof_received
    parts = [
        f"有错误{form.errors}处" if form.errors else "",
        f"缺证明材料{lacking}份" if lacking > 0 else "",
    ]
    return "、".join(part for part in parts if part) or "尚不能计为已报"
