"""Keeps which children an audit entry is about as a blind index: a known number or name can be looked up, none can be listed.

Each entry has its own salt, stored sealed beside the marks. So marks of two entries cannot be compared, and a
change of the data key does not affect them.
"""

import base64
import hmac
import os
from collections.abc import Iterable

from config.text.text_folding import clean_text
from store.audit.audit_line import SeenChild

_SALT_BYTES, _MARK_BYTES = 16, 8


def make_marks(children: Iterable[SeenChild], about: Iterable[str] = ()) -> str:
    """Returns in base 64 a new salt and the sorted marks of numbers, names and other ids."""
    salt = os.urandom(_SALT_BYTES)
    words = {word for child in children for word in (child.number, child.name) if word} | set(about)
    return base64.b64encode(salt + b"".join(sorted(_mark(salt, word) for word in words))).decode("ascii")


def speaks_of(marks: str, words: Iterable[str]) -> bool:
    """Returns whether an entry is about a child with one of these numbers, names or ids."""
    raw = base64.b64decode(marks)
    salt, body = raw[:_SALT_BYTES], raw[_SALT_BYTES:]
    held = {body[start : start + _MARK_BYTES] for start in range(0, len(body), _MARK_BYTES)}
    return any(_mark(salt, word) in held for word in words)


def _mark(salt: bytes, word: str) -> bytes:
    folded = clean_text(word).strip().upper()
    return hmac.digest(salt, folded.encode("utf-8", "surrogatepass"), "sha256")[:_MARK_BYTES]
