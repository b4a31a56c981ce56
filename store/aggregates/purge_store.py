"""Operations that purge mails and personal data past the time for which the office keeps them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from store.aggregates.transactions import ROWS_AT_ONCE, Transactions
from store.answers.reported_states import forget_reported
from store.archive import Archive
from store.audit.audit_line import AuditLine
from store.audit.audit_trail import clear_reasons
from store.engine import forget_what_was_deleted, lock_journal
from store.retention import personal_words, purged_mails
from store.retention.personal_words import PersonalWords
from store.safekeeping import purging
from store.safekeeping.journal import EntryKind

_Hide = Callable[[Connection, PersonalWords, int], Sequence[str | int]]


class PurgeStore:
    """Purges old mails and personal data from database, journal and archive."""

    def __init__(self, transactions: Transactions, archive: Archive) -> None:
        self._transactions = transactions
        self._archive = archive

    def old_mails(self, before: datetime) -> tuple[purged_mails.OldMail, ...]:
        """Returns the mails that arrived before an instant and were not purged, oldest first."""
        with self._transactions.reading() as connection:
            return purged_mails.old_mails(connection, before)

    def old_bodies(self, before: datetime) -> tuple[str, ...]:
        """Returns the keys of outgoing mails queued before an instant, sent or never to be sent, whose bytes are still stored."""
        with self._transactions.reading() as connection:
            return personal_words.old_bodies(connection, before)

    def last_purge(self) -> datetime | None:
        """Returns when the mail purged last was purged; None before any."""
        with self._transactions.reading() as connection:
            return purged_mails.last_purge(connection)

    def has_begun(self) -> bool:
        """Returns whether a purge was begun and not finished."""
        return purging.PurgeMark(self._archive).exists()

    def begin(self) -> None:
        """Records that a purge begins.

        Raises:
            StoreError: the archive cannot be written, or its journal holds what the database does not.
        """
        with self._transactions.writing() as connection:
            self._transactions.write_journal(connection, ())
            purging.refuse_where_journal_differs(connection, self._transactions.journal)
        purging.PurgeMark(self._archive).set()

    def hide_children_of(
        self,
        message_ids: Collection[str],
        keys: Sequence[str],
        line: AuditLine,
        untouched: Collection[str] = (),
    ) -> None:
        """Removes names and numbers that occur only in rows of these mails from people's texts and from sent mails.

        It must run before the mails are purged, as the names are unknown afterwards.

        Args:
            message_ids: the mails.
            keys: the field keys of names and numbers in rows.
            line: who purges them, recorded where reasons in the audit trail are cleared.
            untouched: kinds of decisions left as they are.
        """
        with self._transactions.reading() as connection:
            going = purged_mails.submissions_that_go(connection, message_ids)
            words = personal_words.personal_words(connection, going, keys)
            bodies = personal_words.bodies_with(connection, words) if words else ()
        self.forget_bodies(bodies)
        hiders: tuple[tuple[EntryKind, _Hide], ...] = (
            (EntryKind.DECISION, partial(personal_words.hide_in_decisions, untouched=untouched)),
            (EntryKind.QUESTION, personal_words.hide_in_questions),
            (EntryKind.ANSWERED, personal_words.hide_in_answers),
        )
        for kind, hide in hiders:
            hidden: Sequence[str | int] = (0,)
            while words and hidden:
                with self._transactions.writing_durably() as connection:
                    hidden = hide(connection, words, ROWS_AT_ONCE)
                    self._transactions.journal_together(connection, [(kind, key) for key in hidden])
        named: Sequence[int] = (0,)
        while words and named:
            with self._transactions.writing_durably() as connection:
                named = personal_words.find_reasons(connection, words, ROWS_AT_ONCE)
                if named:
                    changed = clear_reasons(connection, named, line)
                    self._transactions.journal_together(
                        connection, [(EntryKind.AUDIT, one) for one in changed]
                    )

    def purge(
        self, sizes: Mapping[str, int], reason: purged_mails.PurgeReason, at: datetime
    ) -> tuple[str, ...]:
        """Removes all data of children recorded from some mails, and what digests reported while they were there.

        Args:
            sizes: by message id, the bytes of its raw mail.

        Returns:
            The ids of the messages purged; unknown and already purged ones are skipped.
        """
        with self._transactions.writing_durably() as connection:
            purged = purged_mails.purge_mails(connection, sizes, reason, at)
            if purged:
                forget_reported(connection)
            self._transactions.journal_together(connection, [(EntryKind.PURGED, one) for one in purged])
            return purged

    def forget_bodies(self, keys: Sequence[str]) -> None:
        """Deletes the bytes of sent mails; recipients and times stay."""
        for start in range(0, len(keys), ROWS_AT_ONCE):
            chunk = keys[start : start + ROWS_AT_ONCE]
            with self._transactions.writing_durably() as connection:
                personal_words.forget_bodies(connection, chunk)
                self._transactions.journal_together(connection, [(EntryKind.MAIL, key) for key in chunk])

    def finish(self) -> None:
        """Removes purged data from the files of archive, journal and database.

        Raises:
            StoreError: the archive cannot be written.
            StoreLockedError: another program holds the database, so that its files still contain old
                values.
        """
        with self._transactions.writing() as connection:
            lock_journal(connection)
            purged_mails.empty_left_over(connection)
            purging.bury_mails(self._archive, purged_mails.purged_mails(connection))
            purging.forget_history(connection, self._transactions.journal)
        forget_what_was_deleted(self._transactions.engine, if_busy=purging.STILL_BUSY)
        purging.PurgeMark(self._archive).clear()
