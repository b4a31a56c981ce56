"""Searches raw bytes for texts as a thief of the disk would: in every usual encoding, and in what is packed or escaped.

Bytes are taken apart layer by layer: zlib, gzip, bare deflate and Zstandard streams, members of zip files, base 64, quoted-printable and
percent escapes, hexadecimal digits; what comes out is taken apart in turn.
"""

import base64
import json
import re
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

import numpy as np

from store.sealing.packed_mail import UNREADABLE, unpack

_ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
_SHORTEST = 6
"""Bytes; shorter forms occur in a megabyte of noise by chance, and count only beside other text."""
_SHORTEST_BESIDE_TEXT = 4
_PREFIX = 4
_CONTEXT = 16
"""Bytes of text that stand before or after a short form; less only where there are not so many on either side."""
_LAYERS = 4
_FED_AT_ONCE, _LARGEST_STREAM = 1 << 12, 1 << 22
_SHORTEST_RUN = 8
"""Base 64 or hexadecimal digits; two characters of UTF-8 take as many."""

_ZLIB_BEGINS = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_GZIP_BEGINS = re.compile(rb"\x1f\x8b\x08")
_ZSTD_BEGINS = re.compile(rb"\x28\xb5\x2f\xfd")
_ZIP_MEMBERS = re.compile(rb"PK\x03\x04.{22}(?P<lengths>.{4})", re.DOTALL)
_BASE64_RUN = re.compile(rb"[A-Za-z0-9+/_\-\r\n]{%d,}" % _SHORTEST_RUN)
_HEX_RUN = re.compile(rb"[0-9A-Fa-f]{%d,}" % _SHORTEST_RUN)
_ESCAPE = re.compile(rb"[=%]([0-9A-Fa-f]{2})")
_ESCAPES = re.compile(rb"[=%][0-9A-Fa-f]{2}.{0,4}[=%][0-9A-Fa-f]{2}", re.DOTALL)
_SOFT_BREAK = re.compile(rb"=\r?\n|\?=\s+=\?[\w-]+\?[Qq]\?")
"""The end of a line of quoted-printable that goes on, and of an encoded word that another one continues."""
_FROM_URL = bytes.maketrans(b"-_", b"+/")


def find_texts(texts: Iterable[str], raw: bytes) -> set[str]:
    """Returns the texts that occur in the bytes."""
    forms = _forms_of(frozenset(texts))
    found: set[str] = set()
    for place in _taken_apart(raw, _LAYERS):
        for form, at in forms.occurrences(place):
            found |= {text for text, encoding in forms.texts[form] if _is_no_noise(place, at, form, encoding)}
    return found


class _Forms:
    """The forms of texts, with two tables of two bytes that sort out nearly every position of what is searched."""

    def __init__(self, texts: frozenset[str]) -> None:
        self.texts: dict[bytes, list[tuple[str, str]]] = {}
        for text in texts:
            for encoding, form in _written(text):
                self.texts.setdefault(form, []).append((text, encoding))
        self._first, self._second = np.zeros(1 << 16, bool), np.zeros(1 << 16, bool)
        self._by_prefix: dict[bytes, list[bytes]] = {}
        for form in self.texts:
            self._by_prefix.setdefault(form[:_PREFIX], []).append(form)
        for prefix in self._by_prefix:
            self._first[int.from_bytes(prefix[:2])] = self._second[int.from_bytes(prefix[2:])] = True

    def occurrences(self, place: bytes) -> Iterator[tuple[bytes, int]]:
        """Yields the forms that occur in a place, and where."""
        if len(place) < _PREFIX:
            return
        each = np.frombuffer(place, np.uint8).astype(np.uint16)
        pairs = (each[:-1] << 8) | each[1:]
        for at in map(int, np.flatnonzero(self._first[pairs[:-2]] & self._second[pairs[2:]])):
            for form in self._by_prefix.get(place[at : at + _PREFIX], ()):
                if place.startswith(form, at):
                    yield form, at


_forms_of = lru_cache(2)(_Forms)


def _written(text: str) -> Iterator[tuple[str, bytes]]:
    """Yields the forms of a text with their encodings; what needs no key to be undone is undone before."""
    for encoding in _ENCODINGS:
        form = text.encode(encoding)
        if len(form) >= _SHORTEST or (len(form) >= _SHORTEST_BESIDE_TEXT and not text.isascii()):
            yield encoding, form
    in_json = json.dumps(text)[1:-1]
    entities = (_as_entities(text, number) for number in ("{}", "x{:x}", "x{:X}"))
    for escaped in {in_json, in_json.upper().replace("\\U", "\\u"), *entities}:
        if len(escaped) >= _SHORTEST:
            yield "ascii", escaped.encode()


def _as_entities(text: str, number: str) -> str:
    return "".join(f"&#{number.format(ord(character))};" for character in text)


def _is_no_noise(place: bytes, at: int, form: bytes, encoding: str) -> bool:
    """Returns whether a form is too long for chance, or stands before or after text of its encoding."""
    if len(form) >= _SHORTEST:
        return True
    end = at + len(form)
    before, after = place[max(at - _CONTEXT, 0) : at], place[end : end + _CONTEXT]
    if len(before) < _CONTEXT and len(after) < _CONTEXT:
        return _is_text(before, encoding) and _is_text(after, encoding)
    whole = [beside for beside in (before, after) if len(beside) == _CONTEXT]
    return any(_is_text(part, encoding) for beside in whole for part in (beside, beside[1:], beside[:-1]))


def _is_text(raw: bytes, encoding: str) -> bool:
    """Returns whether bytes are printable characters of GB 2312, which sixteen bytes of noise are one time in a million."""
    try:
        text = raw.decode(encoding)
        text.encode("gb2312")
    except UnicodeError:
        return False
    return all(character.isprintable() or character.isspace() for character in text)


def _taken_apart(raw: bytes, layers: int) -> Iterator[bytes]:
    """Yields the bytes, and what is packed or escaped in them."""
    yield raw
    if layers:
        for inner in _layer_below(raw):
            yield from _taken_apart(inner, layers - 1)


def _layer_below(raw: bytes) -> Iterator[bytes]:
    streams = [
        *(_inflated(raw, begin.start(), zlib.MAX_WBITS) for begin in _ZLIB_BEGINS.finditer(raw)),
        *(_inflated(raw, begin.start(), zlib.MAX_WBITS | 16) for begin in _GZIP_BEGINS.finditer(raw)),
        *(
            _inflated(raw, member.end() + sum(struct.unpack("<HH", member["lengths"])), -zlib.MAX_WBITS)
            for member in _ZIP_MEMBERS.finditer(raw)
        ),
        *(_unpacked(raw[begin.start() :]) for begin in _ZSTD_BEGINS.finditer(raw)),
        _inflated(raw, 0, -zlib.MAX_WBITS),
    ]
    yield from (stream for stream in streams if len(stream) > _SHORTEST)
    runs = [run.translate(None, b"\r\n").translate(_FROM_URL) for run in _BASE64_RUN.findall(raw)]
    yield from _decoded(runs, 4, base64.b64decode)
    yield from _decoded(_HEX_RUN.findall(raw), 2, lambda digits: bytes.fromhex(digits.decode()))
    if _ESCAPES.search(raw):
        yield _ESCAPE.sub(lambda escape: bytes.fromhex(escape[1].decode()), _SOFT_BREAK.sub(b"", raw))


def _decoded(runs: list[bytes], group: int, decode: Callable[[bytes], bytes]) -> Iterator[bytes]:
    """Yields runs of digits decoded from each alignment, as what stands before may be taken for digits, too."""
    for skipped in range(group):
        cut = (run[skipped : len(run) - (len(run) - skipped) % group] for run in runs)
        joined = b"\n".join(decode(digits) for digits in cut if len(digits) >= _SHORTEST_RUN)
        if joined:
            yield joined


def _inflated(raw: bytes, at: int, kind: int) -> bytes:
    """Returns what a stream at this position holds, as far as it can be inflated; empty if there is none."""
    stream, out = zlib.decompressobj(kind), bytearray()
    try:
        for start in range(at, len(raw), _FED_AT_ONCE):
            out += stream.decompress(raw[start : start + _FED_AT_ONCE], _LARGEST_STREAM)
            if stream.eof or stream.unconsumed_tail or len(out) > _LARGEST_STREAM:
                break
    except zlib.error:  # what came out before may hold a text
        pass
    return bytes(out)


def _unpacked(packed: bytes) -> bytes:
    """Returns what bytes that begin as Zstandard's hold, as far as they can be read."""
    out = bytearray()
    try:
        for piece in unpack(iter((packed,))):
            out += piece
            if len(out) > _LARGEST_STREAM:
                break
    except UNREADABLE:  # what came out before may hold a text
        pass
    return bytes(out)
