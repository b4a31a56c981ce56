"""The outbox table: one row for each mail to be said, kept whether sent or not.

Every step is one conditional UPDATE: of two processes that would take it, one does.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, select, update

from store.models import OutgoingMail
from store.recording import insert_new, table

OUTBOX = table(OutgoingMail)
ACCEPTED, IN_FLIGHT = "accepted", "in-flight"


class MailState(StrEnum):
    """Where a mail stands."""

    WAITING = "waiting"
    SENDING = "sending"
    """Its last line is going out; who finds it so later cannot know whether the server took it."""
    SENT = "sent"
    WRITTEN = "written"
    """A dry run wrote it to a folder."""
    HELD = "held"
    """It will not be tried again before a person says so."""
    UNCERTAIN = "uncertain"
    """The line broke, or the program died, between the last line and the server's answer."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFact:
    """A mail in the outbox."""

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
    state: MailState
    fates: Mapping[str, str]
    """By recipient: :data:`ACCEPTED`, :data:`IN_FLIGHT`, or why the server refuses it."""
    tried_at: datetime | None

    @property
    def to_do(self) -> tuple[str, ...]:
        """Whom it has not been offered to yet, or not for good."""
        return tuple(who for who in self.recipients if who not in self.fates)

    @property
    def unserved(self) -> tuple[str, ...]:
        """Whom the server has not taken it for, as far as anyone knows."""
        return tuple(who for who in self.recipients if self.fates.get(who) != ACCEPTED)


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
    return insert_new(
        connection,
        OUTBOX,
        key=key,
        purpose=purpose,
        raw=raw,
        sender=sender,
        recipients=list(dict.fromkeys(recipients)),
        queued_at=when,
        attempts=0,
        next_at=when,
        state=MailState.WAITING,
        fates={},
    )


def mails(
    connection: Connection,
    due: datetime | None = None,
    states: Collection[MailState] | None = None,
    key: str | None = None,
) -> tuple[MailFact, ...]:
    """All mails, or those due at an instant, in these states or with this key; oldest first."""
    query = select(OUTBOX)
    if due is not None:
        query = query.where(OUTBOX.c.state == MailState.WAITING, OUTBOX.c.next_at <= due)
    if states is not None:
        query = query.where(OUTBOX.c.state.in_(states))
    if key is not None:
        query = query.where(OUTBOX.c.key == key)
    found = (
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
            state=MailState(row.state),
            fates=row.fates,
            tried_at=row.tried_at,
        )
        for row in connection.execute(query)
    )
    return tuple(sorted(found, key=lambda mail: (mail.queued_at, mail.key)))


def keys(connection: Connection, purpose: str) -> frozenset[str]:
    """The keys of all mails of a purpose, whatever became of them; no bodies are read."""
    return frozenset(connection.execute(select(OUTBOX.c.key).where(OUTBOX.c.purpose == purpose)).scalars())


def begins(connection: Connection, key: str, to: Collection[str], when: datetime) -> bool:
    """The last line is about to go out; False when another process has it, or it was cancelled."""
    row = connection.execute(select(OUTBOX.c.fates).where(OUTBOX.c.key == key)).first()
    fates = {**(row.fates if row else {}), **dict.fromkeys(to, IN_FLIGHT)}
    return _move(
        connection,
        key,
        {MailState.WAITING},
        state=MailState.SENDING,
        fates=fates,
        next_at=None,
        tried_at=when,
    )


def answered(
    connection: Connection,
    key: str,
    when: datetime,
    *,
    refused: Mapping[str, str],
    retry_at: datetime | None,
    error: str | None,
) -> bool:
    """The server took it for all in flight. What is left to do waits till ``retry_at``; else it is sent.

    Args:
        refused: recipients that the server will never take, and its words.
        error: what a person should know, though it is sent.
    """
    row = connection.execute(select(OUTBOX.c.recipients, OUTBOX.c.fates).where(OUTBOX.c.key == key)).one()
    fates = {who: ACCEPTED if fate == IN_FLIGHT else fate for who, fate in row.fates.items()} | dict(refused)
    whole = all(who in fates for who in row.recipients)
    return _move(
        connection, key, {MailState.SENDING, MailState.UNCERTAIN},
        state=MailState.SENT if whole else MailState.WAITING,
        fates=fates, error=error, attempts=OUTBOX.c.attempts + 1,
        sent_at=when if whole else None, next_at=None if whole else retry_at,
    )  # fmt: skip


def failed(connection: Connection, key: str, retry_at: datetime | None, error: str, when: datetime) -> bool:
    """The server did not take it: again at ``retry_at``, or not before a person says so."""
    return _move(
        connection, key, {MailState.WAITING, MailState.SENDING, MailState.UNCERTAIN},
        state=MailState.HELD if retry_at is None else MailState.WAITING,
        fates=_not_in_flight(connection, key), next_at=retry_at, error=error,
        tried_at=when, attempts=OUTBOX.c.attempts + 1,
    )  # fmt: skip


def uncertain(connection: Connection, key: str, error: str) -> bool:
    """Nobody can tell whether the server took it."""
    return _move(
        connection, key, {MailState.SENDING}, state=MailState.UNCERTAIN, next_at=None, error=error,
        attempts=OUTBOX.c.attempts + 1,
    )  # fmt: skip


def found(connection: Connection, key: str, when: datetime) -> bool:
    """A mail that was uncertain has been seen on the server."""
    fates = {**_not_in_flight(connection, key)}
    row = connection.execute(select(OUTBOX.c.recipients, OUTBOX.c.fates).where(OUTBOX.c.key == key)).one()
    fates |= {who: ACCEPTED for who, fate in row.fates.items() if fate == IN_FLIGHT}
    whole = all(who in fates for who in row.recipients)
    return _move(
        connection, key, {MailState.UNCERTAIN},
        state=MailState.SENT if whole else MailState.WAITING, fates=fates, error=None,
        sent_at=when if whole else None, next_at=None if whole else when,
    )  # fmt: skip


def written(connection: Connection, key: str, when: datetime) -> bool:
    """A dry run put it into its folder."""
    return _move(
        connection, key, {MailState.WAITING}, state=MailState.WRITTEN, next_at=None, error=None, tried_at=when
    )


def retry(connection: Connection, key: str, now: datetime) -> bool:
    """Try it now; False when it is on its way, or sent."""
    again = {
        MailState.WAITING, MailState.HELD, MailState.UNCERTAIN, MailState.CANCELLED, MailState.WRITTEN,
    }  # fmt: skip
    return _move(
        connection, key, again, state=MailState.WAITING, next_at=now, attempts=0,
        fates=_only_accepted(connection, key),
    )  # fmt: skip


def hurry(connection: Connection, key: str, now: datetime) -> bool:
    """Do not wait for the next attempt; what is uncertain stays so."""
    again = {MailState.WAITING, MailState.HELD, MailState.WRITTEN}
    return _move(
        connection, key, again, state=MailState.WAITING, next_at=now, fates=_only_accepted(connection, key)
    )


def cancel(connection: Connection, key: str) -> bool:
    """It shall not go out; False when it has, or is on its way."""
    before = {MailState.WAITING, MailState.HELD, MailState.UNCERTAIN, MailState.WRITTEN}
    return _move(connection, key, before, state=MailState.CANCELLED, next_at=None)


def tried_since(connection: Connection, since: datetime) -> int:
    """How many mails were handed to the server, or refused by it, since then."""
    query = select(func.count()).select_from(OUTBOX).where(OUTBOX.c.tried_at >= since)
    return int(connection.execute(query.where(OUTBOX.c.state != MailState.WRITTEN)).scalar_one())


def _fates(connection: Connection, key: str) -> dict[str, str]:
    return dict(connection.execute(select(OUTBOX.c.fates).where(OUTBOX.c.key == key)).scalar() or {})


def _not_in_flight(connection: Connection, key: str) -> dict[str, str]:
    return {who: fate for who, fate in _fates(connection, key).items() if fate != IN_FLIGHT}


def _only_accepted(connection: Connection, key: str) -> dict[str, str]:
    """A new attempt asks again for those who were refused: the address may have been mended there."""
    return {who: fate for who, fate in _fates(connection, key).items() if fate == ACCEPTED}


def _move(connection: Connection, key: str, before: Collection[MailState], **values: Any) -> bool:
    """Change a mail if it stands in one of these states; whether it did."""
    query = update(OUTBOX).where(OUTBOX.c.key == key, OUTBOX.c.state.in_(before)).values(**values)
    return connection.execute(query).rowcount == 1
