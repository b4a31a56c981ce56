"""Appends to the archive what no mail contains: when and where each mail arrived, people's decisions, and mail sent.

Archive and journal suffice to rebuild the store (:mod:`store.safekeeping.replay`). An entry is one line, on
disk before the transaction with the same fact is committed. So an entry may describe a transaction that was
lost in a crash, but no committed transaction lacks its entry.
"""

import base64
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import orjson

from config.errors import StoreError
from config.installation.operating_system import locked, move_over, sync_folder
from config.text.os_reasons import reason_of
from store.archive import PARTIAL_SUFFIX, explain_write_error

if TYPE_CHECKING:  # a journal without a key does without the library of ciphers
    from store.sealing.seal import Seal

JOURNAL_NAME = "journal.jsonl"
_BLOCK_BYTES = 1 << 16
_TAIL_BYTES = 1 << 20
_PLAIN_BEGIN = b"["
"""The first byte of an unencrypted entry; base 64 does not use it."""
_PLACE = b"journal"


class EntryKind(StrEnum):
    """The kinds of journal entries."""

    ARRIVAL = "arrival"
    """A message was seen at a mailbox, UIDVALIDITY and UID."""
    WATERMARK = "watermark"
    FORGOTTEN = "forgotten"
    """A folder has other mail now; earlier arrivals at its UIDs no longer count."""
    ASSIGNMENT = "assignment"
    DECISION = "decision"
    AUDIT = "audit"
    QUESTION = "question"
    """The number of a question, with its guess."""
    ANSWERED = "answered"
    """The outcome of a mail that answers questions."""
    MAIL = "mail"
    """The state of an outgoing mail after a step of sending; without its body."""
    PURGED = "purged"
    """What remains of a purged mail."""
    DROPPED = "dropped"
    """The database has no such row; earlier entries about it no longer count."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact; ``values`` are JSON values, instants as ISO 8601 text in UTC."""

    kind: EntryKind
    values: Mapping[str, Any]

    def instant(self, key: str) -> datetime:
        """Returns the instant under a key.

        Raises:
            KeyError: there is no such key.
            ValueError: the value is no instant.
        """
        return datetime.fromisoformat(self.values[key])


@dataclass(frozen=True, slots=True)
class DamagedLine:
    """A line of the journal whose bytes have changed."""

    number: int


class Journal:
    """The file ``journal.jsonl`` of an archive; a line is the CRC-32 of its text, a blank, and the text.

    The text is the entry as JSON or, with a key, that JSON encrypted, in base 64.
    """

    def __init__(self, folder: Path, seal: "Seal | None" = None) -> None:
        self.path = folder / JOURNAL_NAME
        self._seal = seal

    def exists(self) -> bool:
        """Returns whether the archive has a journal."""
        return self.path.exists()

    def size(self) -> int:
        """Returns its size in bytes."""
        return self.path.stat().st_size if self.path.exists() else 0

    def append(self, entries: Iterable[Entry]) -> None:
        """Appends entries and returns when they are on disk.

        A line left incomplete by a crash or full disk is removed first, as its transaction was never
        committed.

        Raises:
            StoreError: the disk is full, or the archive cannot be written.
        """
        data = b"".join(map(self._encode_line, entries))
        if not data:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            # The lock keeps a line that another process is writing from being taken for an incomplete one.
            with os.fdopen(descriptor, "rb+") as file, locked(file):
                file.truncate(_end_of_last_line(file))
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise explain_write_error(error, self.path.parent) from error

    def create(self, entries: Iterable[Entry]) -> None:
        """Writes a new journal with these entries, atomically.

        Raises:
            StoreError: the disk is full, or the archive cannot be written.
        """
        partial = self.path.with_name(f"{self.path.name}{PARTIAL_SUFFIX}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.writelines(map(self._encode_line, entries))
                file.flush()
                os.fsync(file.fileno())
            move_over(partial, self.path)
            sync_folder(self.path.parent)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise explain_write_error(error, self.path.parent) from error

    def newest_entries(self, tail_bytes: int = _TAIL_BYTES) -> Iterator[Entry]:
        """Yields the undamaged entries of the file's end, which includes everything that a crash may have left unrecorded.

        Raises:
            StoreError: the file cannot be read.
        """
        if not self.path.exists():
            return
        with self._open_to_read() as file:
            file.seek(max(file.seek(0, os.SEEK_END) - tail_bytes, 0))
            for line in file:
                if line.endswith(b"\n") and (entry := self._decode_line(line.rstrip(b"\n"))) is not None:
                    yield entry

    def entries(self) -> Iterator[Entry | DamagedLine]:
        """Yields the entries in order, with the line number in place of a damaged one.

        A last line without its end was never finished and is skipped.

        Raises:
            StoreError: the file cannot be read.
        """
        if not self.path.exists():
            return
        with self._open_to_read() as file:
            for number, line in enumerate(file, start=1):
                if line.strip() and line.endswith(b"\n"):
                    yield self._decode_line(line.rstrip(b"\n")) or DamagedLine(number)

    def has_unsealed_lines(self) -> bool:
        """Returns whether any line is not encrypted."""
        if not self.path.exists():
            return False
        with self._open_to_read() as file:
            return any(not _is_sealed(line) for line in file)

    def has_lines_of_older_keys(self) -> bool:
        """Returns whether any line is not encrypted with the newest key."""
        if not self.path.exists():
            return False
        with self._open_to_read() as file:
            return any(not self._is_of_newest(line) for line in file)

    def seal_lines(self) -> None:
        """Encrypts every line that is not encrypted with the newest key, replacing the file atomically.

        The caller must keep other processes from writing (:func:`store.engine.lock_journal`). A damaged line
        stays damaged, and its bytes remain readable with the key.

        Raises:
            StoreError: the disk is full, or the archive cannot be read or written.
        """
        if not self.has_lines_of_older_keys():
            return
        partial = self.path.with_name(f"{self.path.name}{PARTIAL_SUFFIX}")
        try:
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as target, self._open_to_read() as source:
                target.writelines(
                    line if self._is_of_newest(line) else self._sealed_line(line) for line in source
                )
                target.flush()
                os.fsync(target.fileno())
            move_over(partial, self.path)
            sync_folder(self.path.parent)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise explain_write_error(error, self.path.parent) from error

    def _is_of_newest(self, line: bytes) -> bool:
        """Returns whether a line is encrypted with the newest key, by the key's mark at its beginning."""
        if self._seal is None:
            return True
        if not _is_sealed(line):
            return False
        try:
            return self._seal.is_newest(base64.b64decode(line.partition(b" ")[2][:8], validate=True))
        except ValueError:
            return False

    def _sealed_line(self, line: bytes) -> bytes:
        """Returns a line encrypted with the newest key, or unchanged if no key opens it."""
        checksum, _, text = line.rstrip(b"\n").partition(b" ")
        is_sound = checksum == b"%08x" % zlib.crc32(text) and line.endswith(b"\n")
        if self._seal is not None and _is_sealed(line):
            try:
                text = self._seal.open(base64.b64decode(text, validate=True), _PLACE)
            except ValueError:
                return line
        sealed = self._close(text)
        return b"%08x %s\n" % (zlib.crc32(sealed) ^ (not is_sound), sealed)

    def _close(self, text: bytes) -> bytes:
        return text if self._seal is None else base64.b64encode(self._seal.close(text, _PLACE))

    def _encode_line(self, entry: Entry) -> bytes:
        text = self._close(orjson.dumps([entry.kind, entry.values]))
        return b"%08x %s\n" % (zlib.crc32(text), text)

    def _decode_line(self, line: bytes) -> Entry | None:
        checksum, _, text = line.partition(b" ")
        if checksum != b"%08x" % zlib.crc32(text):
            return None
        try:
            if self._seal is not None and not text.startswith(_PLAIN_BEGIN):
                text = self._seal.open(base64.b64decode(text, validate=True), _PLACE)
            kind, values = orjson.loads(text)
            return Entry(EntryKind(kind), values)
        except (TypeError, ValueError):
            return None

    @contextmanager
    def _open_to_read(self) -> Iterator[IO[bytes]]:
        try:
            with self.path.open("rb") as file:
                yield file
        except OSError as error:
            raise StoreError(
                f"存档日志 {self.path} 读不出来({reason_of(error)}):请检查磁盘和权限后重试"
            ) from error


def _is_sealed(line: bytes) -> bool:
    return not line.partition(b" ")[2].startswith(_PLAIN_BEGIN)


def _end_of_last_line(file: IO[bytes]) -> int:
    """Returns the length of a file up to the end of its last complete line."""
    end = file.seek(0, os.SEEK_END)
    while end > 0:
        start = max(end - _BLOCK_BYTES, 0)
        file.seek(start)
        newline = file.read(end - start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0


def to_values(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Returns a row's values as JSON values."""
    return {str(key): _iso(value) if isinstance(value, datetime) else value for key, value in row.items()}


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()
