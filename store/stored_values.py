"""Defines the frozen values that the store returns; no database row leaves the room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from config.mail.mail_providers import AuthenticationResult
from store.drafts import ArrivalBasis


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSender:
    """What a mail's head says of who sent it; how far it is believed is judged later."""

    author: str  # the only address in From, in lower case; empty where there is not exactly one
    authentication: tuple[AuthenticationResult, ...] = ()


NOBODY = MessageSender(author="")


class Disposition(StrEnum):
    """What became of a file; each has exactly one."""

    RECORDED = "recorded"  # its rows or zero report count
    PROOF = "evidence"  # proves something; filed with its unit
    DUPLICATE = "duplicate"  # the same bytes from the same unit were recorded before
    IGNORED = "ignored"  # a logo, an empty body, the blank template
    QUARANTINED = "quarantined"  # a person must look


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionLink:
    """A submission that a file holds, by unit and form."""

    submission_id: str
    unit: str
    form: str
    period: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file, or with ``path == ()`` a message that had none."""

    file_id: str
    message_id: str
    sender: str
    subject: str
    received_at: datetime
    path: tuple[str, ...]
    size: int
    sha256: str
    disposition: Disposition
    links: tuple[SubmissionLink, ...]
    reason: str | None
    reason_code: str | None
    unit_hint: str | None  # the best guess for a file that is not recorded
    form_hint: str | None
    sent_by: MessageSender = NOBODY
    arrival_basis: ArrivalBasis = ArrivalBasis.SERVER


@dataclass(frozen=True, slots=True)
class ObligationKey:
    """Whose submission of what, and for which period; a form that is owed once has no periods."""

    unit: str
    form: str
    period: str | None = None
    """The period's key (``2023-10``, ``2023-W41``): those of one form are in order as texts."""

    @property
    def place(self) -> tuple[str, str, str]:
        """What keys are sorted by."""
        return self.unit, self.form, self.period or ""

    @property
    def of_form(self) -> "ObligationKey":
        """The same unit and form, whatever the period."""
        return ObligationKey(self.unit, self.form)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSubmission:
    """One form of one unit, found in one file."""

    submission_id: str
    notice: str
    unit: str
    form: str
    nil: bool
    received_at: datetime  # arrival of the earliest message that carried it
    message_id: str
    file_id: str
    records: int
    errors: int
    warnings: int
    blocking: tuple[str, ...]  # codes of table-level errors that keep it from counting
    replaces_at: datetime | None = None  # arrival of the last mail that says that it replaces those before
    sent_by: MessageSender = NOBODY
    copies_in: tuple[str, ...] = ()  # ids of the further messages that carried it
    period: str | None = None

    @property
    def key(self) -> ObligationKey:
        return ObligationKey(self.unit, self.form, self.period)

    @property
    def message_ids(self) -> frozenset[str]:
        """The messages that carried it."""
        return frozenset((self.message_id, *self.copies_in))

    @property
    def last_arrival(self) -> datetime:
        """When it came: with its first mail, or again with the word that it replaces the others."""
        return max(self.received_at, self.replaces_at or self.received_at)

    @property
    def filing(self) -> tuple[str, datetime]:
        """Which filing it is part of, and what filings of one unit and form are in order of."""
        return self.period or "", self.last_arrival


@dataclass(frozen=True, slots=True, kw_only=True)
class Overruled:
    """A value of a row that counts by a person's word: what the unit sent, and who said otherwise."""

    field: str
    sent: Any
    who: str
    why: str
    at: datetime


RowStudents = Mapping[str, Sequence[str | None]]
"""By submission, the key of the student of each of its rows, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """One row of a submission."""

    record_id: str
    submission_id: str
    unit: str
    form: str
    file_id: str
    sheet: str
    row: int
    received_at: datetime
    values: dict[str, Any]
    problems: tuple[str, ...]
    period: str | None = None
    overruled: tuple[Overruled, ...] = ()

    @property
    def key(self) -> ObligationKey:
        return ObligationKey(self.unit, self.form, self.period)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProblem:
    """One problem of a submission, at a row or of the table as a whole."""

    submission_id: str
    unit: str
    form: str
    file_id: str
    sheet: str | None
    row: int | None
    cell: str | None
    field: str | None
    code: str
    severity: str
    value: str | None
    message: str
    record_id: str | None
    student: str | None = None  # the key of the row's student
    explained: str | None = None  # an officer's reason for letting it stand
    period: str | None = None

    @property
    def key(self) -> ObligationKey:
        return ObligationKey(self.unit, self.form, self.period)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProof:
    """A certificate or photograph filed with a unit; ``text`` is its path and subject, where names stand."""

    file_id: str
    message_id: str
    unit: str
    form: str | None
    text: str
    received_at: datetime
    sent_by: MessageSender = NOBODY


@dataclass(frozen=True, slots=True)
class StoredAssignment:
    """The unit, and perhaps the form, that a person decided a file to be of."""

    unit: str
    form: str | None
    who: str = field(default="", compare=False)
    question: int | None = field(default=None, compare=False)  # the number of the question that it answers
    came_by: str | None = field(default=None, compare=False)  # the message that it came by


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedSender:
    """Who sent a file that a person assigned to a unit."""

    sent_by: MessageSender
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDecision:
    """What a person decided: about which case (or finding), why, and when."""

    id: int
    kind: str
    subject: str
    detail: str | None
    why: str
    who: str
    at: datetime
    question: int | None = None  # the number of the question that it answers
    came_by: str | None = None  # the message that it came by


@dataclass(frozen=True, slots=True)
class QuestionKey:
    """What a question is about: its kind, and a subject that holds all that an answer to it needs."""

    kind: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredQuestion:
    """A question that was asked, with the guess that was shown beside it last."""

    number: int
    key: QuestionKey
    guess: str | None
    guessed_at: datetime
    """Since when the guess is this one: who agrees to an earlier mail means another."""


ACCEPTED, IN_FLIGHT = "accepted", "in-flight"


class DeliveryStatus(StrEnum):
    """The delivery status of a mail."""

    WAITING = "waiting"
    SENDING = "sending"
    """Its last line is being sent; if this status is found later, whether the server took it is unknown."""
    SENT = "sent"
    WRITTEN = "written"
    """A dry run wrote it to a folder."""
    HELD = "held"
    """It is not tried again until a person asks for it."""
    UNCERTAIN = "uncertain"
    """The line broke, or the program died, between the last line and the server's answer."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMail:
    """A mail in the outbox."""

    key: str
    purpose: str
    sender: str
    recipients: tuple[str, ...]
    head: str
    """The header fields, as they are sent."""
    size: int
    """Bytes of the whole mail; 0 where its body is gone, since the store was made anew."""
    queued_at: datetime
    attempts: int
    next_at: datetime | None
    sent_at: datetime | None
    error: str | None
    state: DeliveryStatus
    fates: Mapping[str, str]
    """By recipient: :data:`ACCEPTED`, :data:`IN_FLIGHT`, or why the server refuses it."""
    tried_at: datetime | None

    @property
    def not_yet_offered(self) -> tuple[str, ...]:
        """Returns the recipients that it has not been offered to yet, or not for good."""
        return tuple(who for who in self.recipients if who not in self.fates)

    @property
    def not_accepted(self) -> tuple[str, ...]:
        """Returns the recipients that the server is not known to have taken it for."""
        return tuple(who for who in self.recipients if self.fates.get(who) != ACCEPTED)


def record_id(submission_id: str, ordinal: int) -> str:
    """Returns a row's id, the same on every run over the same bytes."""
    return f"{submission_id}-{ordinal}"


def student_by_row(students: RowStudents) -> dict[str, str]:
    """Returns for each row id the key of its student."""
    return {
        record_id(submission, ordinal): student
        for submission, rows in students.items()
        for ordinal, student in enumerate(rows)
        if student is not None
    }


def submission_of(record_id: str) -> str:
    """Returns the id of the submission that a row's id names."""
    return record_id.rpartition("-")[0]
