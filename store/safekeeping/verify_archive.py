"""Checks every blob of the archive against its name, every line of the journal, and the database against the journal."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import Connection, select

from config.errors import StoreError
from store.archive import Archive
from store.recording import LOCATION, MESSAGE, WATERMARK
from store.retention.purged_mails import PurgedMail
from store.safekeeping.faults import Fault, Slice
from store.safekeeping.journal import DamagedLine, Entry, EntryKind, to_values
from store.safekeeping.replay import agrees, key_name, newest_of_each, rows_of

_PLACES = {
    EntryKind.ASSIGNMENT: "归属决定",
    EntryKind.DECISION: "决定",
    EntryKind.AUDIT: "操作记录",
    EntryKind.QUESTION: "问题编号",
    EntryKind.ANSWERED: "答复邮件",
    EntryKind.MAIL: "待发邮件",
    EntryKind.PURGED: "已清理的邮件",
}


def verify_blobs(archive: Archive, message_ids: Iterable[str], part: Slice) -> Iterator[Fault]:
    """Yields a fault for each message whose raw bytes are missing or changed, and sets these aside for a poll to fetch again."""
    for message_id in message_ids:
        if part.holds(message_id):
            try:
                archive.get(message_id)
            except StoreError as error:
                archive.set_aside(message_id)
                yield Fault(f"邮件 {message_id[:12]}", str(error))


def verify_purged(archive: Archive, purged: Iterable[PurgedMail], part: Slice) -> Iterator[Fault]:
    """Yields a fault for each purged message whose raw bytes still exist, or that has no tombstone."""
    for mail in purged:
        if part.holds(mail.message_id) and (
            archive.holds(mail.message_id) or not archive.is_buried(mail.message_id)
        ):
            yield Fault(f"邮件 {mail.message_id[:12]}", "清理到一半:请再运行一次 kongchuo purge")


def verify_journal_lines(lines: Iterable[Entry | DamagedLine]) -> Iterator[Fault]:
    """Yields a fault for each damaged line; a last line cut short by a crash was never finished and is none."""
    for line in lines:
        if isinstance(line, DamagedLine):
            yield Fault("存档日志", f"第{line.number}行损坏")


def verify_against_journal(connection: Connection, lines: Iterable[Entry | DamagedLine]) -> Iterator[Fault]:
    """Yields a fault for each difference between database and journal.

    Args:
        connection: a writing transaction, so that no other one is between its journal entry and its
            commit.
    """
    entries = [line for line in lines if isinstance(line, Entry)]
    yield from _compare_arrivals(connection, entries)
    yield from _compare_watermarks(connection, entries)
    for kind in _PLACES:
        yield from _compare_rows(connection, kind, entries)


def _compare_arrivals(connection: Connection, entries: Iterable[Entry]) -> Iterator[Fault]:
    received: dict[str, datetime] = {}
    places: dict[tuple[str, int, int], str] = {}
    for entry in entries:
        if entry.kind is EntryKind.FORGOTTEN:
            folder = (entry.values["mailbox"], entry.values["uidvalidity"])
            places = {place: message_id for place, message_id in places.items() if place[:2] != folder}
        if entry.kind is not EntryKind.ARRIVAL:
            continue
        message_id, values = str(entry.values["message_id"]), entry.values
        at = entry.instant("received_at")
        received[message_id] = min(received.get(message_id, at), at)
        places[(values["mailbox"], values["uidvalidity"], values["uid"])] = message_id
    arrivals_in_database = {
        row.id: row.received_at for row in connection.execute(select(MESSAGE.c.id, MESSAGE.c.received_at))
    }
    for message_id in sorted(received.keys() | arrivals_in_database.keys()):
        if received.get(message_id) != arrivals_in_database.get(message_id):
            yield Fault(f"邮件 {message_id[:12]}", "到达时间与存档日志不符")
    located = {
        (row.mailbox, row.uidvalidity, row.uid): row.message_id
        for row in connection.execute(select(LOCATION))
    }
    for mailbox, uidvalidity, uid in sorted(places.keys() ^ located.keys()):
        yield Fault(f"邮箱 {mailbox}", f"第{uid}号邮件(UIDVALIDITY {uidvalidity})的位置与存档日志不符")
    for place in sorted(places.keys() & located.keys()):
        if places[place] != located[place]:
            yield Fault(f"邮箱 {place[0]}", f"第{place[2]}号邮件记成了另一封")


def _compare_watermarks(connection: Connection, entries: Iterable[Entry]) -> Iterator[Fault]:
    highest: dict[tuple[str, int], int] = {}
    for entry in entries:
        if entry.kind is EntryKind.WATERMARK:
            folder = (entry.values["mailbox"], entry.values["uidvalidity"])
            highest[folder] = max(entry.values["uid"], highest.get(folder, 0))
        elif entry.kind is EntryKind.FORGOTTEN:
            highest.pop((entry.values["mailbox"], entry.values["uidvalidity"]), None)
    recorded = {(row.mailbox, row.uidvalidity): row.uid for row in connection.execute(select(WATERMARK))}
    if highest != recorded:
        yield Fault("邮箱", "收到第几号的记录与存档日志不符")


def _compare_rows(connection: Connection, kind: EntryKind, entries: Iterable[Entry]) -> Iterator[Fault]:
    """Yields the differences of one table; a mail that was never tried is not in the journal."""
    key = key_name(kind)
    journaled = {str(number): written for number, written in newest_of_each(entries, kind).items()}
    recorded = {str(row[key]): to_values(row) for row in connection.execute(rows_of(kind)).mappings()}
    for number in sorted(journaled.keys() | recorded.keys()):
        written, row = journaled.get(number), recorded.get(number)
        if written is None and kind is EntryKind.MAIL:
            continue
        if written is None or row is None or not agrees(row, written):
            yield Fault(f"{_PLACES[kind]} {number}", "与存档日志不符")
