"""Operations on mailboxes: what arrived from where, and what servers did not deliver."""

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
    """Arrivals from each mailbox, and the state of each folder."""

    def __init__(self, transactions: Transactions, archive: Archive) -> None:
        self._transactions = transactions
        self._archive = archive

    def watermarks(self, mailbox: str) -> dict[int, int]:
        """Returns by UIDVALIDITY the UID up to which this mailbox is archived."""
        with self._transactions.reading() as connection:
            rows = connection.execute(
                select(recording.WATERMARK).where(recording.WATERMARK.c.mailbox == mailbox)
            )
            return {row.uidvalidity: row.uid for row in rows}

    def record_arrivals(self, arrivals: Sequence[Arrival], watermark: int | None) -> int:
        """Records archived messages, in the journal, too; returns how many were new.

        Args:
            watermark: the UID up to which the mailbox is archived, or None to leave it unchanged.
        """
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
        """Returns by UID the id of the message seen there."""
        with self._transactions.reading() as connection:
            return places.message_by_uid(connection, mailbox, uidvalidity)

    def find_seen(self, mailbox: str, uidvalidity: int, uids: Collection[int]) -> frozenset[int]:
        """Returns which of some hundred UIDs have a message already."""
        with self._transactions.reading() as connection:
            return places.seen_uids(connection, mailbox, uidvalidity, uids)

    def places_of_damaged_mail(self, mailbox: str) -> dict[int, set[int]]:
        """Returns by UIDVALIDITY the UIDs of a mailbox at which messages were seen whose archived bytes are damaged."""
        damaged = self._archive.digests_set_aside()
        if not damaged:
            return {}
        with self._transactions.reading() as connection:
            return places.places_of(connection, mailbox, damaged)

    def count_places(self, mailbox: str, uidvalidity: int) -> int:
        """Returns the number of recorded messages of a folder, including those that its server did not deliver."""
        with self._transactions.reading() as connection:
            return places.count_places(connection, mailbox, uidvalidity)

    def forget_places(self, mailbox: str, uidvalidity: int) -> None:
        """Deletes the places of a folder that has other mail under the same UIDVALIDITY; the messages stay."""
        with self._transactions.writing() as connection:
            places.forget_places(connection, mailbox, uidvalidity)
            folder = {"mailbox": mailbox, "uidvalidity": uidvalidity}
            self._transactions.write_journal(connection, [Entry(EntryKind.FORGOTTEN, folder)])

    def recover_arrivals(self) -> int:
        """Records messages that were archived and journaled before a crash; returns how many.

        A mail may have left its mailbox since, so that no poll would bring it again.
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
        """Returns the mails that servers list but did not deliver."""
        with self._transactions.reading() as connection:
            return unfetched.unfetched_mails(connection)

    def record_unfetched(
        self, mailbox: str, uidvalidity: int, drafts: Sequence[unfetched.UnfetchedDraft], now: datetime
    ) -> tuple[str, ...]:
        """Records mails requested without success; returns the ids under which :class:`FileStore` lists them."""
        with self._transactions.writing() as connection:
            return unfetched.record_unfetched(connection, mailbox, uidvalidity, drafts, now)

    def forget_unfetched(self, mailbox: str, uidvalidity: int, uids: Collection[int]) -> None:
        """Deletes the records of mails that are gone from the server."""
        with self._transactions.writing() as connection:
            unfetched.forget_unfetched(connection, mailbox, uidvalidity, uids)

    def folder_views(self) -> tuple[folder_views.StoredFolderView, ...]:
        """Returns what the last finished poll saw of each folder."""
        with self._transactions.reading() as connection:
            return folder_views.folder_views(connection)

    def record_folder_view(self, mailbox: str, uidvalidity: int, messages: int | None, now: datetime) -> None:
        """Records what a finished poll saw of a folder; ``messages`` is the server's count, or None."""
        with self._transactions.writing() as connection:
            folder_views.record_view(connection, mailbox, uidvalidity, messages, now)

    def record_comparison(self, mailbox: str, when: datetime | None) -> None:
        """Records when a folder was compared with the recorded places; None requests it for the next poll."""
        with self._transactions.writing() as connection:
            folder_views.record_comparison(connection, mailbox, when)
