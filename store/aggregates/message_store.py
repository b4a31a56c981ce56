"""Operations on archived messages: their results, and which are to be read (again)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select

from store import outbox, recording
from store.aggregates.transactions import Transactions
from store.answers import answer_mails
from store.drafts import MessageDraft
from store.mailboxes import unfetched
from store.questions import queries
from store.safekeeping import replay
from store.safekeeping.journal import EntryKind


class MessageStore:
    """Archived messages, with the results of reading each."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def record(self, notice: str, drafts: Sequence[MessageDraft]) -> None:
        """Records the results of some messages in one transaction: after a crash, all of them or none."""
        with self._transactions.writing() as connection:
            recording.record_messages(connection, notice, drafts)
            answer_mails.put_replies(connection, {draft.message_id: draft.reply for draft in drafts})
            bounces = [draft.bounce for draft in drafts if draft.bounce is not None]
            marked = [
                key
                for bounce in bounces
                for key in outbox.mark_bounced(connection, bounce.outgoing_ids, bounce.reasons)
            ]
            if bounces:
                entries = [
                    replay.current_entry(connection, EntryKind.MAIL, key) for key in dict.fromkeys(marked)
                ]
                self._transactions.write_journal(connection, entries)

    def newest_arrival(self) -> datetime | None:
        """Returns the arrival of the newest message, or None without any."""
        with self._transactions.reading() as connection:
            return connection.execute(select(func.max(recording.MESSAGE.c.received_at))).scalar()

    def find_from(self, sender: str, since: datetime) -> dict[str, datetime]:
        """Returns by id the arrivals of messages from an address since an instant, oldest first."""
        with self._transactions.reading() as connection:
            return queries.messages_from(connection, sender, since)

    def find_with_code(self, message_ids: Collection[str], code: str) -> frozenset[str]:
        """Returns the ids of given messages that have a quarantined file with this reason code."""
        with self._transactions.reading() as connection:
            return queries.messages_with_code(connection, message_ids, code)

    def find_with_passwords_due(self) -> list[tuple[str, datetime]]:
        """Returns messages whose locked files or passwords are still to be tried, with their arrivals, oldest first."""
        with self._transactions.reading() as connection:
            return recording.messages_with_passwords_due(connection)

    def settle_passwords(self, message_ids: Collection[str]) -> None:
        """Records that the passwords of these messages' senders were tried."""
        with self._transactions.writing() as connection:
            recording.settle_passwords(connection, message_ids)

    def unprocessed(self) -> list[tuple[str, datetime]]:
        """Returns ids and arrivals of messages archived but not yet processed, oldest first."""
        with self._transactions.reading() as connection:
            return recording.unprocessed(connection)

    def count_unread(self, as_of: datetime) -> int:
        """Returns the number of mails that had arrived and are unread: only archived, or for less than a day not delivered."""
        with self._transactions.reading() as connection:
            archived = sum(received_at <= as_of for _, received_at in recording.unprocessed(connection))
            waiting = sum(mail.may_come_by(as_of) for mail in unfetched.unfetched_mails(connection))
        return archived + waiting

    def count_try(self, message_id: str) -> int:
        """Increments the number of times that a message's processing was started; returns the number before."""
        with self._transactions.writing() as connection:
            return recording.count_try(connection, message_id)

    def take_back_try(self, message_id: str) -> None:
        """Decrements the number of times that a message's processing was started, after a failure not caused by the message."""
        with self._transactions.writing() as connection:
            recording.take_back_try(connection, message_id)

    def find_to_rerun(
        self,
        *,
        failed: bool = False,
        message: str | None = None,
        messages: Sequence[str] | None = None,
        unit: str | None = None,
        since: datetime | None = None,
    ) -> list[tuple[str, datetime]]:
        """Returns ids and arrivals of archived messages that meet all given conditions, oldest first; all without conditions.

        Args:
            failed: only with an error, a quarantined file, or unprocessed.
            message: the beginning of a message id.
            messages: message ids.
            unit: with a file of this unit.
            since: arrived since.
        """
        with self._transactions.reading() as connection:
            return queries.messages_to_rerun(
                connection, failed=failed, message=message, messages=messages, unit=unit, since=since
            )
