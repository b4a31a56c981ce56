"""Archives raw messages under the SHA-256 of their bytes; each is written once and never changed.

``put`` returns only after the bytes and the folder entry are on disk, so that whatever is recorded afterwards
can always be read again (``ARCHITECTURE.md``, promise 1).
"""

import errno
import hashlib
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, TypeVar

import orjson

from config.errors import DamagedMailError, StoreError
from config.installation.operating_system import move_over, sync_folder
from config.text.os_reasons import reason_of
from store.sealing.file_mark import MAGICS, SEALED_MAGIC
from store.sealing.packed_mail import UNREADABLE, pack, unpack

if TYPE_CHECKING:  # an archive without a key does without the library of ciphers
    from store.sealing.seal import Seal

log = logging.getLogger(__name__)

PARTIAL_SUFFIX = ".part"
_DAMAGED_SUFFIX = ".damaged"
_TOMBSTONE_SUFFIX = ".gone"
_PIECE = 1 << 20
_Taken = TypeVar("_Taken")
Blob = bytes | BinaryIO
"""A message to archive: bytes, or an open file where it is too long for memory."""


class Archive:
    """A folder of compressed blobs (:mod:`store.sealing.packed_mail`), ``ab/cdef….z``, encrypted ("sealed") if the store has a key.

    A blob that was archived before the store had a key may still be unencrypted, and is read as it is.
    """

    def __init__(self, root: Path, seal: "Seal | None" = None) -> None:
        self.root = root
        self._seal = seal

    def put(self, blobs: Iterable[Blob]) -> list[str]:
        """Archives each blob and returns their SHA-256 digests; blobs that were purged (``bury``) are not written again.

        Each file is synced, then each changed folder once per batch.

        Raises:
            StoreError: the disk is full or the folder cannot be written.
        """
        digests: list[str] = []
        folders: set[Path] = set()
        try:
            for blob in blobs:
                digest = _digest(blob)
                digests.append(digest)
                target = self._path_of(digest)
                if not target.exists() and not self.is_buried(digest):
                    if not target.parent.exists():
                        target.parent.mkdir(parents=True, exist_ok=True)
                        folders.add(self.root)
                    _write_synced(target, self._closed(digest, pack(_pieces_of(blob))))
                    folders.add(target.parent)
            for folder in folders:
                sync_folder(folder)
        except OSError as error:
            raise explain_write_error(error, self.root) from error
        return digests

    def get(self, digest: str) -> bytes:
        """Returns the blob's bytes.

        Raises:
            DamagedMailError: it is missing, or its bytes changed.
        """
        return self.read_with(digest, b"".join)

    def read_with(self, digest: str, take: Callable[[Iterator[bytes]], _Taken]) -> _Taken:
        """Returns the result of ``take`` on the blob's bytes, which it gets in pieces.

        Raises:
            DamagedMailError: the blob is missing, or its bytes changed.
        """
        try:
            return take(self._pieces(digest))
        except DamagedMailError:
            return take(self._pieces(digest))  # retried once: a disk error may be transient

    def _pieces(self, digest: str) -> Iterator[bytes]:
        hashed = hashlib.sha256()
        try:
            with self._path_of(digest).open("rb") as file:
                for piece in unpack(self._opened(digest, file)):
                    hashed.update(piece)
                    yield piece
        except (OSError, *UNREADABLE, ValueError) as error:  # a ValueError of what cannot be unsealed
            raise self._damaged(digest) from error
        if hashed.hexdigest() != digest:
            raise self._damaged(digest)

    def _opened(self, digest: str, file: IO[bytes]) -> Iterator[bytes]:
        """Yields the compressed bytes in a blob's file, decrypted."""
        begin = file.read(len(SEALED_MAGIC))
        if begin not in MAGICS:
            yield begin
            yield from iter(lambda: file.read(_PIECE), b"")
        elif self._seal is None:
            raise ValueError("sealed, and there is no key")
        else:
            from store.sealing.sealed_files import open_pieces

            yield from open_pieces(self._seal, begin, file, digest.encode())

    def _closed(self, digest: str, packed: Iterator[bytes]) -> Iterator[bytes]:
        """Yields the bytes of a blob's file for compressed bytes, encrypted if there is a key."""
        if self._seal is None:
            return packed
        from store.sealing.sealed_files import seal_pieces

        return seal_pieces(self._seal, packed, digest.encode())

    def unsealed_files(self) -> list[Path]:
        """Returns the files of blobs, damaged ones included, that are not encrypted."""
        return [file for file in self._files() if _begin_of(file, len(SEALED_MAGIC)) not in MAGICS]

    def files_of_older_keys(self) -> list[Path]:
        """Returns the files of blobs, damaged ones included, that are not encrypted with the newest key."""
        if self._seal is None:
            return []
        from store.sealing.sealed_files import HEAD_BYTES, is_of_newest

        return [file for file in self._files() if not is_of_newest(self._seal, _begin_of(file, HEAD_BYTES))]

    def _files(self) -> list[Path]:
        return sorted(file for suffix in (".z", _DAMAGED_SUFFIX) for file in self.root.glob(f"*/*{suffix}"))

    def seal_files(self, files: Iterable[Path]) -> int:
        """Encrypts files of blobs with the newest key, replacing each atomically.

        A file that no key opens is left as it is.

        Returns:
            The number of files encrypted.

        Raises:
            StoreError: the disk is full or the folder cannot be written.
        """
        folders: set[Path] = set()
        sealed = 0
        try:
            for file in files:
                digest = file.parent.name + file.stem
                with file.open("rb") as source:
                    try:
                        _write_synced(file, self._closed(digest, self._opened(digest, source)))
                    except ValueError as error:
                        log.warning("a damaged mail was not sealed anew: %s", error)
                        continue
                sealed += 1
                folders.add(file.parent)
            for folder in folders:
                sync_folder(folder)
        except OSError as error:
            raise explain_write_error(error, self.root) from error
        return sealed

    def _damaged(self, digest: str) -> DamagedMailError:
        return DamagedMailError(
            f"归档中的邮件 {digest[:12]} 缺失或已损坏:邮箱里还有的,收信时会自动换上好的;没有的请从备份恢复 {self.root}"
        )

    def set_aside(self, digest: str) -> bool:
        """Renames a damaged blob, so that intact bytes are written when the mail comes again.

        Returns:
            Whether it was renamed; False if the disk refuses even that.
        """
        target = self._path_of(digest)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()
            move_over(target, target.with_suffix(_DAMAGED_SUFFIX))
        except OSError as error:  # the next verification finds it again
            log.warning("a damaged mail was not set aside: %s", error)
            return False
        return True

    def digests_set_aside(self) -> frozenset[str]:
        """Returns the digests of damaged blobs that have been set aside."""
        return frozenset(file.parent.name + file.stem for file in self.root.glob(f"*/*{_DAMAGED_SUFFIX}"))

    def forget_set_aside(self, digests: Iterable[str]) -> None:
        """Removes damaged blobs whose intact bytes have arrived."""
        for digest in digests:
            self._path_of(digest).with_suffix(_DAMAGED_SUFFIX).unlink(missing_ok=True)

    def holds(self, digest: str) -> bool:
        """Returns whether any file of a blob exists, damaged or half-written ones included."""
        return any(file.exists() for file in self._files_of(digest))

    def is_buried(self, digest: str) -> bool:
        """Returns whether a blob was purged."""
        return self._path_of(digest).with_suffix(_TOMBSTONE_SUFFIX).exists()

    def bury(self, digest: str, epitaph: Mapping[str, str | int]) -> None:
        """Deletes a blob and leaves a tombstone with ``epitaph`` (JSON), so that the bytes are not archived again.

        Raises:
            StoreError: the disk is full or the folder cannot be written; the blob may still exist.
        """
        tombstone = self._path_of(digest).with_suffix(_TOMBSTONE_SUFFIX)
        try:
            if not tombstone.exists():
                tombstone.parent.mkdir(parents=True, exist_ok=True)
                _write_synced(tombstone, iter((orjson.dumps(epitaph), b"\n")))
            for file in self._files_of(digest):
                file.unlink(missing_ok=True)
            sync_folder(tombstone.parent)
        except OSError as error:
            raise explain_write_error(error, self.root) from error

    def _files_of(self, digest: str) -> tuple[Path, ...]:
        """Returns the files that may contain bytes of a blob, half-written ones included."""
        blob_file = self._path_of(digest)
        return (
            blob_file,
            blob_file.with_suffix(_DAMAGED_SUFFIX),
            *blob_file.parent.glob(f"{blob_file.stem}.*{PARTIAL_SUFFIX}"),
        )

    def sweep(self) -> int:
        """Removes files left half-written by a killed process; returns their number.

        Only the process with the lease of ingestion may call it.
        """
        leftovers = list(self.root.glob(f"*/*{PARTIAL_SUFFIX}"))
        for file in leftovers:
            file.unlink(missing_ok=True)
        return len(leftovers)

    def _path_of(self, digest: str) -> Path:
        return self.root / digest[:2] / f"{digest[2:]}.z"


def _digest(blob: Blob) -> str:
    hashed = hashlib.sha256()
    for piece in _pieces_of(blob):
        hashed.update(piece)
    return hashed.hexdigest()


def _pieces_of(blob: Blob) -> Iterator[bytes | memoryview]:
    """Yields the bytes in pieces, so that a message is not held in memory twice."""
    if isinstance(blob, bytes):
        yield from (memoryview(blob)[start : start + _PIECE] for start in range(0, len(blob), _PIECE))
        return
    blob.seek(0)
    while piece := blob.read(_PIECE):
        yield piece


def _begin_of(file: Path, length: int) -> bytes:
    with file.open("rb") as opened:
        return opened.read(length)


def _write_synced(target: Path, pieces: Iterable[bytes]) -> None:
    # The name contains the pid: two processes may archive the same mail at once, and either may be killed.
    partial = target.with_suffix(f".{os.getpid()}{PARTIAL_SUFFIX}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        move_over(partial, target)
    except (OSError, ValueError):
        partial.unlink(missing_ok=True)
        raise


def explain_write_error(error: OSError, root: Path) -> StoreError:
    """Returns the error with a Chinese sentence on why the archive could not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreError(f"磁盘已满,邮件未能归档(未丢失,仍在邮箱):请清理 {root} 所在磁盘后重试")
    return StoreError(f"归档目录 {root} 写不进去({reason_of(error)}):请把 [store] archive 改到写得进的目录")
