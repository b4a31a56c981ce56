"""Operations that keep the store whole: sealing, verifying, and rebuilding from the journal."""

from collections.abc import Callable, Iterator

from sqlalchemy import literal, select

from store import decisions, outbox, recording
from store.aggregates.transactions import Transactions
from store.archive import Archive
from store.audit import audit_trail
from store.engine import forget_what_was_deleted, lock_journal
from store.keys import sealed_state
from store.retention import purged_mails
from store.safekeeping import lost_transactions, replay, verify_archive, verify_rows
from store.safekeeping.faults import Fault, Slice
from store.safekeeping.journal import DamagedLine, Entry

_FILES_SEALED_AT_ONCE = 200


class SafekeepingStore:
    """Seals, verifies and restores what is stored."""

    def __init__(self, transactions: Transactions, archive: Archive) -> None:
        self._transactions = transactions
        self._archive = archive

    def count_unsealed(self) -> int:
        """Returns the number of archived files that are not encrypted, the journal included."""
        return len(self._archive.unsealed_files()) + self._transactions.journal.has_unsealed_lines()

    def seal_archive(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Encrypts everything archived that is not encrypted with the newest key; returns the number of files.

        Args:
            progress: called with files done and files in all.

        Raises:
            StoreError: the disk is full, or the archive cannot be written; files already encrypted stay
                so.
        """
        files = self._archive.files_of_older_keys()
        for start in range(0, len(files), _FILES_SEALED_AT_ONCE):
            self._archive.seal_files(files[start : start + _FILES_SEALED_AT_ONCE])
            if progress is not None:
                progress(min(start + _FILES_SEALED_AT_ONCE, len(files)), len(files))
        with self._transactions.writing() as connection:
            lock_journal(connection)
            self._transactions.journal.seal_lines()
        forget_what_was_deleted(self._transactions.engine, if_busy=sealed_state.SEALED_BUT_BUSY)
        return len(files)

    def verify(self, part: Slice) -> Iterator[Fault]:
        """Yields what differs from what was written, in the archive, its journal and the database.

        Args:
            part: the slice of messages and submissions to check.
        """
        lines = list(self._transactions.journal.entries())
        yield from verify_archive.verify_journal_lines(lines)
        with self._transactions.reading() as connection:
            yield from verify_rows.verify_database(connection)
            kept = verify_rows.kept_message_ids(connection)
            yield from verify_archive.verify_blobs(self._archive, kept, part)
            yield from verify_archive.verify_purged(
                self._archive, purged_mails.purged_mails(connection), part
            )
            yield from verify_rows.verify_messages(connection, part)
            yield from verify_rows.verify_submissions(connection, part)
            yield from verify_rows.verify_outbox(connection, part)
        with self._transactions.writing() as connection:
            lock_journal(connection)
            if not self.has_journal() and verify_rows.is_older_than_checksums(connection):
                self._transactions.write_journal(connection, ())
            else:
                self._transactions.journal.append(self._transactions.corrections(connection))
            yield from tuple(
                verify_archive.verify_against_journal(connection, self._transactions.journal.entries())
            )

    def is_empty(self) -> bool:
        """Returns whether nothing was ever recorded: no message, decision, audit entry or outgoing mail."""
        tables = (
            recording.MESSAGE,
            decisions.ASSIGNMENT,
            decisions.DECISION,
            audit_trail.AUDIT,
            outbox.OUTBOX,
        )
        with self._transactions.reading() as connection:
            return all(
                connection.execute(select(literal(1)).select_from(table).limit(1)).first() is None
                for table in tables
            )

    def has_lost_its_rows(self) -> bool:
        """Returns whether the store is empty although the archive's journal has arrivals, decisions or sent mail."""
        return self.is_empty() and replay.tells_of_mail_or_people(
            [line for line in self._transactions.journal.entries() if isinstance(line, Entry)]
        )

    def has_journal(self) -> bool:
        """Returns whether the archive has a journal."""
        return self._transactions.journal.exists()

    def replay_journal(self) -> int:
        """Fills an empty store from the journal; returns the number of damaged lines."""
        lines = list(self._transactions.journal.entries())
        with self._transactions.writing_durably() as connection:
            lock_journal(connection)
            entries = [line for line in lines if isinstance(line, Entry)]
            replay.replay(connection, entries)
            self._transactions.journal.append(lost_transactions.find_differing_mails(connection, entries))
        return sum(isinstance(line, DamagedLine) for line in lines)
