"""Operations on leases and on the status of jobs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from store.aggregates.transactions import Transactions
from store.jobs import job_status, lease


class JobStore:
    """Running jobs with their leases, and the last outcome of each job."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @contextmanager
    def hold_lease(self, name: str) -> Iterator[None]:
        """Holds the named lease during the block; a thread renews it.

        Raises:
            StoreLockedError: a living process holds it.
        """
        holder = lease.this_holder()
        self._take_lease(name, holder)
        try:
            with lease.renewed_by_clock(lambda: self._take_lease(name, holder)):
                yield
        finally:
            with self._transactions.writing() as connection:
                lease.release(connection, name)

    def renew_lease(self, name: str) -> None:
        """Renews a lease that this thread holds."""
        self._take_lease(name, lease.this_holder())

    def _take_lease(self, name: str, holder: str) -> None:
        with self._transactions.writing() as connection:
            lease.take_or_renew(connection, name, datetime.now(UTC), holder)

    def is_leased(self, name: str, now: datetime) -> bool:
        """Returns whether a living process holds the named lease."""
        with self._transactions.reading() as connection:
            return lease.is_held(connection, name, now)

    def who_holds(self, name: str, now: datetime) -> str | None:
        """Returns machine and process of the lease's holder in Chinese, or None if no living process holds it."""
        with self._transactions.reading() as connection:
            return lease.living_holder(connection, name, now)

    def statuses(self) -> tuple[job_status.JobStatus, ...]:
        """Returns the status of every job, by job and subject."""
        with self._transactions.reading() as connection:
            return job_status.job_statuses(connection)

    def record_success(self, job: str, subject: str, when: datetime) -> None:
        """Records that a job succeeded, and ends its back-off."""
        with self._transactions.writing() as connection:
            job_status.record_success(connection, job, subject, when)

    def record_failure(
        self, job: str, subject: str, when: datetime, error: str, hold_until: datetime | None
    ) -> None:
        """Records another failure of a job; it is not tried again before ``hold_until``."""
        with self._transactions.writing() as connection:
            job_status.record_failure(connection, job, subject, when, error, hold_until)

    def forget(self, job: str, subject: str) -> None:
        """Deletes the status of a job for a subject that is no more."""
        with self._transactions.writing() as connection:
            job_status.forget_job(connection, job, subject)
