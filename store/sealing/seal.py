"""Seals bytes with an office's data key by AES-256-GCM: without the key they cannot be read, or changed unnoticed.

Each purpose has its own key, derived from the data key by HKDF-SHA-256. A sealed value is bound to its place
(a column and its row, or an archived mail), so that it cannot be moved to another. It begins with the id of
its data key, so that values of two keys can coexist while one replaces the other
(:mod:`store.keys.rotation`).
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
"""The length of a data key's id at the beginning of sealed values."""
_OF_A_ROW = b"\x02"
"""Follows the mark of a value bound to its row; an older value has its nonce there, which may begin with the same byte."""


class UnsealError(ValueError):
    """The value was sealed with another key or for another place, or has been changed."""


def derive_key(secret: bytes, purpose: str, salt: bytes = b"") -> bytes:
    """Returns the 256-bit key for a purpose."""
    return HKDF(SHA256(), KEY_BYTES, salt or None, f"kongchuo {purpose}".encode()).derive(secret)


class DataKey:
    """One random key of an office, with the keys derived from it."""

    def __init__(self, key_id: str, secret: bytes) -> None:
        self.key_id = key_id
        self.secret = secret
        self.mark = bytes.fromhex(key_id)
        self.values = AESGCM(derive_key(secret, "values"))
        self.index_key = derive_key(secret, "index")
        self.files = AESGCM(derive_key(secret, "files"))
        """For archived mails, which are sealed piece by piece (:mod:`store.sealing.sealed_files`)."""


class Seal:
    """Seals with an office's newest data key; opens what this key or an older one in use has sealed."""

    def __init__(self, keys: Sequence[DataKey], link_key: bytes | None = None) -> None:
        self._keys = tuple(keys)
        self._newest = self._keys[0]
        self.link_key = link_key or derive_key(keys[-1].secret, "audit links")
        """Links the audit trail (:mod:`store.audit.audit_trail`); derived from the first data key and kept with every later one."""
        self.look_again: Callable[[], Seal | None] = lambda: None
        """Reads the keys again for a value with an unknown mark, as another process may have begun to replace the key."""

    @property
    def key_id(self) -> str:
        """The id of the key used for sealing."""
        return self._newest.key_id

    @property
    def keys(self) -> tuple[DataKey, ...]:
        """All keys, the newest first."""
        return self._keys

    @property
    def newest(self) -> DataKey:
        """The key used for sealing."""
        return self._newest

    def follow(self) -> None:
        """Reads the keys beside the archive again, keeping known ones for values that were read before."""
        seal_now = self.look_again()
        if seal_now is not None:
            known = {key.key_id for key in seal_now.keys}
            self._keys = (*seal_now.keys, *(key for key in self._keys if key.key_id not in known))

    def seal_with(self, key_id: str) -> None:
        """Uses another of its keys for sealing from now on; unknown ids change nothing."""
        self._newest = next((key for key in self._keys if key.key_id == key_id), self._newest)

    def close(self, plain: bytes, place: bytes, row: bytes = b"") -> bytes:
        """Returns the bytes sealed for a place, and for a row if one is given; the result differs on each call."""
        key, nonce = self._newest, os.urandom(NONCE_BYTES)
        if row:
            bound = key.values.encrypt(nonce, plain, _place_in_row(place, row))
            return key.mark + _OF_A_ROW + nonce + bound
        return key.mark + nonce + key.values.encrypt(nonce, plain, place)

    def close_matching(self, plain: bytes, place: bytes) -> bytes:
        """Returns the bytes sealed so that equal values give equal results, for columns that the database must match by equality.

        The nonce is an HMAC-SHA-256 of place and value under a key of its own, and so differs between values.
        """
        key = self._newest
        mac = HMAC(key.index_key, SHA256())
        mac.update(len(place).to_bytes(2, "big") + place + plain)
        nonce = mac.finalize()[:NONCE_BYTES]
        return key.mark + nonce + key.values.encrypt(nonce, plain, place)

    def open(self, sealed: bytes, place: bytes, row: bytes = b"") -> bytes:
        """Returns what was sealed for a place, and for its row if it was bound to one.

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
        """Yields the keys that may open a value, each with the bytes to open: by its mark, without a mark, then by keys read again."""
        if (marked := self.key_of(sealed)) is not None:
            yield marked, sealed[MARK_BYTES:]
        yield self._keys[-1], sealed  # from before values had marks
        if marked is None:
            self.follow()
            if (marked := self.key_of(sealed)) is not None:
                yield marked, sealed[MARK_BYTES:]

    def key_of(self, sealed: bytes) -> DataKey | None:
        """Returns the key whose mark begins a sealed value, or None if it is unknown."""
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
