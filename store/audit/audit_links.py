"""Computes the links of the audit trail: a digest over an entry and the link before it.

Where the store is sealed, the digest is an HMAC-SHA-256 under a key derived from the data key, so that
writing the database without the key is not enough to forge a chain. Without a key it is a plain SHA-256,
which reveals a change only by comparison with a head that was kept elsewhere.

Of a reason a link covers a salted digest. So a reason with a child's name can be cleared, together with its salt,
when the child's data is purged: the link stays valid, and nothing is left by which the reason could be guessed.
"""

import hashlib
import hmac
import json
from datetime import UTC
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from store.sealing.attached_seal import seal_of

KEYED_MARK = "k"
"""The first character of a keyed link; plain links are hexadecimal."""
_LINKED = ("id", "who", "what", "why", "door", "account", "uid", "children", "marks")


class LinkKind(StrEnum):
    """The kind of digest in links."""

    PLAIN = "sha256"
    KEYED = "hmac-sha256"


def find_link_key(connection: Connection) -> bytes | None:
    """Returns the key for new links, or None for a store without one."""
    seal = seal_of(connection.dialect)
    return None if seal is None else seal.link_key


def link_entry(before: str, row: Any, key: bytes | None) -> str:
    """Returns the link of an entry to the one before: an HMAC with a key, else a SHA-256."""
    digest = row["why_digest"]
    linked = row if digest is None else {**row, "why": {"sha256": digest}}
    content = [before, row["at"].astimezone(UTC).isoformat(), *(linked[name] for name in _LINKED)]
    text = json.dumps(content).encode()
    if key is None:
        return hashlib.sha256(text).hexdigest()
    return KEYED_MARK + hmac.digest(key, text, "sha256").hex()


def digest_reason(salt: str, why: str) -> str:
    """Returns the digest of a reason that links cover."""
    return hmac.new(bytes.fromhex(salt), why.encode("utf-8", "surrogatepass"), "sha256").hexdigest()
