"""Keeps of which children an entry speaks as a blind index: whoever knows a number or a name can ask, nobody can list them.

Each entry has a salt of its own, which lies sealed beside the marks; so what one entry shows says nothing of another, and
a new data key changes nothing.
"""

import base64
import hmac
import os
from collections.abc import Iterable

from config.text.text_folding import clean_text
from store.audit.audit_line import SeenChild

_SALT_BYTES, _MARK_BYTES = 16, 8


def make_marks(children: Iterable[SeenChild], about: Iterable[str] = ()) -> str:
    """Returns a fresh salt and, in an order that says nothing, the marks of numbers, names and other ids."""
    salt = os.urandom(_SALT_BYTES)
    said = {word for child in children for word in (child.number, child.name) if word} | set(about)
    return base64.b64encode(salt + b"".join(sorted(_mark(salt, word) for word in said))).decode("ascii")


def speaks_of(marks: str, words: Iterable[str]) -> bool:
    """Returns whether an entry speaks of a child with one of these numbers, names or ids."""
    raw = base64.b64decode(marks)
    salt, body = raw[:_SALT_BYTES], raw[_SALT_BYTES:]
    held = {body[start : start + _MARK_BYTES] for start in range(0, len(body), _MARK_BYTES)}
    return any(_mark(salt, word) in held for word in words)


def _mark(salt: bytes, word: str) -> bytes:
    folded = clean_text(word).strip().upper()
    return hmac.digest(salt, folded.encode("utf-8", "surrogatepass"), "sha256")[:_MARK_BYTES]
