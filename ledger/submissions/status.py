"""Units × forms: what is owed, received, late, missing (contract §4, ``status --json``)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from config.notice import FormSpec
from config.units.roster import Unit
from ledger.cases.proofs import match_proofs
from ledger.results import FormState, FormStatus, Proofs, Status, UnitStatus
from ledger.snapshot import Snapshot
from ledger.submissions.current_problems import cross_file_problems
from ledger.submissions.obligations import Obligation, Triggers, find_obligation, find_triggers
from ledger.submissions.recorded_problems import count_current, recount_problems
from store.stored_values import StoredProblem, StoredSubmission, UnitForm


def assess_status(snapshot: Snapshot) -> Status:
    """Every unit of the roster that owes or sent something, in the roster's order."""
    triggering = find_triggers(snapshot)
    proofs_by_form = match_proofs(snapshot)
    cross_file = {
        unit_form: len(facts) for unit_form, facts in cross_file_problems(snapshot, proofs_by_form).items()
    }
    recounted = recount_problems(snapshot)
    units = [
        _unit(snapshot, unit, triggering, proofs_by_form, cross_file, recounted)
        for unit in snapshot.roster.units
    ]
    current = tuple(unit for unit in units if any(form.owed or form.versions for form in unit.forms))
    return Status(notice=snapshot.notice.id, as_of=snapshot.as_of, units=current)


def _unit(
    snapshot: Snapshot,
    unit: Unit,
    triggering: Triggers,
    proofs_by_form: Mapping[UnitForm, Proofs],
    cross_file: Mapping[UnitForm, int],
    recounted: Mapping[UnitForm, list[StoredProblem]],
) -> UnitStatus:
    forms = tuple(
        _form(snapshot, unit, form, triggering, proofs_by_form, cross_file, recounted)
        for form in snapshot.notice.forms
    )
    points = snapshot.notice.deduction.get(unit.kind)
    late = [form for form in forms if form.owed and counts_against(form)]
    return UnitStatus(
        unit=unit.name,
        kind=unit.kind,
        forms=forms,
        deduction_per_due_date=None
        if points is None
        else round(points * len({form.due for form in late}), 4),
        deduction_per_form=None if points is None else round(points * len(late), 4),
    )


def counts_against(form: FormStatus) -> bool:
    """Missing or late, and nothing of the unit's is waiting that may be the form: nobody is accused of that."""
    if form.state is FormState.MISSING:
        return form.under_review == 0
    return form.late


def _form(
    snapshot: Snapshot,
    unit: Unit,
    form: FormSpec,
    triggering: Triggers,
    proofs_by_form: Mapping[UnitForm, Proofs],
    cross_file: Mapping[UnitForm, int],
    recounted: Mapping[UnitForm, list[StoredProblem]],
) -> FormStatus:
    unit_form = (unit.name, form.key)
    owed_form = find_obligation(snapshot, unit, form, triggering)
    versions = snapshot.versions.get(unit_form, ())
    current = snapshot.current_versions.get(unit_form, ())
    records, errors, warnings = count_current(snapshot, unit_form, recounted)
    extension = snapshot.officer_decisions.extension(unit_form)
    proof = proofs_by_form.get(unit_form, Proofs(owed={}, received={}))
    blocking = tuple(sorted({code for fact in current for code in fact.blocking}))
    return FormStatus(
        form=form.key,
        owed=owed_form is not None,
        due=owed_form.due if owed_form else None,
        state=_state(snapshot, owed_form, current, errors, proof),
        late=owed_form is not None and is_late(versions, owed_form.due),
        received_at=current[-1].received_at if current else None,
        first_received_at=versions[0].received_at if versions else None,
        versions=len(versions),
        nil=bool(current) and current[-1].nil and records == 0,
        records=records,
        errors=errors,
        warnings=warnings + cross_file.get(unit_form, 0),
        proof_owed=len(proof.owed),
        proof_received=len(proof.received),
        under_review=_under_review(snapshot, unit, form, owed_form, bool(current)),
        blocking=blocking,
        exempted=snapshot.officer_decisions.exemption(unit_form),
        extended=extension[1] if owed_form and extension else None,
    )


def _state(
    snapshot: Snapshot,
    owed_form: Obligation | None,
    current: Sequence[StoredSubmission],
    errors: int,
    proof: Proofs,
) -> FormState:
    if owed_form is None:
        return FormState.NOT_OWED
    if not current:
        return (
            FormState.MISSING
            if owed_form.due is None or owed_form.due < snapshot.as_of
            else FormState.PENDING
        )
    if errors or any(fact.blocking for fact in current) or proof.missing or owed_form.uncovered:
        return FormState.INCOMPLETE
    return FormState.RECEIVED


def first_counting_submission(versions: Sequence[StoredSubmission]) -> StoredSubmission | None:
    """The first filing with content: rows, or a zero report; an empty form never counted."""
    return next((fact for fact in versions if (fact.records or fact.nil) and not fact.blocking), None)


def is_late(versions: Sequence[StoredSubmission], due: datetime | None) -> bool:
    """Whether the first filing that counted came after the due instant; a correction never makes late.

    Due is 23:59:59 and whatever arrives before the next midnight is on time (A01).
    """
    first = first_counting_submission(versions)
    return due is not None and first is not None and first.received_at.replace(microsecond=0) > due


def _under_review(
    snapshot: Snapshot, unit: Unit, form: FormSpec, owed_form: Obligation | None, received: bool
) -> int:
    """Files of this unit that wait for a person and may be this form."""
    if owed_form is None or received:
        return 0
    files = snapshot.under_review.get(unit.name, ())
    return sum(
        file.form_hint in (None, form.key) and (file.form_hint is not None or not form.trigger)
        for file in files
    )
