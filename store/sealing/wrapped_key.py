"""Makes an office's data key, and wraps it with a secret that lies elsewhere.

The wrapped key lies beside the archive (:mod:`store.safekeeping.key_place`) and in the database (:class:`store.models.SealRow`):
whichever of the two is lost, the other can be opened.
"""

import base64
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.errors import StoreKeyError
from store.sealing.recovery_code import new_secret, read_code, write_code
from store.sealing.seal import NONCE_BYTES, Seal, derive_key

_DATA_KEY_BYTES = 32

FindCode = Callable[[str], str | None]
"""Finds the recovery code of a key by its id; ``None`` where it is nowhere."""


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key that is of use only to who has the recovery code."""

    key_id: str
    wrapped: bytes

    @property
    def text(self) -> str:
        return base64.b64encode(self.wrapped).decode("ascii")

    @classmethod
    def of_text(cls, key_id: str, text: str) -> "WrappedKey":
        """Returns the key of its :attr:`text`.

        Raises:
            ValueError: it is damaged.
        """
        return cls(key_id, base64.b64decode(text, validate=True))


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made; its code is for the key's file and for paper, never for the store."""

    wrapped: WrappedKey
    code: str


def make_key() -> NewKey:
    """Makes a data key, and the secret that wraps it."""
    key_id, secret, nonce = secrets.token_hex(4), new_secret(), os.urandom(NONCE_BYTES)
    data_key = secrets.token_bytes(_DATA_KEY_BYTES)
    sealed = _wrapping_cipher(secret, key_id).encrypt(nonce, data_key, key_id.encode())
    return NewKey(WrappedKey(key_id, nonce + sealed), write_code(secret))


def unwrap(key: WrappedKey, find_code: FindCode) -> Seal:
    """Returns the seal of a store's key.

    Raises:
        StoreKeyError: its code is nowhere, or is another one.
    """
    code = find_code(key.key_id)
    if code is None:
        raise StoreKeyError(
            f"数据已封存,本机找不到它的密钥(编号{key.key_id}):请把抄下的恢复码设为环境变量 KONGCHUO_STORE_KEY,"
            "或写进 [store] key_file 指的文件;什么都没有改动"
        )
    secret = read_code(code)
    if secret is None:
        raise StoreKeyError("恢复码抄错了或不全(应是9组、每组4个字符):请对照抄下的恢复码改正;什么都没有改动")
    try:
        data_key = _wrapping_cipher(secret, key.key_id).decrypt(
            key.wrapped[:NONCE_BYTES], key.wrapped[NONCE_BYTES:], key.key_id.encode()
        )
    except (InvalidTag, ValueError) as error:
        raise StoreKeyError(
            f"这把密钥打不开这里的数据(要的是编号{key.key_id}的):请换成抄下的那一份恢复码;什么都没有改动"
        ) from error
    return Seal(key.key_id, data_key)


def _wrapping_cipher(secret: bytes, key_id: str) -> AESGCM:
    return AESGCM(derive_key(secret, "data key", key_id.encode()))
