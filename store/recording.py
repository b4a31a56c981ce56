"""Records arrivals and the results of messages, several messages per transaction and one statement per table."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from importlib import import_module
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    bindparam,
    delete,
    exists,
    insert,
    literal,
    select,
    update,
)
from sqlmodel import SQLModel

from config.mail.file_ids import file_ids
from config.text.masking import mask_fault, mask_quoted
from store.checksums import message_checksum, submission_checksum
from store.drafts import Arrival, FileDraft, MessageDraft, SubmissionDraft
from store.models import (
    BlockRow,
    File,
    FileSubmissionRow,
    Location,
    Message,
    ProofRow,
    PurgedMailRow,
    Submission,
    Watermark,
)


def core_table(model: type[SQLModel]) -> Table:
    """Returns the Core table of a model: inserting plain dicts is five times faster than inserting objects."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


def insert_if_absent(connection: Connection, into: Table, **values: Any) -> bool:
    """Inserts a row unless its key exists, safely among processes; returns whether it was new."""
    # Only the dialect in use is loaded already; to load both takes every command a thirtieth of a second.
    dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
    statement = dialect.insert(into)
    # RETURNING instead of the row count, which not every driver reports.
    row = connection.execute(statement.values(**values).on_conflict_do_nothing().returning(literal(1)))
    return row.first() is not None


MESSAGE, LOCATION, WATERMARK = core_table(Message), core_table(Location), core_table(Watermark)
FILE, FILE_SUBMISSION, SUBMISSION = core_table(File), core_table(FileSubmissionRow), core_table(Submission)
BLOCK, PROOF, PURGED = core_table(BlockRow), core_table(ProofRow), core_table(PurgedMailRow)
_KEYS_PER_STATEMENT = 100
_Row = Mapping[str, Any]
_Key = TypeVar("_Key", str, int)


def is_purged(message_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Returns the SQL condition that a message was purged, so that its raw mail is gone (:mod:`store.retention.purged_mails`)."""
    return exists().where(PURGED.c.message_id == message_id)


def record_arrivals(connection: Connection, arrivals: Sequence[Arrival], watermark: int | None) -> int:
    """Records archived messages before they are parsed; returns how many are new.

    Args:
        watermark: the UID up to which the mailbox is archived, or None to leave it unchanged.
    """
    existing = _arrival_times(connection, {arrival.message_id for arrival in arrivals})
    new_arrivals: dict[str, datetime] = {}
    for arrival in arrivals:
        before = existing.get(arrival.message_id, new_arrivals.get(arrival.message_id))
        if arrival.message_id not in existing:
            new_arrivals[arrival.message_id] = min(before or arrival.received_at, arrival.received_at)
        elif before is not None and arrival.received_at < before:
            # Seen in two mailboxes: the earlier copy decides whether the unit was late.
            existing[arrival.message_id] = arrival.received_at
            connection.execute(
                update(MESSAGE)
                .where(MESSAGE.c.id == arrival.message_id)
                .values(received_at=arrival.received_at, arrival_basis=arrival.basis)
            )
    basis_by_id = {arrival.message_id: arrival.basis for arrival in arrivals}
    empty_fields = {
        "sender": "",
        "sender_name": "",
        "subject": "",
        "author": "",
        "authentication": [],
        "processed": False,
        "tries": 0,
    }
    if new_arrivals:
        connection.execute(
            insert(MESSAGE),
            [
                {"id": key, "received_at": at, "arrival_basis": basis_by_id[key], **empty_fields}
                for key, at in new_arrivals.items()
            ],
        )
    _record_locations(connection, arrivals)
    new = len(new_arrivals)
    if arrivals and watermark is not None:
        raise_watermark(connection, arrivals[0].mailbox, arrivals[0].uidvalidity, watermark)
    return new


def known_messages(connection: Connection, ids: Collection[str]) -> frozenset[str]:
    """Returns the ids among these that are recorded."""
    return frozenset(_arrival_times(connection, ids))


def _arrival_times(connection: Connection, ids: Collection[str]) -> dict[str, datetime]:
    """Returns by id the arrival of the messages among these that are recorded."""
    query = select(MESSAGE.c.id, MESSAGE.c.received_at).where(MESSAGE.c.id.in_(ids))
    return {row[0]: row[1] for row in connection.execute(query)}


def _record_locations(connection: Connection, arrivals: Sequence[Arrival]) -> None:
    """Records where each message was seen, once per mailbox, UIDVALIDITY and UID."""
    locations = {(a.mailbox, a.uidvalidity, a.uid): a.message_id for a in arrivals}
    columns = (LOCATION.c.mailbox, LOCATION.c.uidvalidity, LOCATION.c.uid)
    uids = {uid for _, _, uid in locations}
    existing = {
        tuple(row)
        for row in connection.execute(
            select(*columns).where(
                LOCATION.c.mailbox.in_({m for m, _, _ in locations}), LOCATION.c.uid.in_(uids)
            )
        )
    }
    rows = [
        {"mailbox": location[0], "uidvalidity": location[1], "uid": location[2], "message_id": message_id}
        for location, message_id in locations.items()
        if location not in existing
    ]
    if rows:
        connection.execute(insert(LOCATION), rows)


def raise_watermark(connection: Connection, mailbox: str, uidvalidity: int, uid: int) -> None:
    """Raises the UID up to which a mailbox is archived; a lower UID changes nothing."""
    key = {"mailbox": mailbox, "uidvalidity": uidvalidity}
    existing = connection.execute(select(WATERMARK.c.uid).filter_by(**key)).scalar()
    if existing is None:
        connection.execute(insert(WATERMARK).values(**key, uid=uid))
    elif existing < uid:
        connection.execute(update(WATERMARK).filter_by(**key).values(uid=uid))


def record_messages(connection: Connection, notice: str, drafts: Sequence[MessageDraft]) -> None:
    """Replaces the recorded results of some messages by these.

    If several of them contain one submission, the last reading counts.
    """
    _delete_results(connection, [draft.message_id for draft in drafts])
    messages, files, proofs, claims = [], [], [], []
    submissions: dict[str, dict[str, Any]] = {}
    blocks: dict[str, bytes] = {}
    for draft in drafts:
        files_of_message, proofs_of_message, claims_of_message = [], [], []
        for key, file in zip(file_ids(draft.message_id, draft.files), draft.files, strict=True):
            files_of_message.append(_file_row(draft.message_id, key, file))
            if file.proof_for is not None:
                unit, form, text = file.proof_for
                proofs_of_message.append(
                    {"file_id": key, "notice": notice, "unit": unit, "form": form, "text": text}
                )
            for submission in file.submissions:
                row = _submission_row(notice, file.sha256, submission)
                submissions[row["id"]], blocks[row["id"]] = row, submission.block
                claims_of_message.append(
                    {"file_id": key, "submission_id": row["id"], "replaces": submission.replaces}
                )
        messages.append(_message_row(draft, files_of_message, proofs_of_message, claims_of_message))
        files += files_of_message
        proofs += proofs_of_message
        claims += claims_of_message
    _put_submissions(connection, submissions, blocks)
    for table, rows in ((FILE, files), (PROOF, proofs), (FILE_SUBMISSION, claims)):
        if rows:
            connection.execute(insert(table), rows)
    if messages:
        names = [name for name in messages[0] if name != "id"]
        statement = update(MESSAGE).where(MESSAGE.c.id == bindparam("message_id"))
        connection.execute(
            statement.values({name: bindparam(name) for name in names}),
            [{"message_id": row.pop("id"), **row} for row in messages],
        )


def _delete_results(connection: Connection, message_ids: Sequence[str]) -> None:
    """Deletes the results of some messages, and submissions that no other message contains."""
    files = select(FILE.c.id).where(FILE.c.message_id.in_(message_ids))
    if connection.execute(files.limit(1)).scalar() is None:
        return
    linked = select(FILE_SUBMISSION.c.submission_id).where(FILE_SUBMISSION.c.file_id.in_(files)).distinct()
    linked_submissions = list(connection.execute(linked).scalars())
    connection.execute(delete(FILE_SUBMISSION).where(FILE_SUBMISSION.c.file_id.in_(files)))
    connection.execute(delete(PROOF).where(PROOF.c.file_id.in_(files)))
    connection.execute(delete(FILE).where(FILE.c.message_id.in_(message_ids)))
    for chunk in chunks(linked_submissions):
        held = select(FILE_SUBMISSION.c.submission_id).where(FILE_SUBMISSION.c.submission_id.in_(chunk))
        unheld = set(chunk).difference(connection.execute(held).scalars())
        connection.execute(delete(BLOCK).where(BLOCK.c.submission_id.in_(unheld)))
        connection.execute(delete(SUBMISSION).where(SUBMISSION.c.id.in_(unheld)))


def _put_submissions(
    connection: Connection, rows: Mapping[str, dict[str, Any]], blocks: Mapping[str, bytes]
) -> None:
    """Records submissions; a newer reading of the same bytes replaces the older, so that a rerun with a better reader shows."""
    for chunk in chunks(list(rows)):
        existing = set(
            connection.execute(select(SUBMISSION.c.id).where(SUBMISSION.c.id.in_(chunk))).scalars()
        )
        if existing:
            connection.execute(delete(BLOCK).where(BLOCK.c.submission_id.in_(existing)))
        for key in existing:
            connection.execute(update(SUBMISSION).where(SUBMISSION.c.id == key).values(rows[key]))
        if new := [rows[key] for key in chunk if key not in existing]:
            connection.execute(insert(SUBMISSION), new)
        connection.execute(insert(BLOCK), [{"submission_id": key, "body": blocks[key]} for key in chunk])


def chunks(keys: Sequence[_Key]) -> Iterator[Sequence[_Key]]:
    """Yields the keys in pieces that fit into one statement."""
    for start in range(0, len(keys), _KEYS_PER_STATEMENT):
        yield keys[start : start + _KEYS_PER_STATEMENT]


def _message_row(
    draft: MessageDraft, files: Collection[_Row], proofs: Collection[_Row], claims: Collection[_Row]
) -> dict[str, Any]:
    row = {
        "id": draft.message_id,
        "sender": draft.sender,
        "sender_name": draft.sender_name,
        "subject": draft.subject,
        "author": draft.author,
        "authentication": [asdict(result) for result in draft.authentication],
        "processed": True,
        "error": None if draft.error is None else mask_fault(draft.error),
    }
    checksum = message_checksum(row, files, proofs, claims)
    return {**row, "checksum": checksum, "passwords_due": draft.passwords_due}


def _file_row(message_id: str, key: str, file: FileDraft) -> dict[str, Any]:
    return {
        "id": key,
        "message_id": message_id,
        "position": file.position,
        "path": list(file.path),
        "size": file.size,
        "sha256": file.sha256,
        "kind": file.kind,
        "outcome": file.outcome,
        "reason_code": file.reason_code,
        "reason": None if file.reason is None else mask_quoted(file.reason),
        "unit_hint": file.unit_hint,
        "form_hint": file.form_hint,
        "signals": list(file.signals),
    }


def _submission_row(notice: str, sha256: str, draft: SubmissionDraft) -> dict[str, Any]:
    row = {
        "id": draft.key(notice, sha256),
        "notice": notice,
        "unit": draft.unit,
        "form": draft.form,
        "content": draft.content(sha256),
        "period": draft.period,
        "nil": draft.nil,
        "records": draft.records,
        "errors": draft.errors,
        "warnings": draft.warnings,
        "blocking": list(draft.blocking),
    }
    return {**row, "checksum": submission_checksum(row, draft.block)}


def messages_with_passwords_due(connection: Connection) -> list[tuple[str, datetime]]:
    """Returns messages whose locked files or passwords are still to be tried, with their arrivals, oldest first."""
    rows = connection.execute(
        select(MESSAGE.c.id, MESSAGE.c.received_at)
        .where(MESSAGE.c.passwords_due.is_(True))
        .order_by(MESSAGE.c.received_at, MESSAGE.c.id)
    )
    return [(row[0], row[1]) for row in rows]


def settle_passwords(connection: Connection, message_ids: Collection[str]) -> None:
    """Records that the passwords of these messages' senders were tried."""
    connection.execute(update(MESSAGE).where(MESSAGE.c.id.in_(message_ids)).values(passwords_due=False))


def count_try(connection: Connection, message_id: str) -> int:
    """Increments the number of times that a message's processing was started; returns the number before."""
    before = connection.execute(select(MESSAGE.c.tries).where(MESSAGE.c.id == message_id)).scalar() or 0
    connection.execute(update(MESSAGE).where(MESSAGE.c.id == message_id).values(tries=before + 1))
    return before


def take_back_try(connection: Connection, message_id: str) -> None:
    """Decrements the number of times that a message's processing was started, after a failure not caused by the message."""
    connection.execute(
        update(MESSAGE)
        .where(MESSAGE.c.id == message_id, MESSAGE.c.tries > 0)
        .values(tries=MESSAGE.c.tries - 1)
    )


def unprocessed(connection: Connection) -> list[tuple[str, datetime]]:
    """Returns messages archived but not yet processed, with their arrivals, oldest first, for instance after a crash."""
    rows = connection.execute(
        select(MESSAGE.c.id, MESSAGE.c.received_at)
        .where(MESSAGE.c.processed.is_(False), ~is_purged(MESSAGE.c.id))
        .order_by(MESSAGE.c.received_at, MESSAGE.c.id)
    )
    return [(row[0], row[1]) for row in rows]
