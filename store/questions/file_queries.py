"""Queries the files that had arrived by an instant, all or those of some messages or of one disposition."""

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, func, select

from store.drafts import ArrivalBasis
from store.mailboxes.unfetched import StoredUnfetched, unfetched_mails
from store.questions.queries import SENDER_COLUMNS, message_sender
from store.recording import FILE, FILE_SUBMISSION, MESSAGE, PROOF, SUBMISSION
from store.stored_values import Disposition, StoredFile, SubmissionLink

_MESSAGES_A_QUERY = 500
_READ_COLUMNS = tuple(column for column in FILE.c if column.name != "signals")
"""All columns but ``signals``, which is most of a row and only read for debugging."""
_OUTCOMES = {Disposition.RECORDED: "forms", Disposition.DUPLICATE: "forms"}
"""The stored outcomes that differ from the disposition's name."""


def files(
    connection: Connection,
    as_of: datetime,
    disposition: Disposition | None = None,
    newest: int | None = None,
) -> tuple[StoredFile, ...]:
    """Returns every file that had arrived, or those of one disposition, in order of arrival.

    Of files with the same bytes for the same unit, the one that arrived first is the recorded one. This is
    computed on each query, so that it does not depend on the order in which messages were processed.

    Args:
        newest: the greatest number of files, the last to arrive; no others are loaded.
    """
    conditions = _of_outcome(disposition)
    if newest is not None and disposition not in _OUTCOMES:
        conditions.append(FILE.c.id.in_(_newest_ids(as_of, conditions, newest)))
    selected = [
        file for file in _files(connection, as_of, conditions) if disposition in (None, file.disposition)
    ]
    if disposition in (None, Disposition.QUARANTINED):
        unfetched = map(_unfetched_file, unfetched_mails(connection))
        selected += [file for file in unfetched if file.received_at <= as_of]
    arranged = sorted(selected, key=lambda file: file.received_at)
    return tuple(arranged if newest is None else arranged[max(len(arranged) - newest, 0) :])


def count_files(connection: Connection, as_of: datetime, disposition: Disposition | None = None) -> int:
    """Returns the number of files that :func:`files` returns."""
    if disposition in _OUTCOMES:
        return len(files(connection, as_of, disposition))
    arrived = [MESSAGE.c.received_at <= as_of, *_of_outcome(disposition)]
    counted = select(func.count()).select_from(FILE).join(MESSAGE, MESSAGE.c.id == FILE.c.message_id)
    count = connection.execute(counted.where(*arrived)).scalar_one()
    if disposition in (None, Disposition.QUARANTINED):
        unfetched = map(_unfetched_file, unfetched_mails(connection))
        count += sum(file.received_at <= as_of for file in unfetched)
    return int(count)


def _of_outcome(disposition: Disposition | None) -> list[ColumnElement[bool]]:
    if disposition is None:
        return []
    return [FILE.c.outcome == _OUTCOMES.get(disposition, str(disposition))]


def _newest_ids(as_of: datetime, conditions: list[ColumnElement[bool]], count: int) -> Select[tuple[str]]:
    """Returns the query for the ids of the last files to arrive under some conditions."""
    return (
        select(FILE.c.id)
        .join(MESSAGE, MESSAGE.c.id == FILE.c.message_id)
        .where(MESSAGE.c.received_at <= as_of, *conditions)
        .order_by(MESSAGE.c.received_at.desc(), MESSAGE.c.id.desc(), FILE.c.position.desc())
        .limit(count)
    )


def files_of_messages(
    connection: Connection, as_of: datetime, messages: Collection[str]
) -> tuple[StoredFile, ...]:
    """Returns the files of these messages, in order of arrival; the cost does not grow with the rest of the archive."""
    ids = sorted(messages)
    selected = [
        file
        for start in range(0, len(ids), _MESSAGES_A_QUERY)
        for file in _files(connection, as_of, [FILE.c.message_id.in_(ids[start : start + _MESSAGES_A_QUERY])])
    ]
    wanted = frozenset(messages)
    unfetched = (_unfetched_file(mail) for mail in unfetched_mails(connection) if mail.id in wanted)
    selected += [file for file in unfetched if file.received_at <= as_of]
    return tuple(sorted(selected, key=lambda file: file.received_at))


def files_of_units(connection: Connection, as_of: datetime) -> tuple[StoredFile, ...]:
    """Returns the files with a submission or proof of any unit, in order of arrival."""
    of_units = FILE.c.id.in_(select(FILE_SUBMISSION.c.file_id)) | FILE.c.id.in_(select(PROOF.c.file_id))
    return tuple(_files(connection, as_of, [of_units]))


def _files(
    connection: Connection, as_of: datetime, conditions: list[ColumnElement[bool]]
) -> Iterator[StoredFile]:
    """Yields the files of fetched messages under some conditions on ``FILE``."""
    arrived = [MESSAGE.c.received_at <= as_of, *conditions]
    links_by_file = _links(connection, conditions)
    recorded = _recorded_files(connection, as_of, conditions)
    proofs = connection.execute(select(PROOF).join(FILE, FILE.c.id == PROOF.c.file_id).where(*conditions))
    proof_targets = {row.file_id: (row.unit, row.form) for row in proofs}
    for row in connection.execute(
        select(
            *_READ_COLUMNS,
            MESSAGE.c.sender,
            MESSAGE.c.subject,
            MESSAGE.c.received_at,
            MESSAGE.c.arrival_basis,
            *SENDER_COLUMNS,
        )
        .join(MESSAGE, MESSAGE.c.id == FILE.c.message_id)
        .where(*arrived)
        .order_by(MESSAGE.c.received_at, MESSAGE.c.id, FILE.c.position)
    ):
        file_links = tuple(links_by_file.get(row.id, ()))
        reason = row.reason
        if row.outcome == "forms":
            first = [link for link in file_links if recorded[link.submission_id] == row.id]
            disposition = Disposition.RECORDED if first else Disposition.DUPLICATE
            if not first:
                reason = "与本单位先前报送的文件完全相同,已按先前那份登记"
        else:
            disposition = Disposition(row.outcome)
        if row.id in proof_targets:
            unit, form = proof_targets[row.id]
            file_links = (SubmissionLink(submission_id="", unit=unit, form=form or ""),)
        yield StoredFile(
            file_id=row.id,
            message_id=row.message_id,
            sender=row.sender,
            subject=row.subject,
            received_at=row.received_at,
            path=tuple(row.path),
            size=row.size,
            sha256=row.sha256,
            disposition=disposition,
            links=file_links,
            reason=reason,
            reason_code=row.reason_code,
            unit_hint=row.unit_hint,
            form_hint=row.form_hint,
            sent_by=message_sender(row.author, row.authentication),
            arrival_basis=ArrivalBasis(row.arrival_basis),
        )


def _links(connection: Connection, conditions: list[ColumnElement[bool]]) -> dict[str, list[SubmissionLink]]:
    """Returns by file id the submissions in it."""
    links_by_file: dict[str, list[SubmissionLink]] = {}
    for row in connection.execute(
        select(
            FILE_SUBMISSION.c.file_id,
            SUBMISSION.c.id,
            SUBMISSION.c.unit,
            SUBMISSION.c.form,
            SUBMISSION.c.period,
        )
        .join(SUBMISSION, SUBMISSION.c.id == FILE_SUBMISSION.c.submission_id)
        .join(FILE, FILE.c.id == FILE_SUBMISSION.c.file_id)
        .where(*conditions)
        .order_by(SUBMISSION.c.form, SUBMISSION.c.unit)
    ):
        links_by_file.setdefault(row[0], []).append(
            SubmissionLink(submission_id=row[1], unit=row[2], form=row[3], period=row[4])
        )
    return links_by_file


def _recorded_files(
    connection: Connection, as_of: datetime, conditions: list[ColumnElement[bool]]
) -> dict[str, str]:
    """Returns by submission id, of the files under the conditions, the file that contained it first."""
    asked = (
        select(FILE_SUBMISSION.c.submission_id)
        .join(FILE, FILE.c.id == FILE_SUBMISSION.c.file_id)
        .where(*conditions)
    )
    place = func.row_number().over(
        partition_by=FILE_SUBMISSION.c.submission_id,
        order_by=(MESSAGE.c.received_at, MESSAGE.c.id, FILE.c.position),
    )
    ranked = (
        select(FILE_SUBMISSION.c.submission_id, FILE_SUBMISSION.c.file_id, place.label("place"))
        .join(FILE, FILE.c.id == FILE_SUBMISSION.c.file_id)
        .join(MESSAGE, MESSAGE.c.id == FILE.c.message_id)
        .where(
            MESSAGE.c.received_at <= as_of,
            FILE.c.outcome == "forms",
            FILE_SUBMISSION.c.submission_id.in_(asked),
        )
        .subquery()
    )
    rows = connection.execute(select(ranked.c.submission_id, ranked.c.file_id).where(ranked.c.place == 1))
    return {row[0]: row[1] for row in rows}


def _unfetched_file(mail: StoredUnfetched) -> StoredFile:
    """Returns a mail that its server does not deliver as an entry without a file."""
    return StoredFile(
        file_id=mail.id,
        message_id=mail.id,
        sender="",
        subject="",
        received_at=mail.received_at or mail.first_at,
        path=(),
        size=mail.size or 0,
        sha256="",
        disposition=Disposition.QUARANTINED,
        links=(),
        reason=mail.reason,
        reason_code="not-fetched",
        unit_hint=None,
        form_hint=None,
    )
