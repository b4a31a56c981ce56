"""Units × forms: what is owed, received, late, missing (contract §4, ``status --json``)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from config.notice import FormSpec
from config.units.roster import Unit
from ledger.cases.proofs import Proofs, proofs
from ledger.results import FormStatus, State, Status, UnitStatus
from ledger.snapshot import Book, Filing
from ledger.submissions.current_problems import across_files
from ledger.submissions.obligations import Obligation, Triggers, obligation, triggers
from store.stored_values import StoredSubmission


def status(book: Book) -> Status:
    """Every unit of the roster that owes or sent something, in the roster's order."""
    told = triggers(book)
    proven = proofs(book)
    beyond = {filing: len(facts) for filing, facts in across_files(book, proven).items()}
    units = [_unit(book, unit, told, proven, beyond) for unit in book.roster.units]
    kept = tuple(unit for unit in units if any(form.owed or form.versions for form in unit.forms))
    return Status(notice=book.notice.id, as_of=book.as_of, units=kept)


def _unit(
    book: Book, unit: Unit, told: Triggers, proven: Mapping[Filing, Proofs], beyond: Mapping[Filing, int]
) -> UnitStatus:
    forms = tuple(_form(book, unit, form, told, proven, beyond) for form in book.notice.forms)
    points = book.notice.deduction.get(unit.kind)
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
    if form.state is State.MISSING:
        return form.under_review == 0
    return form.late


def _form(
    book: Book,
    unit: Unit,
    form: FormSpec,
    told: Triggers,
    proven: Mapping[Filing, Proofs],
    beyond: Mapping[Filing, int],
) -> FormStatus:
    filing = (unit.name, form.key)
    owes = obligation(book, unit, form, told)
    versions = book.versions.get(filing, ())
    kept = book.standing.get(filing, ())
    records, errors, warnings = book.counts(filing)
    granted = book.concessions.extension(filing)
    proof = proven.get(filing, Proofs(owed={}, received={}))
    blocking = tuple(sorted({code for fact in kept for code in fact.blocking}))
    return FormStatus(
        form=form.key,
        owed=owes is not None,
        due=owes.due if owes else None,
        state=_state(book, owes, kept, errors, proof),
        late=owes is not None and is_late(versions, owes.due),
        received_at=kept[-1].received_at if kept else None,
        first_received_at=versions[0].received_at if versions else None,
        versions=len(versions),
        nil=bool(kept) and kept[-1].nil and records == 0,
        records=records,
        errors=errors,
        warnings=warnings + beyond.get(filing, 0),
        proof_owed=len(proof.owed),
        proof_received=len(proof.received),
        under_review=_under_review(book, unit, form, owes, bool(kept)),
        blocking=blocking,
        exempted=book.concessions.exemption(filing),
        extended=granted[1] if owes and granted else None,
    )


def _state(
    book: Book, owes: Obligation | None, kept: Sequence[StoredSubmission], errors: int, proof: Proofs
) -> State:
    if owes is None:
        return State.NOT_OWED
    if not kept:
        return State.MISSING if owes.due is None or owes.due < book.as_of else State.PENDING
    if errors or any(fact.blocking for fact in kept) or proof.missing or owes.uncovered:
        return State.INCOMPLETE
    return State.RECEIVED


def first_counted(versions: Sequence[StoredSubmission]) -> StoredSubmission | None:
    """The first filing with content: rows, or a zero report; an empty form never counted."""
    return next((fact for fact in versions if (fact.records or fact.nil) and not fact.blocking), None)


def is_late(versions: Sequence[StoredSubmission], due: datetime | None) -> bool:
    """Whether the first filing that counted came after the due instant; a correction never makes late.

    Due is 23:59:59 and whatever arrives before the next midnight is on time (A01).
    """
    first = first_counted(versions)
    return due is not None and first is not None and first.received_at.replace(microsecond=0) > due


def _under_review(book: Book, unit: Unit, form: FormSpec, owes: Obligation | None, received: bool) -> int:
    """Files of this unit that wait for a person and may be this form."""
    if owes is None or received:
        return 0
    files = book.under_review.get(unit.name, ())
    return sum(
        file.form_hint in (None, form.key) and (file.form_hint is not None or not form.trigger)
        for file in files
    )
