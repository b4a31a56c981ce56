"""Judges the status of every unit and form: owed, received, late, missing (docs/contract.md, JSON: ``status``)."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from config.notice import FormSpec
from config.notice.rhythm import Period
from config.units.roster import Unit
from ledger.results import FormState, FormStatus, Proofs, Status, UnitStatus
from ledger.snapshot import Snapshot
from ledger.submissions.confirmations import find_claimed_periods, find_confirmations
from ledger.submissions.lateness import (
    counts_against,
    days_late,
    first_counting_submission,
    is_late,
    is_past,
)
from ledger.submissions.obligations import Obligation, Triggers, find_obligation
from ledger.submissions.recorded_problems import count_current
from store.stored_values import ObligationKey, StoredProblem, StoredSubmission


@dataclass(frozen=True, slots=True, kw_only=True)
class _Basis:
    """The data by which the status of every unit is judged."""

    snapshot: Snapshot
    triggers: Triggers
    proofs: Mapping[ObligationKey, Proofs]
    cross_file: Mapping[ObligationKey, Sequence[StoredProblem]]
    recounted: Mapping[ObligationKey, list[StoredProblem]]
    confirmations: Mapping[ObligationKey, tuple[str, ...]]
    claimed: Mapping[ObligationKey, int]
    """By obligation, how many submissions of another period may have been meant for it."""


def assess_status(
    snapshot: Snapshot,
    triggers: Triggers,
    proofs: Mapping[ObligationKey, Proofs],
    cross_file: Mapping[ObligationKey, Sequence[StoredProblem]],
    recounted: Mapping[ObligationKey, list[StoredProblem]],
) -> Status:
    """Returns the status of every roster unit that owes or sent anything, in the roster's order.

    Args:
        triggers: by obligation, the students that make a triggered form owed.
        proofs: by unit and form, the proofs owed and received.
        cross_file: by obligation, the problems that only show across files.
        recounted: by obligation, current problems where stored totals are not valid.
    """
    basis = _Basis(
        snapshot=snapshot,
        triggers=triggers,
        proofs=proofs,
        cross_file=cross_file,
        recounted=recounted,
        confirmations=find_confirmations(snapshot),
        claimed=find_claimed_periods(snapshot),
    )
    units = [_unit(basis, unit) for unit in snapshot.roster.units]
    current = tuple(
        unit for unit in units if any(form.owed or form.versions or form.unconfirmed for form in unit.forms)
    )
    return Status(notice=snapshot.notice.id, as_of=snapshot.as_of, units=current, unread=snapshot.unread)


def _unit(basis: _Basis, unit: Unit) -> UnitStatus:
    notice = basis.snapshot.notice
    forms = tuple(status for form in notice.forms for status in _periods_of_form(basis, unit, form))
    late = [form for form in forms if form.owed and counts_against(form)]

    def deduct(occasion: Callable[[FormStatus], Hashable]) -> float | None:
        return _deduct(basis.snapshot, unit, late, occasion) if notice.deducts_from(unit.kind) else None

    return UnitStatus(
        unit=unit.name,
        kind=unit.kind,
        forms=forms,
        deduction_per_due_date=deduct(lambda form: form.due),
        deduction_per_form=deduct(lambda form: form.key_of(unit.name)),
        deduction_counted=deduct(lambda form: _occasion(basis.snapshot, unit, form)),
    )


def _deduct(
    snapshot: Snapshot,
    unit: Unit,
    late: Iterable[FormStatus],
    occasion: Callable[[FormStatus], Hashable],
) -> float:
    """Returns the points for forms missing or late; of forms of one occasion (次) only the most expensive counts."""
    dearest: dict[Hashable, float] = {}
    for form in late:
        days = days_late(snapshot, form.key_of(unit.name), form)
        points = snapshot.notice.deduct(snapshot.notice.form(form.form), unit.kind, days) or 0.0
        once = occasion(form)
        dearest[once] = max(points, dearest.get(once, 0.0))
    return round(sum(dearest.values(), 0.0), 4)


def _occasion(snapshot: Snapshot, unit: Unit, form: FormStatus) -> Hashable:
    """Returns what identifies one 次 by the notice's ``readings.occasion``; missing forms of one due day share a mail (A19)."""
    match snapshot.notice.readings.occasion:
        case "form":
            return form.key_of(unit.name)
        case "unit":
            return unit.name
        case "due-date":
            return form.due
        case "mail":
            first = first_counting_submission(snapshot.versions.get(form.key_of(unit.name), ()))
            return first.message_id if first is not None else form.due


def _periods_of_form(basis: _Basis, unit: Unit, form: FormSpec) -> tuple[FormStatus, ...]:
    """Returns the status of a form in each period that has begun, or one status if the form does not recur."""
    periods: Sequence[Period | None] = basis.snapshot.periods(form.key) or (None,)
    return tuple(_form(basis, unit, form, period) for period in periods)


def _form(basis: _Basis, unit: Unit, form: FormSpec, period: Period | None) -> FormStatus:
    snapshot = basis.snapshot
    key = ObligationKey(unit.name, form.key, period.key if period else None)
    owed_form = find_obligation(snapshot, unit, form, period, basis.triggers)
    versions = snapshot.versions.get(key, ())
    current = snapshot.current_versions.get(key, ())
    records, errors, warnings = count_current(snapshot, key, basis.recounted)
    extension = snapshot.officer_decisions.extension(key)
    proof = basis.proofs.get(key.of_form, Proofs(owed={}, received={})).of_period(key.period)
    blocking = tuple(sorted({code for fact in current for code in fact.blocking}))
    unconfirmed = snapshot.unconfirmed_versions.get(key, ())
    asks = basis.confirmations.get(key, ())
    late = owed_form is not None and owed_form.dated and is_late(versions, owed_form.due)
    return FormStatus(
        form=form.key,
        period=period,
        owed=owed_form is not None,
        due=owed_form.due if owed_form else None,
        state=_state(snapshot, owed_form, current, errors or len(asks), proof, unconfirmed),
        late=late,
        received_at=current[-1].received_at if current else None,
        first_received_at=versions[0].received_at if versions else None,
        versions=len(versions),
        nil=bool(current) and current[-1].nil and records == 0,
        records=records,
        errors=errors,
        warnings=warnings + len(basis.cross_file.get(key, ())),
        proof_owed=len(proof.owed),
        proof_received=len(proof.received),
        under_review=_under_review(snapshot, unit, form, period, owed_form, bool(current))
        + (0 if current or owed_form is None else basis.claimed.get(key, 0)),
        blocking=blocking,
        exempted=snapshot.officer_decisions.exemption(key),
        extended=extension[1] if owed_form and extension else None,
        unconfirmed=len(unconfirmed) + len(set(proof.unconfirmed.values())),
        perhaps_in_time=late
        and owed_form is not None
        and first_counting_submission(unconfirmed) is not None
        and not is_late(unconfirmed, owed_form.due),
        dated=owed_form is None or owed_form.dated,
        uncovered=len(owed_form.uncovered) if owed_form else 0,
        missing_parts=owed_form.incomplete if owed_form else {},
        unnamed_parts=owed_form.unnamed if owed_form else frozenset(),
        asks=asks,
        counted=first_counting_submission(versions) is not None,
        paper_owed=owed_form is not None and owed_form.falls_due and form.paper,
        paper_received_on=snapshot.officer_decisions.paper_received_on(key),
    )


def _state(
    snapshot: Snapshot,
    owed_form: Obligation | None,
    current: Sequence[StoredSubmission],
    shortcomings: int,
    proof: Proofs,
    unconfirmed: Sequence[StoredSubmission],
) -> FormState:
    if owed_form is None:
        return FormState.NOT_OWED
    if not current and unconfirmed:
        return FormState.UNCONFIRMED
    if not current:
        is_due = owed_form.due is None or is_past(owed_form.due, snapshot.as_of)
        if not owed_form.falls_due or not is_due:
            return FormState.PENDING
        return FormState.UNREAD if snapshot.unread else FormState.MISSING
    blocked = shortcomings or any(fact.blocking for fact in current)
    if blocked or proof.missing or owed_form.uncovered or owed_form.incomplete:
        return FormState.INCOMPLETE
    return FormState.UNCONFIRMED if proof.unconfirmed or owed_form.unconfirmed else FormState.RECEIVED


def _under_review(
    snapshot: Snapshot,
    unit: Unit,
    form: FormSpec,
    period: Period | None,
    owed_form: Obligation | None,
    received: bool,
) -> int:
    """Returns how many quarantined files of this unit may be this form, and of this period if it has one."""
    if owed_form is None or received:
        return 0
    files = snapshot.under_review.get(unit.name, ())
    if period is not None:
        files = tuple(file for file in files if snapshot.day(file.received_at) >= period.begins)
    return sum(
        file.form_hint in (None, form.key) and (file.form_hint is not None or not form.trigger)
        for file in files
    )
