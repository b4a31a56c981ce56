"""Splits a raw message into parts by its bytes, so that no byte of a part is lost.

The standard library's parser trusts the label of a part: a workbook labelled ``message/delivery-status`` becomes a
list of empty headers. Here a part is its headers and its bytes, which :mod:`parsers.mail.mime` interprets.
"""

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.mail.header_parameters import find_parameters, unfold

_LINE_END = re.compile(rb"\r\n|\r|\n")
_HEADER_LINE = re.compile(rb"([!-9;-~]+)[ \t]*:")
_ENVELOPE_LINE = re.compile(rb">?From [^:\r\n]*(?:\r\n|\r|\n)")
_BLANK_LINES = re.compile(rb"(?:[ \t]*(?:\r\n|\r|\n))+")
_CONTENT_HEADER = re.compile(rb"Content-[A-Za-z-]+[ \t]*:", re.IGNORECASE)
_CONTENT_HEADER_AHEAD = rb"(?=(?:\r\n|\r|\n)Content-[A-Za-z-]+[ \t]*:)"
_DELIMITER_BEFORE_CONTENT = re.compile(
    rb"(?:\A|(?<=[\r\n]))--([^\r\n]{1,100}?)[ \t]*" + _CONTENT_HEADER_AHEAD, re.IGNORECASE
)
_ANY_DELIMITER = re.compile(rb"(?:\A|(?<=[\r\n]))--([^\s\"]{1,70})[ \t]*(?=[\r\n])")
_CONTENT_TYPE = re.compile(rb"\s*([A-Za-z0-9!#$&^_.+-]+)\s*/\s*([A-Za-z0-9!#$&^_.+-]+)")
_NOT_UU = re.compile(rb"[^ -~]")
_MAX_HEADERS, _MAX_HEADER_BYTES = 1_000, 16_384  # what is longer is no clerk's; its end is not looked at
_MAX_GUESSED_BOUNDARIES = 20
_MAX_BOUNDARIES_BEHIND_EACH_OTHER = 10
_NOT_BASE64 = bytes(byte for byte in range(256) if not re.match(rb"[A-Za-z0-9+/=]", bytes([byte])))
_ONLY_BASE64 = re.compile(rb"\s*[A-Za-z0-9+/\s]{16,}={0,2}\s*")


@dataclass(frozen=True, slots=True)
class MessagePart:
    """One part or a whole message: its headers in order, names in lower case, and its content bytes."""

    headers: tuple[tuple[bytes, bytes], ...]
    content: bytes

    def header(self, name: bytes) -> bytes | None:
        """Returns the raw bytes of the first header of this name; None if there is none."""
        return next((value for key, value in self.headers if key == name), None)

    def all_headers(self, name: bytes) -> tuple[bytes, ...]:
        """Returns the raw bytes of every header of this name, in the mail's order."""
        return tuple(value for key, value in self.headers if key == name)

    @property
    def kind(self) -> str:
        """The declared media type, in lower case; text/plain if none is declared (RFC 2045, 5.2)."""
        match = _CONTENT_TYPE.match(unfold(self.header(b"content-type") or b""))
        return f"{match[1].decode()}/{match[2].decode()}".lower() if match else "text/plain"

    @property
    def charset(self) -> str | None:
        """The declared charset; None if there is none."""
        values = find_parameters(self.header(b"content-type") or b"", b"charset")
        return values[0].values[0].decode("ascii", "replace").strip(" \"'") or None if values else None


def parse_part(raw: bytes) -> MessagePart:
    """Returns the headers and content of ``raw``; a blank line too many before the headers is skipped."""
    start = _skip_before_headers(raw)
    headers: list[tuple[bytes, list[bytes]]] = []
    position = start
    content = b""
    while position < len(raw):
        end = _LINE_END.search(raw, position)
        line, after = (raw[position : end.start()], end.end()) if end else (raw[position:], len(raw))
        if not line:
            content = raw[after:]
            break
        if line[:1] in (b" ", b"\t") and headers:
            headers[-1][1].append(line)
        elif match := _HEADER_LINE.match(line):
            headers.append((match[1].lower(), [line[match.end() :].lstrip(b" \t")]))
        else:  # the blank line is missing: the content begins here
            content = raw[position:]
            break
        position = after
    cut_headers = headers[:_MAX_HEADERS]
    return MessagePart(
        tuple((name, b"\r\n".join(lines)[:_MAX_HEADER_BYTES]) for name, lines in cut_headers), content
    )


def starts_with_headers(data: bytes) -> bool:
    """Returns whether ``data`` looks like a mail: at least two header lines, one of them typical of a mail."""
    names = {name for name, _ in parse_part(data[:20_000]).headers}
    return len(names) >= 2 and bool(names & _MAIL_HEADERS)


_MAIL_HEADERS = frozenset(
    {b"from", b"subject", b"received", b"message-id", b"date", b"to", b"mime-version", b"return-path"}
)


def split_multipart(part: MessagePart) -> list[bytes]:
    """Returns the parts of a multipart, including those behind its end; empty if it has no delimiter line.

    The declared boundary is tried first, in each way that a fold in it may be read; then the one before a
    ``Content-`` header; then any line that looks like a delimiter.
    """
    for content in dict.fromkeys(
        (part.content, decode_content(part))
    ):  # an encoded multipart is not allowed, and comes
        for boundary in _boundaries(part, content):
            if pieces := _split_at(content, boundary):
                return pieces
    return []


def decode_content(part: MessagePart) -> bytes:
    """Returns the content without its transfer encoding; undeclared base64 is decoded if there is nothing else."""
    encoding = unfold(part.header(b"content-transfer-encoding") or b"").strip(b" \t\"';").lower()
    if encoding == b"base64" and not _is_mostly_high(part.content):
        return decode_base64(part.content)
    if encoding == b"quoted-printable":
        return quopri.decodestring(part.content)
    if encoding in (b"x-uuencode", b"uuencode", b"uue", b"x-uue"):
        files, _ = extract_uuencoded(part.content)
        return files[0][1] if files else part.content
    return part.content


def decode_bare_base64(content: bytes) -> bytes | None:
    """Returns the decoded content if all of it is base64, whatever its headers declare; else None."""
    return decode_base64(content) if _ONLY_BASE64.fullmatch(content) else None


_BASE64_BLOCK = re.compile(rb"[^=]+")


def decode_base64(text: bytes) -> bytes:
    """Returns all of ``text`` decoded, including several padded blocks in a row; other characters are skipped."""
    text = text.translate(None, _NOT_BASE64)
    end = len(text.rstrip(b"="))
    if text.find(b"=", 0, end) < 0:  # nearly always: one block, which is not copied
        whole = end - 1 if end % 4 == 1 else end
        return binascii.a2b_base64(text if len(text) % 4 == 0 and whole == end else _padded(text[:whole]))
    decoded = bytearray()
    for block in _BASE64_BLOCK.finditer(text, 0, end):  # there may be millions: they are no list
        decoded += _decode_block(block[0])
    return bytes(decoded)


def extract_uuencoded(content: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Returns (name, bytes) of each uuencoded file, and the content without them."""
    files: list[tuple[bytes, bytes]] = []
    rest: list[bytes] = []
    position = 0
    for match in _UU_BEGIN.finditer(content):
        if match.start() < position:
            continue
        end = _UU_END.search(content, match.end())
        if end is None:
            break
        # A file ends before the next one begins: one that has no end hides none behind it.
        begins = content.rfind(b"\nbegin", match.end(), end.start())
        if begins < 0 and (data := _decode_uu(content[match.end() : end.start()])) is not None:
            files.append((match["name"].strip(), data))
            rest.append(content[position : match.start()])
            position = end.end()
    return files, b"".join((*rest, content[position:]))


_UU_BEGIN = re.compile(
    rb"(?:\A|(?<=[\r\n]))begin(?:-base64)? [0-7]{3,4} (?P<name>[^\r\n]{1,1000})(?:\r\n|\r|\n)"
)
_UU_END = re.compile(rb"(?<=[\r\n])(?:end|====)[ \t]*(?:\r\n|\r|\n|\Z)")


def _decode_uu(lines: bytes) -> bytes | None:
    decoded = bytearray()
    for line in _LINE_END.split(lines):
        if not line.strip(b" `"):
            continue
        if _NOT_UU.search(line):
            return None
        try:
            decoded += binascii.a2b_uu(line)
        except (
            binascii.Error
        ):  # encoders leave bits behind the last byte: as many characters as the length says
            size = ((line[0] - 32) & 63) * 4 // 3
            try:
                decoded += binascii.a2b_uu(line[: 1 + -(-size // 4) * 4])
            except binascii.Error:
                return None
    return bytes(decoded) or None


def _is_mostly_high(content: bytes) -> bool:
    """Returns whether content declared as base64 is really raw text: many of its bytes are not ASCII."""
    return not content.isascii() and sum(byte > 127 for byte in content) * 20 > len(content)


def _decode_block(block: bytes) -> bytes:
    return binascii.a2b_base64(_padded(block[:-1] if len(block) % 4 == 1 else block))


def _padded(block: bytes) -> bytes:
    return block + b"=" * (-len(block) % 4)


def _skip_before_headers(raw: bytes) -> int:
    """Returns the offset of the headers: after blank lines and an mbox ``From `` line, if headers follow."""
    start = match.end() if (match := _ENVELOPE_LINE.match(raw)) else 0
    blank = _BLANK_LINES.match(raw, start)
    if blank and (
        _CONTENT_HEADER.match(raw, blank.end()) or raw[blank.end() :][:5].lower() in (b"from:", b"recei")
    ):
        return blank.end()
    return start


def _boundaries(part: MessagePart, content: bytes) -> Iterator[bytes]:
    label = part.header(b"content-type") or b""
    for written in (label, re.sub(rb"(?:\r\n|\r|\n)[ \t]+", b"", label), re.sub(rb"\r\n|\r|\n", b"", label)):
        for parameter in find_parameters(written, b"boundary"):
            yield from (value for value in parameter.values if value.strip())
    if match := _DELIMITER_BEFORE_CONTENT.search(content):
        yield match[1]
    if b"\0" not in content:  # in a file's bytes anything may look like a delimiter
        guessed = dict.fromkeys(match[1] for match in _ANY_DELIMITER.finditer(content))
        candidates = list(guessed)[:_MAX_GUESSED_BOUNDARIES]
        yield from (boundary for boundary in candidates if content.count(b"--" + boundary) > 1)


def _split_at(content: bytes, boundary: bytes) -> list[bytes]:
    pieces: list[bytes] = []
    # Parts behind the end may stand under another boundary, and behind the end of that under a third.
    for _ in range(_MAX_BOUNDARIES_BEHIND_EACH_OTHER):
        stray = _split_once(content, boundary, pieces)
        if stray is None:
            break
        content, boundary = stray
    return pieces


def _split_once(content: bytes, boundary: bytes, pieces: list[bytes]) -> tuple[bytes, bytes] | None:
    """Appends the parts to ``pieces``; returns the content behind the end with its own boundary, if it has parts too."""
    # The pattern begins with the literal text, for which the engine looks fast; line starts are checked behind it.
    delimiter = re.compile(re.escape(b"--" + boundary.rstrip()) + rb"(?P<end>--)?[ \t]*(?=\r|\n|\Z)")
    start, closed = -1, True
    for match in delimiter.finditer(content):
        before = match.start()
        if before and content[before - 1] not in b"\r\n":
            continue
        if start >= 0:
            line_end = 2 if content[before - 2 : before] == b"\r\n" else 1
            piece = _without_line_end(content, start, max(before - line_end, start))
            if not closed or _is_part(piece):
                pieces.append(piece)
            elif (stray := _DELIMITER_BEFORE_CONTENT.search(piece)) is not None:
                _split_once(piece, stray[1], pieces)
        start, closed = match.end(), match["end"] is not None
    if start < 0:
        return None
    piece = _without_line_end(content, start, len(content))
    if not closed or _is_part(piece):
        pieces.append(piece)
        return None
    stray = _DELIMITER_BEFORE_CONTENT.search(piece)
    return (piece, stray[1]) if stray is not None else None


def _without_line_end(content: bytes, start: int, end: int) -> bytes:
    """Returns the bytes from start to end without the line end that belongs to the delimiter."""
    line_end = _LINE_END.match(content, start, end)
    return content[line_end.end() if line_end else start : end]


def _is_part(piece: bytes) -> bool:
    """Returns whether content behind the end delimiter is a part."""
    blank = _BLANK_LINES.match(piece)
    return _CONTENT_HEADER.match(piece, blank.end() if blank else 0) is not None
