"""Defines the interface of all mail sources: the known state of a mailbox, and the batches that a source yields."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, Self

from store.archive import Blob
from store.drafts import ArrivalBasis


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedMessage:
    """One message as the server holds it; ``received_at`` is its arrival (INTERNALDATE or a substitute), with an offset."""

    raw: Blob
    """An open file if it is too long for memory, valid until the next batch is requested."""
    received_at: datetime
    mailbox: str
    uidvalidity: int
    uid: int
    basis: ArrivalBasis = ArrivalBasis.SERVER


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedMail:
    """A mail that the server lists and does not deliver, with the reason in the server's words or in Chinese."""

    uid: int
    reason: str
    received_at: datetime | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Messages fetched together; once they are archived, nothing up to ``watermark`` is requested as new again."""

    uidvalidity: int
    messages: tuple[FetchedMessage, ...] = ()
    watermark: int | None = None
    remaining: int = 0
    """The number of messages that are still to be fetched."""
    refused: tuple[RefusedMail, ...] = ()
    gone: tuple[int, ...] = ()
    """UIDs that the server listed at first and no longer lists on a second request."""
    made_anew: bool = False
    """Whether known UIDs now have other mail, so that all known UIDs of this UIDVALIDITY must be forgotten first."""
    remarks: tuple[str, ...] = ()
    """Chinese sentences for the office."""


def _no_places(_: int) -> Mapping[int, str]:
    return {}


def _none_seen(_: int, __: Collection[int]) -> frozenset[int]:
    return frozenset()


def _no_count(_: int) -> int:
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMail:
    """The known state of one mailbox before a pass, each part by UIDVALIDITY."""

    watermarks: Mapping[int, int] = field(default_factory=dict)
    """The UID from which a pass starts; mail below it was requested, but not necessarily seen."""
    refused: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """UIDs that the server did not deliver."""
    due: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """Those of them to be tried again now."""
    count_places: Callable[[int], int] = _no_count
    """Returns the number of known messages."""
    load_places: Callable[[int], Mapping[int, str]] = _no_places
    """Returns by UID the SHA-256 of the message seen there."""
    find_seen: Callable[[int, Collection[int]], frozenset[int]] = _none_seen
    """Which of these UIDs have a message already."""
    compare: bool = False
    """Whether all UIDs of the folder are to be compared with the known ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderView:
    """The state of a folder on a server, as a finished pass saw it."""

    uidvalidity: int
    exists: int | None
    """The number of messages by the server's count, without those deleted meanwhile; None if it gave none."""
    compared: bool
    """Whether all its UIDs were compared."""


class MailSource(Protocol):
    """A mailbox or folder to fetch mail from; it is open only inside its ``with`` block."""

    @property
    def name(self) -> str: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...

    def batches(self, known: KnownMail) -> Iterator[Batch]:
        """Yields new mail, oldest first; then mail tried again, and mail missed before.

        Raises:
            MailboxError: the mailbox cannot be reached or read; batches already yielded remain valid.
        """
        ...

    def view(self) -> FolderView | None:
        """Returns the folder's state as the last pass saw it; None if the pass did not finish, or for a local folder."""
        ...
