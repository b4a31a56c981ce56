"""Decides which submission of a form is the first that counts, whether it was late, and whether that counts against the unit."""

from collections.abc import Sequence
from datetime import datetime

from ledger.results import FormState, FormStatus
from ledger.snapshot import Snapshot
from store.stored_values import ObligationKey, StoredSubmission


def first_counting_submission(versions: Sequence[StoredSubmission]) -> StoredSubmission | None:
    """Returns the first submission with rows or a zero report and no blocking error; an empty form never counts."""
    return next((fact for fact in versions if (fact.records or fact.nil) and not fact.blocking), None)


def is_past(due: datetime, instant: datetime) -> bool:
    """Returns whether an instant is after the due one; the whole minute of the due instant is in time."""
    return instant.replace(second=0, microsecond=0) > due


def is_late(versions: Sequence[StoredSubmission], due: datetime | None) -> bool:
    """Returns whether the first submission that counted arrived after the due instant; a later correction is never late.

    A day is due at 23:59:59, so anything before midnight is in time (A01); a due time of 12:00 includes that
    minute.
    """
    first = first_counting_submission(versions)
    return due is not None and first is not None and is_past(due, first.received_at)


def days_late(snapshot: Snapshot, key: ObligationKey, form: FormStatus) -> int:
    """Returns the whole calendar days from the due day to the first submission that counts, or to the snapshot's instant."""
    if form.due is None:
        return 0
    first = first_counting_submission(snapshot.versions.get(key, ())) if form.late else None
    until = first.received_at if first is not None else snapshot.as_of
    return max((snapshot.day(until) - snapshot.day(form.due)).days, 0)


def counts_against(form: FormStatus) -> bool:
    """Returns whether a form is missing or late by the notice's own day, and nothing that waits may have been in time (R28)."""
    if not form.dated:
        return False
    if form.state is FormState.MISSING:
        return form.under_review == 0
    return form.late and not form.perhaps_in_time
