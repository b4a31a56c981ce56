"""Reads and writes the status of scheduled jobs: the last success and the failures since."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from config.text.masking import mask_fault
from store.models import JobStatusRow
from store.recording import core_table, insert_if_absent

JOB_STATUS = core_table(JobStatusRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """The status of one job for one subject (a mailbox, a mail server, or "" where there is only one)."""

    job: str
    subject: str
    tried_at: datetime
    """The last try."""
    done_at: datetime | None
    """The last success, or None."""
    failures: int
    """Consecutive failures since ``done_at``."""
    hold_until: datetime | None
    """Back-off: the service does not try before."""
    error: str | None
    """The last failure in Chinese, or None."""


def job_statuses(connection: Connection) -> tuple[JobStatus, ...]:
    """Returns every status, sorted by job and subject."""
    statuses = (
        JobStatus(
            job=row.job,
            subject=row.subject,
            tried_at=row.tried_at,
            done_at=row.done_at,
            failures=row.failures,
            hold_until=row.hold_until,
            error=row.error,
        )
        for row in connection.execute(select(JOB_STATUS))
    )
    return tuple(sorted(statuses, key=lambda status: (status.job, status.subject)))


def record_success(connection: Connection, job: str, subject: str, when: datetime) -> None:
    """Records that a job succeeded, and ends its back-off."""
    values = {"tried_at": when, "done_at": when, "failures": 0, "hold_until": None, "error": None}
    if not insert_if_absent(connection, JOB_STATUS, job=job, subject=subject, **values):
        connection.execute(update(JOB_STATUS).filter_by(job=job, subject=subject).values(**values))


def record_failure(
    connection: Connection, job: str, subject: str, when: datetime, error: str, hold_until: datetime | None
) -> None:
    """Records another failure of a job, its text without data; it is not tried again before ``hold_until``."""
    values = {"tried_at": when, "hold_until": hold_until, "error": mask_fault(error)}
    if not insert_if_absent(connection, JOB_STATUS, job=job, subject=subject, failures=1, **values):
        existing_row = update(JOB_STATUS).filter_by(job=job, subject=subject)
        connection.execute(existing_row.values(failures=JOB_STATUS.c.failures + 1, **values))


def forget_job(connection: Connection, job: str, subject: str) -> None:
    """Deletes the status of a job for a subject that is no more."""
    connection.execute(delete(JOB_STATUS).filter_by(job=job, subject=subject))
