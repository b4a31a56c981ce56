"""Defines the tables; their constraints make ingestion exactly-once (``ARCHITECTURE.md``, promise 3).

Fields from ``_sealed…`` functions are encrypted if the store has a key (:mod:`store.sealing.sealed_columns`).
"""

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
    """An instant: with offset in Python, naive UTC in the database, equal on SQLite and PostgreSQL."""

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
    """Returns the key columns of the row that a sealed column's values are bound to; keys never change."""
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
    "reported": ("key",),
}


def _uid(*, key: bool) -> Any:
    """Returns a column for a UID, which RFC 3501 defines as an unsigned number of 32 bits."""
    return Field(sa_column=Column(BigInteger, primary_key=key, autoincrement=False, nullable=False))


class Message(SQLModel, table=True):
    """One raw mail; its key is the SHA-256 of its bytes, so it cannot be recorded twice."""

    id: str = Field(primary_key=True)
    sender: str
    sender_name: str = _sealed("message.sender_name")
    subject: str = _sealed("message.subject")
    author: str = ""
    """The only address in From; empty where there is not exactly one."""
    authentication: list[dict[str, Any]] = _json()
    """Its Authentication-Results headers, in order."""
    received_at: datetime = _instant(index=True)
    processed: bool = Field(default=False, index=True)
    arrival_basis: str = "server"
    """The source of ``received_at`` (:class:`store.drafts.ArrivalBasis`)."""
    error: str | None = _sealed_or_none("message.error")
    checksum: str | None = None
    """Over everything read from it (:mod:`store.checksums`)."""
    tries: int = 0
    """How often its processing was started again after an interruption."""
    passwords_due: bool = Field(default=False, index=True)
    """Whether passwords from the sender's other mails are yet to be tried on it, or its own on theirs."""


class Location(SQLModel, table=True):
    """A mailbox, UIDVALIDITY and UID at which a message was seen (RFC 3501: a UID is unique within mailbox and UIDVALIDITY)."""

    mailbox: str = Field(primary_key=True)
    uidvalidity: int = _uid(key=True)
    uid: int = _uid(key=True)
    message_id: str = Field(foreign_key="message.id", index=True)


class Watermark(SQLModel, table=True):
    """The UID up to which a mailbox has been archived."""

    mailbox: str = Field(primary_key=True)
    uidvalidity: int = _uid(key=True)
    uid: int = _uid(key=False)


class UnfetchedMail(SQLModel, table=True):
    """A mail that a server lists but did not deliver."""

    __tablename__ = "unfetched"

    mailbox: str = Field(primary_key=True)
    uidvalidity: int = _uid(key=True)
    uid: int = _uid(key=True)
    tries: int
    words: str = _sealed("unfetched.words")
    """The server's last words."""
    first_at: datetime = _instant()
    last_at: datetime = _instant()
    next_at: datetime = _instant()
    received_at: datetime | None = _instant(nullable=True)
    size: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))


class FolderViewRow(SQLModel, table=True):
    """The state of a mailbox's folder as the last finished poll saw it."""

    __tablename__ = "folder_view"

    mailbox: str = Field(primary_key=True)
    uidvalidity: int = _uid(key=False)
    messages: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    seen_at: datetime = _instant()
    compared_at: datetime | None = _instant(nullable=True)


class File(SQLModel, table=True):
    """One file of a message, with the outcome of reading it."""

    __table_args__ = (UniqueConstraint("message_id", "position"),)

    id: str = Field(primary_key=True)
    message_id: str = Field(foreign_key="message.id")
    position: int
    path: list[str] = _sealed_json("file.path")
    size: int
    sha256: str = Field(index=True)
    kind: str
    outcome: str = Field(index=True)
    """``forms``, ``evidence``, ``ignored`` or ``quarantined``."""
    reason_code: str | None = None
    reason: str | None = _sealed_or_none("file.reason")
    unit_hint: str | None = None
    form_hint: str | None = None
    signals: list[dict[str, Any]] = Field(
        sa_column=Column(PackedJson("file.signals", _row_of("file.signals")), nullable=False)
    )
    """The weighted signals by which its form and unit were chosen."""


class Submission(SQLModel, table=True):
    """One form of one unit, read from one file's bytes."""

    __table_args__ = (UniqueConstraint("notice", "unit", "form", "content"),)

    id: str = Field(primary_key=True)
    notice: str
    unit: str
    form: str
    content: str
    """The SHA-256 of the file, followed by the period, so that one file may be sent for several."""
    period: str | None = None
    nil: bool
    """Whether it is a zero report (零报告)."""
    records: int
    errors: int
    warnings: int
    blocking: list[str] = _json()
    checksum: str | None = None
    """Over the row and its block."""


class FileSubmissionRow(SQLModel, table=True):
    """A submission in a file; of several files with it the first to arrive is the recorded one, the others are duplicates."""

    __tablename__ = "claim"

    file_id: str = Field(primary_key=True, foreign_key="file.id")
    submission_id: str = Field(primary_key=True, foreign_key="submission.id", index=True)
    replaces: bool
    """Whether the file's mail says that this submission replaces earlier ones."""


class BlockRow(SQLModel, table=True):
    """The rows and problems of a submission, encoded by :mod:`store.blocks`."""

    __tablename__ = "block"

    submission_id: str = Field(primary_key=True, foreign_key="submission.id")
    body: bytes = _sealed_bytes("block.body")


class ProofRow(SQLModel, table=True):
    """A certificate or photograph of a unit; ``text`` is its path and subject."""

    __tablename__ = "evidence"

    file_id: str = Field(primary_key=True, foreign_key="file.id")
    notice: str
    unit: str
    form: str | None = None
    text: str = _sealed("evidence.text")


class Assignment(SQLModel, table=True):
    """A person's decision on the unit of a file; it holds through every rerun."""

    file_id: str = Field(primary_key=True)
    unit: str
    form: str | None = None
    who: str
    at: datetime = _instant()
    question: int | None = None
    """The number of the question answered, or None."""
    came_by: str | None = None
    """The id of the message by which it came, or None."""


class Audit(SQLModel, table=True):
    """An entry of the audit trail, made by :mod:`store.audit.audit_trail` and restored by replay; old ones lack some columns."""

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
    why_salt: str | None = _sealed_or_none("audit.why_salt", Text)
    """Goes with the reason where that is cleared."""
    why_digest: str | None = Field(default=None, sa_column=Column(Text, nullable=True))
    """Of the reason and its salt; the link covers it in the reason's place."""


class Lease(SQLModel, table=True):
    """The holder of the named job, which at most one process does at a time."""

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
    size: int
    """Bytes of the whole mail; 0 where the body is gone because the store was rebuilt."""
    queued_at: datetime = _instant()
    attempts: int = 0
    next_at: datetime | None = _instant(nullable=True, index=True)
    """The next attempt; None for a mail that is not waiting."""
    sent_at: datetime | None = _instant(nullable=True)
    error: str | None = _sealed_or_none("outbox.error")
    state: str = Field(index=True)
    """A :class:`store.stored_values.DeliveryStatus`."""
    fates: dict[str, str] = _json()
    """By recipient: accepted, in flight, or the server's refusal."""
    tried_at: datetime | None = _instant(nullable=True)
    checksum: str | None = None
    """The SHA-256 of the whole mail."""


class OutgoingBody(SQLModel, table=True):
    """The bytes of an outgoing mail, in a table of their own so that queries of the outbox do not read them."""

    __tablename__ = "outbox_body"

    key: str = Field(primary_key=True)
    raw: bytes = _sealed_bytes("outbox_body.raw")


class ReportedStateRow(SQLModel, table=True):
    """What a digest reported, as far as the next one is compared with it; purged with everything, and made anew by none."""

    __tablename__ = "reported"

    key: str = Field(primary_key=True)  # notice and instant of the digest
    state: list[dict[str, Any]] = Field(
        sa_column=Column(PackedJson("reported.state", _row_of("reported.state")), nullable=False)
    )


class JobStatusRow(SQLModel, table=True):
    """The last outcome of a scheduled job, for each mailbox or server."""

    __tablename__ = "pulse"

    job: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    tried_at: datetime = _instant()
    done_at: datetime | None = _instant(nullable=True)
    """The last success."""
    failures: int
    """Consecutive failures since then."""
    hold_until: datetime | None = _instant(nullable=True)
    """Back-off: the service does not try before."""
    error: str | None = _sealed_or_none("pulse.error")


class Decision(SQLModel, table=True):
    """A person's decision; ``kind`` says what ``subject`` is (a case, unit, sender, problem …). A later one may withdraw it."""

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(index=True)
    """``close``, ``reopen``, ``note``, ``merge``, ``split``, ``waive``, ``accept`` …"""
    subject: str = _sealed("decision.subject", index=True)
    detail: str | None = _sealed_or_none("decision.detail")
    why: str = _sealed("decision.why")
    who: str
    at: datetime = _instant()
    question: int | None = Field(default=None, index=True)
    """The number of the question answered, or None."""
    came_by: str | None = None
    """The id of the message by which it came, or None."""


class QuestionRow(SQLModel, table=True):
    """The permanent number of a question."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("kind", "subject"),)

    number: int = Field(primary_key=True)
    kind: str
    subject: str = Field(sa_column=Column(MatchedText("question.subject", kind=Text), nullable=False))
    guess: str | None = _sealed_or_none("question.guess", Text)
    asked_at: datetime = _instant()
    guessed_at: datetime = _instant()
    """Since when the guess is this one."""


class AnsweredMailRow(SQLModel, table=True):
    """The outcome of a mail that answers questions; with such a row it is never applied again."""

    __tablename__ = "answered_mail"

    message_id: str = Field(primary_key=True)
    author: str = Field(index=True)
    outcome: str
    """A :class:`store.answers.answer_mails.AnswerOutcome`."""
    at: datetime = _instant()
    mail_id: str = Field(default="", index=True)
    """Its own Message-ID, by which further copies are recognised."""
    content: str = ""
    """The SHA-256 of author and words, by which copies with another Message-ID are recognised."""
    note: str | None = _sealed_or_none("answered_mail.note", Text)


class ReplyRow(SQLModel, table=True):
    """The words of a mail that may answer questions, replaced by every reading."""

    __tablename__ = "reply"

    message_id: str = Field(primary_key=True, foreign_key="message.id")
    mail_id: str
    codes: list[str] = _json()
    lines: list[str] = _sealed_json("reply.lines")
    tapped: str | None = _sealed_or_none("reply.tapped")
    rows: list[list[str]] = _sealed_json("reply.rows")
    hides_words: bool = False


class PurgedMailRow(SQLModel, table=True):
    """What remains of a purged mail: arrival, size and counts, without any data of a child."""

    __tablename__ = "purged"

    message_id: str = Field(primary_key=True)
    at: datetime = _instant()
    received_at: datetime = _instant()
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    """Bytes of the raw mail."""
    reason: str
    """A :class:`store.retention.purged_mails.PurgeReason`."""
    remains: dict[str, list[dict[str, Any]]] = _json()
    """By table, its rows as :mod:`store.retention.purged_mails` leaves them; they cannot be read again from the mail."""


class SealRow(SQLModel, table=True):
    """The store's key, encrypted by a secret that is stored elsewhere; a store without a key has no row."""

    __tablename__ = "seal"

    key_id: str = Field(primary_key=True)
    wrapped: str
