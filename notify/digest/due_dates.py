"""Decides which due date a digest counts to, and of which units are reminded before it."""

from datetime import date, datetime

from ledger.snapshot import Snapshot

REMIND_DAYS = 3
"""From so many days before the due date, the digest lists the units that have not sent yet."""


def is_near_due(day: date, as_of: datetime) -> bool:
    """Returns whether units are to be reminded of what is due on a day; of a passed day always."""
    return (day - as_of.date()).days <= REMIND_DAYS


def find_due_date(snapshot: Snapshot) -> datetime | None:
    """Returns the due date that a digest counts to, or None: one of the next days, else the newest passed, else the first.

    A form with periods gives its last one passed, else its first.
    """
    dates = [
        due
        for form in snapshot.notice.forms
        if (due := snapshot.notice.due_at(form, snapshot.zone)) is not None
    ]
    for form in snapshot.notice.forms:
        dues = [snapshot.due_of(period) for period in snapshot.periods(form.key)]
        dates += [due for due in dues if due < snapshot.as_of][-1:] or dues[:1]
    to_come = [due for due in dates if due >= snapshot.as_of]
    near = [due for due in to_come if is_near_due(snapshot.day(due), snapshot.as_of)]
    passed = [due for due in dates if due < snapshot.as_of]
    return min(near, default=None) or max(passed, default=None) or min(to_come, default=None)
