"""Polls with a memory: how each mailbox did stands in the store, and a failing one is left alone for a while.

Servers count logins (QQ answers a wrong 授权码 and "too often" with the same words), so the rest must
outlast a restart of the service.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from config.errors import KongchuoError, MailboxLoginError, UnreachableError
from ingest.pipeline import poll
from ingest.sources.source import Batch, MailSource
from ingest.summary import PollSummary
from kongchuo.office import Office
from store import Store
from store.job_status import JobStatus

POLL, OUTBOX = "poll", "outbox"
REST_AFTER_LOGIN = timedelta(minutes=15)  # mail-providers.md: a wrong code and throttling look the same
REST = timedelta(minutes=10)
LONGEST_REST = timedelta(hours=2)
PATIENCE = 2  # failures in a row that cost no rest: lines break


def rest(failures: int, error: KongchuoError) -> timedelta | None:
    """How long a server is left alone after so many failures in a row, this one among them."""
    if isinstance(error, MailboxLoginError):
        return min(REST_AFTER_LOGIN * (1 << min(failures - 1, 8)), LONGEST_REST)
    if failures <= PATIENCE:
        return None
    return min(REST * (1 << min(failures - PATIENCE - 1, 8)), LONGEST_REST)


def note_failure(store: Store, job: str, subject: str, error: KongchuoError) -> None:
    """Write a failure down, and till when its subject is left alone."""
    before = pulse_of(store, job, subject)
    now = datetime.now(UTC)
    wait = rest((before.failures if before else 0) + 1, error)
    store.record_job_failure(job, subject, now, str(error), now + wait if wait else None)


def pulse_of(store: Store, job: str, subject: str) -> JobStatus | None:
    return next(
        (pulse for pulse in store.job_statuses() if (pulse.job, pulse.subject) == (job, subject)), None
    )


def resting(store: Store, job: str, now: datetime) -> dict[str, datetime]:
    """Which subjects of a job are left alone, and till when."""
    return {
        pulse.subject: pulse.hold_until
        for pulse in store.job_statuses()
        if pulse.job == job and pulse.hold_until is not None and pulse.hold_until > now
    }


@dataclass(slots=True)
class Watched:
    """A source whose end is remembered."""

    source: MailSource
    failure: UnreachableError | None = None
    read: bool = False
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
        self.read = True


def poll_office(
    office: Office, sources: Sequence[MailSource], progress: Callable[[int, int], None] | None = None
) -> PollSummary:
    """One pass over these mailboxes, written down for each of them.

    Raises:
        StoreLockedError: another process is at it.
        MailboxError: no mailbox could be reached at all.
    """
    watched = [Watched(source) for source in sources]
    finished = False
    try:
        done = poll(office.store, watched, office.notices, office.roster, office.zone, progress=progress)
        finished = True
    finally:
        for source in watched:
            if source.failure is not None:
                note_failure(office.store, POLL, source.name, source.failure)
            elif source.read and finished:
                office.store.record_job_success(POLL, source.name, datetime.now(UTC))
    return done
