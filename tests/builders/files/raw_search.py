"""Searches raw bytes for texts as a thief of the disk would: in every usual encoding, and within compressed streams."""

import json
import re
from collections.abc import Iterable, Iterator

from store.sealing.packed_mail import UNREADABLE, unpack

_ENCODINGS = ("utf-8", "gb18030", "utf-16-le")
_SHORTEST = 6
"""Bytes; shorter texts occur in a megabyte of noise by chance."""
_BEGINS = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x28\xb5\x2f\xfd")
"""Of streams of zlib and of Zstandard."""


def find_texts(texts: Iterable[str], raw: bytes) -> set[str]:
    """Returns the texts that occur in the bytes."""
    places = [raw, *_inflated(raw)]
    return {text for text in texts if any(written in place for written in _written(text) for place in places)}


def _written(text: str) -> Iterator[bytes]:
    escaped = json.dumps(text)[1:-1].encode()
    for written in {*(text.encode(encoding) for encoding in _ENCODINGS), escaped}:
        if len(written) >= _SHORTEST:
            yield written


def _inflated(raw: bytes) -> Iterator[bytes]:
    for begin in _BEGINS.finditer(raw):
        try:
            stream = next(unpack(iter((raw[begin.start() :],))))
        except UNREADABLE:
            continue
        if len(stream) > _SHORTEST:
            yield stream
