"""Checks the database: its own structure, and recorded rows against the checksums stored beside them."""

from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select

from config.errors import StoreError
from store.blocks import open_block
from store.checksums import message_checksum, submission_checksum
from store.engine import database_faults, translate_errors
from store.outbox import OUTBOX, mail_bytes
from store.recording import BLOCK, FILE, FILE_SUBMISSION, MESSAGE, PROOF, SUBMISSION, is_purged
from store.safekeeping.faults import Fault, Slice

_UNREADABLE = (StoreError, ValueError, TypeError, LookupError, OverflowError)
"""Errors of the driver and SQLAlchemy for a column whose bytes no longer fit its type."""


def verify_database(connection: Connection) -> Iterator[Fault]:
    """Yields the faults that the database itself finds; PostgreSQL offers clients no such check."""
    try:
        with translate_errors():
            yield from (Fault("数据库", line) for line in database_faults(connection))
    except StoreError as error:
        yield Fault("数据库", str(error))


def kept_message_ids(connection: Connection) -> list[str]:
    """Returns the ids of messages whose raw bytes are kept."""
    return list(connection.execute(select(MESSAGE.c.id).where(~is_purged(MESSAGE.c.id))).scalars())


def is_older_than_checksums(connection: Connection) -> bool:
    """Returns whether no row has a checksum: nothing was recorded since the archive has a journal, which came with them."""
    recorded = (select(table.c.id).where(table.c.checksum.is_not(None)) for table in (MESSAGE, SUBMISSION))
    return all(connection.execute(rows.limit(1)).first() is None for rows in recorded)


def verify_messages(connection: Connection, part: Slice) -> Iterator[Fault]:
    """Yields a fault for each message whose files, proofs or links to submissions differ from what was recorded."""
    for message_id in _ids(connection, MESSAGE, part):
        place = f"邮件 {message_id[:12]}"
        yield from _compare(place, partial(_message_checksums, connection, message_id))


def verify_submissions(connection: Connection, part: Slice) -> Iterator[Fault]:
    """Yields a fault for each submission whose rows, problems or counts differ from what was recorded."""
    for submission_id in _ids(connection, SUBMISSION, part):
        place = f"报送 {submission_id}"
        yield from _compare(place, partial(_submission_checksums, connection, submission_id))


def verify_outbox(connection: Connection, part: Slice) -> Iterator[Fault]:
    """Yields a fault for each outgoing mail whose body differs from what was queued."""
    for key in _keys(connection, OUTBOX):
        if part.holds(sha256(key.encode()).hexdigest()):
            yield from _compare(f"待发邮件 {key}", partial(_body_checksums, connection, key))


def _body_checksums(connection: Connection, key: str) -> tuple[str | None, str]:
    row = connection.execute(select(OUTBOX.c.size, OUTBOX.c.checksum).where(OUTBOX.c.key == key)).one()
    # The body of a mail that left before the store was made anew is gone.
    return row.checksum if row.size else None, sha256(mail_bytes(connection, key)).hexdigest()


def _message_checksums(connection: Connection, message_id: str) -> tuple[str | None, str]:
    message = connection.execute(select(MESSAGE).where(MESSAGE.c.id == message_id)).mappings().one()
    files = _rows(connection, FILE, FILE.c.message_id == message_id)
    file_ids = [row["id"] for row in files]
    proofs = _rows(connection, PROOF, PROOF.c.file_id.in_(file_ids))
    claims = _rows(connection, FILE_SUBMISSION, FILE_SUBMISSION.c.file_id.in_(file_ids))
    return message["checksum"], message_checksum(message, files, proofs, claims)


def _submission_checksums(connection: Connection, submission_id: str) -> tuple[str | None, str]:
    submission = (
        connection.execute(select(SUBMISSION).where(SUBMISSION.c.id == submission_id)).mappings().one()
    )
    body = connection.execute(select(BLOCK.c.body).where(BLOCK.c.submission_id == submission_id)).scalar()
    if body is None and not _is_purged_submission(connection, submission_id):
        raise LookupError("没有它的行")
    checksum = submission_checksum(submission, body or b"")
    if body is not None and submission["checksum"] in (None, checksum):
        block = open_block(body)
        counts = (len(block), block.count_problems("error"), block.count_problems("warning"))
        if counts != (submission["records"], submission["errors"], submission["warnings"]):
            raise LookupError("行数、问题数与所记的不符")
    return submission["checksum"], checksum


def _is_purged_submission(connection: Connection, submission_id: str) -> bool:
    """Returns whether only purged mails contain a submission."""
    messages = connection.execute(
        select(is_purged(FILE.c.message_id))
        .select_from(FILE.join(FILE_SUBMISSION, FILE_SUBMISSION.c.file_id == FILE.c.id))
        .where(FILE_SUBMISSION.c.submission_id == submission_id)
    ).scalars()
    return all([*messages])


def _rows(connection: Connection, table: Table, condition: ColumnElement[bool]) -> list[Any]:
    return list(connection.execute(select(table).where(condition)).mappings())


def _ids(connection: Connection, table: Table, part: Slice) -> Iterator[str]:
    return (key for key in _keys(connection, table) if part.holds(key))


def _keys(connection: Connection, table: Table) -> list[str]:
    (column,) = table.primary_key.columns
    return [str(key) for key in connection.execute(select(column)).scalars()]


def _compare(place: str, checksums: Callable[[], tuple[str | None, str]]) -> Iterator[Fault]:
    """Yields a fault where the checksum differs; rows of older programs have none to compare."""
    try:
        with translate_errors():
            recorded, computed = checksums()
    except _UNREADABLE as error:
        yield Fault(place, f"记录读不出来({str(error).splitlines()[0]})")
        return
    if recorded is not None and recorded != computed:
        yield Fault(place, "记录与登记时的校验值不符")
