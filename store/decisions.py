"""What people decide: whose a file is, and everything about cases, findings and units; and the audit trail."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from store.models import Assignment, Audit, Decision
from store.queries import SENDER_COLUMNS, message_sender
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
    values = {"kind": kind, "subject": subject, "detail": detail, "why": why, "who": who, "at": when}
    number: int = connection.execute(insert(DECISION).values(values).returning(DECISION.c.id)).scalar_one()
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
    query = insert(AUDIT).values(at=line.at, who=line.who, what=line.what).returning(AUDIT.c.id)
    number: int = connection.execute(query).scalar_one()
    return number
