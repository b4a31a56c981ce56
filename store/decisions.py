"""What people decide: whose a file is, and everything about cases, findings and units."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Table, func, insert, select, update

from store.audit.audit_line import SeenChild
from store.engine import lock_journal
from store.models import Assignment, Decision
from store.questions.queries import SENDER_COLUMNS, message_sender
from store.recording import FILE, MESSAGE, core_table
from store.stored_values import AssignedSender, StoredAssignment, StoredDecision

ASSIGNMENT, DECISION = core_table(Assignment), core_table(Decision)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionDraft:
    """What a person decides about a case, a finding, a unit or a sender."""

    kind: str
    subject: str
    why: str
    detail: str | None = None
    children: tuple[SeenChild, ...] = field(default=(), compare=False)
    """The children whom it is about, as the audit trail counts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentDraft:
    """Whose a file is, as a person says; without a unit an earlier word is taken back."""

    file_id: str
    unit: str | None
    form: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailStepDraft:
    """What a person says of a mail of ours that may not have arrived: send it once more, or let it be."""

    key: str
    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RereadDraft:
    """A unit's mails are to be read again."""

    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActDraft:
    """Something that changes nothing and stands in the audit trail: what a person was given."""

    what: str
    children: tuple[SeenChild, ...] = ()


Step = DecisionDraft | AssignmentDraft | MailStepDraft | RereadDraft | ActDraft
"""One thing that a person decides, or is given, and what it changes in the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoDecided:
    """Who made a decision and when, and which question and which mail it came by."""

    who: str
    when: datetime
    question: int | None = None
    came_by: str | None = None


def record_assignment(connection: Connection, draft: AssignmentDraft, by: WhoDecided) -> str | None:
    """Records whose a file is, over an earlier word; returns its message's id, ``None`` without such a file."""
    message = connection.execute(select(FILE.c.message_id).where(FILE.c.id == draft.file_id)).scalar()
    if message is None:
        return None
    connection.execute(ASSIGNMENT.delete().where(ASSIGNMENT.c.file_id == draft.file_id))
    if draft.unit is not None:
        values = {"file_id": draft.file_id, "unit": draft.unit, "form": draft.form, "who": by.who}
        connection.execute(
            insert(ASSIGNMENT).values(**values, at=by.when, question=by.question, came_by=by.came_by)
        )
    mark_to_be_read(connection, [str(message)])
    return str(message)


def mark_to_be_read(connection: Connection, message_ids: Collection[str]) -> None:
    """Marks messages as unread: should the program end before they are read again, the next poll does it."""
    connection.execute(update(MESSAGE).where(MESSAGE.c.id.in_(message_ids)).values(processed=False, tries=0))


def assignments(connection: Connection) -> dict[str, StoredAssignment]:
    """Returns by file id what a person decided."""
    rows = connection.execute(select(ASSIGNMENT))
    return {
        row.file_id: StoredAssignment(row.unit, row.form, row.who, row.question, row.came_by) for row in rows
    }


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


def record_decision(connection: Connection, draft: DecisionDraft, by: WhoDecided) -> int:
    """Records a decision about a case, a finding, a unit or the platform; rows are added, never changed.

    Returns:
        The decision's number.
    """
    number = _next_number(connection, DECISION)
    values = {"kind": draft.kind, "subject": draft.subject, "detail": draft.detail, "why": draft.why}
    connection.execute(
        insert(DECISION).values(
            id=number, **values, who=by.who, at=by.when, question=by.question, came_by=by.came_by
        )
    )
    return number


def decisions(connection: Connection, as_of: datetime) -> tuple[StoredDecision, ...]:
    """Returns every decision made by then, oldest first, withdrawn ones and withdrawals among them."""
    query = select(DECISION).where(DECISION.c.at <= as_of).order_by(DECISION.c.at, DECISION.c.id)
    return tuple(
        StoredDecision(
            id=r.id,
            kind=r.kind,
            subject=r.subject,
            detail=r.detail,
            why=r.why,
            who=r.who,
            at=r.at,
            question=r.question,
            came_by=r.came_by,
        )
        for r in connection.execute(query)
    )


def _next_number(connection: Connection, table: Table) -> int:
    """Returns the number after the highest, so that the number of a transaction that was lost is used again.

    The journal holds that lost line too, and of two lines of one number the later counts. PostgreSQL's
    sequences do not go back, and its writers do not wait for each other by themselves.
    """
    lock_journal(connection)
    return int(connection.execute(select(func.max(table.c.id))).scalar() or 0) + 1
