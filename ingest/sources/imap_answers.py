"""Reads what an IMAP server answers: SEARCH, FETCH and status lines (RFC 3501, 7).

A response is a list of pieces, text and literals in turn, as :mod:`ingest.sources.imap_wire` frames them. A
response that cannot be understood is left out: whoever asked for it sees that it is missing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

MOST_DEPTH = 50  # lists in lists; FETCH answers of ours need two
MOST_TEXT = 10_000  # bytes between literals; FETCH answers of ours need two hundred
LARGEST_UID = 2**63 - 1
"""RFC 3501 allows 32 bits; the store holds 63."""
_TOKEN = re.compile(rb'[ \t]*(?:"((?:[^"\\]|\\.)*)"|([()])|([^\s()"\[\]]*\[[^\]]*\](?:<[0-9]+>)?|[^\s()"]+))')
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_DATE = re.compile(
    r"\s*([0-9]{1,2})-([A-Za-z]{3})-([0-9]{4}) ([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?: ([+-])([0-9]{2})([0-9]{2}))?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

Pieces = Sequence[bytes]
"""Text, literal, text … of one response; the first is text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchAnswer:
    """One FETCH response; ``uid`` is None where the server left it out."""

    sequence: int
    uid: int | None
    internal_date: str | None
    size: int | None
    body: bytes | None
    """The message, or its header where that was asked for."""


class MalformedAnswerError(ValueError):
    """A response that is not what RFC 3501 describes."""


def fetch_answers(responses: Iterable[Pieces]) -> Iterator[FetchAnswer]:
    """The FETCH responses among these that can be understood."""
    for pieces in responses:
        if head := re.match(rb"([0-9]{1,20}) FETCH ", pieces[0], re.IGNORECASE):
            try:
                items = _items([pieces[0][head.end() :], *pieces[1:]])
                yield _fetch_answer(int(head[1]), items)
            except MalformedAnswerError:
                continue


def _fetch_answer(sequence: int, items: Mapping[str, object]) -> FetchAnswer:
    date = items.get("INTERNALDATE")
    body = items.get("BODY[]", items.get("BODY[HEADER]"))
    return FetchAnswer(
        sequence=sequence,
        uid=_number(items.get("UID")),
        internal_date=date.decode("ascii", "replace") if isinstance(date, bytes) else None,
        size=_number(items.get("RFC822.SIZE")),
        body=body if isinstance(body, bytes) else None,
    )


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, bytes) and value.isdigit() and len(value) <= 25 else None


def _items(pieces: Pieces) -> dict[str, object]:
    """The names and values of a FETCH list."""
    values = list(_values(pieces))
    if len(values) != 1 or not isinstance(values[0], list) or len(values[0]) % 2:
        raise MalformedAnswerError
    listed = values[0]
    items: dict[str, object] = {}
    for name, value in zip(listed[::2], listed[1::2], strict=True):
        if not isinstance(name, bytes):
            raise MalformedAnswerError
        items.setdefault(name.decode("ascii", "replace").upper(), value)
    return items


def _values(pieces: Pieces) -> Iterator[object]:
    """Atoms and strings as bytes, NIL as None, lists as lists."""
    lists: list[list[object]] = [[]]
    for number, piece in enumerate(pieces):
        if number % 2:
            lists[-1].append(piece)
            continue
        text = re.sub(rb"\{[0-9]+\+?\}$", b"", piece) if number + 1 < len(pieces) else piece
        if len(text) > MOST_TEXT:
            raise MalformedAnswerError
        position, end = 0, len(text.rstrip())
        while position < end:
            token = _TOKEN.match(text, position)
            if token is None:
                raise MalformedAnswerError
            position = token.end()
            if token[2] == b"(":
                lists.append([])
                if len(lists) > MOST_DEPTH:
                    raise MalformedAnswerError
            elif token[2] == b")":
                if len(lists) < 2:
                    raise MalformedAnswerError
                closed = lists.pop()
                lists[-1].append(closed)
            elif token[1] is not None:
                lists[-1].append(_ESCAPED.sub(rb"\1", token[1]))
            else:
                lists[-1].append(None if token[3].upper() == b"NIL" else token[3])
    if len(lists) != 1:
        raise MalformedAnswerError
    return iter(lists[0])


def search_answer(responses: Iterable[Pieces]) -> list[int] | None:
    """The numbers of all SEARCH responses, ascending, each once; None where there was no such response.

    RFC 3501 sends one; some servers break a long answer into several lines.
    """
    numbers: set[int] = set()
    answered = False
    for pieces in responses:
        if match := re.match(rb"SEARCH\b([0-9\s]*)", pieces[0], re.IGNORECASE):
            answered = True
            numbers.update(int(number) for number in match[1].split() if len(number) <= 25)
    return sorted(numbers) if answered else None


def status_number(responses: Iterable[Pieces], code: str) -> int | None:
    """The number of a response code, as in ``* OK [UIDVALIDITY 7]``, or of ``* 5 EXISTS``."""
    pattern = re.compile(
        rb"(?:OK|NO) \[%b ([0-9]{1,40})\]|([0-9]{1,40}) %b\b" % (code.encode(), code.encode()), re.I
    )
    newest = None
    for pieces in responses:
        if match := pattern.match(pieces[0]):
            newest = int(match[1] or match[2])
    return newest


def capabilities_of(responses: Iterable[Pieces]) -> frozenset[str] | None:
    """What a CAPABILITY response or response code lists; None where there is none."""
    for pieces in responses:
        match = re.match(
            rb"CAPABILITY (.*)|(?:OK|PREAUTH|NO) \[CAPABILITY ([^\]]*)\]", pieces[0], re.IGNORECASE
        )
        if match:
            return frozenset((match[1] or match[2] or b"").decode("ascii", "replace").upper().split())
    return None


def parse_internal_date(text: str | None, naive_offset: timedelta) -> datetime | None:
    """An INTERNALDATE; None where it is absent, impossible or not a date (31-Feb, 25:61).

    Args:
        naive_offset: the offset from UTC of a date that has none.
    """
    match = _DATE.fullmatch(text) if text else None
    if match is None or match[2].lower() not in _MONTHS:
        return None
    offset = naive_offset
    if match[7]:
        offset = timedelta(hours=int(match[8]), minutes=int(match[9])) * (-1 if match[7] == "-" else 1)
    try:
        return datetime(
            int(match[3]), _MONTHS.index(match[2].lower()) + 1, int(match[1]),
            int(match[4]), int(match[5]), int(match[6]), tzinfo=timezone(offset),
        )  # fmt: skip
    except ValueError:
        return None


def words_of(answer: bytes) -> str:
    """A server's words as one short line of text; Chinese servers send UTF-8 or GB18030."""
    try:
        text = answer.decode("utf-8")
    except UnicodeDecodeError:
        text = answer.decode("gb18030", "replace")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:120]
