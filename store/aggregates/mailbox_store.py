"""What is known of the mailboxes: what arrived from where, and what their servers did not give."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from store import recording
from store.aggregates.transactions import Transactions
from store.archive import Archive
from store.drafts import Arrival
from store.mailboxes import folder_views, places, unfetched
from store.safekeeping import replay
from store.safekeeping.journal import Entry, EntryKind


class MailboxStore:
    """What arrived from each mailbox, and what each folder holds."""

    def __init__(self, transactions: Transactions, archive: Archive) -> None:
        self._transactions = transactions
        self._archive = archive

    def watermarks(self, mailbox: str) -> dict[int, int]:
        """By UIDVALIDITY, the UID up to which this mailbox is archived."""
        with self._transactions.reading() as connection:
            rows = connection.execute(
                select(recording.WATERMARK).where(recording.WATERMARK.c.mailbox == mailbox)
            )
            return {row.uidvalidity: row.uid for row in rows}

    def record_arrivals(self, arrivals: Sequence[Arrival], watermark: int | None) -> int:
        """Make archived messages known; returns how many were new."""
        with self._transactions.writing() as connection:
            uids_by_folder: dict[tuple[str, int], set[int]] = {}
            for arrival in arrivals:
                uids_by_folder.setdefault((arrival.mailbox, arrival.uidvalidity), set()).add(arrival.uid)
            for (mailbox, uidvalidity), uids in uids_by_folder.items():
                unfetched.forget_unfetched(connection, mailbox, uidvalidity, uids)
            new = recording.record_arrivals(connection, arrivals, watermark)
            self._transactions.write_journal(connection, replay.arrival_entries(arrivals, watermark))
            return new

    def places(self, mailbox: str, uidvalidity: int) -> dict[int, str]:
        """By UID the id of the message seen there."""
        with self._transactions.reading() as connection:
            return places.message_by_uid(connection, mailbox, uidvalidity)

    def places_of_damaged_mail(self, mailbox: str) -> dict[int, set[int]]:
        """By UIDVALIDITY the UIDs of a mailbox at which mail was seen whose archived bytes are damaged."""
        damaged = self._archive.digests_set_aside()
        if not damaged:
            return {}
        with self._transactions.reading() as connection:
            return places.places_of(connection, mailbox, damaged)

    def count_places(self, mailbox: str, uidvalidity: int) -> int:
        """How many messages of a folder are known, with those that its server does not give."""
        with self._transactions.reading() as connection:
            return places.count_places(connection, mailbox, uidvalidity)

    def forget_places(self, mailbox: str, uidvalidity: int) -> None:
        """Forget where messages were seen, of a folder that has other mail now; the messages stay."""
        with self._transactions.writing() as connection:
            places.forget_places(connection, mailbox, uidvalidity)
            folder = {"mailbox": mailbox, "uidvalidity": uidvalidity}
            self._transactions.write_journal(connection, [Entry(EntryKind.FORGOTTEN, folder)])

    def recover_arrivals(self) -> int:
        """Makes known what was archived and written into the journal before a crash; returns how many messages.

        The mail may have left its mailbox since, so that no poll would bring it again.
        """
        arrivals = [
            replay.arrival_of(entry)
            for entry in self._transactions.journal.newest_entries()
            if entry.kind is EntryKind.ARRIVAL
        ]
        with self._transactions.writing() as connection:
            known = recording.known_messages(connection, {arrival.message_id for arrival in arrivals})
            lost = [arrival for arrival in arrivals if arrival.message_id not in known]
            return recording.record_arrivals(connection, lost, None) if lost else 0

    def unfetched_mails(self) -> tuple[unfetched.StoredUnfetched, ...]:
        """The mails that servers list and did not give."""
        with self._transactions.reading() as connection:
            return unfetched.unfetched_mails(connection)

    def record_unfetched(
        self, mailbox: str, uidvalidity: int, drafts: Sequence[unfetched.UnfetchedDraft], now: datetime
    ) -> tuple[str, ...]:
        """Note mails that were asked for in vain; returns the ids under which :class:`FileStore` lists them."""
        with self._transactions.writing() as connection:
            return unfetched.record_unfetched(connection, mailbox, uidvalidity, drafts, now)

    def forget_unfetched(self, mailbox: str, uidvalidity: int, uids: Collection[int]) -> None:
        """Forget the notes on mails that are gone from the server."""
        with self._transactions.writing() as connection:
            unfetched.forget_unfetched(connection, mailbox, uidvalidity, uids)

    def folder_views(self) -> tuple[folder_views.StoredFolderView, ...]:
        """What the last finished pass saw of each folder."""
        with self._transactions.reading() as connection:
            return folder_views.folder_views(connection)

    def record_folder_view(self, mailbox: str, uidvalidity: int, messages: int | None, now: datetime) -> None:
        with self._transactions.writing() as connection:
            folder_views.record_view(connection, mailbox, uidvalidity, messages, now)

    def record_comparison(self, mailbox: str, when: datetime | None) -> None:
        """Keep when a folder was compared with the places known; None asks for it at the next poll."""
        with self._transactions.writing() as connection:
            folder_views.record_comparison(connection, mailbox, when)
