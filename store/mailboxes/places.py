"""Reads and forgets the places of messages: mailbox, UIDVALIDITY and UID."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, func, select

from store.models import Location, UnfetchedMail, Watermark
from store.recording import core_table

LOCATION, WATERMARK, UNFETCHED = core_table(Location), core_table(Watermark), core_table(UnfetchedMail)


def message_by_uid(connection: Connection, mailbox: str, uidvalidity: int) -> dict[int, str]:
    """By UID the id of the message that was seen there."""
    query = select(LOCATION.c.uid, LOCATION.c.message_id).filter_by(mailbox=mailbox, uidvalidity=uidvalidity)
    return {row[0]: row[1] for row in connection.execute(query)}


def places_of(connection: Connection, mailbox: str, message_ids: Collection[str]) -> dict[int, set[int]]:
    """By UIDVALIDITY the UIDs at which these messages were seen in a mailbox."""
    query = select(LOCATION.c.uidvalidity, LOCATION.c.uid).where(
        LOCATION.c.mailbox == mailbox, LOCATION.c.message_id.in_(message_ids)
    )
    found: dict[int, set[int]] = {}
    for uidvalidity, uid in connection.execute(query):
        found.setdefault(uidvalidity, set()).add(uid)
    return found


def count_places(connection: Connection, mailbox: str, uidvalidity: int) -> int:
    """How many messages of a folder are known, with those that its server does not give."""
    return sum(
        int(
            connection.execute(
                select(func.count()).select_from(table).filter_by(mailbox=mailbox, uidvalidity=uidvalidity)
            ).scalar_one()
        )
        for table in (LOCATION, UNFETCHED)
    )


def forget_places(connection: Connection, mailbox: str, uidvalidity: int) -> None:
    """Forget where messages were seen, of a folder that has other mail now; the messages stay."""
    for table in (LOCATION, WATERMARK, UNFETCHED):
        connection.execute(delete(table).filter_by(mailbox=mailbox, uidvalidity=uidvalidity))
