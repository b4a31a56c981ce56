"""A raw message, byte for byte, into its head, its text and its leaf files."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Who wrote and what about; decoded, never trusted for time."""

    sender: str
    sender_name: str
    subject: str
    message_id: str | None
    automatic: bool  # RFC 3834 Auto-Submitted, bounces, lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One file inside a message: an attachment, or a member of an archive or forwarded message."""

    path: tuple[str, ...]  # ("材料.zip", "附件4.xlsx"), outermost first
    data: bytes
    inline: bool  # shown inside the body (cid:), not attached
    raw_name: bytes | None = None
    failure: tuple[str, str] | None = None  # (problem code, Chinese reason) where it could not be unpacked


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    head: Head
    body: str
    leaves: tuple[Leaf, ...]
