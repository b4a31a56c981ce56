"""Every obligation in exactly one place: the cell it shows as, and the counts of those cells."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from config.masking import mask_text
from config.units.roster import Unit
from ledger.results import FormState, FormStatus, Gap, Status, UnitStatus
from notify.shown_names import Shown

TOWNSHIPS, COMPULSORY, KINDERGARTENS, OTHERS = "乡镇(街道)", "义务教育学校", "幼儿园", "其他学校"
GROUPS = (TOWNSHIPS, COMPULSORY, KINDERGARTENS, OTHERS)
COMPULSORY_STAGES = frozenset({"小学", "初中", "九年一贯制", "完全中学", "特殊教育学校", "教学点"})


class Cell(StrEnum):
    """What one unit × form shows; the value is the word on paper."""

    ON_TIME = "按时"
    LATE = "迟报"
    INCOMPLETE = "不完整"
    REVIEW = "待核"  # nothing counts yet, but a file of this unit awaits a person
    MISSING = "未报"
    PENDING = "未到期"
    EXTRA = "多报"  # not owed and sent anyway; kept
    NOT_OWED = "–"


TO_CHASE = (Cell.MISSING, Cell.REVIEW, Cell.INCOMPLETE, Cell.LATE, Cell.PENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One unit × form as the digest shows it."""

    unit: str
    group: str
    form: str
    cell: Cell
    is_due: bool
    due: datetime | None
    first_received_at: datetime | None
    days_late: int
    nil: bool
    records: int
    errors: int
    under_review: int
    detail: str
    deduction: float | None
    contact: str
    phone: str

    @property
    def word(self) -> str:
        """The cell's word; a zero report says so beside it."""
        return (
            f"{self.cell}(零报告)" if self.nil and self.cell in (Cell.ON_TIME, Cell.LATE) else str(self.cell)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts of (unit, form): ``expected = on_time + late + incomplete + missing + pending``.

    ``missing`` is what the ledger calls missing; ``under_review`` of those have a file that awaits a
    person, and only the rest, ``silent``, is called 未报 on paper.
    """

    expected: int
    on_time: int
    late: int
    incomplete: int
    missing: int
    under_review: int
    pending: int
    nil: int

    @property
    def silent(self) -> int:
        return self.missing - self.under_review

    @property
    def received(self) -> int:
        """Counted, on time or late."""
        return self.on_time + self.late

    @property
    def on_time_rate(self) -> str:
        return percent(self.on_time, self.expected)

    @property
    def rate(self) -> str:
        return percent(self.received, self.expected)


def percent(part: int, whole: int) -> str:
    """``87.4%``; a dash where nothing is expected. 100% is said only when nothing is left."""
    if not whole:
        return "–"
    tenths = 1000 if part == whole else min(999, round(1000 * part / whole))
    return f"{tenths / 10:.1f}%".replace(".0%", "%")


def tally(obligations: Iterable[Obligation]) -> Tally:
    """Count what is owed; what was sent without being owed plays no part."""
    owed = [each for each in obligations if each.cell not in (Cell.NOT_OWED, Cell.EXTRA)]
    count = {cell: sum(each.cell is cell for each in owed) for cell in Cell}
    return Tally(
        expected=len(owed),
        on_time=count[Cell.ON_TIME],
        late=count[Cell.LATE],
        incomplete=count[Cell.INCOMPLETE],
        missing=count[Cell.MISSING] + count[Cell.REVIEW],
        under_review=count[Cell.REVIEW],
        pending=count[Cell.PENDING],
        nil=sum(each.nil and each.cell in (Cell.ON_TIME, Cell.LATE) for each in owed),
    )


def obligations(
    status: Status, gaps: Iterable[Gap], roster: Mapping[str, Unit], conceal: Shown = str
) -> tuple[Obligation, ...]:
    """All units × forms in the order of groups, then as the status lists them; ``conceal`` hides names in details."""
    by_place: dict[tuple[str, str], list[Gap]] = {}
    for gap in gaps:
        by_place.setdefault((gap.unit, gap.form), []).append(gap)
    cells = [
        _obligation(
            unit,
            form,
            by_place.get((unit.unit, form.form), []),
            roster.get(unit.unit),
            status.as_of,
            conceal,
        )
        for unit in status.units
        for form in unit.forms
    ]
    return tuple(sorted(cells, key=lambda each: GROUPS.index(each.group)))


def _obligation(
    unit: UnitStatus, form: FormStatus, gaps: list[Gap], known: Unit | None, as_of: datetime, conceal: Shown
) -> Obligation:
    review = max([form.under_review, *(gap.under_review for gap in gaps)])
    cell = _cell(form, review)
    said = "、".join(dict.fromkeys(conceal(mask_text(gap.detail)) for gap in gaps if gap.detail))
    deductions = [gap.deduction for gap in gaps if gap.deduction is not None]
    return Obligation(
        unit=unit.unit,
        group=_group(unit.kind, known.stage if known else None),
        form=form.form,
        cell=cell,
        is_due=form.state is not FormState.PENDING and (form.due is None or form.due <= as_of),
        due=form.due,
        first_received_at=form.first_received_at,
        days_late=max((gap.days_late for gap in gaps), default=0),
        nil=form.nil,
        records=form.records,
        errors=form.errors,
        under_review=review,
        detail=said or _what_is_wrong(form, cell),
        deduction=max(deductions, default=None),
        contact=(known.contact or "") if known else "",
        phone=(known.phone or "") if known else "",
    )


def _cell(form: FormStatus, review: int) -> Cell:
    match form.state:
        case FormState.NOT_OWED:
            return Cell.EXTRA if form.versions else Cell.NOT_OWED
        case FormState.PENDING:
            return Cell.PENDING
        case FormState.MISSING:
            return Cell.REVIEW if review else Cell.MISSING
        case FormState.INCOMPLETE:
            return Cell.INCOMPLETE
        case FormState.RECEIVED:
            return Cell.LATE if form.late else Cell.ON_TIME


def _group(kind: str, stage: str | None) -> str:
    if kind == "township":
        return TOWNSHIPS
    if stage in COMPULSORY_STAGES:
        return COMPULSORY
    return KINDERGARTENS if stage == "幼儿园" else OTHERS


def _what_is_wrong(form: FormStatus, cell: Cell) -> str:
    if cell is not Cell.INCOMPLETE:
        return ""
    lacking = form.proof_owed - form.proof_received
    parts = [
        f"有错误{form.errors}处" if form.errors else "",
        f"缺证明材料{lacking}份" if lacking > 0 else "",
    ]
    return "、".join(part for part in parts if part) or "尚不能计为已报"
