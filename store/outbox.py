"""Reads and changes the outbox table: one row per outgoing mail, kept after sending.

Every step is one conditional UPDATE: of two processes that would take it, one does.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from store.models import OutgoingBody, OutgoingMail
from store.recording import core_table, insert_if_absent
from store.stored_values import ACCEPTED, IN_FLIGHT, DeliveryStatus, OutboxMail

OUTBOX, BODY = core_table(OutgoingMail), core_table(OutgoingBody)
_KEY_HASH = re.compile(r"kongchuo\.([0-9a-f]{32})(?:\.[a-z2-7]{16})?@")
"""As :mod:`notify.mail.compose` makes a Message-ID from a mail's key."""
LONGEST_WAIT = timedelta(days=1)
"""No mail is made to wait longer for its next attempt; a later time was written by a wrong clock."""
BOUNCED = "退信"
"""Begins the status of a recipient whose mail came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDraft:
    """A mail to be put into the outbox."""

    key: str
    purpose: str
    raw: bytes
    sender: str
    recipients: tuple[str, ...]
    joins: "JoinedMail | None" = None
    """A waiting mail whose words this one repeats, so that it goes out in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedMail:
    """The mail in whose place another one goes, and what goes instead of that where it has left already."""

    key: str
    alone: MailDraft


def add_mail(
    connection: Connection,
    *,
    key: str,
    purpose: str,
    raw: bytes,
    sender: str,
    recipients: tuple[str, ...],
    when: datetime,
) -> bool:
    """Puts a mail into the outbox, once a key; returns whether the key was new."""
    is_new = insert_if_absent(
        connection,
        OUTBOX,
        key=key,
        purpose=purpose,
        head=raw.partition(b"\r\n\r\n")[0].decode("utf-8", "replace"),
        size=len(raw),
        sender=sender,
        recipients=list(dict.fromkeys(recipients)),
        queued_at=when,
        attempts=0,
        next_at=when,
        state=DeliveryStatus.WAITING,
        fates={},
        checksum=sha256(raw).hexdigest(),
    )
    if is_new:
        connection.execute(insert(BODY).values(key=key, raw=raw))
    return is_new


def take_back(connection: Connection, key: str) -> bool:
    """Removes a mail that nobody has begun to send; returns whether there was one."""
    waiting = (OUTBOX.c.key == key, OUTBOX.c.state == DeliveryStatus.WAITING, OUTBOX.c.tried_at.is_(None))
    if not connection.execute(delete(OUTBOX).where(*waiting)).rowcount:
        return False
    connection.execute(delete(BODY).where(BODY.c.key == key))
    return True


def mail_bytes(connection: Connection, key: str) -> bytes:
    """Returns a mail as it is sent; nothing where its body is gone."""
    return bytes(connection.execute(select(BODY.c.raw).where(BODY.c.key == key)).scalar() or b"")


def mails(
    connection: Connection,
    due: datetime | None = None,
    statuses: Collection[DeliveryStatus] | None = None,
    key: str | None = None,
) -> tuple[OutboxMail, ...]:
    """Returns all mails, or those due at an instant, in these states or with this key; oldest first."""
    query = select(OUTBOX)
    if due is not None:
        is_due = or_(OUTBOX.c.next_at <= due, OUTBOX.c.next_at > due + LONGEST_WAIT)
        query = query.where(OUTBOX.c.state == DeliveryStatus.WAITING, is_due)
    if statuses is not None:
        query = query.where(OUTBOX.c.state.in_(statuses))
    if key is not None:
        query = query.where(OUTBOX.c.key == key)
    mails = (
        OutboxMail(
            key=row.key,
            purpose=row.purpose,
            sender=row.sender,
            recipients=tuple(row.recipients),
            head=row.head,
            size=row.size,
            queued_at=row.queued_at,
            attempts=row.attempts,
            next_at=row.next_at,
            sent_at=row.sent_at,
            error=row.error,
            state=DeliveryStatus(row.state),
            fates=row.fates,
            tried_at=row.tried_at,
        )
        for row in connection.execute(query)
    )
    return tuple(sorted(mails, key=lambda mail: (mail.queued_at, mail.key)))


def mail_keys(connection: Connection, purpose: str) -> frozenset[str]:
    """Returns the keys of all mails of a purpose, in any status; no bodies are read."""
    return frozenset(connection.execute(select(OUTBOX.c.key).where(OUTBOX.c.purpose == purpose)).scalars())


def mark_sending(connection: Connection, key: str, to: Collection[str], when: datetime) -> bool:
    """Marks a mail as being sent; returns False if another process has it, or it was cancelled."""
    row = connection.execute(select(OUTBOX.c.fates).where(OUTBOX.c.key == key)).first()
    fates = {**(row.fates if row else {}), **dict.fromkeys(to, IN_FLIGHT)}
    return _change(
        connection,
        key,
        {DeliveryStatus.WAITING},
        state=DeliveryStatus.SENDING,
        fates=fates,
        next_at=None,
        tried_at=when,
    )


def mark_accepted(
    connection: Connection,
    key: str,
    when: datetime,
    *,
    refused: Mapping[str, str],
    retry_at: datetime | None,
    error: str | None,
) -> bool:
    """Marks a mail as accepted for all recipients in flight; with others left it waits until ``retry_at``.

    Args:
        refused: recipients that the server will never take, and its words.
        error: what a person should know, though it is sent.
    """
    changeable = {DeliveryStatus.SENDING, DeliveryStatus.UNCERTAIN}
    return _settle(
        connection, key, changeable, when, refused=refused, retry_at=retry_at, error=error,
        attempts=OUTBOX.c.attempts + 1,
    )  # fmt: skip


def mark_failed(
    connection: Connection, key: str, retry_at: datetime | None, error: str, when: datetime
) -> bool:
    """Marks a mail as refused: tried again at ``retry_at``, or without it held for a person."""
    return _change(
        connection, key, {DeliveryStatus.WAITING, DeliveryStatus.SENDING, DeliveryStatus.UNCERTAIN},
        state=DeliveryStatus.HELD if retry_at is None else DeliveryStatus.WAITING,
        fates=_statuses_not_in_flight(connection, key), next_at=retry_at, error=error,
        tried_at=when, attempts=OUTBOX.c.attempts + 1,
    )  # fmt: skip


def mark_uncertain(connection: Connection, key: str, error: str) -> bool:
    """Marks a mail as uncertain: whether the server took it is unknown."""
    return _change(
        connection, key, {DeliveryStatus.SENDING}, state=DeliveryStatus.UNCERTAIN, next_at=None, error=error,
        attempts=OUTBOX.c.attempts + 1,
    )  # fmt: skip


def mark_sent(connection: Connection, key: str, when: datetime) -> bool:
    """Marks an uncertain mail as sent, since it was seen on the server."""
    return _settle(connection, key, {DeliveryStatus.UNCERTAIN}, when, refused={}, retry_at=when, error=None)


def mark_written(connection: Connection, key: str, when: datetime) -> bool:
    """Marks a mail as written to its folder by a dry run."""
    return _change(
        connection,
        key,
        {DeliveryStatus.WAITING},
        state=DeliveryStatus.WRITTEN,
        next_at=None,
        error=None,
        tried_at=when,
    )


def find_mails_by_message_id(connection: Connection, message_ids: Collection[str]) -> tuple[OutboxMail, ...]:
    """The mails that went out under these Message-IDs, which are made from their keys."""
    wanted = {match[1] for each in message_ids if (match := _KEY_HASH.search(each))}
    if not wanted:
        return ()
    keys = connection.execute(select(OUTBOX.c.key)).scalars()
    matching = [key for key in keys if sha256(key.encode()).hexdigest()[:32] in wanted]
    return tuple(mail for key in matching for mail in mails(connection, key=key))


def mark_bounced(
    connection: Connection, message_ids: Collection[str], reasons: Mapping[str, str]
) -> tuple[str, ...]:
    """Note with each mail of these Message-IDs that it came back; returns the keys of the mails that are marked.

    Args:
        reasons: by address in lower case, the words of the server that sent it back.
    """
    marked = []
    for mail in find_mails_by_message_id(connection, message_ids):
        bounced = {who: reasons[who.lower()] for who in mail.recipients if who.lower() in reasons}
        if not bounced:
            continue
        fates = {**mail.fates, **{who: f"{BOUNCED}:{reason}" for who, reason in bounced.items()}}
        lines = [f"收件人 {who} 退信({reason}):请核对地址" for who, reason in bounced.items()]
        connection.execute(
            update(OUTBOX).where(OUTBOX.c.key == mail.key).values(fates=fates, error="\uff1b".join(lines))
        )
        marked.append(mail.key)
    return tuple(marked)


def make_due_again(connection: Connection, key: str, now: datetime) -> bool:
    """Makes a mail due now; returns False if it is being sent, or sent, or its body is gone."""
    changeable = {
        DeliveryStatus.WAITING, DeliveryStatus.HELD, DeliveryStatus.UNCERTAIN, DeliveryStatus.CANCELLED, DeliveryStatus.WRITTEN,
    }  # fmt: skip
    return _change(
        connection, key, changeable, state=DeliveryStatus.WAITING, next_at=now, attempts=0,
        fates=_accepted_statuses(connection, key),
    )  # fmt: skip


def make_due_now(connection: Connection, key: str, now: datetime) -> bool:
    """Makes a mail due now without waiting for its next attempt; an uncertain one stays uncertain."""
    changeable = {DeliveryStatus.WAITING, DeliveryStatus.HELD, DeliveryStatus.WRITTEN}
    return _change(
        connection,
        key,
        changeable,
        state=DeliveryStatus.WAITING,
        next_at=now,
        fates=_accepted_statuses(connection, key),
    )


def cancel_mail(connection: Connection, key: str) -> bool:
    """Cancels a mail; returns False if it was sent, or is being sent."""
    changeable = {
        DeliveryStatus.WAITING,
        DeliveryStatus.HELD,
        DeliveryStatus.UNCERTAIN,
        DeliveryStatus.WRITTEN,
    }
    return _change(connection, key, changeable, state=DeliveryStatus.CANCELLED, next_at=None)


def count_tried_since(connection: Connection, since: datetime) -> int:
    """Counts the mails handed to the server, or refused by it, since then."""
    query = select(func.count()).select_from(OUTBOX).where(OUTBOX.c.tried_at >= since)
    return int(connection.execute(query.where(OUTBOX.c.state != DeliveryStatus.WRITTEN)).scalar_one())


def _status_by_recipient(connection: Connection, key: str) -> dict[str, str]:
    return dict(connection.execute(select(OUTBOX.c.fates).where(OUTBOX.c.key == key)).scalar() or {})


def _statuses_not_in_flight(connection: Connection, key: str) -> dict[str, str]:
    return {
        who: status for who, status in _status_by_recipient(connection, key).items() if status != IN_FLIGHT
    }


def _accepted_statuses(connection: Connection, key: str) -> dict[str, str]:
    """A new attempt asks again for those who were refused: the address may have been repaired there."""
    return {
        who: status for who, status in _status_by_recipient(connection, key).items() if status == ACCEPTED
    }


def _settle(
    connection: Connection,
    key: str,
    changeable: Collection[DeliveryStatus],
    when: datetime,
    *,
    refused: Mapping[str, str],
    retry_at: datetime | None,
    **values: Any,
) -> bool:
    """Marks what is in flight as accepted; the mail is sent if no recipient is left, else it waits again."""
    row = connection.execute(select(OUTBOX.c.recipients, OUTBOX.c.fates).where(OUTBOX.c.key == key)).one()
    fates = {who: ACCEPTED if status == IN_FLIGHT else status for who, status in row.fates.items()} | dict(
        refused
    )
    complete = all(who in fates for who in row.recipients)
    return _change(
        connection, key, changeable, state=DeliveryStatus.SENT if complete else DeliveryStatus.WAITING,
        fates=fates, sent_at=when if complete else None, next_at=None if complete else retry_at, **values,
    )  # fmt: skip


def _change(connection: Connection, key: str, changeable: Collection[DeliveryStatus], **values: Any) -> bool:
    """Changes a mail that is in one of these states; returns whether it was."""
    query = update(OUTBOX).where(OUTBOX.c.key == key, OUTBOX.c.state.in_(changeable)).values(**values)
    if values["state"] is DeliveryStatus.WAITING:
        query = query.where(OUTBOX.c.size > 0)  # a store made anew holds no body of what was being sent
    return connection.execute(query).rowcount == 1
