"""Records what a finished poll saw of each folder on a server, and when the whole folder was last compared."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from store.models import FolderViewRow
from store.recording import core_table, insert_if_absent

FOLDER_VIEW = core_table(FolderViewRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFolderView:
    """The last view of one mailbox's folder."""

    mailbox: str
    uidvalidity: int
    messages: int | None
    """The number of messages by the server's count, or None if it gave none."""
    seen_at: datetime
    compared_at: datetime | None
    """When all its UIDs were last compared with the recorded ones; None requests it for the next poll."""


def record_view(
    connection: Connection, mailbox: str, uidvalidity: int, messages: int | None, now: datetime
) -> None:
    """Records what was seen; the time of the last comparison stays."""
    values = {"uidvalidity": uidvalidity, "messages": messages, "seen_at": now}
    if not insert_if_absent(connection, FOLDER_VIEW, mailbox=mailbox, **values):
        connection.execute(update(FOLDER_VIEW).filter_by(mailbox=mailbox).values(**values))


def record_comparison(connection: Connection, mailbox: str, when: datetime | None) -> None:
    """Records when a folder was compared; None requests a comparison at the next poll."""
    connection.execute(update(FOLDER_VIEW).filter_by(mailbox=mailbox).values(compared_at=when))


def folder_views(connection: Connection) -> tuple[StoredFolderView, ...]:
    """Returns the last view of each folder, by mailbox."""
    rows = connection.execute(select(FOLDER_VIEW).order_by(FOLDER_VIEW.c.mailbox))
    return tuple(
        StoredFolderView(
            mailbox=row.mailbox,
            uidvalidity=row.uidvalidity,
            messages=row.messages,
            seen_at=row.seen_at,
            compared_at=row.compared_at,
        )
        for row in rows
    )
