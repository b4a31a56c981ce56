"""Transactions of the store, and the journal that each one writes before it is committed."""

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
"""Written in one transaction, so that its entries stand in the tail of the journal that is read after a crash."""


class Transactions:
    """Opens connections for reading and writing; where the store is sealed, it checks the seal before a write."""

    def __init__(self, engine: Engine, journal: Journal, seal: "Seal | None") -> None:
        self.engine = engine
        self.journal = journal
        self._seal = seal

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with translate_errors(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with translate_errors(), self.engine.execution_options(**{WRITE_OPTION: True}).begin() as connection:
            sealed_state.check_seal(connection, self._seal)
            yield connection

    @contextmanager
    def writing_durably(self) -> Iterator[Connection]:
        """Written so that even a power failure keeps it: what a person was told is done, what a mail's leaving means."""
        options = {WRITE_OPTION: True, DURABLE_OPTION: True}
        with translate_errors(), self.engine.execution_options(**options).begin() as connection:
            sealed_state.check_seal(connection, self._seal)
            yield connection

    def write_journal(self, connection: Connection, entries: Iterable[Entry]) -> None:
        """Puts entries into the journal before the transaction is committed.

        A store that is older than its journal is first written into it as it stands, in this transaction. What a
        transaction wrote there that then was lost is taken back first, while it is the last that was written.
        """
        lock_journal(connection)
        if self.journal.exists():
            coming = list(entries)
            self.journal.append([*self.corrections(connection, coming), *coming])
        else:
            self.journal.create(replay.entries_of_store(connection))

    def corrections(self, connection: Connection, coming: Sequence[Entry] = ()) -> list[Entry]:
        newest = lost_transactions.read_tail(self.journal)
        corrections = lost_transactions.find_corrections(connection, newest, coming)
        for entry in corrections:
            log.warning("a transaction was lost after its journal entry of a %s", entry.kind)
        return corrections

    def journal_row(self, connection: Connection, kind: EntryKind, key: str | int) -> None:
        self.write_journal(connection, [replay.current_entry(connection, kind, key)])

    def journal_together(self, connection: Connection, rows: Sequence[tuple[EntryKind, str | int]]) -> None:
        """Puts several rows into the journal, marked as of one transaction."""
        entries = [replay.current_entry(connection, kind, key) for kind, key in dict.fromkeys(rows)]
        if len(entries) > 1:
            mark = {lost_transactions.TRANSACTION: uuid4().hex[:12]}
            entries = [Entry(entry.kind, {**entry.values, **mark}) for entry in entries]
        if entries:
            self.write_journal(connection, entries)
