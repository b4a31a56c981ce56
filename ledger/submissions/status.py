"""Units × forms: what is owed, received, late, missing (contract §4, ``status --json``)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from config.notice import FormSpec
from config.units.roster import Unit
from ledger.results import FormState, FormStatus, Proofs, Status, UnitStatus
from ledger.snapshot import Snapshot
from ledger.submissions.confirmations import find_confirmations
from ledger.submissions.lateness import counts_against, first_counting_submission, is_late
from ledger.submissions.obligations import Obligation, Triggers, find_obligation
from ledger.submissions.recorded_problems import count_current
from store.stored_values import StoredProblem, StoredSubmission, UnitForm


@dataclass(frozen=True, slots=True, kw_only=True)
class _Basis:
    """What the status of every unit is judged by."""

    snapshot: Snapshot
    triggers: Triggers
    proofs: Mapping[UnitForm, Proofs]
    cross_file: Mapping[UnitForm, Sequence[StoredProblem]]
    recounted: Mapping[UnitForm, list[StoredProblem]]
    confirmations: Mapping[UnitForm, tuple[str, ...]]


def assess_status(
    snapshot: Snapshot,
    triggers: Triggers,
    proofs: Mapping[UnitForm, Proofs],
    cross_file: Mapping[UnitForm, Sequence[StoredProblem]],
    recounted: Mapping[UnitForm, list[StoredProblem]],
) -> Status:
    """Returns the status of every unit of the roster that owes or sent something, in the roster's order."""
    basis = _Basis(
        snapshot=snapshot,
        triggers=triggers,
        proofs=proofs,
        cross_file=cross_file,
        recounted=recounted,
        confirmations=find_confirmations(snapshot),
    )
    units = [_unit(basis, unit) for unit in snapshot.roster.units]
    current = tuple(
        unit for unit in units if any(form.owed or form.versions or form.unconfirmed for form in unit.forms)
    )
    return Status(notice=snapshot.notice.id, as_of=snapshot.as_of, units=current, unread=snapshot.unread)


def _unit(basis: _Basis, unit: Unit) -> UnitStatus:
    notice = basis.snapshot.notice
    forms = tuple(_form(basis, unit, form) for form in notice.forms)
    points = notice.deduction.get(unit.kind)
    late = [form for form in forms if form.owed and counts_against(form)]

    def deduct(times: int) -> float | None:
        return None if points is None else round(points * times, 4)

    return UnitStatus(
        unit=unit.name,
        kind=unit.kind,
        forms=forms,
        deduction_per_due_date=deduct(len({form.due for form in late})),
        deduction_per_form=deduct(len(late)),
        deduction_counted=deduct(_count_occasions(basis.snapshot, unit, late)),
    )


def _count_occasions(snapshot: Snapshot, unit: Unit, late: Sequence[FormStatus]) -> int:
    """How often (次) a unit was late, as the notice is read; forms that never came are of one mail a date due."""
    match snapshot.notice.readings.occasion:
        case "form":
            return len(late)
        case "unit":
            return min(len(late), 1)
        case "due-date":
            return len({form.due for form in late})
        case "mail":
            firsts = {
                form.form: first_counting_submission(snapshot.versions.get((unit.name, form.form), ()))
                for form in late
            }
            return len({first.message_id if (first := firsts[form.form]) else form.due for form in late})


def _form(basis: _Basis, unit: Unit, form: FormSpec) -> FormStatus:
    snapshot = basis.snapshot
    unit_form = (unit.name, form.key)
    owed_form = find_obligation(snapshot, unit, form, basis.triggers)
    versions = snapshot.versions.get(unit_form, ())
    current = snapshot.current_versions.get(unit_form, ())
    records, errors, warnings = count_current(snapshot, unit_form, basis.recounted)
    extension = snapshot.officer_decisions.extension(unit_form)
    proof = basis.proofs.get(unit_form, Proofs(owed={}, received={}))
    blocking = tuple(sorted({code for fact in current for code in fact.blocking}))
    unconfirmed = snapshot.unconfirmed_versions.get(unit_form, ())
    asks = basis.confirmations.get(unit_form, ())
    late = owed_form is not None and owed_form.dated and is_late(versions, owed_form.due)
    return FormStatus(
        form=form.key,
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
        warnings=warnings + len(basis.cross_file.get(unit_form, ())),
        proof_owed=len(proof.owed),
        proof_received=len(proof.received),
        under_review=_under_review(snapshot, unit, form, owed_form, bool(current)),
        blocking=blocking,
        exempted=snapshot.officer_decisions.exemption(unit_form),
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
        paper_received_on=snapshot.officer_decisions.paper_received_on(unit_form),
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
        is_due = owed_form.due is None or owed_form.due < snapshot.as_of
        if not owed_form.falls_due or not is_due:
            return FormState.PENDING
        return FormState.UNREAD if snapshot.unread else FormState.MISSING
    blocked = shortcomings or any(fact.blocking for fact in current)
    if blocked or proof.missing or owed_form.uncovered or owed_form.incomplete:
        return FormState.INCOMPLETE
    return FormState.UNCONFIRMED if proof.unconfirmed or owed_form.unconfirmed else FormState.RECEIVED


def _under_review(
    snapshot: Snapshot, unit: Unit, form: FormSpec, owed_form: Obligation | None, received: bool
) -> int:
    """Returns how many quarantined files of this unit may be this form."""
    if owed_form is None or received:
        return 0
    files = snapshot.under_review.get(unit.name, ())
    return sum(
        file.form_hint in (None, form.key) and (file.form_hint is not None or not form.trigger)
        for file in files
    )
