"""Records and reads what people decide: the unit of a file, and everything about cases, findings and units."""

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
    """A decision about a case, a finding, a unit or a sender."""

    kind: str
    """Such as ``close`` or ``waive`` (:mod:`ledger.officer_decisions`)."""
    subject: str
    """What it is about; its format depends on the kind."""
    why: str
    detail: str | None = None
    children: tuple[SeenChild, ...] = field(default=(), compare=False)
    """The children concerned, for the audit trail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentDraft:
    """The unit of a file by an officer's decision; without a unit an earlier decision is withdrawn."""

    file_id: str
    unit: str | None
    form: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailStepDraft:
    """A decision on an outgoing mail that may not have arrived: send it again, or cancel it."""

    key: str
    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RereadDraft:
    """A request to read a unit's mails again."""

    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActDraft:
    """An act that changes nothing but is audited: data that was shown to a person."""

    what: str
    children: tuple[SeenChild, ...] = ()


Step = DecisionDraft | AssignmentDraft | MailStepDraft | RereadDraft | ActDraft
"""One decision or audited act, with its change of the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoDecided:
    """The author and time of a decision, and the question and mail by which it came."""

    who: str
    when: datetime
    question: int | None = None
    came_by: str | None = None


def record_assignment(connection: Connection, draft: AssignmentDraft, by: WhoDecided) -> str | None:
    """Records the unit of a file, replacing an earlier decision; returns the id of its message, or None without such a file."""
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
    """Marks messages as unread, so that the next poll reads them even if the program ends before."""
    connection.execute(update(MESSAGE).where(MESSAGE.c.id.in_(message_ids)).values(processed=False, tries=0))


def assignments(connection: Connection) -> dict[str, StoredAssignment]:
    """Returns by file id the officer's decision."""
    rows = connection.execute(select(ASSIGNMENT))
    return {
        row.file_id: StoredAssignment(row.unit, row.form, row.who, row.question, row.came_by) for row in rows
    }


def assignments_without_file(connection: Connection) -> frozenset[str]:
    """Returns the ids of assigned files that no message has any more after its last reading."""
    files = select(FILE.c.id)
    return frozenset(
        connection.execute(select(ASSIGNMENT.c.file_id).where(ASSIGNMENT.c.file_id.not_in(files))).scalars()
    )


def assigned_senders(connection: Connection) -> tuple[AssignedSender, ...]:
    """Returns the senders of assigned files, each with the unit."""
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
    """Records a decision; rows are added, never changed.

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
    """Returns every decision made by an instant, oldest first, with withdrawals and the decisions withdrawn."""
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
    """Returns the number after the highest, reusing the number of a transaction that was lost.

    The journal still has the lost entry, and of two entries with one number the later counts. PostgreSQL's
    sequences would not go back, and its writers do not wait for each other, so the journal's lock is taken.
    """
    lock_journal(connection)
    return int(connection.execute(select(func.max(table.c.id))).scalar() or 0) + 1
