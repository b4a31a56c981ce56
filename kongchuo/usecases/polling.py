"""Polls mailboxes, records how each did, and leaves one that keeps failing alone for a while (back-off).

Servers count logins (QQ answers a wrong 授权码 and "too often" with the same words), so a back-off
must outlast a restart of the service.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from config.errors import KongchuoError, MailboxLoginError, UnreachableError
from ingest.pipeline import poll
from ingest.poll_summary import PollSummary
from ingest.sources.source import Batch, MailSource
from kongchuo.office import Office
from store import Store
from store.jobs.job_status import JobStatus

POLL_JOB, OUTBOX_JOB, VERIFY_JOB, BACKUP_JOB = "poll", "outbox", "verify", "backup"
LOGIN_BACK_OFF = timedelta(minutes=15)  # mail-providers.md: a wrong code and throttling look the same
BACK_OFF = timedelta(minutes=10)
LONGEST_BACK_OFF = timedelta(hours=2)
FAILURES_BEFORE_BACK_OFF = 2  # in a row, without a back-off: lines break


def back_off_after(failures: int, error: KongchuoError) -> timedelta | None:
    """How long a server is left alone after so many failures in a row, this one among them."""
    if isinstance(error, MailboxLoginError):
        return min(LOGIN_BACK_OFF * (1 << min(failures - 1, 8)), LONGEST_BACK_OFF)
    if failures <= FAILURES_BEFORE_BACK_OFF:
        return None
    return min(BACK_OFF * (1 << min(failures - FAILURES_BEFORE_BACK_OFF - 1, 8)), LONGEST_BACK_OFF)


def record_failure(store: Store, job: str, subject: str, error: KongchuoError) -> None:
    """Write a failure down, and till when its subject is left alone."""
    earlier_status = job_status_of(store, job, subject)
    now = datetime.now(UTC)
    back_off = back_off_after((earlier_status.failures if earlier_status else 0) + 1, error)
    store.record_job_failure(job, subject, now, str(error), now + back_off if back_off else None)


def job_status_of(store: Store, job: str, subject: str) -> JobStatus | None:
    return next(
        (
            job_status
            for job_status in store.job_statuses()
            if (job_status.job, job_status.subject) == (job, subject)
        ),
        None,
    )


def servers_in_back_off(store: Store, job: str, now: datetime) -> dict[str, datetime]:
    """Which subjects of a job are left alone, and till when."""
    return {
        job_status.subject: job_status.hold_until
        for job_status in store.job_statuses()
        if job_status.job == job and job_status.hold_until is not None and job_status.hold_until > now
    }


@dataclass(slots=True)
class ObservedSource:
    """A source that keeps how its pass ended."""

    source: MailSource
    failure: UnreachableError | None = None
    exhausted: bool = False
    """All that it had was taken."""

    @property
    def name(self) -> str:
        return self.source.name

    def __enter__(self) -> Self:
        try:
            self.source.__enter__()
        except UnreachableError as error:
            self.failure = error
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self.source.__exit__(*exception)

    def batches(self, watermarks: Mapping[int, int]) -> Iterator[Batch]:
        try:
            yield from self.source.batches(watermarks)
        except UnreachableError as error:
            self.failure = error
            raise
        self.exhausted = True


def poll_office(
    office: Office, sources: Sequence[MailSource], progress: Callable[[int, int], None] | None = None
) -> PollSummary:
    """One pass over these mailboxes, written down for each of them.

    Raises:
        StoreLockedError: another process is at it.
        MailboxError: no mailbox could be reached at all.
    """
    observed_sources = [ObservedSource(source) for source in sources]
    finished = False
    try:
        summary = poll(
            office.store, observed_sources, office.notices, office.roster, office.zone, progress=progress
        )
        finished = True
    finally:
        for source in observed_sources:
            if source.failure is not None:
                record_failure(office.store, POLL_JOB, source.name, source.failure)
            elif source.exhausted and finished:
                office.store.record_job_success(POLL_JOB, source.name, datetime.now(UTC))
    return summary
