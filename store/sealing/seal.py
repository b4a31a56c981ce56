"""Seals bytes with an office's data key: AES-256-GCM, so that without the key they are neither read nor changed unnoticed.

Each purpose has a key of its own, derived from the data key by HKDF-SHA-256. What is sealed is bound to its place (a
column, an archived mail), so that it cannot be moved to another.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
TAG_BYTES = 16
_KEY_BYTES = 32


class UnsealError(ValueError):
    """What is to be opened was sealed with another key or for another place, or has been changed."""


def derive_key(secret: bytes, purpose: str, salt: bytes = b"") -> bytes:
    """Returns the 256-bit key of a purpose."""
    return HKDF(SHA256(), _KEY_BYTES, salt or None, f"kongchuo {purpose}".encode()).derive(secret)


class Seal:
    """Seals and opens what one office stores."""

    def __init__(self, key_id: str, data_key: bytes, link_key: bytes | None = None) -> None:
        self.key_id = key_id
        self.link_key = link_key or derive_key(data_key, "audit links")
        """Links the audit trail (:mod:`store.audit.audit_trail`); who exchanges the data key hands on the old one."""
        self._values = AESGCM(derive_key(data_key, "values"))
        self._index_key = derive_key(data_key, "index")
        self.file_cipher = AESGCM(derive_key(data_key, "files"))
        """For archived mails, which are sealed piece by piece (:mod:`store.sealing.sealed_files`)."""

    def close(self, plain: bytes, place: bytes) -> bytes:
        """Returns the bytes sealed, other ones each time."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._values.encrypt(nonce, plain, place)

    def close_matching(self, plain: bytes, place: bytes) -> bytes:
        """Returns the bytes sealed, the same ones each time, so that the database can tell equal values: a blind index.

        The nonce is an HMAC-SHA-256 of place and value under a key of its own, and so differs with the value.
        """
        mac = HMAC(self._index_key, SHA256())
        mac.update(len(place).to_bytes(2, "big") + place + plain)
        nonce = mac.finalize()[:NONCE_BYTES]
        return nonce + self._values.encrypt(nonce, plain, place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """Returns what was sealed for a place.

        Raises:
            UnsealError: it was not, or not with this key.
        """
        try:
            return self._values.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place)
        except (InvalidTag, ValueError) as error:
            raise UnsealError from error
