"""Stores the mails that may answer questions, as they were read, and the outcome of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, func, insert, select

from store.drafts import ReplyDraft
from store.models import AnsweredMailRow, ReplyRow
from store.questions.queries import message_sender
from store.recording import LOCATION, MESSAGE, core_table
from store.stored_values import MessageSender

ANSWERED, REPLY = core_table(AnsweredMailRow), core_table(ReplyRow)
_PLACE = select(func.min(LOCATION.c.uid)).where(LOCATION.c.message_id == REPLY.c.message_id).scalar_subquery()
"""A mail's lowest UID, which orders mails that arrived in the same second."""


class AnswerOutcome(StrEnum):
    """The outcome of a mail that answers questions."""

    APPLIED = "applied"
    """Its lines were carried out where possible, and the result was mailed back."""
    WAITING = "waiting"
    """Its sender was asked to confirm it."""
    CONFIRMED = "confirmed"
    """It was carried out after the sender confirmed it by another mail."""
    DROPPED = "dropped"
    """Its sender denied having sent it."""
    REFUSED = "refused"
    """It was not carried out, and the office is informed."""
    REPEATED = "repeated"
    """It is a further copy of a mail that was handled."""
    STALE = "stale"
    """It came too long ago to be carried out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReply:
    """A mail that may answer questions, with its sender."""

    message_id: str
    received_at: datetime
    subject: str
    sent_by: MessageSender
    reply: ReplyDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredMail:
    """The outcome of a mail that may answer questions; ``note`` is the reason for refusing it, or what it waits for."""

    message_id: str
    author: str
    outcome: AnswerOutcome
    at: datetime
    mail_id: str = ""
    content: str = ""
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledAnswers:
    """The consequences of handling answering mails.

    ``reread`` are messages to read again; ``alone`` the keys of reply mails that could not be joined to an
    earlier one.
    """

    reread: tuple[str, ...]
    alone: frozenset[str]


def put_replies(connection: Connection, replies: Mapping[str, ReplyDraft | None]) -> None:
    """Replaces the stored words of messages by those of a new reading.

    Args:
        replies: by message id; None for a message that is no reply.
    """
    connection.execute(delete(REPLY).where(REPLY.c.message_id.in_(replies)))
    rows = [
        {
            "message_id": message_id,
            "mail_id": reply.mail_id,
            "codes": list(reply.codes),
            "lines": list(reply.lines),
            "tapped": reply.tapped,
            "rows": [list(row) for row in reply.rows],
            "hides_words": reply.hides_words,
        }
        for message_id, reply in replies.items()
        if reply is not None
    ]
    if rows:
        connection.execute(insert(REPLY), rows)


def open_replies(connection: Connection) -> tuple[StoredReply, ...]:
    """Returns the mails without an outcome, in order of arrival and position in the mailbox."""
    query = (
        select(REPLY, MESSAGE.c.received_at, MESSAGE.c.subject, MESSAGE.c.author, MESSAGE.c.authentication)
        .join(MESSAGE, MESSAGE.c.id == REPLY.c.message_id)
        .where(REPLY.c.message_id.not_in(select(ANSWERED.c.message_id)))
        .order_by(MESSAGE.c.received_at, _PLACE, REPLY.c.message_id)
    )
    return _replies(connection, query)


def replies_of(connection: Connection, message_ids: Sequence[str]) -> tuple[StoredReply, ...]:
    """Returns these mails, whatever their outcome."""
    query = (
        select(REPLY, MESSAGE.c.received_at, MESSAGE.c.subject, MESSAGE.c.author, MESSAGE.c.authentication)
        .join(MESSAGE, MESSAGE.c.id == REPLY.c.message_id)
        .where(REPLY.c.message_id.in_(message_ids))
        .order_by(MESSAGE.c.received_at, _PLACE, REPLY.c.message_id)
    )
    return _replies(connection, query)


def _replies(connection: Connection, query: object) -> tuple[StoredReply, ...]:
    return tuple(
        StoredReply(
            message_id=row.message_id,
            received_at=row.received_at,
            subject=row.subject,
            sent_by=message_sender(row.author, row.authentication),
            reply=ReplyDraft(
                mail_id=row.mail_id,
                codes=tuple(row.codes),
                lines=tuple(row.lines),
                tapped=row.tapped,
                rows=tuple(tuple(one) for one in row.rows),
                hides_words=row.hides_words,
            ),
        )
        for row in connection.execute(query)  # type: ignore[call-overload]
    )


def put_answered(connection: Connection, answered: AnsweredMail) -> None:
    """Records the outcome of a mail, replacing an earlier one."""
    connection.execute(delete(ANSWERED).where(ANSWERED.c.message_id == answered.message_id))
    values = {
        "author": answered.author,
        "outcome": answered.outcome,
        "at": answered.at,
        "mail_id": answered.mail_id,
        "content": answered.content,
        "note": answered.note,
    }
    connection.execute(insert(ANSWERED).values(message_id=answered.message_id, **values))


def answered_mails(connection: Connection) -> tuple[AnsweredMail, ...]:
    """Returns the outcome of each handled mail, oldest first."""
    return tuple(
        AnsweredMail(
            message_id=row.message_id,
            author=row.author,
            outcome=AnswerOutcome(row.outcome),
            at=row.at,
            mail_id=row.mail_id,
            content=row.content,
            note=row.note,
        )
        for row in connection.execute(select(ANSWERED).order_by(ANSWERED.c.at, ANSWERED.c.message_id))
    )
