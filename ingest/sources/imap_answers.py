"""Reads FETCH and SEARCH responses (RFC 3501, 7) from imaplib's lists by imapclient's parser.

imaplib gives a list: a line as bytes, or a line that ends in a literal as a tuple of both, with the rest of
the line as the next entry. A malformed response is left out, so that the caller sees it as missing.
"""

import hashlib
import imaplib
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import BinaryIO, TypeGuard

from imapclient.datetime_util import parse_to_datetime
from imapclient.response_parser import parse_response

MOST_TEXT = 10_000  # bytes between literals; FETCH answers of ours need two hundred
LARGEST_UID = 2**63 - 1
"""RFC 3501 allows 32 bits; the store holds 63."""

LONGEST_HELD = 1_000_000  # bytes of a literal in memory: a FETCH answer has up to twenty of them


@dataclass(frozen=True, slots=True)
class LongLiteral:
    """A literal too long for memory, in a temporary file without a name that no crash leaves behind.

    It has a length as bytes have, which is all that imapclient's parser needs of a literal.
    """

    file: BinaryIO = field(compare=False, repr=False)
    sha256: str
    size: int

    @classmethod
    def receive(cls, size: int, receive: Callable[[int], bytes]) -> "LongLiteral":
        """Returns a literal of this size, read in pieces; ``receive`` returns the next piece of at most so many bytes.

        Raises:
            OSError: the disk is full.
        """
        hashed, missing = hashlib.sha256(), size
        with ExitStack() as if_it_fails:
            file = tempfile.TemporaryFile()  # noqa: SIM115  closed by close()
            if_it_fails.callback(file.close)
            while missing:
                piece = receive(missing)
                hashed.update(piece)
                file.write(piece)
                missing -= len(piece)
            file.flush()
            if_it_fails.pop_all()
        return cls(file, hashed.hexdigest(), size)

    def __len__(self) -> int:
        return self.size

    def head(self, limit: int) -> bytes:
        """Returns the first bytes."""
        self.file.seek(0)
        return self.file.read(limit)

    def close(self) -> None:
        """Closes and so deletes the file."""
        self.file.close()


Literal = bytes | LongLiteral
Line = bytes | tuple[bytes, Literal] | None
"""An entry of imaplib's list; a single None where there was no response."""


def first_bytes(literal: Literal, limit: int) -> bytes:
    """Returns the first bytes of a literal, in memory or in a file."""
    return literal.head(limit) if isinstance(literal, LongLiteral) else literal[:limit]


def digest_of(literal: Literal) -> str:
    """Returns the SHA-256 of a literal."""
    return literal.sha256 if isinstance(literal, LongLiteral) else hashlib.sha256(literal).hexdigest()


def close_literals(lines: Iterable[Line]) -> None:
    """Closes the files of these lines."""
    for line in lines:
        if isinstance(line, tuple) and isinstance(line[1], LongLiteral):
            line[1].close()


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchAnswer:
    """One FETCH response; ``uid`` is None if the server left it out."""

    sequence: int
    uid: int | None
    internal_date: str | None
    size: int | None
    body: Literal | None
    """The message, or its header if that was requested; a long one is an open file."""

    def close(self) -> None:
        """Closes the file of a long body."""
        if isinstance(self.body, LongLiteral):
            self.body.close()


def fetch_answers(lines: Sequence[Line]) -> Iterator[FetchAnswer]:
    """Yields the well-formed FETCH responses among these."""
    response: list[Line] = []
    for line in lines:
        response.append(line)
        if isinstance(line, bytes):  # the end of a response
            answer = _fetch_answer(response)
            if answer is None or not isinstance(answer.body, LongLiteral):
                close_literals(response)
            response = []
            if answer is not None:
                yield answer


def _fetch_answer(response: Sequence[Line]) -> FetchAnswer | None:
    """Returns one response, parsed by itself, as imapclient would drop all for one that is malformed."""
    if sum(len(line[0] if isinstance(line, tuple) else line or b"") for line in response) > MOST_TEXT:
        return None
    try:
        sequence, listed = parse_response(response)
        items = {name.upper(): value for name, value in zip(listed[::2], listed[1::2], strict=True)}
    except (imaplib.IMAP4.error, ValueError, TypeError, AttributeError, RecursionError):
        return None
    date, body = items.get(b"INTERNALDATE"), items.get(b"BODY[]", items.get(b"BODY[HEADER]"))
    return FetchAnswer(
        sequence=_number(sequence) or 0,
        uid=_number(items.get(b"UID")),
        internal_date=date.decode("ascii", "replace") if isinstance(date, bytes) else None,
        size=_number(items.get(b"RFC822.SIZE")),
        body=body if _is_body(body) else None,
    )


def _is_body(value: object) -> TypeGuard[Literal]:
    """Returns whether a body was delivered; imapclient recognises NIL in capitals only."""
    return isinstance(value, LongLiteral) or (isinstance(value, bytes) and value.upper() != b"NIL")


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def search_numbers(lines: Sequence[Line]) -> list[int] | None:
    """Returns the numbers of all SEARCH responses, ascending and distinct, or None without a response.

    RFC 3501 allows one; some servers break a long answer into several lines.
    """
    answered = [line for line in lines if isinstance(line, bytes)]
    numbers = {
        int(n) for line in answered for n in line.partition(b"(")[0].split() if n.isdigit() and len(n) <= 25
    }
    return sorted(numbers) if answered else None


def parse_internal_date(text: str | None, naive_offset: timedelta) -> datetime | None:
    """Returns an INTERNALDATE, or None if it is absent or no date (31-Feb, 25:61).

    Args:
        naive_offset: the offset from UTC for a date without one; imapclient would assume UTC.
    """
    if text is None:
        return None
    if not re.search(r"[+-][0-9]{4}\s*$", text):
        text += f" {datetime.now(timezone(naive_offset)):%z}"
    try:
        instant: datetime = parse_to_datetime(text.encode("latin-1", "replace"), normalise=False)
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def words_of(answer: bytes) -> str:
    """Returns a server's words as one short line of text; Chinese servers send UTF-8 or GB18030."""
    try:
        text = answer.decode("utf-8")
    except UnicodeDecodeError:
        text = answer.decode("gb18030", "replace")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:120]
