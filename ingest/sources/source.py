"""Defines the interface of all sources of mail, and the batches of messages that they yield."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedMessage:
    """One message as the server holds it; ``received_at`` is aware (INTERNALDATE, or what stands for it)."""

    raw: bytes
    received_at: datetime
    mailbox: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Messages fetched together. Once they are archived, nothing up to ``watermark`` is asked for again."""

    uidvalidity: int
    messages: tuple[FetchedMessage, ...]
    watermark: int | None
    remaining: int


class MailSource(Protocol):
    """A place to take mail from; open only inside its ``with`` block."""

    @property
    def name(self) -> str: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...

    def batches(self, watermarks: Mapping[int, int]) -> Iterator[Batch]:
        """What is new, oldest first; ``watermarks`` has by UIDVALIDITY the UID up to which all is archived.

        Raises:
            MailboxError: it cannot be reached or read; what was yielded before stays good.
        """
        ...
