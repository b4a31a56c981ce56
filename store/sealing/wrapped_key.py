"""Makes an office's data keys, and wraps (encrypts) them with a secret that is stored elsewhere.

The wrapped key is stored beside the archive (:mod:`store.keys.key_place`) and in the database
(:class:`store.models.SealRow`), so that each can be opened without the other.
"""

import base64
import os
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.errors import StoreKeyError
from store.sealing.recovery_code import new_secret, read_code, write_code
from store.sealing.seal import KEY_BYTES, MARK_BYTES, NONCE_BYTES, DataKey, Seal, derive_key

_LINKS = "links"

FindCodes = Callable[[str], Iterable[str]]
"""Returns candidates for the recovery code of a key, by its id; each is tried."""


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key encrypted by the secret in the recovery code.

    While it replaces an older key, that one is stored with it, encrypted by the same secret; so is the audit
    trail's key, which is derived from the first data key.
    """

    key_id: str
    wrapped: bytes
    beside: tuple[tuple[str, bytes], ...] = ()
    """By id, the older keys and the audit trail's key."""

    @property
    def text(self) -> str:
        """Its stored form: the key, then ``id:key`` of each further one."""
        return " ".join([_to_text(self.wrapped), *(f"{name}:{_to_text(one)}" for name, one in self.beside)])

    @classmethod
    def of_text(cls, key_id: str, text: str) -> "WrappedKey":
        """Returns the wrapped key in a stored :attr:`text`.

        Raises:
            ValueError: it is damaged.
        """
        first, *others = text.split(" ")
        beside = [one.partition(":") for one in others]
        return cls(key_id, _of_text(first), tuple((name, _of_text(one)) for name, _, one in beside))

    @property
    def older_ids(self) -> tuple[str, ...]:
        """The ids of the keys that it is replacing."""
        return tuple(name for name, _ in self.beside if name != _LINKS)

    def without_older(self) -> "WrappedKey":
        """Returns it without the older keys, once nothing is sealed with them."""
        return WrappedKey(
            self.key_id, self.wrapped, tuple(one for one in self.beside if one[0] not in self.older_ids)
        )


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made; its code belongs in the key's file and on paper, never in the store."""

    wrapped: WrappedKey
    code: str


def make_key(before: Seal | None = None) -> NewKey:
    """Returns a new data key and the code of the secret that wraps it.

    Args:
        before: the seal with the keys that it replaces, or None for a first key.
    """
    key_id, secret = secrets.token_hex(MARK_BYTES), new_secret()
    cipher = _wrapping_cipher(secret, key_id)
    beside: list[tuple[str, bytes]] = []
    if before is not None:
        beside = [(key.key_id, _wrap(cipher, key.key_id, key.secret)) for key in before.keys]
        beside.append((_LINKS, _wrap(cipher, _LINKS, before.link_key)))
    wrapped = _wrap(cipher, key_id, secrets.token_bytes(KEY_BYTES))
    return NewKey(WrappedKey(key_id, wrapped, tuple(beside)), write_code(secret))


def unwrap(key: WrappedKey, find_codes: FindCodes) -> Seal:
    """Returns the seal for a wrapped key.

    Raises:
        StoreKeyError: no code was found, or none opens the key.
    """
    found = legible = 0
    for code in find_codes(key.key_id):
        found += 1
        if (secret := read_code(code)) is None:
            continue
        legible += 1
        try:
            return _open(key, secret)
        except (InvalidTag, ValueError):
            continue
    if not found:
        raise StoreKeyError(
            f"数据已封存,本机找不到它的密钥(编号{key.key_id}):请运行 kongchuo key import,输入抄下的恢复码;什么都没有改动"
        )
    if not legible:
        raise StoreKeyError("恢复码抄错了或不全(应是9组、每组4个字符):请对照抄下的恢复码改正;什么都没有改动")
    raise StoreKeyError(
        f"这把密钥打不开这里的数据(要的是编号{key.key_id}的):请换成抄下的那一份恢复码;什么都没有改动"
    )


def opens(key: WrappedKey, code: str) -> bool:
    """Returns whether this is the recovery code of a key."""
    secret = read_code(code)
    try:
        return secret is not None and _open(key, secret).key_id == key.key_id
    except (InvalidTag, ValueError):
        return False


def _open(key: WrappedKey, secret: bytes) -> Seal:
    cipher = _wrapping_cipher(secret, key.key_id)
    newest = DataKey(key.key_id, _unwrap(cipher, key.key_id, key.wrapped))
    beside = {name: _unwrap(cipher, name, wrapped) for name, wrapped in key.beside}
    link_key = beside.pop(_LINKS, None)
    return Seal([newest, *(DataKey(name, one) for name, one in beside.items())], link_key)


def _wrap(cipher: AESGCM, name: str, secret: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, secret, name.encode())


def _unwrap(cipher: AESGCM, name: str, wrapped: bytes) -> bytes:
    return cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], name.encode())


def _wrapping_cipher(secret: bytes, key_id: str) -> AESGCM:
    return AESGCM(derive_key(secret, "data key", key_id.encode()))


def _to_text(wrapped: bytes) -> str:
    return base64.b64encode(wrapped).decode("ascii")


def _of_text(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
