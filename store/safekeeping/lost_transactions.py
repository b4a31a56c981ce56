"""Finds journal entries of transactions that a crash or error ended before they reached the database."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from store.audit.audit_trail import is_cleared
from store.recording import known_messages
from store.safekeeping.journal import Entry, EntryKind, Journal
from store.safekeeping.replay import ROWS, agrees, current_entry, find_row, key_name, newest_of_each

_TAIL_BYTES = 1 << 16
"""More bytes than most transactions write."""
_WIDER = 4
TRANSACTION = "transaction"
"""The key under which entries of one transaction with several rows carry a common mark."""


def read_tail(journal: Journal) -> list[Entry]:
    """Returns the newest entries, at least those of the last transaction and one before them.

    An audit entry may contain marks of every child of a county, and so be longer than the usual tail.
    """
    size, whole = _TAIL_BYTES, journal.size()
    while True:
        entries = list(journal.newest_entries(size))
        if size >= whole or (entries and not _is_of_one_transaction(entries[0], entries[-1])):
            return entries
        size *= _WIDER


def _is_of_one_transaction(first: Entry, last: Entry) -> bool:
    mark = last.values.get(TRANSACTION)
    return first is last or (mark is not None and first.values.get(TRANSACTION) == mark)


def find_corrections(
    connection: Connection, journal: Journal, newest: Sequence[Entry], coming: Sequence[Entry] = ()
) -> list[Entry]:
    """Returns the entries that make the journal agree with the database again after a lost transaction.

    Only the rows of one transaction are corrected. A database that lacks more is an older copy put in place
    of a newer one: then the journal is right, and verification keeps reporting the difference. So it is with a
    row that never was as the database has it: no transaction was lost, somebody changed it.

    Args:
        connection: holds the journal's lock (:func:`store.engine.lock_journal`).
        journal: the whole journal, read only where a row differs.
        newest: its entries at the end, oldest first.
        coming: entries that this transaction is about to write; earlier ones of the same rows need no
            correction.
    """
    lost: list[tuple[EntryKind, str | int]] = []
    together: set[tuple[EntryKind, str | int]] = set()
    """For each of them its kind and transaction; the rows that one transaction wrote are marked with it."""
    rewritten = {(entry.kind, entry.values[key_name(entry.kind)]) for entry in coming if entry.kind in ROWS}
    for entry in reversed(newest):
        match entry.kind:
            case EntryKind.ARRIVAL:  # a lost one is recorded by the next poll
                if known_messages(connection, {str(entry.values["message_id"])}):
                    break
            case EntryKind.WATERMARK | EntryKind.FORGOTTEN:
                continue
            case EntryKind.DROPPED:
                break
            case kind:
                key = entry.values[key_name(kind)]
                if (kind, key) in rewritten:
                    continue
                row = find_row(connection, kind, key)
                appended = kind is EntryKind.AUDIT and not is_cleared(entry.values)
                if row is not None and (appended or agrees(row, entry.values)):
                    break
                if row is not None and not _was_once(row, kind, key, journal):
                    break
                lost.append((kind, key))
                together.add((kind, str(entry.values.get(TRANSACTION, key))))
    if any(count > 1 for count in Counter(kind for kind, _ in together).values()):
        return []
    return [current_entry(connection, kind, key) for kind, key in reversed(lost)]


def _was_once(row: Mapping[str, Any], kind: EntryKind, key: str | int, journal: Journal) -> bool:
    """Returns whether the journal has a row in this state; a mail has states before its first entry."""
    return kind is EntryKind.MAIL or any(
        isinstance(entry, Entry)
        and entry.kind is kind
        and entry.values[key_name(kind)] == key
        and agrees(row, entry.values)
        for entry in journal.entries()
    )


def find_differing_mails(connection: Connection, entries: Sequence[Entry]) -> list[Entry]:
    """Returns an entry for each mail whose journaled state differs from a store rebuilt from the journal."""
    return [
        current_entry(connection, EntryKind.MAIL, key)
        for key, written in newest_of_each(entries, EntryKind.MAIL).items()
        if (row := find_row(connection, EntryKind.MAIL, key)) is None or not agrees(row, written)
    ]
