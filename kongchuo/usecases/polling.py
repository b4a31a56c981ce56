"""Polls mailboxes, records how each did, and leaves one that keeps failing alone for a while (back-off).

Servers count logins (QQ answers a wrong 授权码 and "too often" with the same words), so a back-off
must outlast a restart of the service.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from config.errors import (
    KongchuoError,
    MailboxLoginError,
    MailboxThrottledError,
    StoreError,
    StoreLockedError,
    UnreachableError,
)
from ingest.poll_summary import PollSummary
from ingest.sources.source import Batch, FolderView, KnownMail, MailSource
from kongchuo.access.acts import record_act
from kongchuo.office import Office
from store import Store
from store.audit.audit_line import Door, current_door
from store.jobs.job_status import JobStatus

log = logging.getLogger(__name__)

POLL_JOB, OUTBOX_JOB, VERIFY_JOB, BACKUP_JOB = "poll", "outbox", "verify", "backup"
LOGIN_BACK_OFF = timedelta(minutes=15)  # docs/mail-providers.md: a wrong code and throttling look the same
BACK_OFF = timedelta(minutes=10)
LONGEST_BACK_OFF = timedelta(hours=2)
LONGEST_WAIT_FOR_READERS = timedelta(minutes=10)
COMPARE_EVERY = timedelta(days=1)
FAILURES_BEFORE_BACK_OFF = 2  # in a row, without a back-off: lines break


def back_off_after(failures: int, error: KongchuoError) -> timedelta | None:
    """Returns how long a server is not tried after so many consecutive failures; None for no back-off."""
    if isinstance(error, MailboxLoginError | MailboxThrottledError):
        return min(LOGIN_BACK_OFF * (1 << min(failures - 1, 8)), LONGEST_BACK_OFF)
    if failures <= FAILURES_BEFORE_BACK_OFF:
        return None
    return min(BACK_OFF * (1 << min(failures - FAILURES_BEFORE_BACK_OFF - 1, 8)), LONGEST_BACK_OFF)


def record_failure(store: Store, job: str, subject: str, error: KongchuoError) -> None:
    """Records a failure, and the end of the back-off."""
    earlier_status = job_status_of(store, job, subject)
    now = datetime.now(UTC)
    back_off = back_off_after((earlier_status.failures if earlier_status else 0) + 1, error)
    store.jobs.record_failure(job, subject, now, str(error), now + back_off if back_off else None)


def job_status_of(store: Store, job: str, subject: str) -> JobStatus | None:
    return next(
        (
            job_status
            for job_status in store.jobs.statuses()
            if (job_status.job, job_status.subject) == (job, subject)
        ),
        None,
    )


def servers_in_back_off(store: Store, job: str, now: datetime) -> dict[str, datetime]:
    """Maps the servers of a job in back-off to its end; an end too far away is due to a wrong clock and ignored."""
    return {
        job_status.subject: job_status.hold_until
        for job_status in store.jobs.statuses()
        if job_status.job == job
        and job_status.hold_until is not None
        and now < job_status.hold_until <= now + LONGEST_BACK_OFF
    }


def record_login(office: Office, job: str, subject: str, what: str) -> None:
    """Writes to the audit trail that a server was logged in to: by the service once a day, from a terminal each time.

    To be called before the job's success is recorded, by which a day's first is known.
    """
    earlier, today = job_status_of(office.store, job, subject), datetime.now(office.zone).date()
    done_at = earlier.done_at if earlier is not None else None
    if (
        current_door() is not Door.SERVICE
        or done_at is None
        or done_at.astimezone(office.zone).date() != today
    ):
        record_act(office.store, what)


def finish_reading(office: Office) -> None:
    """Reads archived mails that were not read yet, because a judgement before would list received forms as missing.

    Raises:
        StoreError: another process reads and does not finish, or some mail cannot be read now.
    """
    store, give_up_at = office.store, time.monotonic() + LONGEST_WAIT_FOR_READERS.total_seconds()
    store.mailboxes.recover_arrivals()
    while store.messages.unprocessed():
        from ingest.pipeline import poll  # slow to load, and all is nearly always read

        try:
            poll(store, office.reading_rules, [])
            break
        except StoreLockedError:
            if time.monotonic() > give_up_at:
                break
            time.sleep(1)
    if unread := store.messages.unprocessed():
        raise StoreError(
            f"还有{len(unread)}封来件没有读完,现在说谁未报会冤枉人,所以没有生成:请稍后再试,一直这样请运行 kongchuo verify"
        )


@dataclass(slots=True)
class ObservedSource:
    """A source that remembers how its pass ended."""

    source: MailSource
    failure: UnreachableError | None = None
    exhausted: bool = False
    """Whether everything in the mailbox was fetched."""

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

    def batches(self, known: KnownMail) -> Iterator[Batch]:
        try:
            yield from self.source.batches(known)
        except UnreachableError as error:
            self.failure = error
            raise
        self.exhausted = True

    def view(self) -> FolderView | None:
        return self.source.view()


def mailboxes_to_compare(store: Store, names: Collection[str], now: datetime) -> frozenset[str]:
    """Returns mailboxes not compared for a day; a time in the future is due to a wrong clock and ignored."""
    compared_at = {view.mailbox: view.compared_at for view in store.mailboxes.folder_views()}
    return frozenset(
        name for name in names if (at := compared_at.get(name)) is None or not now - COMPARE_EVERY < at <= now
    )


def poll_office(
    office: Office,
    sources: Sequence[MailSource],
    progress: Callable[[int, int], None] | None = None,
    *,
    compare: Collection[str] = (),
) -> PollSummary:
    """Polls these mailboxes once, and records the result of each.

    Args:
        compare: mailboxes to compare from the first message on, besides those for which that is due.

    Raises:
        StoreLockedError: another process is polling.
        MailboxError: no mailbox could be reached.
    """
    from ingest.pipeline import poll  # slow to load, and who judges only looks whether all is read

    observed_sources = [ObservedSource(source) for source in sources]
    due = mailboxes_to_compare(office.store, {source.name for source in sources}, datetime.now(UTC))
    finished = False
    try:
        summary = poll(
            office.store,
            office.reading_rules,
            observed_sources,
            compare=due.union(compare),
            progress=progress,
        )
        finished = True
    finally:
        for source in observed_sources:
            if source.failure is not None:
                record_failure(office.store, POLL_JOB, source.name, source.failure)
                if isinstance(source.failure, MailboxLoginError):
                    record_act(office.store, f"login mailbox {source.name} refused")
            elif source.exhausted and finished:
                _record_view(office.store, source, datetime.now(UTC))
                record_login(office, POLL_JOB, source.name, f"login mailbox {source.name}")
                office.store.jobs.record_success(POLL_JOB, source.name, datetime.now(UTC))
    return summary


def _record_view(store: Store, source: ObservedSource, now: datetime) -> None:
    view = source.view()
    if view is not None:
        store.mailboxes.record_folder_view(source.name, view.uidvalidity, view.exists, now)
        if view.compared:
            store.mailboxes.record_comparison(source.name, now)
