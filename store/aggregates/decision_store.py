"""Operations on people's decisions, with the changes that each causes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from store import decisions, outbox
from store.aggregates.transactions import Transactions
from store.audit import audit_trail
from store.audit.audit_line import AuditLine, Door, SeenChild, current_door
from store.decisions import (
    ActDraft,
    AssignmentDraft,
    DecisionDraft,
    MailStepDraft,
    RereadDraft,
    Step,
    WhoDecided,
)
from store.questions import queries
from store.questions.current_names import CurrentNames
from store.safekeeping.journal import EntryKind
from store.stored_values import AssignedSender, StoredAssignment, StoredDecision


@dataclass(slots=True)
class TakenSteps:
    """The rows changed by decisions, for the journal, and the messages to read again."""

    rows: list[tuple[EntryKind, str | int]] = field(default_factory=list)
    reread: list[str] = field(default_factory=list)


def take_steps(connection: Connection, steps: Iterable[tuple[Step, WhoDecided]]) -> TakenSteps:
    """Applies decisions in one transaction, each with its audit entry."""
    taken = TakenSteps()
    for step, by in steps:
        children, about = tuple[SeenChild, ...](), tuple[str, ...]()
        match step:
            case DecisionDraft():
                number = decisions.record_decision(connection, step, by)
                taken.rows.append((EntryKind.DECISION, number))
                # The reason stays out of the audit entry, which a purge does not change.
                what = f"decide {step.kind} {step.subject} #{number}"
                children, about = step.children, (step.subject,)
            case ActDraft():
                what, children = step.what, step.children
            case AssignmentDraft():
                message_id = decisions.record_assignment(connection, step, by)
                if message_id is None:
                    continue
                taken.rows.append((EntryKind.ASSIGNMENT, step.file_id))
                taken.reread.append(message_id)
                what = f"assign {step.file_id} {step.unit or '-'} {step.form or ''}".strip()
            case MailStepDraft():
                change = outbox.make_due_again if step.again else None
                changed = (
                    change(connection, step.key, by.when)
                    if change is not None
                    else outbox.cancel_mail(connection, step.key)
                )
                if not changed:
                    continue
                taken.rows.append((EntryKind.MAIL, step.key))
                what = f"outbox {'retry' if step.again else 'cancel'} {step.key}"
            case RereadDraft():
                of_unit = [one for one, _ in queries.messages_to_rerun(connection, unit=step.unit)]
                decisions.mark_to_be_read(connection, of_unit)
                taken.reread += of_unit
                what = f"rerun --unit {step.unit}"
        door = current_door() if by.came_by is None else Door.MAIL
        line = AuditLine(what, by.who, by.when, door, children=children, about=about)
        taken.rows.append((EntryKind.AUDIT, audit_trail.record_audit(connection, line)))
    return taken


class DecisionStore:
    """Decisions on files, cases, findings and units."""

    def __init__(self, transactions: Transactions, units: CurrentNames) -> None:
        self._transactions = transactions
        self._units = units

    def assign_file(self, file_id: str, unit: str, form: str | None, who: str, when: datetime) -> str | None:
        """Records an officer's decision on a file, with its audit entry.

        Returns:
            The id of its message, or None if there is no such file.
        """
        draft = AssignmentDraft(file_id=file_id, unit=unit, form=form)
        with self._transactions.writing_durably() as connection:
            taken = take_steps(connection, [(draft, WhoDecided(who=who, when=when))])
            self._transactions.journal_together(connection, taken.rows)
            return next(iter(taken.reread), None)

    def take_steps(self, steps: Sequence[tuple[Step, WhoDecided]]) -> tuple[str, ...]:
        """Records a person's decisions, all or none; returns the ids of messages to read again."""
        with self._transactions.writing_durably() as connection:
            taken = take_steps(connection, steps)
            self._transactions.journal_together(connection, taken.rows)
            return tuple(dict.fromkeys(taken.reread))

    def assignments(self) -> dict[str, StoredAssignment]:
        """Returns by file id the officer's decision."""
        with self._transactions.reading() as connection:
            assignments = decisions.assignments(connection)
        return {file_id: self._units.rename(assignment) for file_id, assignment in assignments.items()}

    def assignments_without_file(self) -> frozenset[str]:
        """Returns the ids of assigned files that no message has any more after its last reading."""
        with self._transactions.reading() as connection:
            return decisions.assignments_without_file(connection)

    def record(
        self, kind: str, subject: str, why: str, who: str, when: datetime, detail: str | None = None
    ) -> None:
        """Records one decision, with its audit entry."""
        draft = DecisionDraft(kind=kind, subject=subject, why=why, detail=detail)
        self.take_steps([(draft, WhoDecided(who=who, when=when))])

    def made(self, as_of: datetime) -> tuple[StoredDecision, ...]:
        """Returns every decision made by an instant, oldest first, with withdrawals and the decisions withdrawn."""
        with self._transactions.reading() as connection:
            return decisions.decisions(connection, as_of)

    def assigned_senders(self) -> tuple[AssignedSender, ...]:
        """Returns the senders of assigned files, each with the unit."""
        with self._transactions.reading() as connection:
            senders = decisions.assigned_senders(connection)
        return tuple(self._units.rename(sender) for sender in senders)
