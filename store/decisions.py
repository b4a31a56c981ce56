"""What people decide: whose a file is, and everything about cases, findings and units; and the audit trail."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, func, insert, select

from store.engine import lock_journal
from store.models import Assignment, Audit, Decision
from store.questions.queries import SENDER_COLUMNS, message_sender
from store.recording import FILE, MESSAGE, core_table
from store.stored_values import AssignedSender, StoredAssignment, StoredDecision

ASSIGNMENT, AUDIT, DECISION = core_table(Assignment), core_table(Audit), core_table(Decision)


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the audit trail."""

    what: str
    who: str
    at: datetime


def record_assignment(
    connection: Connection, file_id: str, unit: str, form: str | None, who: str, when: datetime
) -> str | None:
    """Records whose a file is, over an earlier word; returns its message's id, ``None`` without such a file."""
    message = connection.execute(select(FILE.c.message_id).where(FILE.c.id == file_id)).scalar()
    if message is None:
        return None
    connection.execute(ASSIGNMENT.delete().where(ASSIGNMENT.c.file_id == file_id))
    connection.execute(insert(ASSIGNMENT).values(file_id=file_id, unit=unit, form=form, who=who, at=when))
    return str(message)


def assignments(connection: Connection) -> dict[str, StoredAssignment]:
    """Returns by file id what a person decided."""
    rows = connection.execute(select(ASSIGNMENT))
    return {row.file_id: StoredAssignment(row.unit, row.form) for row in rows}


def assignments_without_file(connection: Connection) -> frozenset[str]:
    """Returns the ids of the files that people assigned and that no message has, as it was last read."""
    files = select(FILE.c.id)
    return frozenset(
        connection.execute(select(ASSIGNMENT.c.file_id).where(ASSIGNMENT.c.file_id.not_in(files))).scalars()
    )


def assigned_senders(connection: Connection) -> tuple[AssignedSender, ...]:
    """Returns who sent the files that people assigned, each with the unit."""
    query = (
        select(*SENDER_COLUMNS, ASSIGNMENT.c.unit)
        .join(FILE, FILE.c.id == ASSIGNMENT.c.file_id)
        .join(MESSAGE, MESSAGE.c.id == FILE.c.message_id)
        .order_by(ASSIGNMENT.c.file_id)
    )
    return tuple(
        AssignedSender(sent_by=message_sender(row.author, row.authentication), unit=row.unit)
        for row in connection.execute(query)
    )


def record_decision(
    connection: Connection, kind: str, subject: str, why: str, who: str, when: datetime, detail: str | None
) -> int:
    """Records a decision about a case, a finding, a unit or the platform; rows are added, never changed.

    Returns:
        The decision's number.
    """
    number = _next_number(connection, DECISION)
    values = {"kind": kind, "subject": subject, "detail": detail, "why": why, "who": who, "at": when}
    connection.execute(insert(DECISION).values(id=number, **values))
    return number


def decisions(connection: Connection, as_of: datetime) -> tuple[StoredDecision, ...]:
    """Returns every decision made by then, oldest first, withdrawn ones and withdrawals among them."""
    query = select(DECISION).where(DECISION.c.at <= as_of).order_by(DECISION.c.at, DECISION.c.id)
    return tuple(
        StoredDecision(
            id=r.id, kind=r.kind, subject=r.subject, detail=r.detail, why=r.why, who=r.who, at=r.at
        )
        for r in connection.execute(query)
    )


def record_audit(connection: Connection, line: AuditLine) -> int:
    """Records who looked at or decided what; returns the line's number."""
    number = _next_number(connection, AUDIT)
    connection.execute(insert(AUDIT).values(id=number, at=line.at, who=line.who, what=line.what))
    return number


def _next_number(connection: Connection, table: Table) -> int:
    """Returns the number after the highest, so that the number of a transaction that was lost is used again.

    The journal holds that lost line too, and of two lines of one number the later counts. PostgreSQL's
    sequences do not go back, and its writers do not wait for each other by themselves.
    """
    lock_journal(connection)
    return int(connection.execute(select(func.max(table.c.id))).scalar() or 0) + 1
