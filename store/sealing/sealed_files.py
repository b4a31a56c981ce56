"""Seals a file piece by piece, so that neither side holds more of it than a piece, and a missing end is noticed.

A file is :data:`store.sealing.file_mark.SEALED_MAGIC`, eight random bytes, and pieces of a mebibyte, each with its own
tag. A piece's nonce is the random bytes, its number, and whether it is the last: pieces cannot be left out,
exchanged or cut off (the STREAM construction).
"""

import os
from collections.abc import Iterable, Iterator
from typing import IO

from cryptography.exceptions import InvalidTag

from store.sealing.file_mark import SEALED_MAGIC
from store.sealing.seal import TAG_BYTES, Seal, UnsealError

_SALT_BYTES = 8
PIECE_BYTES = 1 << 20
_LAST = 1 << 31


def seal_pieces(seal: Seal, pieces: Iterable[bytes], place: bytes) -> Iterator[bytes]:
    """Yields the sealed file of the bytes."""
    salt = os.urandom(_SALT_BYTES)
    yield SEALED_MAGIC + salt
    number, waiting = 0, bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) > PIECE_BYTES:
            yield seal.file_cipher.encrypt(_nonce(salt, number), bytes(waiting[:PIECE_BYTES]), place)
            del waiting[:PIECE_BYTES]
            number += 1
    yield seal.file_cipher.encrypt(_nonce(salt, number | _LAST), bytes(waiting), place)


def open_pieces(seal: Seal, file: IO[bytes], place: bytes) -> Iterator[bytes]:
    """Yields the bytes of a sealed file behind its magic bytes.

    Raises:
        UnsealError: it was sealed with another key or for another place, or has been changed.
    """
    salt = file.read(_SALT_BYTES)
    number, piece = 0, file.read(PIECE_BYTES + TAG_BYTES)
    while True:
        following = file.read(PIECE_BYTES + TAG_BYTES)
        mark = number if following else number | _LAST
        try:
            yield seal.file_cipher.decrypt(_nonce(salt, mark), piece, place)
        except (InvalidTag, ValueError) as error:
            raise UnsealError from error
        if not following:
            return
        number, piece = number + 1, following


def _nonce(salt: bytes, number: int) -> bytes:
    return salt + number.to_bytes(4, "big")
