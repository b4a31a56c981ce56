"""Defines the tables; their constraints make ingestion exactly-once (``ARCHITECTURE.md``, promise 3)."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from store.sealing.sealed_columns import MatchedText, PackedJson, SealedBytes, SealedJson, SealedText


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware on this side, naive UTC in the database, the same on SQLite and PostgreSQL."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def _instant(*, nullable: bool = False, index: bool = False) -> Any:
    return Field(sa_column=Column(UtcDateTime, nullable=nullable, index=index), default=None)


def _json() -> Any:
    return Field(sa_column=Column(JSON, nullable=False), default=None)


def _sealed(place: str, kind: type[String] = String, *, index: bool = False) -> Any:
    column = SealedText(place, _row_of(place), kind)
    return Field(sa_column=Column(column, nullable=False, index=index))


def _sealed_or_none(place: str, kind: type[String] = String) -> Any:
    return Field(default=None, sa_column=Column(SealedText(place, _row_of(place), kind), nullable=True))


def _sealed_json(place: str) -> Any:
    return Field(sa_column=Column(SealedJson(place, _row_of(place)), nullable=False), default=None)


def _sealed_bytes(place: str) -> Any:
    return Field(sa_column=Column(SealedBytes(place, _row_of(place)), nullable=False))


def _row_of(place: str) -> tuple[str, ...]:
    """Returns the key of the row to which a sealed column's values are bound: each row's stays for as long as it is there."""
    return _KEYS_OF_SEALED[place.partition(".")[0]]


_KEYS_OF_SEALED = {
    "message": ("id",),
    "unfetched": ("mailbox", "uidvalidity", "uid"),
    "file": ("id",),
    "block": ("submission_id",),
    "evidence": ("file_id",),
    "audit": ("id",),
    "outbox": ("key",),
    "outbox_body": ("key",),
    "pulse": ("job", "subject"),
    "decision": ("id",),
    "question": ("number",),
    "answered_mail": ("message_id",),
    "reply": ("message_id",),
}


def _uid(*, key: bool) -> Any:
    """RFC 3501: a UID is unsigned and of 32 bits."""
    return Field(sa_column=Column(BigInteger, primary_key=key, autoincrement=False, nullable=False))


class Message(SQLModel, table=True):
    """One raw e-mail; its key is the SHA-256 of its bytes, so it cannot be recorded twice."""

    id: str = Field(primary_key=True)
    sender: str
    sender_name: str = _sealed("message.sender_name")
    subject: str = _sealed("message.subject")
    author: str = ""  # the only address in From; empty where there is not exactly one
    authentication: list[dict[str, Any]] = _json()  # what its Authentication-Results say, in the mail's order
    received_at: datetime = _instant(index=True)
    processed: bool = Field(default=False, index=True)
    arrival_basis: str = "server"  # ArrivalBasis: who says when it arrived
    error: str | None = _sealed_or_none("message.error")
    checksum: str | None = None  # of all that it was read as; see store.checksums
    tries: int = 0  # how often its processing was taken up again after something had ended the one before
    passwords_due: bool = Field(default=False, index=True)
    """Whether passwords of its sender's other mails are still to be tried on it, or its on theirs."""


class Location(SQLModel, table=True):
    """Where a message was seen (RFC 3501: a UID is unique within mailbox and UIDVALIDITY)."""

    mailbox: str = Field(primary_key=True)
    uidvalidity: int = _uid(key=True)
    uid: int = _uid(key=True)
    message_id: str = Field(foreign_key="message.id", index=True)


class Watermark(SQLModel, table=True):
    """The highest UID up to which a mailbox has been archived."""

    mailbox: str = Field(primary_key=True)
    uidvalidity: int = _uid(key=True)
    uid: int = _uid(key=False)


class UnfetchedMail(SQLModel, table=True):
    """A mail that a server lists and did not give."""

    __tablename__ = "unfetched"

    mailbox: str = Field(primary_key=True)
    uidvalidity: int = _uid(key=True)
    uid: int = _uid(key=True)
    tries: int
    words: str = _sealed("unfetched.words")  # the server's last
    first_at: datetime = _instant()
    last_at: datetime = _instant()
    next_at: datetime = _instant()
    received_at: datetime | None = _instant(nullable=True)
    size: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))


class FolderViewRow(SQLModel, table=True):
    """What the last finished pass saw of a mailbox's folder."""

    __tablename__ = "folder_view"

    mailbox: str = Field(primary_key=True)
    uidvalidity: int = _uid(key=False)
    messages: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    seen_at: datetime = _instant()
    compared_at: datetime | None = _instant(nullable=True)


class File(SQLModel, table=True):
    """One file of a message and what it was found to be."""

    __table_args__ = (UniqueConstraint("message_id", "position"),)

    id: str = Field(primary_key=True)
    message_id: str = Field(foreign_key="message.id")
    position: int
    path: list[str] = _sealed_json("file.path")
    size: int
    sha256: str = Field(index=True)
    kind: str
    outcome: str = Field(index=True)  # forms, evidence, ignored, quarantined
    reason_code: str | None = None
    reason: str | None = _sealed_or_none("file.reason")
    unit_hint: str | None = None
    form_hint: str | None = None
    signals: list[dict[str, Any]] = Field(
        sa_column=Column(PackedJson("file.signals", _row_of("file.signals")), nullable=False)
    )
    """What was weighed to find its form and unit."""


class Submission(SQLModel, table=True):
    """One form of one unit, found in one file's bytes."""

    __table_args__ = (UniqueConstraint("notice", "unit", "form", "content"),)

    id: str = Field(primary_key=True)
    notice: str
    unit: str
    form: str
    content: str  # SHA-256 of the file; behind it the period, so that one file may be sent for several
    period: str | None = None
    nil: bool
    records: int
    errors: int
    warnings: int
    blocking: list[str] = _json()
    checksum: str | None = None  # of itself and its block


class FileSubmissionRow(SQLModel, table=True):
    """A file holds a submission; of several files the earliest is recorded, the others are duplicates."""

    __tablename__ = "claim"

    file_id: str = Field(primary_key=True, foreign_key="file.id")
    submission_id: str = Field(primary_key=True, foreign_key="submission.id", index=True)
    replaces: bool  # the file's mail says that this submission replaces those before it


class BlockRow(SQLModel, table=True):
    """The rows and problems of a submission, as :mod:`store.blocks` keeps them."""

    __tablename__ = "block"

    submission_id: str = Field(primary_key=True, foreign_key="submission.id")
    body: bytes = _sealed_bytes("block.body")


class ProofRow(SQLModel, table=True):
    """A certificate or photograph filed with a unit."""

    __tablename__ = "evidence"

    file_id: str = Field(primary_key=True, foreign_key="file.id")
    notice: str
    unit: str
    form: str | None = None
    text: str = _sealed("evidence.text")


class Assignment(SQLModel, table=True):
    """A person's decision on whose file it is; it holds through every rerun."""

    file_id: str = Field(primary_key=True)
    unit: str
    form: str | None = None
    who: str
    at: datetime = _instant()
    question: int | None = None  # the number of the question that it answers
    came_by: str | None = None  # the message that it came by


class Audit(SQLModel, table=True):
    """Who looked at or did what; appended by :mod:`store.audit.audit_trail` only. Entries before the chain lack what is optional."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = _instant()
    who: str
    what: str = _sealed("audit.what")
    why: str | None = _sealed_or_none("audit.why", Text)
    door: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    account: str | None = _sealed_or_none("audit.account", Text)
    uid: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    children: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    marks: str | None = _sealed_or_none("audit.marks", Text)
    link: str | None = Field(default=None, sa_column=Column(Text, nullable=True))


class Lease(SQLModel, table=True):
    """At most one process at a time does the named work."""

    name: str = Field(primary_key=True)
    holder: str
    until: datetime = _instant()


class OutgoingMail(SQLModel, table=True):
    """A mail to be sent exactly once; ``key`` names purpose and period. Its bytes are in :class:`OutgoingBody`."""

    __tablename__ = "outbox"

    key: str = Field(primary_key=True)
    purpose: str
    sender: str
    recipients: list[str] = _json()
    head: str = _sealed("outbox.head", Text)
    size: int  # bytes of the whole mail; 0 where the body is gone (a store made anew)
    queued_at: datetime = _instant()
    attempts: int = 0
    next_at: datetime | None = _instant(nullable=True, index=True)  # None: it is not waiting
    sent_at: datetime | None = _instant(nullable=True)
    error: str | None = _sealed_or_none("outbox.error")
    state: str = Field(index=True)  # DeliveryStatus
    fates: dict[str, str] = _json()  # by recipient: accepted, in-flight, or the server's refusal
    tried_at: datetime | None = _instant(nullable=True)
    checksum: str | None = None  # SHA-256 of the whole mail


class OutgoingBody(SQLModel, table=True):
    """The bytes of an outgoing mail, apart, so that a question about the outbox does not read them."""

    __tablename__ = "outbox_body"

    key: str = Field(primary_key=True)
    raw: bytes = _sealed_bytes("outbox_body.raw")


class JobStatusRow(SQLModel, table=True):
    """The last outcome of a scheduled job, for each mailbox or server that it works on."""

    __tablename__ = "pulse"

    job: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    tried_at: datetime = _instant()
    done_at: datetime | None = _instant(nullable=True)  # the last time that it succeeded
    failures: int  # in a row since then
    hold_until: datetime | None = _instant(nullable=True)  # the service leaves it alone till then
    error: str | None = _sealed_or_none("pulse.error")


class Decision(SQLModel, table=True):
    """What a person decided about a case, a finding or a unit; kept for ever, a later one may take it back."""

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(index=True)  # close, reopen, note, merge, split, waive, accept …
    subject: str = _sealed("decision.subject", index=True)
    detail: str | None = _sealed_or_none("decision.detail")
    why: str = _sealed("decision.why")
    who: str
    at: datetime = _instant()
    question: int | None = Field(default=None, index=True)  # the number of the question that it answers
    came_by: str | None = None  # the message that it came by


class QuestionRow(SQLModel, table=True):
    """The number under which people are asked something; it stays the same for as long as the store exists."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("kind", "subject"),)

    number: int = Field(primary_key=True)
    kind: str
    subject: str = Field(sa_column=Column(MatchedText("question.subject", kind=Text), nullable=False))
    guess: str | None = _sealed_or_none("question.guess", Text)
    asked_at: datetime = _instant()
    guessed_at: datetime = _instant()  # since when the guess is this one


class AnsweredMailRow(SQLModel, table=True):
    """What was done with a mail that answers questions; a mail that has such a row is never applied again."""

    __tablename__ = "answered_mail"

    message_id: str = Field(primary_key=True)
    author: str = Field(index=True)
    outcome: str  # AnswerOutcome
    at: datetime = _instant()
    mail_id: str = Field(default="", index=True)  # its own Message-ID, by which a second copy is known
    content: str = ""  # SHA-256 of author and words, by which it is known under another Message-ID
    note: str | None = _sealed_or_none("answered_mail.note", Text)


class ReplyRow(SQLModel, table=True):
    """The words of a mail that may answer questions, as it was read; made anew by every reading."""

    __tablename__ = "reply"

    message_id: str = Field(primary_key=True, foreign_key="message.id")
    mail_id: str
    codes: list[str] = _json()
    lines: list[str] = _sealed_json("reply.lines")
    tapped: str | None = _sealed_or_none("reply.tapped")
    rows: list[list[str]] = _sealed_json("reply.rows")
    hides_words: bool = False


class PurgedMailRow(SQLModel, table=True):
    """What is left of a mail that was purged: its arrival, size and counts, and nothing of a child."""

    __tablename__ = "purged"

    message_id: str = Field(primary_key=True)
    at: datetime = _instant()
    received_at: datetime = _instant()
    size: int = Field(sa_column=Column(BigInteger, nullable=False))  # bytes of the raw mail
    reason: str  # PurgeReason
    remains: dict[str, list[dict[str, Any]]] = _json()
    """Its rows in the other tables, as :mod:`store.retention.purged_mails` leaves them: no raw mail makes them anew."""


class SealRow(SQLModel, table=True):
    """The key with which this store is sealed, wrapped by one that lies elsewhere; no row in a store without a key."""

    __tablename__ = "seal"

    key_id: str = Field(primary_key=True)
    wrapped: str
