"""Deletes what is kept no longer."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from store.aggregates.transactions import ROWS_AT_ONCE, Transactions
from store.archive import Archive
from store.engine import forget_what_was_deleted, lock_journal
from store.retention import personal_words, purged_mails
from store.retention.personal_words import PersonalWords
from store.safekeeping import purging
from store.safekeeping.journal import EntryKind

_Hide = Callable[[Connection, PersonalWords, int], Sequence[str | int]]


class PurgeStore:
    """Deletes old mails and personal words, with every trace in database, journal and archive."""

    def __init__(self, transactions: Transactions, archive: Archive) -> None:
        self._transactions = transactions
        self._archive = archive

    def old_mails(self, before: datetime) -> tuple[purged_mails.OldMail, ...]:
        """The mails that arrived before and were not purged, oldest first."""
        with self._transactions.reading() as connection:
            return purged_mails.old_mails(connection, before)

    def old_bodies(self, before: datetime) -> tuple[str, ...]:
        """The keys of mails that left, or never will, were queued before, and whose bytes are kept."""
        with self._transactions.reading() as connection:
            return personal_words.old_bodies(connection, before)

    def has_begun(self) -> bool:
        """Returns whether a purge was begun and did not end."""
        return purging.PurgeMark(self._archive).exists()

    def begin(self) -> None:
        """Notes that a purge begins.

        Raises:
            StoreError: the archive cannot be written, or its journal holds what the database does not.
        """
        with self._transactions.writing() as connection:
            self._transactions.write_journal(connection, ())
            purging.refuse_where_journal_differs(connection, self._transactions.journal)
        purging.PurgeMark(self._archive).set()

    def hide_children_of(
        self, message_ids: Collection[str], keys: Sequence[str], untouched: Collection[str] = ()
    ) -> None:
        """Takes names and numbers that stand in the rows of these mails alone out of what people wrote and of what was sent.

        To be called before they are purged: afterwards nobody knows the names.

        Args:
            message_ids: the mails.
            keys: of names and numbers in rows.
            untouched: kinds of decisions that are left as they are.
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

    def purge(
        self, sizes: Mapping[str, int], reason: purged_mails.PurgeReason, at: datetime
    ) -> tuple[str, ...]:
        """Takes everything of a child out of what was recorded of some mails, whose sizes these are.

        Returns:
            The messages that were purged; one that is none, or was purged before, is left alone.
        """
        with self._transactions.writing_durably() as connection:
            purged = purged_mails.purge_mails(connection, sizes, reason, at)
            self._transactions.journal_together(connection, [(EntryKind.PURGED, one) for one in purged])
            return purged

    def forget_bodies(self, keys: Sequence[str]) -> None:
        """Forgets the bytes of mails that left; to whom each went and when stays."""
        for start in range(0, len(keys), ROWS_AT_ONCE):
            chunk = keys[start : start + ROWS_AT_ONCE]
            with self._transactions.writing_durably() as connection:
                personal_words.forget_bodies(connection, chunk)
                self._transactions.journal_together(connection, [(EntryKind.MAIL, key) for key in chunk])

    def finish(self) -> None:
        """Has no file of the store hold anything of what was purged.

        Raises:
            StoreError: the archive cannot be written.
            StoreLockedError: another program holds the database, whose files hold old values still.
        """
        with self._transactions.writing() as connection:
            lock_journal(connection)
            purged_mails.empty_left_over(connection)
            purging.bury_mails(self._archive, purged_mails.purged_mails(connection))
            purging.forget_history(connection, self._transactions.journal)
        forget_what_was_deleted(self._transactions.engine, if_busy=purging.STILL_BUSY)
        purging.PurgeMark(self._archive).clear()
