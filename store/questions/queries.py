"""Queries what was recorded by an instant, as the frozen values of :mod:`store.stored_values`."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, or_, select

from config.mail.mail_providers import AuthenticationResult
from config.records.record import Problem, student_key
from config.records.row_block import RowBlock
from store.blocks import open_block, share_texts
from store.questions.stored_rows import RowsOfSubmission, StoredRows, by_unit_form_and_arrival
from store.recording import BLOCK, FILE, FILE_SUBMISSION, MESSAGE, PROOF, SUBMISSION, chunks, is_purged
from store.stored_values import MessageSender, StoredProblem, StoredProof, StoredSubmission, record_id

SENDER_COLUMNS = (MESSAGE.c.author, MESSAGE.c.authentication)


def submission_copies(
    connection: Connection, notice: str | None, as_of: datetime
) -> tuple[StoredSubmission, ...]:
    """Returns every submission of one notice, or of all, once for each file that contains it, in order of arrival."""
    rows = connection.execute(
        select(
            SUBMISSION,
            FILE_SUBMISSION.c.replaces,
            FILE.c.id.label("file_id"),
            MESSAGE.c.id.label("message_id"),
            MESSAGE.c.received_at,
            *SENDER_COLUMNS,
        )
        .join(FILE_SUBMISSION, FILE_SUBMISSION.c.submission_id == SUBMISSION.c.id)
        .join(FILE, FILE.c.id == FILE_SUBMISSION.c.file_id)
        .join(MESSAGE, MESSAGE.c.id == FILE.c.message_id)
        .where(*_of_notice(SUBMISSION, notice), MESSAGE.c.received_at <= as_of)
        .order_by(MESSAGE.c.received_at, MESSAGE.c.id, FILE.c.position, SUBMISSION.c.id)
    )
    return tuple(
        StoredSubmission(
            submission_id=row.id,
            notice=row.notice,
            unit=row.unit,
            form=row.form,
            nil=row.nil,
            received_at=row.received_at,
            message_id=row.message_id,
            file_id=row.file_id,
            records=row.records,
            errors=row.errors,
            warnings=row.warnings,
            blocking=tuple(row.blocking),
            replaces_at=row.received_at if row.replaces else None,
            sent_by=message_sender(row.author, row.authentication),
            period=row.period,
        )
        for row in rows
    )


def submissions(connection: Connection, notice: str | None, as_of: datetime) -> tuple[StoredSubmission, ...]:
    """Returns every submission of one notice, or of all, that had arrived, each with its first file, in order of arrival."""
    earliest_by_id: dict[str, StoredSubmission] = {}
    for copy in submission_copies(connection, notice, as_of):
        earliest = earliest_by_id.setdefault(copy.submission_id, copy)
        if copy.replaces_at is not None:
            earliest_by_id[copy.submission_id] = replace(earliest, replaces_at=copy.replaces_at)
    return tuple(earliest_by_id.values())


def message_sender(author: str, authentication: Sequence[dict[str, Any]]) -> MessageSender:
    """Returns the sender from the values of :data:`SENDER_COLUMNS`."""
    results = tuple(AuthenticationResult(**result) for result in authentication)
    return MessageSender(author=author, authentication=results)


def _of_notice(table: Table, notice: str | None) -> tuple[ColumnElement[bool], ...]:
    return () if notice is None else (table.c.notice == notice,)


def records(connection: Connection, submissions: Collection[StoredSubmission]) -> StoredRows:
    """Returns the rows of these submissions by unit, form, arrival, then their position in the file."""
    return StoredRows(
        RowsOfSubmission.of_submission(submission, share_texts(block))
        for submission, block in _blocks(connection, submissions)
    ).sorted_by(by_unit_form_and_arrival)


def _blocks(
    connection: Connection, submissions: Collection[StoredSubmission]
) -> Iterator[tuple[StoredSubmission, RowBlock]]:
    """Yields submissions with their rows, in order of their ids."""
    by_id = {submission.submission_id: submission for submission in submissions}
    for submission_id, block in _blocks_by_id(connection, by_id):
        yield by_id[submission_id], block


def _blocks_by_id(connection: Connection, submission_ids: Collection[str]) -> Iterator[tuple[str, RowBlock]]:
    for chunk in chunks(sorted(submission_ids)):
        query = select(BLOCK.c.submission_id, BLOCK.c.body).where(BLOCK.c.submission_id.in_(chunk))
        for submission_id, body in sorted(tuple(row) for row in connection.execute(query)):
            yield submission_id, open_block(body)


def row_keys(connection: Connection, submission_ids: Collection[str]) -> dict[str, Sequence[str | None]]:
    """Returns by submission id, for those with rows, the student key of each row in order."""
    return {
        submission_id: block.students()
        for submission_id, block in _blocks_by_id(connection, submission_ids)
        if len(block)
    }


def file_paths(connection: Connection, file_ids: Collection[str]) -> dict[str, str]:
    """Returns by file id the file's path, with the archives around it."""
    return {
        row.id: "/".join(row.path)
        for chunk in chunks(sorted(file_ids))
        for row in connection.execute(select(FILE.c.id, FILE.c.path).where(FILE.c.id.in_(chunk)))
    }


def problems(
    connection: Connection, submissions: Collection[StoredSubmission], code: str | None = None
) -> tuple[StoredProblem, ...]:
    """Returns the problems of these submissions, all or those of one code, by unit, form and position."""
    faulty = [submission for submission in submissions if submission.errors or submission.warnings]
    stored = [
        problem
        for submission, block in _blocks(connection, faulty)
        for problem in _problems_of(submission, block)
        if code in (None, problem.code)
    ]
    stored.sort(
        key=lambda p: (p.unit, p.form, p.submission_id, p.sheet or "", p.row or 0, p.field or "", p.code)
    )
    return tuple(stored)


def _problems_of(submission: StoredSubmission, block: RowBlock) -> Iterator[StoredProblem]:
    for problem in block.table_problems:
        yield _stored_problem(submission, problem)
    for index, of_row in block.problems.items():
        student = student_key(block.values(index), block.codes(index))
        row_id = record_id(submission.submission_id, index)
        for problem in of_row:
            yield _stored_problem(submission, problem, row_id, student)


def _stored_problem(
    submission: StoredSubmission, problem: Problem, row_id: str | None = None, student: str | None = None
) -> StoredProblem:
    return StoredProblem(
        submission_id=submission.submission_id,
        unit=submission.unit,
        form=submission.form,
        file_id=submission.file_id,
        sheet=problem.sheet,
        row=problem.row,
        cell=problem.cell,
        field=problem.field,
        code=problem.code,
        severity=problem.severity,
        value=problem.value,
        message=problem.message,
        record_id=row_id,
        student=student,
        period=submission.period,
    )


def proofs(connection: Connection, notice: str | None, as_of: datetime) -> tuple[StoredProof, ...]:
    """Returns the certificates and photographs that had arrived, in order of arrival."""
    rows = connection.execute(
        select(PROOF, MESSAGE.c.id.label("message_id"), MESSAGE.c.received_at, *SENDER_COLUMNS)
        .join(FILE, FILE.c.id == PROOF.c.file_id)
        .join(MESSAGE, MESSAGE.c.id == FILE.c.message_id)
        .where(*_of_notice(PROOF, notice), MESSAGE.c.received_at <= as_of)
        .order_by(MESSAGE.c.received_at, MESSAGE.c.id, FILE.c.position)
    )
    return tuple(
        StoredProof(
            file_id=row.file_id,
            message_id=row.message_id,
            unit=row.unit,
            form=row.form,
            text=row.text,
            received_at=row.received_at,
            sent_by=message_sender(row.author, row.authentication),
        )
        for row in rows
    )


def messages_from(connection: Connection, sender: str, since: datetime) -> dict[str, datetime]:
    """Returns by id the arrivals of messages from an address since an instant, oldest first."""
    query = select(MESSAGE.c.id, MESSAGE.c.received_at).where(
        func.lower(MESSAGE.c.sender) == sender.lower(), MESSAGE.c.received_at >= since
    )
    rows = connection.execute(query.order_by(MESSAGE.c.received_at, MESSAGE.c.id))
    return {row.id: row.received_at for row in rows}


def messages_with_code(connection: Connection, message_ids: Collection[str], code: str) -> frozenset[str]:
    """Returns the ids of given messages that have a quarantined file with this reason code; a mail's own text is no file."""
    query = select(FILE.c.message_id).where(
        FILE.c.message_id.in_(message_ids),
        FILE.c.reason_code == code,
        FILE.c.kind != "empty",
        FILE.c.outcome == "quarantined",
    )
    return frozenset(connection.execute(query).scalars())


def messages_to_rerun(
    connection: Connection,
    *,
    failed: bool = False,
    message: str | None = None,
    messages: Sequence[str] | None = None,
    unit: str | None = None,
    since: datetime | None = None,
) -> list[tuple[str, datetime]]:
    """Returns archived messages that meet all given conditions, oldest first; purged ones are left out (see ``MessageStore``)."""
    query = (
        select(MESSAGE.c.id, MESSAGE.c.received_at)
        .where(~is_purged(MESSAGE.c.id))
        .order_by(MESSAGE.c.received_at, MESSAGE.c.id)
    )
    if failed:
        quarantined = select(FILE.c.message_id).where(FILE.c.outcome == "quarantined")
        query = query.where(
            or_(MESSAGE.c.id.in_(quarantined), MESSAGE.c.error.is_not(None), MESSAGE.c.processed.is_(False))
        )
    if message is not None:
        query = query.where(MESSAGE.c.id.startswith(message))
    if messages is not None:
        query = query.where(MESSAGE.c.id.in_(messages))
    if unit is not None:
        linked = (
            select(FILE.c.message_id)
            .join(FILE_SUBMISSION, FILE_SUBMISSION.c.file_id == FILE.c.id)
            .join(SUBMISSION, SUBMISSION.c.id == FILE_SUBMISSION.c.submission_id)
            .where(SUBMISSION.c.unit == unit)
        )
        supporting = (
            select(FILE.c.message_id).join(PROOF, PROOF.c.file_id == FILE.c.id).where(PROOF.c.unit == unit)
        )
        hinted = select(FILE.c.message_id).where(FILE.c.unit_hint == unit)
        query = query.where(
            or_(MESSAGE.c.id.in_(linked), MESSAGE.c.id.in_(supporting), MESSAGE.c.id.in_(hinted))
        )
    if since is not None:
        query = query.where(MESSAGE.c.received_at >= since)
    return [(row[0], row[1]) for row in connection.execute(query)]
