"""Makes the journal's entries of a store, and a store's rows of the journal's entries."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, delete, insert, select

from store.answers.answer_mails import ANSWERED
from store.answers.question_numbers import QUESTION
from store.audit.audit_trail import AUDIT
from store.decisions import ASSIGNMENT, DECISION
from store.drafts import Arrival, ArrivalBasis
from store.mailboxes.places import forget_places
from store.models import UtcDateTime
from store.outbox import OUTBOX
from store.recording import LOCATION, MESSAGE, PURGED, WATERMARK, raise_watermark, record_arrivals
from store.retention.purged_mails import restore_remains
from store.safekeeping.journal import Entry, EntryKind, to_values
from store.stored_values import ACCEPTED, DeliveryStatus

_ARRIVALS_PER_STATEMENT = 200
_TABLES = {
    EntryKind.ASSIGNMENT: ASSIGNMENT,
    EntryKind.DECISION: DECISION,
    EntryKind.AUDIT: AUDIT,
    EntryKind.QUESTION: QUESTION,
    EntryKind.ANSWERED: ANSWERED,
    EntryKind.MAIL: OUTBOX,
    EntryKind.PURGED: PURGED,
}
ROWS = frozenset(_TABLES)
"""The kinds of entries that describe a row of a table."""
_OF_PEOPLE = (EntryKind.ASSIGNMENT, EntryKind.DECISION, EntryKind.AUDIT)
_SETTLED = (DeliveryStatus.SENT, DeliveryStatus.CANCELLED, DeliveryStatus.WRITTEN)


def arrival_entries(arrivals: Iterable[Arrival], watermark: int | None) -> list[Entry]:
    """Returns the journal entries for a batch of messages from one mailbox."""
    batch = list(arrivals)
    entries = [Entry(EntryKind.ARRIVAL, to_values(_fields_of(arrival))) for arrival in batch]
    if batch and watermark is not None:
        place = {"mailbox": batch[0].mailbox, "uidvalidity": batch[0].uidvalidity, "uid": watermark}
        entries.append(Entry(EntryKind.WATERMARK, place))
    return entries


def _fields_of(arrival: Arrival) -> dict[str, Any]:
    """Returns the fields of an arrival; ``asdict`` would copy time zones, which some libraries do not allow."""
    return {field.name: getattr(arrival, field.name) for field in fields(arrival)}


def entries_of_store(connection: Connection) -> Iterator[Entry]:
    """Yields all entries that the journal of this store would have, for a store that is older than its journal."""
    arrivals = (
        select(LOCATION, MESSAGE.c.received_at, MESSAGE.c.arrival_basis.label("basis"))
        .join(MESSAGE, MESSAGE.c.id == LOCATION.c.message_id)
        .order_by(LOCATION.c.mailbox, LOCATION.c.uidvalidity, LOCATION.c.uid)
    )
    for row in connection.execute(arrivals).mappings():
        yield Entry(EntryKind.ARRIVAL, to_values(row))
    for row in connection.execute(select(WATERMARK)).mappings():
        yield Entry(EntryKind.WATERMARK, to_values(row))
    for kind in _TABLES:
        for row in connection.execute(rows_of(kind)).mappings():
            yield Entry(kind, to_values(row))


def without_history(connection: Connection, lines: Sequence[Entry]) -> Iterator[Entry]:
    """Yields the entries of an equivalent journal with only the present state of rows."""
    yield from (line for line in lines if line.kind not in ROWS and line.kind is not EntryKind.DROPPED)
    for kind in _TABLES:
        known = newest_of_each(lines, kind).keys()
        for row in connection.execute(rows_of(kind)).mappings():
            # A mail that was never tried is not in the journal.
            if kind is not EntryKind.MAIL or row[key_name(kind)] in known:
                yield Entry(kind, to_values(row))


def rows_of(kind: EntryKind) -> Select[Any]:
    """Returns the query for the rows that entries of this kind describe, without bodies of mails."""
    return select(_TABLES[kind]).order_by(_key_column(kind))


def key_name(kind: EntryKind) -> str:
    """Returns the name of the key column of the rows that entries of this kind describe."""
    return _key_column(kind).name


def _key_column(kind: EntryKind) -> Column[Any]:
    (column,) = _TABLES[kind].primary_key.columns
    return column


def find_row(connection: Connection, kind: EntryKind, key: str | int) -> Mapping[str, Any] | None:
    """Returns the JSON values of a row in this transaction, or None."""
    row = connection.execute(rows_of(kind).where(_key_column(kind) == key)).mappings().first()
    return None if row is None else to_values(row)


def agrees(row: Mapping[str, Any], written: Mapping[str, Any]) -> bool:
    """Returns whether an entry equals the row in all columns that both have."""
    return all(row[name] == written[name] for name in row.keys() & written.keys())


def current_entry(connection: Connection, kind: EntryKind, key: str | int) -> Entry:
    """Returns the entry that makes the journal agree with the database on a row."""
    row = find_row(connection, kind, key)
    return Entry(EntryKind.DROPPED, {"kind": kind, "key": key}) if row is None else Entry(kind, row)


def newest_of_each(entries: Iterable[Entry], kind: EntryKind) -> dict[str | int, Mapping[str, Any]]:
    """Returns by key the journal's last values of the rows of a kind."""
    newest: dict[str | int, Mapping[str, Any]] = {}
    for entry in entries:
        if entry.kind is kind:
            newest[entry.values[key_name(kind)]] = entry.values
        elif entry.kind is EntryKind.DROPPED and entry.values["kind"] == kind:
            newest.pop(entry.values["key"], None)
    return newest


def tells_of_mail_or_people(entries: Sequence[Entry]) -> bool:
    """Returns whether these entries, replayed, contain mail that arrived or may have been sent, or people's decisions."""
    if any(entry.kind is EntryKind.ARRIVAL for entry in entries):
        return True
    if any(map(_has_left, newest_of_each(entries, EntryKind.MAIL).values())):
        return True
    return any(newest_of_each(entries, kind) for kind in _OF_PEOPLE)


def replay(connection: Connection, entries: Iterable[Entry]) -> None:
    """Fills the tables that cannot be read from mails, in the order of the journal; of two entries of one key the later counts.

    A mail that was being sent and is not known to have left becomes uncertain: it is not sent again unless
    the mail server or a person shows that it did not arrive.
    """
    arrivals: list[Arrival] = []
    mails: dict[str, Entry] = {}
    for entry in entries:
        match entry.kind:
            case EntryKind.ARRIVAL:
                arrivals.append(arrival_of(entry))
            case EntryKind.WATERMARK:
                place = {key: entry.values[key] for key in ("mailbox", "uidvalidity", "uid")}
                raise_watermark(connection, **place)
            case EntryKind.FORGOTTEN:
                _record_all(connection, arrivals)
                arrivals.clear()
                forget_places(connection, entry.values["mailbox"], entry.values["uidvalidity"])
            case EntryKind.MAIL:
                mails[entry.values["key"]] = entry
            case EntryKind.DROPPED if entry.values["kind"] == EntryKind.MAIL:
                mails.pop(entry.values["key"], None)
            case EntryKind.DROPPED:
                kind = EntryKind(entry.values["kind"])
                connection.execute(delete(_TABLES[kind]).where(_key_column(kind) == entry.values["key"]))
            case _:
                _put_row(connection, entry)
    _record_all(connection, arrivals)
    restore_remains(connection)
    rows = [_mail_row(entry) for entry in mails.values() if _has_left(entry.values)]
    if rows:
        connection.execute(insert(OUTBOX), rows)


def _record_all(connection: Connection, arrivals: Sequence[Arrival]) -> None:
    for start in range(0, len(arrivals), _ARRIVALS_PER_STATEMENT):
        record_arrivals(connection, arrivals[start : start + _ARRIVALS_PER_STATEMENT], None)


def arrival_of(entry: Entry) -> Arrival:
    """Returns the arrival in an entry, without fields that this version of the program lacks."""
    known = {field.name for field in fields(Arrival)}
    values = {name: value for name, value in entry.values.items() if name in known}
    values["basis"] = ArrivalBasis(values.get("basis", ArrivalBasis.SERVER))
    return Arrival(**{**values, "received_at": entry.instant("received_at")})


def _put_row(connection: Connection, entry: Entry) -> None:
    table, key = _TABLES[entry.kind], _key_column(entry.kind)
    row = _row(table, entry)
    connection.execute(delete(table).where(key == row[key.name]))
    connection.execute(insert(table).values(row))


def _has_left(mail: Mapping[str, Any]) -> bool:
    """Returns whether a mail may have reached a recipient, or was cancelled by a person and must not be made again."""
    state, fates = DeliveryStatus(mail["state"]), mail["fates"]
    return state not in (DeliveryStatus.WAITING, DeliveryStatus.HELD) or ACCEPTED in fates.values()


def _mail_row(entry: Entry) -> dict[str, Any]:
    row = {"head": "", **_row(OUTBOX, entry), "size": 0, "next_at": None}
    if row["state"] not in _SETTLED:
        row["state"], row["error"] = DeliveryStatus.UNCERTAIN, "数据库重建前没有发完,不知收到没有:请问收件人"
    return row


def _row(table: Table, entry: Entry) -> dict[str, Any]:
    """Returns the values of an entry for the columns that this version of the program has."""
    return {
        name: datetime.fromisoformat(value)
        if isinstance(table.c[name].type, UtcDateTime) and value is not None
        else value
        for name, value in entry.values.items()
        if name in table.c
    }
