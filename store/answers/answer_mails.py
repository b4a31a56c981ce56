"""Holds the mails that may answer questions: their words as they were read, and what was done with each, once."""

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
"""Where a mail stands in its mailbox: what came in one second is taken in this order."""


class AnswerOutcome(StrEnum):
    """What was done with a mail that answers questions."""

    APPLIED = "applied"
    """Its lines were read and told back, whether or not each could be done."""
    WAITING = "waiting"
    """The person was asked to confirm it."""
    CONFIRMED = "confirmed"
    """It waited, and was applied with the mail that confirmed it."""
    DROPPED = "dropped"
    """It waited, and the person said that it is not theirs."""
    REFUSED = "refused"
    """Nothing was done with it; the office is told."""
    REPEATED = "repeated"
    """Another copy of a mail that was dealt with."""
    STALE = "stale"
    """It came so long ago that nobody waits for an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReply:
    """A mail that may answer questions, and who sent it."""

    message_id: str
    received_at: datetime
    subject: str
    sent_by: MessageSender
    reply: ReplyDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredMail:
    """What was done with such a mail; ``note`` is why it was refused, or what it waits for."""

    message_id: str
    author: str
    outcome: AnswerOutcome
    at: datetime
    mail_id: str = ""
    content: str = ""
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledAnswers:
    """What followed of mails that were dealt with: messages to be read again, and by key the mails that joined no other."""

    reread: tuple[str, ...]
    alone: frozenset[str]


def put_replies(connection: Connection, replies: Mapping[str, ReplyDraft | None]) -> None:
    """Puts what messages say in the place of what an earlier reading made of them; by message, None for no reply."""
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
    """Returns the mails that nothing was done with yet, in the order of their arrival and of their mailbox."""
    query = (
        select(REPLY, MESSAGE.c.received_at, MESSAGE.c.subject, MESSAGE.c.author, MESSAGE.c.authentication)
        .join(MESSAGE, MESSAGE.c.id == REPLY.c.message_id)
        .where(REPLY.c.message_id.not_in(select(ANSWERED.c.message_id)))
        .order_by(MESSAGE.c.received_at, _PLACE, REPLY.c.message_id)
    )
    return _replies(connection, query)


def replies_of(connection: Connection, message_ids: Sequence[str]) -> tuple[StoredReply, ...]:
    """Returns these mails, whatever was done with them."""
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
    """Records what was done with a mail, over an earlier word."""
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
    """Returns what was done with each mail, oldest first."""
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
