"""Which submission of a form is the first that counts, whether it came late, and whether that counts against the unit."""

from collections.abc import Sequence
from datetime import datetime

from ledger.results import FormState, FormStatus
from ledger.snapshot import Snapshot
from store.stored_values import ObligationKey, StoredSubmission


def first_counting_submission(versions: Sequence[StoredSubmission]) -> StoredSubmission | None:
    """Returns the first submission with content: rows, or a zero report; an empty form never counts."""
    return next((fact for fact in versions if (fact.records or fact.nil) and not fact.blocking), None)


def is_past(due: datetime, instant: datetime) -> bool:
    """Returns whether an instant is after a due one; the whole minute that is written counts as in time."""
    return instant.replace(second=0, microsecond=0) > due


def is_late(versions: Sequence[StoredSubmission], due: datetime | None) -> bool:
    """Returns whether the first submission that counted came after the due instant; a correction never makes late.

    Due is 23:59:59 and whatever arrives before the next midnight is on time (rule A01); of 12:00 it is all of that minute.
    """
    first = first_counting_submission(versions)
    return due is not None and first is not None and is_past(due, first.received_at)


def days_late(snapshot: Snapshot, key: ObligationKey, form: FormStatus) -> int:
    """Returns the whole calendar days from the due day to the first submission that counts, or until now."""
    if form.due is None:
        return 0
    first = first_counting_submission(snapshot.versions.get(key, ())) if form.late else None
    until = first.received_at if first is not None else snapshot.as_of
    return max((snapshot.day(until) - snapshot.day(form.due)).days, 0)


def counts_against(form: FormStatus) -> bool:
    """Returns whether a form is missing or late by the notice's own day while nothing that waits may be it in time."""
    if not form.dated:
        return False
    if form.state is FormState.MISSING:
        return form.under_review == 0
    return form.late and not form.perhaps_in_time
