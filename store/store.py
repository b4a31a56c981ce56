"""Opens the store and composes its aggregates."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from store.aggregates.audit_store import AuditStore
from store.aggregates.decision_store import DecisionStore
from store.aggregates.file_store import FileStore
from store.aggregates.job_store import JobStore
from store.aggregates.mailbox_store import MailboxStore
from store.aggregates.message_store import MessageStore
from store.aggregates.outbox_store import OutboxStore
from store.aggregates.purge_store import PurgeStore
from store.aggregates.question_store import QuestionStore
from store.aggregates.safekeeping_store import SafekeepingStore
from store.aggregates.submission_store import SubmissionStore
from store.aggregates.transactions import Transactions
from store.archive import Archive
from store.engine import open_engine
from store.keys import sealed_state
from store.keys.key_store import KeyStore
from store.questions.current_names import CurrentNames
from store.questions.recorded import Recorded, RecordedRows
from store.safekeeping.journal import Journal

if TYPE_CHECKING:  # a store without a key does without the library of ciphers
    from store.sealing.seal import Seal
    from store.sealing.wrapped_key import FindCodes

_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


class Store:
    """Everything recorded, and the archive of raw mail: one attribute for each aggregate.

    Reading methods take ids or an instant; none keeps state between calls. Database errors are raised as
    :class:`config.errors.StoreError` or one of its subclasses.
    """

    def __init__(
        self,
        engine: Engine,
        archive: Path,
        current_name: Callable[[str], str] = str,
        seal: "Seal | None" = None,
    ) -> None:
        self.engine = engine
        self.archive = Archive(archive, seal)
        self._seal = seal
        self._transactions = Transactions(engine, Journal(archive, seal), seal)
        units = CurrentNames(current_name)
        self.mailboxes = MailboxStore(self._transactions, self.archive)
        self.messages = MessageStore(self._transactions)
        self.submissions = SubmissionStore(self._transactions, units)
        self.files = FileStore(self._transactions, units)
        self.decisions = DecisionStore(self._transactions, units)
        self.audit = AuditStore(self._transactions)
        self.questions = QuestionStore(self._transactions)
        self.jobs = JobStore(self._transactions)
        self.outbox = OutboxStore(self._transactions, self.audit, units)
        self.safekeeping = SafekeepingStore(self._transactions, self.archive)
        self.keys = KeyStore(engine, self.archive, seal)
        self.purging = PurgeStore(self._transactions, self.archive)

    @classmethod
    def open(
        cls,
        url: str,
        archive: Path,
        current_name: Callable[[str], str] = str,
        find_codes: "FindCodes | None" = None,
    ) -> "Store":
        """Opens a store, creating or upgrading its schema as needed.

        Args:
            url: of the database.
            archive: the folder of raw mail.
            current_name: returns a unit's present name for a former one.
            find_codes: returns candidates for the recovery code of the store's key.

        Raises:
            StoreKeyError: the store is sealed and its key is missing or another one; nothing was written.
        """
        seal = sealed_state.unlock_archive(archive, find_codes)
        engine = open_engine(url)
        try:
            seal = sealed_state.settle_seal(engine, archive, seal, find_codes)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, archive, current_name, seal)

    @property
    def key_id(self) -> str | None:
        """The id of the key with which the store is sealed, or None."""
        return None if self._seal is None else self._seal.key_id

    def recorded(self) -> Recorded:
        """Returns what was recorded as values and functions, from which judgements are computed without a store."""
        return Recorded(
            decisions=self.decisions.made(_END_OF_TIME),
            assigned_senders=self.decisions.assigned_senders(),
            assigned_files=frozenset(self.decisions.assignments()),
            rows=RecordedRows(
                records=self.submissions.records,
                row_keys=self.submissions.row_keys,
                problems=self.submissions.problems,
            ),
            submissions=self.submissions.copies,
            proofs=self.submissions.proofs,
            files=self.files.arrived,
            file_paths=self.files.paths,
            count_unread=self.messages.count_unread,
        )

    def close(self) -> None:
        """Closes the connections to the database."""
        self.engine.dispose()

    def try_to_write(self) -> None:
        """Begins a transaction and ends it without a change, to test that the database can be written.

        Raises:
            StoreLockedError: another program holds the database for too long.
            StoreError: the database cannot be written.
        """
        with self._transactions.writing():
            pass
