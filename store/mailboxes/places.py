"""Reads and deletes the places at which messages were seen: mailbox, UIDVALIDITY and UID."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, func, select

from store.models import Location, UnfetchedMail, Watermark
from store.recording import core_table

LOCATION, WATERMARK, UNFETCHED = core_table(Location), core_table(Watermark), core_table(UnfetchedMail)


def message_by_uid(connection: Connection, mailbox: str, uidvalidity: int) -> dict[int, str]:
    """Returns by UID the id of the message seen there."""
    query = select(LOCATION.c.uid, LOCATION.c.message_id).filter_by(mailbox=mailbox, uidvalidity=uidvalidity)
    return {row[0]: row[1] for row in connection.execute(query)}


def seen_uids(
    connection: Connection, mailbox: str, uidvalidity: int, uids: Collection[int]
) -> frozenset[int]:
    """Returns which of some hundred UIDs have a message already."""
    query = (
        select(LOCATION.c.uid)
        .filter_by(mailbox=mailbox, uidvalidity=uidvalidity)
        .where(LOCATION.c.uid.in_(uids))
    )
    return frozenset(connection.execute(query).scalars())


def places_of(connection: Connection, mailbox: str, message_ids: Collection[str]) -> dict[int, set[int]]:
    """Returns by UIDVALIDITY the UIDs at which these messages were seen in a mailbox."""
    query = select(LOCATION.c.uidvalidity, LOCATION.c.uid).where(
        LOCATION.c.mailbox == mailbox, LOCATION.c.message_id.in_(message_ids)
    )
    uids: dict[int, set[int]] = {}
    for uidvalidity, uid in connection.execute(query):
        uids.setdefault(uidvalidity, set()).add(uid)
    return uids


def count_places(connection: Connection, mailbox: str, uidvalidity: int) -> int:
    """Returns the number of recorded messages of a folder, including those that its server did not deliver."""
    return sum(
        int(
            connection.execute(
                select(func.count()).select_from(table).filter_by(mailbox=mailbox, uidvalidity=uidvalidity)
            ).scalar_one()
        )
        for table in (LOCATION, UNFETCHED)
    )


def forget_places(connection: Connection, mailbox: str, uidvalidity: int) -> None:
    """Deletes the places of a folder that has other mail under the same UIDVALIDITY; the messages stay."""
    for table in (LOCATION, WATERMARK, UNFETCHED):
        connection.execute(delete(table).filter_by(mailbox=mailbox, uidvalidity=uidvalidity))
