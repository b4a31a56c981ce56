"""Defines the frozen values that the store returns; database rows do not leave the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from config.mail.mail_providers import AuthenticationResult
from store.drafts import ArrivalBasis


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSender:
    """The sender by a mail's header; whether it is believed is judged later (:mod:`ledger.senders`)."""

    author: str
    """The only address in From, in lower case; empty where there is not exactly one."""
    authentication: tuple[AuthenticationResult, ...] = ()


NOBODY = MessageSender(author="")

HIDDEN = "〔已清理〕"
"""Replaces a name, a number or a reason that was purged."""


class Disposition(StrEnum):
    """The outcome of a file; each file has exactly one (docs/contract.md, JSON: ``files``)."""

    RECORDED = "recorded"  # its rows or zero report count
    PROOF = "evidence"  # proves something; filed with its unit
    DUPLICATE = "duplicate"  # the same bytes from the same unit were recorded before
    IGNORED = "ignored"  # a logo, an empty body, the blank template
    QUARANTINED = "quarantined"  # a person must look


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionLink:
    """A submission in a file, by unit and form."""

    submission_id: str
    unit: str
    form: str
    period: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file; with ``path == ()`` a message without files."""

    file_id: str
    message_id: str
    sender: str
    subject: str
    received_at: datetime
    path: tuple[str, ...]
    """Names of the archives and forwarded mails around the file, outermost first, then its own."""
    size: int
    sha256: str
    disposition: Disposition
    links: tuple[SubmissionLink, ...]
    reason: str | None
    reason_code: str | None
    unit_hint: str | None
    """The unit that it probably belongs to, where it is not recorded."""
    form_hint: str | None
    sent_by: MessageSender = NOBODY
    arrival_basis: ArrivalBasis = ArrivalBasis.SERVER


@dataclass(frozen=True, slots=True)
class ObligationKey:
    """A unit, a form and, if the form recurs, a period."""

    unit: str
    form: str
    period: str | None = None
    """The period's key (``2023-10``, ``2023-W41``); keys of one form sort as texts."""

    @property
    def place(self) -> tuple[str, str, str]:
        """The sort key."""
        return self.unit, self.form, self.period or ""

    @property
    def of_form(self) -> "ObligationKey":
        """The same unit and form without period."""
        return ObligationKey(self.unit, self.form)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSubmission:
    """One form of one unit, read from one file."""

    submission_id: str
    notice: str
    unit: str
    form: str
    nil: bool
    """Whether it is a zero report (零报告)."""
    received_at: datetime
    """The arrival of the first message that contains it."""
    message_id: str
    file_id: str
    records: int
    errors: int
    warnings: int
    blocking: tuple[str, ...]
    """Codes of table-level errors that keep it from counting."""
    replaces_at: datetime | None = None
    """The arrival of the last mail that says that this submission replaces earlier ones, or None."""
    sent_by: MessageSender = NOBODY
    copies_in: tuple[str, ...] = ()
    """Ids of further messages that contain it."""
    period: str | None = None

    @property
    def key(self) -> ObligationKey:
        """The obligation (unit, form, period) that the submission is for."""
        return ObligationKey(self.unit, self.form, self.period)

    @property
    def message_ids(self) -> frozenset[str]:
        """Ids of all messages that contain the submission."""
        return frozenset((self.message_id, *self.copies_in))

    @property
    def last_arrival(self) -> datetime:
        """The later of its first arrival and the mail that says that it replaces the others."""
        return max(self.received_at, self.replaces_at or self.received_at)

    @property
    def filing(self) -> tuple[str, datetime]:
        """The period and last arrival: submissions of one unit and form with equal ones are one filing, and filings sort by it."""
        return self.period or "", self.last_arrival


@dataclass(frozen=True, slots=True, kw_only=True)
class Overruled:
    """A value that an officer corrected: what the unit sent, and the decision."""

    field: str
    sent: Any
    who: str
    why: str
    at: datetime


RowStudents = Mapping[str, Sequence[str | None]]
"""By submission id, the student key of each of its rows, in order; None for a row without one."""


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
    """The row number in the sheet, from 1."""
    received_at: datetime
    values: dict[str, Any]
    """By field key, the normalised value."""
    problems: tuple[str, ...]
    """Codes of the row's problems."""
    period: str | None = None
    overruled: tuple[Overruled, ...] = ()

    @property
    def key(self) -> ObligationKey:
        """The obligation (unit, form, period) that the row's submission is for."""
        return ObligationKey(self.unit, self.form, self.period)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProblem:
    """One problem of a submission, of a row or of the table as a whole."""

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
    student: str | None = None
    """The key of the row's student."""
    explained: str | None = None
    """An officer's reason for accepting it, or None."""
    period: str | None = None

    @property
    def key(self) -> ObligationKey:
        """The obligation (unit, form, period) that the problem's submission is for."""
        return ObligationKey(self.unit, self.form, self.period)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProof:
    """A certificate or photograph of a unit; ``text`` is its path and subject, in which names are looked up."""

    file_id: str
    message_id: str
    unit: str
    form: str | None
    text: str
    received_at: datetime
    sent_by: MessageSender = NOBODY


@dataclass(frozen=True, slots=True)
class StoredAssignment:
    """The unit, and perhaps the form, that a person assigned a file to."""

    unit: str
    form: str | None
    who: str = field(default="", compare=False)
    question: int | None = field(default=None, compare=False)
    """The number of the question answered, or None."""
    came_by: str | None = field(default=None, compare=False)
    """The id of the message by which it came, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedSender:
    """The sender of a file that a person assigned to a unit."""

    sent_by: MessageSender
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDecision:
    """A person's decision: its kind and subject, the reason, author and time."""

    id: int
    kind: str
    subject: str
    """What it is about; its format depends on the kind."""
    detail: str | None
    why: str
    who: str
    at: datetime
    question: int | None = None
    """The number of the question answered, or None."""
    came_by: str | None = None
    """The id of the message by which it came, or None."""


@dataclass(frozen=True, slots=True)
class QuestionKey:
    """Identifies a question: its kind, and a subject with all that an answer needs."""

    kind: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredQuestion:
    """A question that was asked, with the last guess shown beside it."""

    number: int
    key: QuestionKey
    guess: str | None
    guessed_at: datetime
    """Since when the guess is this one; agreement with an earlier mail is about an earlier guess."""


ACCEPTED, IN_FLIGHT = "accepted", "in-flight"


class DeliveryStatus(StrEnum):
    """The delivery status of a mail."""

    WAITING = "waiting"
    SENDING = "sending"
    """Its last line is being sent; found later, it is unknown whether the server accepted the mail."""
    SENT = "sent"
    WRITTEN = "written"
    """A dry run wrote it to a folder."""
    HELD = "held"
    """It is not tried again until a person requests it."""
    UNCERTAIN = "uncertain"
    """The connection broke, or the program died, between the last line and the server's answer."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMail:
    """An outgoing mail, with its recipients and delivery status."""

    key: str
    purpose: str
    sender: str
    recipients: tuple[str, ...]
    head: str
    """The header fields as sent."""
    size: int
    """Bytes of the whole mail; 0 where its body is gone because the store was rebuilt."""
    queued_at: datetime
    attempts: int
    """The number of tries so far."""
    next_at: datetime | None
    sent_at: datetime | None
    error: str | None
    state: DeliveryStatus
    fates: Mapping[str, str]
    """By recipient: :data:`ACCEPTED`, :data:`IN_FLIGHT`, or the server's refusal."""
    tried_at: datetime | None

    @property
    def not_yet_offered(self) -> tuple[str, ...]:
        """The recipients that the server has neither accepted nor permanently refused yet."""
        return tuple(who for who in self.recipients if who not in self.fates)

    @property
    def not_accepted(self) -> tuple[str, ...]:
        """The recipients that the server is not known to have accepted."""
        return tuple(who for who in self.recipients if self.fates.get(who) != ACCEPTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedState:
    """What a digest reported of forms and cases, as far as the next one is compared with it."""

    notice: str
    as_of: datetime
    versions: Mapping[ObligationKey, int]
    """Of each unit's form of which anything came, how many versions."""
    missing: frozenset[ObligationKey]
    open_cases: frozenset[str]
    suspected: frozenset[str]


def record_id(submission_id: str, ordinal: int) -> str:
    """Returns a row's id, the same on every run over the same bytes."""
    return f"{submission_id}-{ordinal}"


def student_by_row(students: RowStudents) -> dict[str, str]:
    """Returns by row id the key of its student."""
    return {
        record_id(submission, ordinal): student
        for submission, rows in students.items()
        for ordinal, student in enumerate(rows)
        if student is not None
    }


def submission_of(record_id: str) -> str:
    """Returns the submission id in a row's id."""
    return record_id.rpartition("-")[0]
