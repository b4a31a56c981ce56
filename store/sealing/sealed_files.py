"""Seals a file piece by piece, so that neither writing nor reading needs it in memory, and a missing end is noticed.

A file is :data:`store.sealing.file_mark.SEALED_MAGIC`, the mark of its data key, eight random bytes, and
pieces of one MiB, each with its own tag. A piece's nonce is the random bytes, its number, and whether it is
the last, so that pieces cannot be left out, exchanged or cut off (the STREAM construction).
"""

import os
from collections.abc import Iterable, Iterator
from typing import IO

from cryptography.exceptions import InvalidTag

from store.sealing.file_mark import SEALED_MAGIC, UNMARKED_MAGIC
from store.sealing.seal import MARK_BYTES, TAG_BYTES, DataKey, Seal, UnsealError

_SALT_BYTES = 8
PIECE_BYTES = 1 << 20
_LAST = 1 << 31
HEAD_BYTES = len(SEALED_MAGIC) + MARK_BYTES
"""Bytes at the beginning of a file that show which key sealed it."""


def seal_pieces(seal: Seal, pieces: Iterable[bytes], place: bytes) -> Iterator[bytes]:
    """Yields the sealed file for these bytes.

    Args:
        place: to which the file is bound: its digest.
    """
    key, salt = seal.newest, os.urandom(_SALT_BYTES)
    yield SEALED_MAGIC + key.mark + salt
    number, waiting = 0, bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) > PIECE_BYTES:
            yield key.files.encrypt(_nonce(salt, number), bytes(waiting[:PIECE_BYTES]), place)
            del waiting[:PIECE_BYTES]
            number += 1
    yield key.files.encrypt(_nonce(salt, number | _LAST), bytes(waiting), place)


def open_pieces(seal: Seal, magic: bytes, file: IO[bytes], place: bytes) -> Iterator[bytes]:
    """Yields the bytes of a sealed file after its magic bytes.

    Raises:
        UnsealError: it was sealed with another key or for another place, or has been changed.
    """
    key = _key_of(seal, magic, file)
    salt = file.read(_SALT_BYTES)
    number, piece = 0, file.read(PIECE_BYTES + TAG_BYTES)
    while True:
        following = file.read(PIECE_BYTES + TAG_BYTES)
        mark = number if following else number | _LAST
        try:
            yield key.files.decrypt(_nonce(salt, mark), piece, place)
        except (InvalidTag, ValueError) as error:
            raise UnsealError from error
        if not following:
            return
        number, piece = number + 1, following


def is_of_newest(seal: Seal, head: bytes) -> bool:
    """Returns whether a file with this beginning is sealed with the newest key."""
    return head.startswith(SEALED_MAGIC + seal.newest.mark)


def _key_of(seal: Seal, magic: bytes, file: IO[bytes]) -> DataKey:
    if magic == UNMARKED_MAGIC:
        return seal.keys[-1]
    mark = file.read(MARK_BYTES)
    key = seal.key_of(mark)
    if key is None:
        seal.follow()
        key = seal.key_of(mark)
    if key is None:
        raise UnsealError
    return key


def _nonce(salt: bytes, number: int) -> bytes:
    return salt + number.to_bytes(4, "big")
