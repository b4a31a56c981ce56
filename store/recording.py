"""Recording: arrivals, then one message's results at a time, each in one transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from store.drafts import Arrival, FileDraft, MessageDraft, SubmissionDraft
from store.models import Claim, Evidence, File, Location, Message, Record, RowProblem, Submission, Watermark


def table(model: type[SQLModel]) -> Table:
    """The Core table behind a model: rows go in as plain dicts, five times faster than as objects."""
    found = SQLModel.metadata.tables[str(model.__tablename__)]
    return found


def insert_new(connection: Connection, into: Table, **values: Any) -> bool:
    """Insert a row unless its key is there already; whether it was new, with other processes at it too."""
    if connection.dialect.name == "postgresql":
        return (
            connection.execute(postgresql.insert(into).values(**values).on_conflict_do_nothing()).rowcount
            == 1
        )
    return connection.execute(sqlite.insert(into).values(**values).on_conflict_do_nothing()).rowcount == 1


MESSAGE, LOCATION, WATERMARK = table(Message), table(Location), table(Watermark)
FILE, CLAIM, SUBMISSION = table(File), table(Claim), table(Submission)
RECORD, PROBLEM, EVIDENCE = table(Record), table(RowProblem), table(Evidence)


def note_arrivals(connection: Connection, arrivals: Sequence[Arrival], watermark: int | None) -> int:
    """Make archived messages known, before anything looks inside them; returns how many are new."""
    known = _received(connection, {arrival.message_id for arrival in arrivals})
    fresh: dict[str, datetime] = {}
    for arrival in arrivals:
        before = known.get(arrival.message_id, fresh.get(arrival.message_id))
        if arrival.message_id not in known:
            fresh[arrival.message_id] = min(before or arrival.received_at, arrival.received_at)
        elif before is not None and arrival.received_at < before:
            # Seen in two mailboxes: the unit is not late because the second copy was.
            known[arrival.message_id] = arrival.received_at
            connection.execute(
                update(MESSAGE)
                .where(MESSAGE.c.id == arrival.message_id)
                .values(received_at=arrival.received_at)
            )
    blank = {"sender": "", "sender_name": "", "subject": "", "processed": False}
    if fresh:
        connection.execute(
            insert(MESSAGE), [{"id": key, "received_at": at, **blank} for key, at in fresh.items()]
        )
    _locate(connection, arrivals)
    new = len(fresh)
    if arrivals and watermark is not None:
        _raise_watermark(connection, arrivals[0].mailbox, arrivals[0].uidvalidity, watermark)
    return new


def _received(connection: Connection, ids: Collection[str]) -> dict[str, datetime]:
    """When these messages arrived, as far as they are known."""
    query = select(MESSAGE.c.id, MESSAGE.c.received_at).where(MESSAGE.c.id.in_(ids))
    return {row[0]: row[1] for row in connection.execute(query)}


def _locate(connection: Connection, arrivals: Sequence[Arrival]) -> None:
    """Note where each message was seen, once a place."""
    places = {(a.mailbox, a.uidvalidity, a.uid): a.message_id for a in arrivals}
    columns = (LOCATION.c.mailbox, LOCATION.c.uidvalidity, LOCATION.c.uid)
    uids = {uid for _, _, uid in places}
    known = {
        tuple(row)
        for row in connection.execute(
            select(*columns).where(
                LOCATION.c.mailbox.in_({m for m, _, _ in places}), LOCATION.c.uid.in_(uids)
            )
        )
    }
    rows = [
        {"mailbox": place[0], "uidvalidity": place[1], "uid": place[2], "message_id": message_id}
        for place, message_id in places.items()
        if place not in known
    ]
    if rows:
        connection.execute(insert(LOCATION), rows)


def _raise_watermark(connection: Connection, mailbox: str, uidvalidity: int, uid: int) -> None:
    key = {"mailbox": mailbox, "uidvalidity": uidvalidity}
    known = connection.execute(select(WATERMARK.c.uid).filter_by(**key)).scalar()
    if known is None:
        connection.execute(insert(WATERMARK).values(**key, uid=uid))
    elif known < uid:
        connection.execute(update(WATERMARK).filter_by(**key).values(uid=uid))


def record_message(connection: Connection, notice: str, draft: MessageDraft) -> None:
    """Put one message's results in the place of whatever an earlier run recorded for it."""
    _forget(connection, draft.message_id)
    keys = [file.key(draft.message_id) for file in draft.files]
    rows = [_file_row(draft.message_id, key, file) for key, file in zip(keys, draft.files, strict=True)]
    if rows:
        connection.execute(insert(FILE), rows)
    proofs = [
        {
            "file_id": key,
            "notice": notice,
            "unit": file.evidence_for[0],
            "form": file.evidence_for[1],
            "text": file.evidence_for[2],
        }
        for key, file in zip(keys, draft.files, strict=True)
        if file.evidence_for is not None
    ]
    if proofs:
        connection.execute(insert(EVIDENCE), proofs)
    for key, file in zip(keys, draft.files, strict=True):
        for submission in file.submissions:
            _record_submission(connection, notice, key, file.sha256, submission)
    connection.execute(
        update(MESSAGE)
        .where(MESSAGE.c.id == draft.message_id)
        .values(
            sender=draft.sender,
            sender_name=draft.sender_name,
            subject=draft.subject,
            processed=True,
            error=draft.error,
        )
    )


def _forget(connection: Connection, message_id: str) -> None:
    files = select(FILE.c.id).where(FILE.c.message_id == message_id)
    if connection.execute(files.limit(1)).scalar() is None:
        return
    claimed = [
        row[0]
        for row in connection.execute(
            select(CLAIM.c.submission_id).where(CLAIM.c.file_id.in_(files)).distinct()
        )
    ]
    connection.execute(delete(CLAIM).where(CLAIM.c.file_id.in_(files)))
    connection.execute(delete(EVIDENCE).where(EVIDENCE.c.file_id.in_(files)))
    connection.execute(delete(FILE).where(FILE.c.message_id == message_id))
    for submission_id in claimed:
        if (
            connection.execute(select(CLAIM.c.file_id).where(CLAIM.c.submission_id == submission_id)).first()
            is None
        ):
            _drop_submission(connection, submission_id)


def _drop_submission(connection: Connection, submission_id: str) -> None:
    connection.execute(delete(RECORD).where(RECORD.c.submission_id == submission_id))
    connection.execute(delete(PROBLEM).where(PROBLEM.c.submission_id == submission_id))
    connection.execute(delete(SUBMISSION).where(SUBMISSION.c.id == submission_id))


def _file_row(message_id: str, key: str, file: FileDraft) -> dict[str, object]:
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
        "reason": file.reason,
        "unit_hint": file.unit_hint,
        "form_hint": file.form_hint,
        "weighed": list(file.weighed),
    }


def _record_submission(
    connection: Connection, notice: str, file_key: str, content: str, draft: SubmissionDraft
) -> None:
    key = draft.key(notice, content)
    known = connection.execute(select(SUBMISSION.c.id).where(SUBMISSION.c.id == key)).scalar()
    if known is not None:
        # The newest reading of the same bytes stands: a rerun by a better reader must show.
        connection.execute(delete(RECORD).where(RECORD.c.submission_id == key))
        connection.execute(delete(PROBLEM).where(PROBLEM.c.submission_id == key))
    values = {
        "nil": draft.nil,
        "records": len(draft.records),
        "errors": sum(problem.severity == "error" for problem in draft.problems),
        "warnings": sum(problem.severity == "warning" for problem in draft.problems),
        "blocking": list(draft.blocking),
    }
    if known is None:
        connection.execute(
            insert(SUBMISSION).values(
                id=key, notice=notice, unit=draft.unit, form=draft.form, content=content, **values
            )
        )
    else:
        connection.execute(update(SUBMISSION).where(SUBMISSION.c.id == key).values(**values))
    connection.execute(insert(CLAIM).values(file_id=file_key, submission_id=key))
    if draft.records:
        connection.execute(
            insert(RECORD),
            [
                {
                    "submission_id": key,
                    "ordinal": ordinal,
                    "sheet": record.sheet,
                    "row": record.row,
                    "student_key": record.student_key,
                    "body": record.body,
                    "problems": " ".join(record.problems) or None,
                }
                for ordinal, record in enumerate(draft.records)
            ],
        )
    if draft.problems:
        connection.execute(
            insert(PROBLEM),
            [
                {
                    "submission_id": key,
                    "ordinal": problem.ordinal,
                    "sheet": problem.sheet,
                    "row": problem.row,
                    "cell": problem.cell,
                    "field": problem.field,
                    "code": problem.code,
                    "severity": problem.severity,
                    "value": problem.value,
                    "message": problem.message,
                }
                for problem in draft.problems
            ],
        )


def unprocessed(connection: Connection) -> list[tuple[str, datetime]]:
    """Messages archived but not yet recorded, oldest first: what a crash left behind."""
    rows = connection.execute(
        select(MESSAGE.c.id, MESSAGE.c.received_at)
        .where(MESSAGE.c.processed.is_(False))
        .order_by(MESSAGE.c.received_at, MESSAGE.c.id)
    )
    return [(row[0], row[1]) for row in rows]
