"""Queries: what stands recorded at an instant, as the frozen values of :mod:`store.facts`."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Table, and_, or_, select

from store.facts import Claim as ClaimFact
from store.facts import Disposition, EvidenceFact, FileFact, ProblemFact, RecordFact, SubmissionFact
from store.recording import CLAIM, EVIDENCE, FILE, MESSAGE, PROBLEM, RECORD, SUBMISSION

_CHUNK = 100  # submissions a statement: their rows are fetched at once


def submissions(connection: Connection, notice: str | None, as_of: datetime) -> tuple[SubmissionFact, ...]:
    """Every submission of one notice, or of all, that had arrived, each with its earliest file, in order of arrival."""
    rows = connection.execute(
        select(
            SUBMISSION, FILE.c.id.label("file_id"), MESSAGE.c.id.label("message_id"), MESSAGE.c.received_at
        )
        .join(CLAIM, CLAIM.c.submission_id == SUBMISSION.c.id)
        .join(FILE, FILE.c.id == CLAIM.c.file_id)
        .join(MESSAGE, MESSAGE.c.id == FILE.c.message_id)
        .where(*_of(SUBMISSION, notice), MESSAGE.c.received_at <= as_of)
        .order_by(MESSAGE.c.received_at, MESSAGE.c.id, FILE.c.position, SUBMISSION.c.id)
    )
    earliest: dict[str, SubmissionFact] = {}
    for row in rows:
        if row.id not in earliest:
            earliest[row.id] = SubmissionFact(
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
            )
    return tuple(earliest.values())


def _of(table: Table, notice: str | None) -> tuple[ColumnElement[bool], ...]:
    return () if notice is None else (table.c.notice == notice,)


def records(connection: Connection, facts: Collection[SubmissionFact]) -> tuple[RecordFact, ...]:
    """The rows of these submissions, sorted by unit, form, arrival, then their place in the file."""
    by_id = {fact.submission_id: fact for fact in facts}
    found = [
        _record(row, by_id[row[0]], orjson.loads(row[5]))
        for chunk in _chunks(sorted(by_id))
        for row in connection.execute(
            select(*_READ)
            .where(RECORD.c.submission_id.in_(chunk))
            .order_by(RECORD.c.submission_id, RECORD.c.ordinal)
        ).all()
    ]
    found.sort(key=lambda record: (record.unit, record.form, record.received_at, record.submission_id))
    return tuple(found)


_READ = tuple(RECORD.c[name] for name in ("submission_id", "ordinal", "sheet", "row", "problems", "body"))


def _record(row: Sequence[Any], fact: SubmissionFact, values: dict[str, Any]) -> RecordFact:
    """The row whose columns are :data:`_READ`, by place: names cost too much for so many."""
    _, ordinal, sheet, number, problems, _ = row
    return RecordFact(
        record_id=record_id(fact.submission_id, ordinal),
        submission_id=fact.submission_id,
        unit=fact.unit,
        form=fact.form,
        file_id=fact.file_id,
        sheet=sheet,
        row=number,
        received_at=fact.received_at,
        values=values,
        problems=tuple(problems.split()) if problems else (),
    )


def record_id(submission_id: str, ordinal: int) -> str:
    """A row's id, the same on every run over the same bytes."""
    return f"{submission_id}-{ordinal}"


def row_keys(
    connection: Connection, submission_ids: Collection[str]
) -> dict[str, tuple[tuple[str, str | None], ...]]:
    """For each of these submissions, its rows' ids and who each is about (student key)."""
    found: dict[str, list[tuple[str, str | None]]] = {}
    for chunk in _chunks(sorted(submission_ids)):
        query = select(RECORD.c.submission_id, RECORD.c.ordinal, RECORD.c.student_key)
        for submission_id, ordinal, key in connection.execute(
            query.where(RECORD.c.submission_id.in_(chunk)).order_by(RECORD.c.submission_id, RECORD.c.ordinal)
        ).all():
            found.setdefault(submission_id, []).append((record_id(submission_id, ordinal), key))
    return {submission_id: tuple(rows) for submission_id, rows in found.items()}


def records_where(
    connection: Connection, facts: Collection[SubmissionFact], wanted: Callable[[dict[str, Any]], bool]
) -> tuple[RecordFact, ...]:
    """The rows of these submissions whose values are wanted, in order of arrival; a few out of many."""
    by_id = {fact.submission_id: fact for fact in facts}
    found = []
    for chunk in _chunks(sorted(by_id)):
        query = select(*_READ).where(RECORD.c.submission_id.in_(chunk))
        for row in connection.execute(query).all():
            if wanted(values := orjson.loads(row[5])):
                found.append(_record(row, by_id[row[0]], values))
    found.sort(key=lambda r: (r.received_at, r.submission_id, r.sheet, r.row, r.record_id))
    return tuple(found)


def file_paths(connection: Connection, file_ids: Collection[str]) -> dict[str, str]:
    """What each of these files is called, folders of archives before it."""
    return {
        row.id: "/".join(row.path)
        for chunk in _chunks(sorted(file_ids))
        for row in connection.execute(select(FILE.c.id, FILE.c.path).where(FILE.c.id.in_(chunk)))
    }


def problems(connection: Connection, facts: Collection[SubmissionFact]) -> tuple[ProblemFact, ...]:
    """What is wrong in these submissions, by unit, form and place."""
    by_id = {fact.submission_id: fact for fact in facts}
    found = []
    for chunk in _chunks(sorted(by_id)):
        for row in connection.execute(
            select(PROBLEM, RECORD.c.student_key)
            .outerjoin(
                RECORD,
                and_(
                    RECORD.c.submission_id == PROBLEM.c.submission_id, RECORD.c.ordinal == PROBLEM.c.ordinal
                ),
            )
            .where(PROBLEM.c.submission_id.in_(chunk))
            .order_by(PROBLEM.c.id)
        ):
            fact = by_id[row.submission_id]
            found.append(
                ProblemFact(
                    submission_id=fact.submission_id,
                    unit=fact.unit,
                    form=fact.form,
                    file_id=fact.file_id,
                    sheet=row.sheet,
                    row=row.row,
                    cell=row.cell,
                    field=row.field,
                    code=row.code,
                    severity=row.severity,
                    value=row.value,
                    message=row.message,
                    record_id=None if row.ordinal is None else record_id(fact.submission_id, row.ordinal),
                    student=row.student_key,
                )
            )
    found.sort(
        key=lambda p: (p.unit, p.form, p.submission_id, p.sheet or "", p.row or 0, p.field or "", p.code)
    )
    return tuple(found)


def files(connection: Connection, as_of: datetime) -> tuple[FileFact, ...]:
    """Every file that had arrived, in order of arrival, each with its one disposition.

    Of files with the same bytes for the same unit, the earliest arrival is the recorded one;
    this is derived here, so it does not depend on the order in which messages were processed.
    """
    claims: dict[str, list[ClaimFact]] = {}
    for row in connection.execute(
        select(CLAIM.c.file_id, SUBMISSION.c.id, SUBMISSION.c.unit, SUBMISSION.c.form)
        .join(SUBMISSION, SUBMISSION.c.id == CLAIM.c.submission_id)
        .order_by(SUBMISSION.c.form, SUBMISSION.c.unit)
    ):
        claims.setdefault(row[0], []).append(ClaimFact(submission_id=row[1], unit=row[2], form=row[3]))
    supports = {row.file_id: (row.unit, row.form) for row in connection.execute(select(EVIDENCE))}
    owned: dict[str, str] = {}
    facts = []
    for row in connection.execute(
        select(FILE, MESSAGE.c.sender, MESSAGE.c.subject, MESSAGE.c.received_at)
        .join(MESSAGE, MESSAGE.c.id == FILE.c.message_id)
        .where(MESSAGE.c.received_at <= as_of)
        .order_by(MESSAGE.c.received_at, MESSAGE.c.id, FILE.c.position)
    ):
        own = tuple(claims.get(row.id, ()))
        reason = row.reason
        if row.outcome == "forms":
            first = [claim for claim in own if owned.setdefault(claim.submission_id, row.id) == row.id]
            disposition = Disposition.RECORDED if first else Disposition.DUPLICATE
            if not first:
                reason = "与本单位先前报送的文件完全相同,已按先前那份登记"
        else:
            disposition = Disposition(row.outcome)
        if row.id in supports:
            unit, form = supports[row.id]
            own = (ClaimFact(submission_id="", unit=unit, form=form or ""),)
        facts.append(
            FileFact(
                file_id=row.id,
                message_id=row.message_id,
                sender=row.sender,
                subject=row.subject,
                received_at=row.received_at,
                path=tuple(row.path),
                size=row.size,
                sha256=row.sha256,
                disposition=disposition,
                claims=own,
                reason=reason,
                reason_code=row.reason_code,
                unit_hint=row.unit_hint,
                form_hint=row.form_hint,
            )
        )
    return tuple(facts)


def evidence(connection: Connection, notice: str | None, as_of: datetime) -> tuple[EvidenceFact, ...]:
    """Certificates and photographs that had arrived, in order of arrival."""
    rows = connection.execute(
        select(EVIDENCE, MESSAGE.c.id.label("message_id"), MESSAGE.c.received_at)
        .join(FILE, FILE.c.id == EVIDENCE.c.file_id)
        .join(MESSAGE, MESSAGE.c.id == FILE.c.message_id)
        .where(*_of(EVIDENCE, notice), MESSAGE.c.received_at <= as_of)
        .order_by(MESSAGE.c.received_at, MESSAGE.c.id, FILE.c.position)
    )
    return tuple(
        EvidenceFact(
            file_id=row.file_id,
            message_id=row.message_id,
            unit=row.unit,
            form=row.form,
            text=row.text,
            received_at=row.received_at,
        )
        for row in rows
    )


def messages_to_rerun(
    connection: Connection,
    *,
    failed: bool = False,
    message: str | None = None,
    unit: str | None = None,
    since: datetime | None = None,
) -> list[tuple[str, datetime]]:
    """Archived messages by what is asked, oldest first; with nothing asked, all of them."""
    query = select(MESSAGE.c.id, MESSAGE.c.received_at).order_by(MESSAGE.c.received_at, MESSAGE.c.id)
    if failed:
        quarantined = select(FILE.c.message_id).where(FILE.c.outcome == "quarantined")
        query = query.where(
            or_(MESSAGE.c.id.in_(quarantined), MESSAGE.c.error.is_not(None), MESSAGE.c.processed.is_(False))
        )
    if message is not None:
        query = query.where(MESSAGE.c.id.startswith(message))
    if unit is not None:
        claimed = (
            select(FILE.c.message_id)
            .join(CLAIM, CLAIM.c.file_id == FILE.c.id)
            .join(SUBMISSION, SUBMISSION.c.id == CLAIM.c.submission_id)
            .where(SUBMISSION.c.unit == unit)
        )
        supporting = (
            select(FILE.c.message_id)
            .join(EVIDENCE, EVIDENCE.c.file_id == FILE.c.id)
            .where(EVIDENCE.c.unit == unit)
        )
        hinted = select(FILE.c.message_id).where(FILE.c.unit_hint == unit)
        query = query.where(
            or_(MESSAGE.c.id.in_(claimed), MESSAGE.c.id.in_(supporting), MESSAGE.c.id.in_(hinted))
        )
    if since is not None:
        query = query.where(MESSAGE.c.received_at >= since)
    return [(row[0], row[1]) for row in connection.execute(query)]


def _chunks(keys: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), _CHUNK):
        yield keys[start : start + _CHUNK]
