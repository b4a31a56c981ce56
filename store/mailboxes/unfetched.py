"""Records mails that a server lists but does not deliver: the number of tries, and the server's last words."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from store.models import UnfetchedMail
from store.recording import chunks, core_table

UNFETCHED = core_table(UnfetchedMail)
FIRST_PAUSE = timedelta(minutes=15)
"""The pause after the second failed try; it doubles with each further one."""
LONGEST_PAUSE = timedelta(days=1)
GIVEN_UP_AFTER = timedelta(days=1)
"""After trying for so long, a person is asked to fetch the mail; the program goes on trying."""
LONGEST_WORDS = 300
"""The number of characters kept of a server's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfetchedDraft:
    """A mail that was just requested without success."""

    uid: int
    words: str
    received_at: datetime | None
    """INTERNALDATE, where the server gave it."""
    size: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredUnfetched:
    """A mail that its server has not delivered yet."""

    mailbox: str
    uidvalidity: int
    uid: int
    tries: int
    words: str
    first_at: datetime
    last_at: datetime
    next_at: datetime
    received_at: datetime | None
    """INTERNALDATE, where the server gave it."""
    size: int | None

    @property
    def id(self) -> str:
        """An id that takes the part of the unknown message id and file id, the same on every run."""
        return unfetched_id(self.mailbox, self.uidvalidity, self.uid)

    @property
    def reason(self) -> str:
        """The Chinese sentence for the office: why it is missing and what to do."""
        return (
            f"邮箱“{self.mailbox}”的第{self.uid}号邮件取不下来({self.words},已试{self.tries}次):"
            "请在网页邮箱里打开看看,能看到的请转发给本邮箱;程序还会自动再试"
        )

    def may_come_by(self, as_of: datetime) -> bool:
        """Returns whether it had arrived by an instant and has been tried for less than a day, so that it may still come by itself."""
        had_arrived = (self.received_at or self.first_at) <= as_of
        return had_arrived and self.last_at - self.first_at < GIVEN_UP_AFTER

    def is_due(self, now: datetime) -> bool:
        """Returns whether it is due for another try; a pause longer than the longest was written by a wrong clock."""
        return not now < self.next_at <= now + LONGEST_PAUSE


def unfetched_id(mailbox: str, uidvalidity: int, uid: int) -> str:
    """Returns the id of a mail that was not fetched, the same on every run."""
    return hashlib.sha256("\0".join(("unfetched", mailbox, str(uidvalidity), str(uid))).encode()).hexdigest()[
        :16
    ]


def pause_after(tries: int) -> timedelta:
    """Returns the pause after so many tries: none after the first, then growing from 15 minutes to a day."""
    if tries <= 1:
        return timedelta(0)
    return min(FIRST_PAUSE * (1 << min(tries - 2, 10)), LONGEST_PAUSE)


def record_unfetched(
    connection: Connection, mailbox: str, uidvalidity: int, drafts: Sequence[UnfetchedDraft], now: datetime
) -> tuple[str, ...]:
    """Records one more try for each mail; returns their ids."""
    for draft in drafts:
        key = {"mailbox": mailbox, "uidvalidity": uidvalidity, "uid": draft.uid}
        tries = connection.execute(select(UNFETCHED.c.tries).filter_by(**key)).scalar() or 0
        values = {
            "tries": tries + 1,
            "words": draft.words[:LONGEST_WORDS],
            "last_at": now,
            "next_at": now + pause_after(tries + 1),
            "received_at": draft.received_at,
            "size": draft.size,
        }
        if tries:
            connection.execute(update(UNFETCHED).filter_by(**key).values(**values))
        else:
            connection.execute(insert(UNFETCHED).values(**key, first_at=now, **values))
    return tuple(unfetched_id(mailbox, uidvalidity, draft.uid) for draft in drafts)


def forget_unfetched(connection: Connection, mailbox: str, uidvalidity: int, uids: Collection[int]) -> None:
    """Deletes the records of mails that arrived, or are gone from the server."""
    of_folder = delete(UNFETCHED).filter_by(mailbox=mailbox, uidvalidity=uidvalidity)
    for some in chunks(sorted(uids)):
        connection.execute(of_folder.where(UNFETCHED.c.uid.in_(some)))


def unfetched_mails(connection: Connection) -> tuple[StoredUnfetched, ...]:
    """Returns all of them, by mailbox and UID."""
    rows: Iterable[StoredUnfetched] = (
        StoredUnfetched(
            mailbox=row.mailbox,
            uidvalidity=row.uidvalidity,
            uid=row.uid,
            tries=row.tries,
            words=row.words,
            first_at=row.first_at,
            last_at=row.last_at,
            next_at=row.next_at,
            received_at=row.received_at,
            size=row.size,
        )
        for row in connection.execute(select(UNFETCHED))
    )
    return tuple(sorted(rows, key=lambda mail: (mail.mailbox, mail.uidvalidity, mail.uid)))
