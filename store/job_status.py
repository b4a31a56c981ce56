"""The pulse table: of each job that comes again, when it last succeeded and how often it failed since."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from store.models import Pulse
from store.recording import insert_new, table

PULSE = table(Pulse)


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseFact:
    """How one job does for one subject (a mailbox, a mail server, or "" where there is but one)."""

    job: str
    subject: str
    tried_at: datetime
    done_at: datetime | None
    failures: int
    """In a row, since ``done_at``."""
    hold_until: datetime | None
    """The service leaves the subject alone till then."""
    error: str | None


def pulses(connection: Connection) -> tuple[PulseFact, ...]:
    """All of them, by job and subject."""
    found = (
        PulseFact(
            job=row.job,
            subject=row.subject,
            tried_at=row.tried_at,
            done_at=row.done_at,
            failures=row.failures,
            hold_until=row.hold_until,
            error=row.error,
        )
        for row in connection.execute(select(PULSE))
    )
    return tuple(sorted(found, key=lambda pulse: (pulse.job, pulse.subject)))


def succeeded(connection: Connection, job: str, subject: str, when: datetime) -> None:
    """It did what it should."""
    values = {"tried_at": when, "done_at": when, "failures": 0, "hold_until": None, "error": None}
    if not insert_new(connection, PULSE, job=job, subject=subject, **values):
        connection.execute(update(PULSE).filter_by(job=job, subject=subject).values(**values))


def failed(
    connection: Connection, job: str, subject: str, when: datetime, error: str, hold_until: datetime | None
) -> None:
    """It failed once more; till ``hold_until`` it is not tried again."""
    values = {"tried_at": when, "hold_until": hold_until, "error": error}
    if not insert_new(connection, PULSE, job=job, subject=subject, failures=1, **values):
        again = update(PULSE).filter_by(job=job, subject=subject)
        connection.execute(again.values(failures=PULSE.c.failures + 1, **values))
