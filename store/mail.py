"""The outbox table: one row for each mail to be said, kept whether sent or not."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from store.models import OutgoingMail
from store.writing import table

OUTBOX = table(OutgoingMail)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFact:
    """A mail in the outbox; ``next_at`` None and ``sent_at`` None means given up."""

    key: str
    purpose: str
    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    queued_at: datetime
    attempts: int
    next_at: datetime | None
    sent_at: datetime | None
    error: str | None


def queue(
    connection: Connection,
    *,
    key: str,
    purpose: str,
    raw: bytes,
    sender: str,
    recipients: tuple[str, ...],
    when: datetime,
) -> bool:
    """Put a mail into the outbox, once a key; False when the key is there already."""
    if connection.execute(select(OUTBOX.c.key).where(OUTBOX.c.key == key)).scalar() is not None:
        return False
    connection.execute(
        insert(OUTBOX).values(
            key=key,
            purpose=purpose,
            raw=raw,
            sender=sender,
            recipients=list(recipients),
            queued_at=when,
            attempts=0,
            next_at=when,
        )
    )
    return True


def mails(connection: Connection, due: datetime | None = None) -> tuple[MailFact, ...]:
    """All mails, or with ``due`` those whose next attempt is not later, oldest first."""
    query = select(OUTBOX).order_by(OUTBOX.c.queued_at, OUTBOX.c.key)
    if due is not None:
        query = query.where(OUTBOX.c.next_at.is_not(None), OUTBOX.c.next_at <= due)
    return tuple(
        MailFact(
            key=row.key,
            purpose=row.purpose,
            sender=row.sender,
            recipients=tuple(row.recipients),
            raw=row.raw,
            queued_at=row.queued_at,
            attempts=row.attempts,
            next_at=row.next_at,
            sent_at=row.sent_at,
            error=row.error,
        )
        for row in connection.execute(query)
    )


def sent(connection: Connection, key: str, when: datetime) -> None:
    """The server took it."""
    connection.execute(
        update(OUTBOX)
        .where(OUTBOX.c.key == key)
        .values(sent_at=when, next_at=None, error=None, attempts=OUTBOX.c.attempts + 1)
    )


def failed(connection: Connection, key: str, retry_at: datetime | None, error: str) -> None:
    """It was not sent; try again at ``retry_at``, or never."""
    connection.execute(
        update(OUTBOX)
        .where(OUTBOX.c.key == key)
        .values(next_at=retry_at, error=error, attempts=OUTBOX.c.attempts + 1)
    )
