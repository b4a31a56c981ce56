"""Which submission of a form is the first that counts, whether it came late, and whether that counts against the unit."""

from collections.abc import Sequence
from datetime import datetime

from ledger.results import FormState, FormStatus
from store.stored_values import StoredSubmission


def first_counting_submission(versions: Sequence[StoredSubmission]) -> StoredSubmission | None:
    """Returns the first submission with content: rows, or a zero report; an empty form never counts."""
    return next((fact for fact in versions if (fact.records or fact.nil) and not fact.blocking), None)


def is_late(versions: Sequence[StoredSubmission], due: datetime | None) -> bool:
    """Returns whether the first submission that counted came after the due instant; a correction never makes late.

    Due is 23:59:59 and whatever arrives before the next midnight is on time (A01).
    """
    first = first_counting_submission(versions)
    return due is not None and first is not None and first.received_at.replace(microsecond=0) > due


def counts_against(form: FormStatus) -> bool:
    """Returns whether a form is missing or late by the notice's own day while nothing that waits may be it in time."""
    if not form.dated:
        return False
    if form.state is FormState.MISSING:
        return form.under_review == 0
    return form.late and not form.perhaps_in_time
