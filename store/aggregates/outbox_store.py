"""Operations on mails to be sent, and the delivery status of each."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection

from store import outbox
from store.aggregates.audit_store import AuditStore
from store.aggregates.transactions import Transactions
from store.answers import reported_states
from store.audit.audit_line import AuditLine
from store.questions.current_names import CurrentNames
from store.safekeeping.journal import EntryKind
from store.stored_values import DeliveryStatus, OutboxMail, ReportedState


class OutboxStore:
    """Outgoing mails, each queued once per key; every change of status is journaled (:mod:`store.outbox`)."""

    def __init__(self, transactions: Transactions, audit: AuditStore, units: CurrentNames) -> None:
        self._transactions = transactions
        self._units = units
        self._audit = audit

    def _journal_mail(self, connection: Connection, key: str, changed: bool) -> bool:
        """Journals the state of a mail if a step changed it; returns whether it did."""
        if changed:
            self._transactions.journal_row(connection, EntryKind.MAIL, key)
        return changed

    def queue(
        self,
        *,
        key: str,
        purpose: str,
        raw: bytes,
        sender: str,
        recipients: tuple[str, ...],
        when: datetime,
        reported: ReportedState | None = None,
    ) -> bool:
        """Queues a mail, once per key; returns False if it was queued before."""
        with self._transactions.writing() as connection:
            is_new = outbox.add_mail(
                connection, key=key, purpose=purpose, raw=raw, sender=sender, recipients=recipients, when=when
            )
            if is_new and reported is not None:
                reported_states.record_reported(connection, reported)
            return is_new

    def find_reported(self, notice: str, as_of: datetime) -> ReportedState | None:
        """Returns what the digest of an instant reported; ``None`` where that is not kept."""
        with self._transactions.reading() as connection:
            return reported_states.find_reported(connection, notice, as_of, self._units)

    def mails(self) -> tuple[OutboxMail, ...]:
        """Returns all mails, oldest first."""
        with self._transactions.reading() as connection:
            return outbox.mails(connection)

    def keys(self, purpose: str) -> frozenset[str]:
        """Returns the keys of all mails ever queued for this purpose."""
        with self._transactions.reading() as connection:
            return outbox.mail_keys(connection, purpose)

    def find(self, key: str) -> OutboxMail | None:
        """Returns the mail with this key, or None."""
        with self._transactions.reading() as connection:
            return next(iter(outbox.mails(connection, key=key)), None)

    def mail_bytes(self, key: str) -> bytes:
        """Returns the bytes of a mail, empty if its body is gone."""
        with self._transactions.reading() as connection:
            return outbox.mail_bytes(connection, key)

    def find_by_message_ids(self, message_ids: Collection[str]) -> tuple[OutboxMail, ...]:
        """Returns the mails sent under these Message-IDs."""
        with self._transactions.reading() as connection:
            return outbox.find_mails_by_message_id(connection, message_ids)

    def due(self, now: datetime) -> tuple[OutboxMail, ...]:
        """Returns the waiting mails that are due, oldest first."""
        with self._transactions.reading() as connection:
            return outbox.mails(connection, due=now)

    def with_status(self, statuses: Collection[DeliveryStatus]) -> tuple[OutboxMail, ...]:
        """Returns the mails in these states, oldest first."""
        with self._transactions.reading() as connection:
            return outbox.mails(connection, statuses=statuses)

    def count_tried_since(self, since: datetime) -> int:
        """Returns the number of mails given to the server, or refused by it, since an instant."""
        with self._transactions.reading() as connection:
            return outbox.count_tried_since(connection, since)

    def mark_sending(self, key: str, to: Collection[str], when: datetime) -> bool:
        """Marks a mail as being sent, on disk when this returns; returns False if another process took it."""
        with self._transactions.writing_durably() as connection:
            return self._journal_mail(connection, key, outbox.mark_sending(connection, key, to, when))

    def mark_accepted(
        self,
        key: str,
        when: datetime,
        *,
        refused: Mapping[str, str],
        retry_at: datetime | None,
        error: str | None,
    ) -> bool:
        """Marks a mail as accepted for all recipients in flight, on disk when this returns (:func:`store.outbox.mark_accepted`)."""
        with self._transactions.writing_durably() as connection:
            return self._journal_mail(
                connection,
                key,
                outbox.mark_accepted(connection, key, when, refused=refused, retry_at=retry_at, error=error),
            )

    def mark_failed(self, key: str, retry_at: datetime | None, error: str, when: datetime) -> bool:
        """Marks a mail as refused, to be tried again at ``retry_at``, or without it held for a person."""
        with self._transactions.writing() as connection:
            return self._journal_mail(
                connection, key, outbox.mark_failed(connection, key, retry_at, error, when)
            )

    def mark_uncertain(self, key: str, error: str) -> bool:
        """Marks a mail as uncertain: it is unknown whether the server accepted it."""
        with self._transactions.writing() as connection:
            return self._journal_mail(connection, key, outbox.mark_uncertain(connection, key, error))

    def mark_sent(self, key: str, when: datetime) -> bool:
        """Marks an uncertain mail as sent, as it was seen on the server."""
        with self._transactions.writing() as connection:
            return self._journal_mail(connection, key, outbox.mark_sent(connection, key, when))

    def mark_written(self, key: str, when: datetime) -> bool:
        """Marks a mail as written to a folder by a dry run."""
        with self._transactions.writing() as connection:
            return self._journal_mail(connection, key, outbox.mark_written(connection, key, when))

    def make_due_again(self, key: str, now: datetime, audit: AuditLine | None = None) -> bool:
        """Makes a mail due now, even an uncertain one.

        Args:
            audit: the entry for a person's request; None if the mail server's folder shows that it did
                not leave.
        """
        with self._transactions.writing() as connection:
            changed = outbox.make_due_again(connection, key, now)
            return self._journal_mail_and_audit(connection, key, changed, audit)

    def make_due_now(self, key: str, now: datetime) -> bool:
        """Makes a mail due now instead of at its next attempt; an uncertain one stays uncertain."""
        with self._transactions.writing() as connection:
            return self._journal_mail(connection, key, outbox.make_due_now(connection, key, now))

    def cancel(self, key: str, audit: AuditLine | None = None) -> bool:
        """Cancels a mail; returns False if it has left.

        Args:
            audit: the entry for a person's request; None if the mail is no longer needed.
        """
        with self._transactions.writing() as connection:
            changed = outbox.cancel_mail(connection, key)
            return self._journal_mail_and_audit(connection, key, changed, audit)

    def _journal_mail_and_audit(
        self, connection: Connection, key: str, changed: bool, audit: AuditLine | None
    ) -> bool:
        self._journal_mail(connection, key, changed)
        if changed and audit is not None:
            self._audit.record_within(connection, audit)
        return changed
