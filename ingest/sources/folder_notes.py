"""Passes the known state of each folder from the store to the mail sources, and the results of a pass back."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from ingest.sources.source import Batch, KnownMail
from store import Store
from store.mailboxes.unfetched import UnfetchedDraft


def known_mail(store: Store, mailbox: str, compare: Collection[str], now: datetime) -> KnownMail:
    """Returns the known state of a mailbox before a pass.

    Messages with damaged archived bytes are requested again, and if the mailbox is in ``compare``, all
    refused ones.
    """
    refused: dict[int, set[int]] = {}
    due: dict[int, set[int]] = {}
    for mail in store.mailboxes.unfetched_mails():
        if mail.mailbox == mailbox:
            refused.setdefault(mail.uidvalidity, set()).add(mail.uid)
            if mailbox in compare or mail.is_due(now):
                due.setdefault(mail.uidvalidity, set()).add(mail.uid)
    for uidvalidity, uids in store.mailboxes.places_of_damaged_mail(mailbox).items():
        due.setdefault(uidvalidity, set()).update(uids)
    return KnownMail(
        watermarks=store.mailboxes.watermarks(mailbox),
        refused={key: frozenset(uids) for key, uids in refused.items()},
        due={key: frozenset(uids) for key, uids in due.items()},
        count_places=lambda uidvalidity: store.mailboxes.count_places(mailbox, uidvalidity),
        load_places=lambda uidvalidity: store.mailboxes.places(mailbox, uidvalidity),
        find_seen=lambda uidvalidity, uids: store.mailboxes.find_seen(mailbox, uidvalidity, uids),
        compare=mailbox in compare,
    )


@dataclass(slots=True)
class FolderNotes:
    """The results of one pass about folders, apart from their messages."""

    unfetched: set[str] = field(default_factory=set)
    """Ids under which mails that were not delivered are listed."""
    remarks: list[str] = field(default_factory=list)

    def take(self, store: Store, mailbox: str, batch: Batch, now: datetime) -> None:
        """Records a batch's reports about messages that it does not contain."""
        if batch.made_anew:
            store.mailboxes.forget_places(mailbox, batch.uidvalidity)
        if batch.gone:
            store.mailboxes.forget_unfetched(mailbox, batch.uidvalidity, batch.gone)
        if batch.refused:
            drafts = [
                UnfetchedDraft(uid=mail.uid, words=mail.reason, received_at=mail.received_at, size=mail.size)
                for mail in batch.refused
            ]
            self.unfetched.update(store.mailboxes.record_unfetched(mailbox, batch.uidvalidity, drafts, now))
        self.remarks += [f"邮箱“{mailbox}”:{remark}" for remark in batch.remarks]
