"""Defines the interface of all sources of mail: what is known before, and the batches that they yield."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, Self

from store.archive import Blob
from store.drafts import ArrivalBasis


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedMessage:
    """One message as the server holds it; ``received_at`` is aware (INTERNALDATE, or what stands for it)."""

    raw: Blob
    """Open where it is too long to be held, until the next batch is asked for."""
    received_at: datetime
    mailbox: str
    uidvalidity: int
    uid: int
    basis: ArrivalBasis = ArrivalBasis.SERVER


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedMail:
    """A mail that the server lists and does not give, and why, in the server's words or ours."""

    uid: int
    reason: str
    received_at: datetime | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Messages fetched together. Once they are archived, nothing up to ``watermark`` is asked for as new again."""

    uidvalidity: int
    messages: tuple[FetchedMessage, ...] = ()
    watermark: int | None = None
    remaining: int = 0
    refused: tuple[RefusedMail, ...] = ()
    gone: tuple[int, ...] = ()
    """UIDs that the server named and, asked a second time, no longer names."""
    made_anew: bool = False
    """Known UIDs now have other mail: whatever was known of this UIDVALIDITY is to be forgotten first."""
    remarks: tuple[str, ...] = ()
    """What a person should know, in Chinese."""


def _no_places(_: int) -> Mapping[int, str]:
    return {}


def _no_count(_: int) -> int:
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMail:
    """What is known of one mailbox before a pass, each by UIDVALIDITY."""

    watermarks: Mapping[int, int] = field(default_factory=dict)
    """The UID up to which mail was asked for: where to begin, not what was seen."""
    refused: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """UIDs that the server did not give."""
    due: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """Those of them that are to be tried again now."""
    count_places: Callable[[int], int] = _no_count
    load_places: Callable[[int], Mapping[int, str]] = _no_places
    """By UID the SHA-256 of the message seen there."""
    compare: bool = False
    """Whether all UIDs of the folder are to be compared with the places known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderView:
    """What a finished pass saw of a folder on a server."""

    uidvalidity: int
    exists: int | None
    """Messages in it as the server counts them, without those that went meanwhile."""
    compared: bool


class MailSource(Protocol):
    """A place to take mail from; open only inside its ``with`` block."""

    @property
    def name(self) -> str: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...

    def batches(self, known: KnownMail) -> Iterator[Batch]:
        """What is new, oldest first; then what is tried again, and what was not seen before.

        Raises:
            MailboxError: it cannot be reached or read; what was yielded before stays good.
        """
        ...

    def view(self) -> FolderView | None:
        """What the last pass saw of the folder; None where there is nothing to count or it did not finish."""
        ...
