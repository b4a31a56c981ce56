"""Seals bytes with an office's data key: AES-256-GCM, so that without the key they are neither read nor changed unnoticed.

Each purpose has a key of its own, derived from the data key by HKDF-SHA-256. What is sealed is bound to its place (a
column and its row, an archived mail), so that it cannot be moved to another. It begins with the id of its data key, so that values of two
keys lie side by side while one takes the other's place (:mod:`store.keys.rotation`).
"""

import os
from collections.abc import Callable, Iterator, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
TAG_BYTES = 16
KEY_BYTES = 32
MARK_BYTES = 4
"""Of the id of a data key."""
_OF_A_ROW = b"\x02"
"""Follows the mark of a value that is bound to its row. One from before begins there with its nonce, which may be the same."""


class UnsealError(ValueError):
    """What is to be opened was sealed with another key or for another place, or has been changed."""


def derive_key(secret: bytes, purpose: str, salt: bytes = b"") -> bytes:
    """Returns the 256-bit key of a purpose."""
    return HKDF(SHA256(), KEY_BYTES, salt or None, f"kongchuo {purpose}".encode()).derive(secret)


class DataKey:
    """One random key of an office, and what is derived from it."""

    def __init__(self, key_id: str, secret: bytes) -> None:
        self.key_id = key_id
        self.secret = secret
        self.mark = bytes.fromhex(key_id)
        self.values = AESGCM(derive_key(secret, "values"))
        self.index_key = derive_key(secret, "index")
        self.files = AESGCM(derive_key(secret, "files"))
        """For archived mails, which are sealed piece by piece (:mod:`store.sealing.sealed_files`)."""


class Seal:
    """Seals with an office's data key; opens what was sealed with it, or with one before whose values are still there."""

    def __init__(self, keys: Sequence[DataKey], link_key: bytes | None = None) -> None:
        self._keys = tuple(keys)
        self._newest = self._keys[0]
        self.link_key = link_key or derive_key(keys[-1].secret, "audit links")
        """Links the audit trail (:mod:`store.audit.audit_trail`): of the first data key, handed on with each other one."""
        self.look_again: Callable[[], Seal | None] = lambda: None
        """Reads the keys again where a value has one that is not known: another process may have begun to change it."""

    @property
    def key_id(self) -> str:
        """The id of the key with which is sealed."""
        return self._newest.key_id

    @property
    def keys(self) -> tuple[DataKey, ...]:
        """All its keys, the newest first."""
        return self._keys

    @property
    def newest(self) -> DataKey:
        """The key with which is sealed."""
        return self._newest

    def follow(self) -> None:
        """Learns the keys as they lie beside the archive now; those known before stay, for values that were read before."""
        found = self.look_again()
        if found is not None:
            known = {key.key_id for key in found.keys}
            self._keys = (*found.keys, *(key for key in self._keys if key.key_id not in known))

    def seal_with(self, key_id: str) -> None:
        """Seals with another of its keys from now on, where it is one."""
        self._newest = next((key for key in self._keys if key.key_id == key_id), self._newest)

    def close(self, plain: bytes, place: bytes, row: bytes = b"") -> bytes:
        """Returns the bytes sealed, other ones each time; where it lies in a row, for that one alone."""
        key, nonce = self._newest, os.urandom(NONCE_BYTES)
        if row:
            bound = key.values.encrypt(nonce, plain, _place_in_row(place, row))
            return key.mark + _OF_A_ROW + nonce + bound
        return key.mark + nonce + key.values.encrypt(nonce, plain, place)

    def close_matching(self, plain: bytes, place: bytes) -> bytes:
        """Returns the bytes sealed, the same ones each time, so that the database can tell equal values: a blind index.

        The nonce is an HMAC-SHA-256 of place and value under a key of its own, and so differs with the value.
        """
        key = self._newest
        mac = HMAC(key.index_key, SHA256())
        mac.update(len(place).to_bytes(2, "big") + place + plain)
        nonce = mac.finalize()[:NONCE_BYTES]
        return key.mark + nonce + key.values.encrypt(nonce, plain, place)

    def open(self, sealed: bytes, place: bytes, row: bytes = b"") -> bytes:
        """Returns what was sealed for a place, and for its row where it was bound to one.

        Raises:
            UnsealError: it was not, or not with a key of this office.
        """
        for key, body in self._candidates(sealed):
            if body.startswith(_OF_A_ROW):
                bound = _decrypt(key, body[len(_OF_A_ROW) :], _place_in_row(place, row))
                if bound is not None:
                    return bound
            unbound = _decrypt(key, body, place)
            if unbound is not None:
                return unbound
        raise UnsealError

    def _candidates(self, sealed: bytes) -> Iterator[tuple[DataKey, bytes]]:
        """Yields the keys that may open it, with what each would open: by its mark, without one, then by the keys as they are now."""
        if (marked := self.key_of(sealed)) is not None:
            yield marked, sealed[MARK_BYTES:]
        yield self._keys[-1], sealed  # from before values had marks
        if marked is None:
            self.follow()
            if (marked := self.key_of(sealed)) is not None:
                yield marked, sealed[MARK_BYTES:]

    def key_of(self, sealed: bytes) -> DataKey | None:
        """Returns the key whose mark begins a sealed value; ``None`` where none is known."""
        return next((key for key in self._keys if sealed.startswith(key.mark)), None)

    def is_newest(self, sealed: bytes) -> bool:
        """Returns whether a value is sealed with the newest key."""
        return sealed.startswith(self._newest.mark)


def _place_in_row(place: bytes, row: bytes) -> bytes:
    return _OF_A_ROW + len(place).to_bytes(2, "big") + place + row


def _decrypt(key: DataKey, body: bytes, place: bytes) -> bytes | None:
    try:
        return key.values.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], place)
    except (InvalidTag, ValueError):
        return None
