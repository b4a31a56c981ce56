"""The parameters of a Content-Disposition or Content-Type header, cut out of its raw bytes.

A quoted string may hold raw GBK, where the second byte of a character may be a backslash (0x5C);
where it is unclear whether a backslash escapes, each reading is kept.
"""

import re
from typing import NamedTuple

_FOLD = re.compile(rb"\r?\n[ \t]+|\r(?!\n)[ \t]*")
_NAME = re.compile(rb"[;\s]*([A-Za-z][A-Za-z0-9_\-]*)(\*\d+)?(\*)?\s*=\s*")
_CHARSET = re.compile(rb"^([A-Za-z0-9_.:\-]*)'([A-Za-z0-9\-]*)'")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")


class Parameter(NamedTuple):
    """One parameter: the ways its bytes may be read, its RFC 2231 charset, and the bytes as they came."""

    values: tuple[bytes, ...]
    charset: str | None
    percent: bool  # RFC 2231: percent-decoding is done
    raw: bytes


class _Piece(NamedTuple):
    number: int | None
    starred: bool
    values: tuple[bytes, ...]


def unfold(raw: bytes) -> bytes:
    """One line. A fold between two non-ASCII bytes was put there by the program, not by the writer."""

    def joined(found: re.Match[bytes]) -> bytes:
        before = raw[found.start() - 1 : found.start()]
        after = raw[found.end() : found.end() + 1]
        return b"" if before >= b"\x80" and after >= b"\x80" else b" "

    return _FOLD.sub(joined, raw).strip(b"\r\n")


def parameters(header: bytes, key: bytes) -> list[Parameter]:
    """Every parameter called ``key``, the RFC 2231 spellings (``key*``, ``key*0*``) before the plain."""
    pieces = [piece for name, piece in _pieces(unfold(header)) if name == key]
    numbered = sorted((p for p in pieces if p.number is not None), key=lambda p: p.number or 0)
    found = [_extended(piece) for piece in pieces if piece.number is None and piece.starred]
    if numbered:
        found.append(_continued(numbered))
    plain = [piece for piece in pieces if piece.number is None and not piece.starred]
    found += [Parameter(piece.values, None, False, piece.values[0]) for piece in plain]
    return found


def _pieces(header: bytes) -> list[tuple[bytes, _Piece]]:
    found: list[tuple[bytes, _Piece]] = []
    place = _next(header, 0)
    while place < len(header):
        match = _NAME.match(header, place)
        if match is None:
            place = _next(header, place + 1)
            continue
        values, place = _value(header, match.end())
        number = int(match.group(2)[1:]) if match.group(2) and len(match.group(2)) < 6 else None
        found.append((match.group(1).lower(), _Piece(number, match.group(3) is not None, values)))
    return found


def _next(header: bytes, place: int) -> int:
    semicolon = header.find(b";", place)
    return len(header) if semicolon < 0 else semicolon


def _value(header: bytes, start: int) -> tuple[tuple[bytes, ...], int]:
    if header[start : start + 1] != b'"':
        end = _next(header, start)
        return (header[start:end].strip(b' \t"'),), end
    pairs = _is_double_byte(header)
    readings: list[bytes] = []
    ends: list[int] = []
    for by_pairs, escapes in ((pairs, True), (False, True), (False, False)):
        value, end, closed = _quoted(header, start + 1, by_pairs, escapes)
        if closed or not readings:
            readings.append(value)
            ends.append(end)
    return tuple(dict.fromkeys(readings)), _next(header, ends[0])


def _quoted(header: bytes, start: int, by_pairs: bool, escapes: bool) -> tuple[bytes, int, bool]:
    value = bytearray()
    place = start
    while place < len(header):
        byte = header[place]
        if by_pairs and byte >= 0x81 and place + 1 < len(header) and header[place + 1] >= 0x40:
            value += header[place : place + 2]
            place += 2
            continue
        if byte == 0x22:
            return bytes(value), place + 1, True
        if escapes and byte == 0x5C and header[place + 1 : place + 2] in (b'"', b"\\"):
            place += 1
            byte = header[place]
        value.append(byte)
        place += 1
    return bytes(value), place, False


def _is_double_byte(header: bytes) -> bool:
    try:
        header.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _extended(piece: _Piece) -> Parameter:
    raw = piece.values[0]
    charset, rest = _split_charset(raw)
    return Parameter((_unquote(rest),), charset, True, raw)


def _continued(pieces: list[_Piece]) -> Parameter:
    charset: str | None = None
    value = b""
    starred = any(piece.starred for piece in pieces)
    for place, piece in enumerate(pieces):
        text = piece.values[0]
        if place == 0 and piece.starred:
            charset, text = _split_charset(text)
        value += _unquote(text) if piece.starred else text
    return Parameter((value,), charset, starred, b"".join(piece.values[0] for piece in pieces))


def _split_charset(value: bytes) -> tuple[str | None, bytes]:
    found = _CHARSET.match(value)
    if found is None:
        return None, value
    return found.group(1).decode("ascii") or None, value[found.end() :]


def _unquote(value: bytes) -> bytes:
    return _PERCENT.sub(lambda found: bytes([int(found.group(1), 16)]), value)
