"""Archives the messages that a mailbox has, and records their arrival."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.sources.folder_notes import FolderNotes
from ingest.sources.source import Batch
from store import Store
from store.drafts import Arrival


@dataclass(frozen=True, slots=True)
class RawMessage:
    """A message that is archived and not yet read in this pass."""

    message_id: str
    received_at: datetime
    raw: bytes | None
    """None if the bytes are only in the archive, or too long for memory."""
    left_over: bool = False
    """Whether an earlier pass ended while processing it."""


class ArrivalCounts:
    """What arrived in a pass, over all mailboxes."""

    def __init__(self) -> None:
        self.seen = 0
        self.new = 0
        self.set_aside: frozenset[str] = frozenset()
        """Damaged mail that waited for its good bytes when the pass began: to list it costs as much as the archive is long."""
        self.left_over: set[str] = set()
        self.folders = FolderNotes()


def archive_batch(store: Store, mailbox: str, batch: Batch, counts: ArrivalCounts) -> Iterator[RawMessage]:
    """Archives messages, then records their arrival; yields the new ones only after both."""
    counts.folders.take(store, mailbox, batch, datetime.now(UTC))
    digests = store.archive.put(fetched.raw for fetched in batch.messages)
    before = {message_id for message_id, _ in store.messages.unprocessed()}
    arrivals = [
        Arrival(
            message_id=digest,
            received_at=fetched.received_at,
            mailbox=mailbox,
            uidvalidity=fetched.uidvalidity,
            uid=fetched.uid,
            basis=fetched.basis,
        )
        for digest, fetched in zip(digests, batch.messages, strict=True)
    ]
    counts.seen += len(arrivals)
    counts.new += store.mailboxes.record_arrivals(arrivals, batch.watermark)
    new_ids = {message_id for message_id, _ in store.messages.unprocessed()} - before
    healed = counts.set_aside.intersection(digests)
    store.archive.forget_set_aside(healed)
    new_ids |= healed
    for digest, fetched in zip(digests, batch.messages, strict=True):
        if digest in new_ids:
            new_ids.discard(digest)
            raw = fetched.raw if isinstance(fetched.raw, bytes) else None
            yield RawMessage(digest, fetched.received_at, raw)
