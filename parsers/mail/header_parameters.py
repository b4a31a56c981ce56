"""Splits the parameters of a Content-Disposition or Content-Type header out of its raw bytes.

A quoted string may hold raw GBK, where the second byte of a character may be a backslash (0x5C). If it is unclear
whether a backslash escapes, each reading is kept.
"""

import re
from typing import NamedTuple

_FOLD = re.compile(rb"\r?\n[ \t]+|\r(?!\n)[ \t]*")
_SEPARATORS = re.compile(rb"[;\s]*")
_NAME = re.compile(rb"([A-Za-z][A-Za-z0-9_\-]*)(\*[0-9]+)?(\*)?\s*=\s*")
_CHARSET = re.compile(rb"^([A-Za-z0-9_.:\-]*)'([A-Za-z0-9\-]*)'")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")


class HeaderParameter(NamedTuple):
    """One parameter: its possible values as bytes, its RFC 2231 charset, and the raw bytes."""

    values: tuple[bytes, ...]
    charset: str | None
    percent_encoded: bool  # RFC 2231: percent-decoding is done
    raw: bytes


class _Segment(NamedTuple):
    number: int | None
    extended: bool
    values: tuple[bytes, ...]


def unfold(raw: bytes) -> bytes:
    """Returns a header as one line; a fold between two non-ASCII bytes is removed, because the program inserted it."""

    def replacement(matched: re.Match[bytes]) -> bytes:
        before = raw[matched.start() - 1 : matched.start()]
        after = raw[matched.end() : matched.end() + 1]
        return b"" if before >= b"\x80" and after >= b"\x80" else b" "

    return _FOLD.sub(replacement, raw).strip(b"\r\n")


def find_parameters(header: bytes, key: bytes) -> list[HeaderParameter]:
    """Returns every parameter named ``key``, the RFC 2231 spellings (``key*``, ``key*0*``) before the plain one."""
    segments = [segment for name, segment in _segments(unfold(header)) if name == key]
    numbered = sorted((p for p in segments if p.number is not None), key=lambda p: p.number or 0)
    matched = [
        _decode_extended(segment) for segment in segments if segment.number is None and segment.extended
    ]
    if numbered:
        matched.append(_join_continued(numbered))
    plain = [segment for segment in segments if segment.number is None and not segment.extended]
    matched += [HeaderParameter(segment.values, None, False, segment.values[0]) for segment in plain]
    return matched


def _segments(header: bytes) -> list[tuple[bytes, _Segment]]:
    matched: list[tuple[bytes, _Segment]] = []
    position = _next_semicolon(header, 0)
    while position < len(header):
        separators = _SEPARATORS.match(header, position)
        position = separators.end() if separators else position
        match = _NAME.match(header, position)
        if match is None:
            position = _next_semicolon(header, position)
            continue
        values, position = _read_value(header, match.end())
        number = int(match.group(2)[1:]) if match.group(2) and len(match.group(2)) < 6 else None
        matched.append((match.group(1).lower(), _Segment(number, match.group(3) is not None, values)))
    return matched


def _next_semicolon(header: bytes, position: int) -> int:
    semicolon = header.find(b";", position)
    return len(header) if semicolon < 0 else semicolon


def _read_value(header: bytes, start: int) -> tuple[tuple[bytes, ...], int]:
    if header[start : start + 1] != b'"':
        end = _next_semicolon(header, start)
        return (header[start:end].strip(b' \t"'),), end
    is_double_byte = _is_double_byte(header)
    candidates: list[bytes] = []
    ends: list[int] = []
    for double_byte, escapes in ((is_double_byte, True), (False, True), (False, False)):
        value, end, closed = _read_quoted(header, start + 1, double_byte, escapes)
        if closed or not candidates:
            candidates.append(value)
            ends.append(end)
    return tuple(dict.fromkeys(candidates)), _next_semicolon(header, ends[0])


def _read_quoted(header: bytes, start: int, double_byte: bool, escapes: bool) -> tuple[bytes, int, bool]:
    value = bytearray()
    position = start
    while position < len(header):
        byte = header[position]
        if double_byte and byte >= 0x81 and position + 1 < len(header) and header[position + 1] >= 0x40:
            value += header[position : position + 2]
            position += 2
            continue
        if byte == 0x22:
            return bytes(value), position + 1, True
        if escapes and byte == 0x5C and header[position + 1 : position + 2] in (b'"', b"\\"):
            position += 1
            byte = header[position]
        value.append(byte)
        position += 1
    return bytes(value), position, False


def _is_double_byte(header: bytes) -> bool:
    try:
        header.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _decode_extended(segment: _Segment) -> HeaderParameter:
    raw = segment.values[0]
    charset, encoded = _split_charset(raw)
    return HeaderParameter((_percent_decode(encoded),), charset, True, raw)


def _join_continued(segments: list[_Segment]) -> HeaderParameter:
    charset: str | None = None
    value = b""
    extended = any(segment.extended for segment in segments)
    for position, segment in enumerate(segments):
        text = segment.values[0]
        if position == 0 and segment.extended:
            charset, text = _split_charset(text)
        value += _percent_decode(text) if segment.extended else text
    return HeaderParameter((value,), charset, extended, b"".join(segment.values[0] for segment in segments))


def _split_charset(value: bytes) -> tuple[str | None, bytes]:
    matched = _CHARSET.match(value)
    if matched is None:
        return None, value
    return matched.group(1).decode("ascii") or None, value[matched.end() :]


def _percent_decode(value: bytes) -> bytes:
    return _PERCENT.sub(lambda matched: bytes([int(matched.group(1), 16)]), value)
