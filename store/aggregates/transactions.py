"""Transactions of the store, and the journal that each writes before its commit."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import Connection, Engine

from store.engine import DURABLE_OPTION, WRITE_OPTION, lock_journal, translate_errors
from store.keys import sealed_state
from store.safekeeping import lost_transactions, replay
from store.safekeeping.journal import Entry, EntryKind, Journal

if TYPE_CHECKING:  # a store without a key does without the library of ciphers
    from store.sealing.seal import Seal


log = logging.getLogger(__name__)

ROWS_AT_ONCE = 50
"""Rows per transaction; few enough for all its entries to be in the part of the journal that is read after a crash."""


class Transactions:
    """Opens connections for reading and writing; in a sealed store it checks the key before a write."""

    def __init__(self, engine: Engine, journal: Journal, seal: "Seal | None") -> None:
        self.engine = engine
        self.journal = journal
        self._seal = seal

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Opens a connection for reading."""
        with translate_errors(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Opens a transaction for writing; after a power failure it may be lost as a whole."""
        with translate_errors(), self.engine.execution_options(**{WRITE_OPTION: True}).begin() as connection:
            sealed_state.check_seal(connection, self._seal)
            yield connection

    @contextmanager
    def writing_durably(self) -> Iterator[Connection]:
        """Opens a transaction for writing that is on disk when its commit returns.

        Used where losing it would be wrong: for what a person was shown as done, and for the sending of mail.
        """
        options = {WRITE_OPTION: True, DURABLE_OPTION: True}
        with translate_errors(), self.engine.execution_options(**options).begin() as connection:
            sealed_state.check_seal(connection, self._seal)
            yield connection

    def write_journal(self, connection: Connection, entries: Iterable[Entry]) -> None:
        """Appends entries to the journal before the transaction is committed.

        If the store is older than its journal, the whole store is first written into it. Entries of a
        transaction that was then lost are corrected first, while they are the last ones.
        """
        lock_journal(connection)
        if self.journal.exists():
            coming = list(entries)
            self.journal.append([*self.corrections(connection, coming), *coming])
        else:
            self.journal.create(replay.entries_of_store(connection))

    def corrections(self, connection: Connection, coming: Sequence[Entry] = ()) -> list[Entry]:
        """Returns the entries that correct the journal after a lost transaction."""
        newest = lost_transactions.read_tail(self.journal)
        corrections = lost_transactions.find_corrections(connection, self.journal, newest, coming)
        for entry in corrections:
            log.warning("a transaction was lost after its journal entry of a %s", entry.kind)
        return corrections

    def journal_row(self, connection: Connection, kind: EntryKind, key: str | int) -> None:
        """Appends the present state of one row to the journal."""
        self.write_journal(connection, [replay.current_entry(connection, kind, key)])

    def journal_together(self, connection: Connection, rows: Sequence[tuple[EntryKind, str | int]]) -> None:
        """Appends the present state of several rows to the journal, marked as one transaction."""
        entries = [replay.current_entry(connection, kind, key) for kind, key in dict.fromkeys(rows)]
        if len(entries) > 1:
            mark = {lost_transactions.TRANSACTION: uuid4().hex[:12]}
            entries = [Entry(entry.kind, {**entry.values, **mark}) for entry in entries]
        if entries:
            self.write_journal(connection, entries)
