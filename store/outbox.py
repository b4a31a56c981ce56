"""Reads and changes the outbox table: one row per outgoing mail, kept after sending.

Every step is one conditional UPDATE, so that of two processes only one takes it. A server's words are kept without numbers of
persons; with addresses, since a person corrects them.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from config.text.masking import mask_quoted
from store.models import OutgoingBody, OutgoingMail
from store.recording import core_table, insert_if_absent
from store.stored_values import ACCEPTED, IN_FLIGHT, DeliveryStatus, OutboxMail

OUTBOX, BODY = core_table(OutgoingMail), core_table(OutgoingBody)
_KEY_HASH = re.compile(r"kongchuo\.([0-9a-f]{32})(?:\.[a-z2-7]{16})?@")
"""The Message-ID that :mod:`notify.mail.compose` makes from a mail's key."""
LONGEST_WAIT = timedelta(days=1)
"""The longest wait for the next attempt; a later time was written by a wrong clock."""
BOUNCED = "退信"
"""The beginning of the status of a recipient whose mail was returned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDraft:
    """A mail to be queued."""

    key: str
    purpose: str
    raw: bytes
    sender: str
    recipients: tuple[str, ...]
    joins: "JoinedMail | None" = None
    """A waiting mail whose content this one repeats and which it replaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedMail:
    """The mail to be replaced, and the mail to send instead of the replacement if it has left already."""

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
    """Queues a mail, once per key; returns whether the key was new."""
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
    """Deletes a mail that was never tried; returns whether there was one."""
    waiting = (OUTBOX.c.key == key, OUTBOX.c.state == DeliveryStatus.WAITING, OUTBOX.c.tried_at.is_(None))
    if not connection.execute(delete(OUTBOX).where(*waiting)).rowcount:
        return False
    connection.execute(delete(BODY).where(BODY.c.key == key))
    return True


def mail_bytes(connection: Connection, key: str) -> bytes:
    """Returns the bytes of a mail, empty if its body is gone."""
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
    """Returns the keys of all mails of a purpose, in any status, without reading bodies."""
    return frozenset(connection.execute(select(OUTBOX.c.key).where(OUTBOX.c.purpose == purpose)).scalars())


def mark_sending(connection: Connection, key: str, to: Collection[str], when: datetime) -> bool:
    """Marks a mail as being sent; returns False if another process took it, or it was cancelled."""
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
    """Marks a mail as accepted for all recipients in flight; if others are left, it waits until ``retry_at``.

    Args:
        refused: by permanently refused recipient, the server's words.
        error: a Chinese message for the office although it is sent, or None.
    """
    changeable = {DeliveryStatus.SENDING, DeliveryStatus.UNCERTAIN}
    return _settle(
        connection, key, changeable, when, refused={who: mask_quoted(answer) for who, answer in refused.items()}, retry_at=retry_at,
        error=None if error is None else mask_quoted(error),
        attempts=OUTBOX.c.attempts + 1,
    )  # fmt: skip


def mark_failed(
    connection: Connection, key: str, retry_at: datetime | None, error: str, when: datetime
) -> bool:
    """Marks a mail as refused, to be tried again at ``retry_at``, or without it held for a person."""
    return _change(
        connection, key, {DeliveryStatus.WAITING, DeliveryStatus.SENDING, DeliveryStatus.UNCERTAIN},
        state=DeliveryStatus.HELD if retry_at is None else DeliveryStatus.WAITING,
        fates=_statuses_not_in_flight(connection, key), next_at=retry_at, error=mask_quoted(error),
        tried_at=when, attempts=OUTBOX.c.attempts + 1,
    )  # fmt: skip


def mark_uncertain(connection: Connection, key: str, error: str) -> bool:
    """Marks a mail as uncertain: it is unknown whether the server accepted it."""
    return _change(
        connection, key, {DeliveryStatus.SENDING}, state=DeliveryStatus.UNCERTAIN, next_at=None,
        error=mask_quoted(error),
        attempts=OUTBOX.c.attempts + 1,
    )  # fmt: skip


def mark_sent(connection: Connection, key: str, when: datetime) -> bool:
    """Marks an uncertain mail as sent, as it was seen on the server."""
    return _settle(connection, key, {DeliveryStatus.UNCERTAIN}, when, refused={}, retry_at=when, error=None)


def mark_written(connection: Connection, key: str, when: datetime) -> bool:
    """Marks a mail as written to a folder by a dry run."""
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
    """Returns the mails sent under these Message-IDs, which are made from their keys."""
    wanted = {match[1] for each in message_ids if (match := _KEY_HASH.search(each))}
    if not wanted:
        return ()
    keys = connection.execute(select(OUTBOX.c.key)).scalars()
    matching = [key for key in keys if sha256(key.encode()).hexdigest()[:32] in wanted]
    return tuple(mail for key in matching for mail in mails(connection, key=key))


def mark_bounced(
    connection: Connection, message_ids: Collection[str], reasons: Mapping[str, str]
) -> tuple[str, ...]:
    """Records that the mails with these Message-IDs were returned; returns the keys of the mails changed.

    Args:
        reasons: by address in lower case, the words of the server that returned it.
    """
    marked = []
    for mail in find_mails_by_message_id(connection, message_ids):
        bounced = {
            who: mask_quoted(reasons[who.lower()]) for who in mail.recipients if who.lower() in reasons
        }
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
    """Makes a mail due now; returns False if it is being sent or was sent, or its body is gone."""
    changeable = {
        DeliveryStatus.WAITING, DeliveryStatus.HELD, DeliveryStatus.UNCERTAIN, DeliveryStatus.CANCELLED, DeliveryStatus.WRITTEN,
    }  # fmt: skip
    return _change(
        connection, key, changeable, state=DeliveryStatus.WAITING, next_at=now, attempts=0,
        fates=_accepted_statuses(connection, key),
    )  # fmt: skip


def make_due_now(connection: Connection, key: str, now: datetime) -> bool:
    """Makes a mail due now instead of at its next attempt; an uncertain one stays uncertain."""
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
    """Cancels a mail; returns False if it was sent or is being sent."""
    changeable = {
        DeliveryStatus.WAITING,
        DeliveryStatus.HELD,
        DeliveryStatus.UNCERTAIN,
        DeliveryStatus.WRITTEN,
    }
    return _change(connection, key, changeable, state=DeliveryStatus.CANCELLED, next_at=None)


def count_tried_since(connection: Connection, since: datetime) -> int:
    """Returns the number of mails given to the server, or refused by it, since an instant."""
    query = select(func.count()).select_from(OUTBOX).where(OUTBOX.c.tried_at >= since)
    return int(connection.execute(query.where(OUTBOX.c.state != DeliveryStatus.WRITTEN)).scalar_one())


def _status_by_recipient(connection: Connection, key: str) -> dict[str, str]:
    return dict(connection.execute(select(OUTBOX.c.fates).where(OUTBOX.c.key == key)).scalar() or {})


def _statuses_not_in_flight(connection: Connection, key: str) -> dict[str, str]:
    return {
        who: status for who, status in _status_by_recipient(connection, key).items() if status != IN_FLIGHT
    }


def _accepted_statuses(connection: Connection, key: str) -> dict[str, str]:
    """Returns the statuses of recipients that accepted; a new attempt includes the refused ones, whose address may work by now."""
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
    """Marks recipients in flight as accepted; the mail is sent if none is left, else it waits again."""
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
        query = query.where(OUTBOX.c.size > 0)  # a rebuilt store has no body of a mail that was being sent
    return connection.execute(query).rowcount == 1
