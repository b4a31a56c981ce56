"""Finds what is missing, late or incomplete, with the notice's deduction (docs/contract.md, JSON: ``gaps``).

Gaps are candidates for deductions, shown with their evidence; the officer decides (R28).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from config.notice.rhythm import due_in_words
from config.problem_codes import problem_code
from ledger.results import FormState, FormStatus, Gap, GapKind, Proofs, Status, UnitStatus
from ledger.snapshot import Snapshot
from ledger.submissions.lateness import counts_against, days_late, first_counting_submission
from store.stored_values import ObligationKey

_NAMED = 5  # names shown in a sentence


def find_gaps(
    snapshot: Snapshot, status: Status, proofs_by_form: Mapping[ObligationKey, Proofs]
) -> tuple[Gap, ...]:
    """Returns every gap, in the order of the roster and of the forms."""
    gaps: list[Gap] = []
    for unit in status.units:
        for form in unit.forms:
            if form.owed:
                gaps += _gaps_of_form(snapshot, unit, form, proofs_by_form)
    return tuple(gaps)


def _gaps_of_form(
    snapshot: Snapshot,
    unit: UnitStatus,
    form: FormStatus,
    proofs_by_form: Mapping[ObligationKey, Proofs],
) -> Iterator[Gap]:
    key = form.key_of(unit.unit)
    gap_maker = _GapMaker(snapshot, unit, form)
    if form.state is FormState.MISSING:
        yield gap_maker.missing(days_late(snapshot, key, form) if form.dated else 0)
        return
    first = first_counting_submission(snapshot.versions.get(key, ()))
    if form.late and first is not None:
        yield gap_maker.late(days_late(snapshot, key, form), first.received_at)
    if form.state is FormState.INCOMPLETE:
        proof = proofs_by_form.get(key.of_form, Proofs(owed={}, received={})).of_period(key.period)
        yield from gap_maker.incomplete(proof)


@dataclass(frozen=True)
class _GapMaker:
    """Makes the gaps of one form of one unit, with their Chinese sentences."""

    snapshot: Snapshot
    unit: UnitStatus
    form: FormStatus

    def _gap(
        self, kind: GapKind, days: int, detail: str, *, deducts: bool = False, names: tuple[str, ...] = ()
    ) -> Gap:
        form, notice = self.form, self.snapshot.notice
        candidate = deducts and counts_against(form)
        return Gap(
            unit=self.unit.unit,
            kind=self.unit.kind,
            form=form.form,
            period=form.period,
            gap=kind,
            due=form.due,
            days_late=days,
            deduction=notice.deduct(notice.form(form.form), self.unit.kind, days) if candidate else None,
            detail=detail,
            under_review=form.under_review,
            names=names,
            candidate=candidate,
        )

    @property
    def _day(self) -> str:
        """The due day in Chinese words."""
        due = self.form.due
        return due_in_words(due.astimezone(self.snapshot.zone)) if due else "即日"

    def missing(self, days: int) -> Gap:
        """Returns the gap of a form that has not arrived, ``days`` after its due day."""
        form = self.form
        waiting = f"已来件{form.under_review}份,待人工核对" if form.under_review else "至今未收到:请催报"
        # Without a day of the notice's own nothing is late (五(二)3: 及时报送).
        asked = f"应于{self._day}前报送" if form.dated else "有新变化应及时报送"
        return self._gap(GapKind.MISSING, days, f"{asked},{waiting}", deducts=True)

    def late(self, days: int, received_at: datetime) -> Gap:
        """Returns the gap of a form that arrived ``days`` after its due day."""
        received = received_at.astimezone(self.snapshot.zone)
        arrived = f"{received.month}月{received.day}日{received:%H:%M}"
        perhaps = ";另有来源未核实的在期限内收到,请先核实" if self.form.perhaps_in_time else ""
        how_late = f"迟{days}天" if days else "当天迟报"
        detail = f"应于{self._day}前报送,{arrived}才收到,{how_late}{perhaps}"
        return self._gap(GapKind.LATE, days, detail, deducts=True)

    def incomplete(self, proof: Proofs) -> Iterator[Gap]:
        """Yields the gaps of a form that arrived with faults or without all proofs."""
        form = self.form
        wrong = self._wrong()
        asks = [f"{';'.join(wrong)}:请更正后重报"] if wrong else []
        asks += form.asks
        asks += [
            f"收到的{part}没有写明是谁的({_shorten(names)}):请注明姓名"
            if part in form.unnamed_parts
            else f"缺{part}({_shorten(names)}):请补交"
            for part, names in form.missing_parts.items()
        ]
        if asks:
            named = tuple(dict.fromkeys(name for names in form.missing_parts.values() for name in names))
            yield self._gap(GapKind.INCOMPLETE, 0, ";".join(asks), names=named)
        if proof.missing:
            lacks = f"缺证明材料{len(proof.missing)}份({_shorten(proof.missing)})"
            yield self._gap(GapKind.PROOF, 0, f"{lacks}:{_proof_request(proof)}", names=proof.missing)

    def _wrong(self) -> list[str]:
        """Returns the faults of what arrived, as Chinese phrases."""
        form = self.form
        wrong = [problem_code(code).title for code in form.blocking]
        if form.errors > len(form.blocking):
            wrong.append(f"有{form.errors - len(form.blocking)}处错误")
        if form.uncovered:
            trigger = self.snapshot.notice.form(form.form).trigger
            statuses = "、".join(trigger.statuses) if trigger is not None else ""
            wrong.append(f"还有{form.uncovered}名{statuses}学生没有劝返记录")
        return wrong


def _proof_request(proof: Proofs) -> str:
    """Returns the request for missing proofs; it asks for names first if a document arrived that may be one of them."""
    may_be = {name for one in proof.unclear if not one.settled for name in one.names}
    if may_be.isdisjoint(proof.missing):
        return "请补交"
    return "收到的证明没有写明姓名,请注明姓名,没有报的请补交"


def _shorten(names: Sequence[str]) -> str:
    """Returns the first five names: 甲一、乙二等7人."""
    return "、".join(names[:_NAMED]) + (f"等{len(names)}人" if len(names) > _NAMED else "")
