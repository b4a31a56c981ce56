"""Removes all data of children recorded from a mail, and keeps the figures.

What remains of a mail (sender, arrival, number of files, forms and units, numbers of rows) stays in its
tables, so that the counts of a past semester stay. It is also kept in a row of its own, from which a store
can be rebuilt.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select, update

from store.checksums import message_checksum, submission_checksum
from store.models import ReplyRow
from store.recording import (
    BLOCK,
    FILE,
    FILE_SUBMISSION,
    MESSAGE,
    PROOF,
    PURGED,
    SUBMISSION,
    chunks,
    core_table,
    insert_if_absent,
    is_purged,
)

_REPLY = core_table(ReplyRow)
GONE = "(已清理)"
"""Replaces a subject or a file's name."""
_GONE_REASON = "已过保存期,内容已清理"
_OF_ARRIVAL = frozenset({"id", "received_at", "arrival_basis"})
_LONGEST_SUFFIX = 6


class PurgeReason(StrEnum):
    """Why a mail was purged: retention or request."""

    RETENTION = "retention"
    """Its time of retention is over."""
    REQUEST = "request"
    """A child's guardians requested it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OldMail:
    """A mail old enough to be purged."""

    message_id: str
    received_at: datetime
    is_read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgedMail:
    """A purged mail, with the content of its tombstone in the archive."""

    message_id: str
    at: datetime
    received_at: datetime
    size: int
    """Bytes of the raw mail."""
    reason: PurgeReason


def old_mails(connection: Connection, before: datetime) -> tuple[OldMail, ...]:
    """Returns the mails that arrived before an instant and were not purged, oldest first."""
    query = (
        select(MESSAGE.c.id, MESSAGE.c.received_at, MESSAGE.c.processed)
        .where(MESSAGE.c.received_at < before, ~is_purged(MESSAGE.c.id))
        .order_by(MESSAGE.c.received_at, MESSAGE.c.id)
    )
    return tuple(
        OldMail(message_id=row.id, received_at=row.received_at, is_read=row.processed)
        for row in connection.execute(query)
    )


def purged_mails(connection: Connection) -> tuple[PurgedMail, ...]:
    """Returns every purged mail, by id."""
    columns = (PURGED.c.message_id, PURGED.c.at, PURGED.c.received_at, PURGED.c.size, PURGED.c.reason)
    return tuple(
        PurgedMail(
            message_id=row.message_id,
            at=row.at,
            received_at=row.received_at,
            size=row.size,
            reason=PurgeReason(row.reason),
        )
        for row in connection.execute(select(*columns).order_by(PURGED.c.message_id))
    )


def last_purge(connection: Connection) -> datetime | None:
    """Returns when the mail purged last was purged."""
    newest = select(PURGED.c.at).order_by(PURGED.c.at.desc()).limit(1)
    at: datetime | None = connection.execute(newest).scalar()
    return at


def submissions_that_go(connection: Connection, message_ids: Collection[str]) -> frozenset[str]:
    """Returns the ids of submissions with rows that only these and already purged mails contain."""
    files = FILE.join(FILE_SUBMISSION, FILE_SUBMISSION.c.file_id == FILE.c.id)
    claims = connection.execute(
        select(FILE_SUBMISSION.c.submission_id, FILE.c.message_id, is_purged(FILE.c.message_id).label("gone"))
        .select_from(files)
        .join(BLOCK, BLOCK.c.submission_id == FILE_SUBMISSION.c.submission_id)
    )
    going, staying = set[str](), set[str]()
    for row in claims:
        (going if row.gone or row.message_id in message_ids else staying).add(row.submission_id)
    return frozenset(going - staying)


def purge_mails(
    connection: Connection, sizes: Mapping[str, int], reason: PurgeReason, at: datetime
) -> tuple[str, ...]:
    """Removes all data of children recorded from some mails.

    Args:
        connection: in a transaction of its own.
        sizes: by message id, the bytes of its raw mail.
        reason: why they are purged.
        at: the present instant.

    Returns:
        The ids of the messages purged; unknown and already purged ones are skipped.
    """
    wanted = select(MESSAGE.c.id, MESSAGE.c.received_at).where(
        MESSAGE.c.id.in_(sizes), ~is_purged(MESSAGE.c.id)
    )
    arrivals = {row.id: row.received_at for row in connection.execute(wanted)}
    _empty_submissions(connection, submissions_that_go(connection, arrivals.keys()))
    for message_id, received_at in arrivals.items():
        _blank(connection, message_id)
        values = {"at": at, "received_at": received_at, "size": sizes[message_id], "reason": reason.value}
        remains = _remains(connection, message_id)
        connection.execute(insert(PURGED).values(message_id=message_id, remains=remains, **values))
    return tuple(arrivals)


def empty_left_over(connection: Connection) -> None:
    """Deletes the rows of submissions that only purged mails contain since a later reading."""
    _empty_submissions(connection, submissions_that_go(connection, ()))


def _empty_submissions(connection: Connection, submission_ids: Collection[str]) -> None:
    for chunk in chunks(sorted(submission_ids)):
        connection.execute(delete(BLOCK).where(BLOCK.c.submission_id.in_(chunk)))
        for row in _rows(connection, SUBMISSION, SUBMISSION.c.id.in_(chunk)):
            connection.execute(
                update(SUBMISSION)
                .where(SUBMISSION.c.id == row["id"])
                .values(checksum=submission_checksum(row, b""))
            )


def _blank(connection: Connection, message_id: str) -> None:
    """Replaces each text of a message that may name a child."""
    files = _rows(connection, FILE, FILE.c.message_id == message_id)
    for file in files:
        connection.execute(
            update(FILE)
            .where(FILE.c.id == file["id"])
            .values(
                path=[_without_name(file["path"])],
                reason=None if file["reason"] is None else _GONE_REASON,
                signals=[],
            )
        )
        connection.execute(update(PROOF).where(PROOF.c.file_id == file["id"]).values(text=""))
    connection.execute(delete(_REPLY).where(_REPLY.c.message_id == message_id))
    blank = {"sender_name": "", "subject": GONE, "error": None, "tries": 0, "passwords_due": False}
    connection.execute(update(MESSAGE).where(MESSAGE.c.id == message_id).values(**blank))
    rows_by_table = _find_rows(connection, message_id)
    checksum = message_checksum(
        rows_by_table["message"][0], rows_by_table["file"], rows_by_table["evidence"], rows_by_table["claim"]
    )
    connection.execute(update(MESSAGE).where(MESSAGE.c.id == message_id).values(checksum=checksum))


def _without_name(path: Sequence[str]) -> str:
    """Returns the replacement of a file's name, which keeps its suffix."""
    suffix = PurePosixPath(path[-1]).suffix.lower() if path else ""
    return GONE + (suffix if suffix.isascii() and len(suffix) <= _LONGEST_SUFFIX else "")


def _find_rows(connection: Connection, message_id: str) -> dict[str, list[dict[str, Any]]]:
    files = _rows(connection, FILE, FILE.c.message_id == message_id)
    ids = [file["id"] for file in files]
    claims = _rows(connection, FILE_SUBMISSION, FILE_SUBMISSION.c.file_id.in_(ids))
    submissions = [claim["submission_id"] for claim in claims]
    return {
        "message": _rows(connection, MESSAGE, MESSAGE.c.id == message_id),
        "file": files,
        "evidence": _rows(connection, PROOF, PROOF.c.file_id.in_(ids)),
        "claim": claims,
        "submission": _rows(connection, SUBMISSION, SUBMISSION.c.id.in_(submissions)),
    }


def _remains(connection: Connection, message_id: str) -> dict[str, list[dict[str, Any]]]:
    """Returns the rows of a blanked message as JSON values, without its arrival, which is in the journal."""
    rows_by_table = _find_rows(connection, message_id)
    [message] = rows_by_table["message"]
    kept = {name: value for name, value in message.items() if name not in _OF_ARRIVAL}
    return {**rows_by_table, "message": [kept]}


def _rows(connection: Connection, table: Table, condition: ColumnElement[bool]) -> list[dict[str, Any]]:
    keys = list(table.primary_key.columns)
    return [
        dict(row) for row in connection.execute(select(table).where(condition).order_by(*keys)).mappings()
    ]


def restore_remains(connection: Connection) -> None:
    """Records what remains of purged mails, in a rebuilt store that has their arrivals."""
    for row in connection.execute(
        select(PURGED.c.message_id, PURGED.c.remains).where(
            PURGED.c.message_id.in_(select(MESSAGE.c.id)),
        )
    ).all():
        remains: Mapping[str, Iterable[Mapping[str, Any]]] = row.remains
        for submission in map(dict, remains["submission"]):
            emptied = {**submission, "checksum": submission_checksum(submission, b"")}
            insert_if_absent(connection, SUBMISSION, **emptied)
        for table in (FILE, FILE_SUBMISSION, PROOF):
            for values in remains[table.name]:
                insert_if_absent(connection, table, **values)
        for values in remains["message"]:
            connection.execute(update(MESSAGE).where(MESSAGE.c.id == row.message_id).values(**values))
