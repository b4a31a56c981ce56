"""Appends to the archive what no mail holds: where and when each one arrived, what people decided, what was sent.

The archive and its journal are enough to make the store anew (:mod:`store.safekeeping.replay`). An entry is
one line, on the disk before the transaction that records the same fact is committed; so an entry may
describe a transaction that was lost with a crash, and never the other way round.
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
"""Begins the JSON text of an entry that is not sealed; base 64 has no such letter."""
_PLACE = b"journal"


class EntryKind(StrEnum):
    """What an entry of the journal is about."""

    ARRIVAL = "arrival"
    """A message was seen at a place of a mailbox."""
    WATERMARK = "watermark"
    FORGOTTEN = "forgotten"
    """A folder has other mail now: what was noted of its places before counts no more."""
    ASSIGNMENT = "assignment"
    DECISION = "decision"
    AUDIT = "audit"
    QUESTION = "question"
    """The number of a question, and the guess beside it."""
    ANSWERED = "answered"
    """What was done with a mail that answers questions."""
    MAIL = "mail"
    """The state of a mail of the outbox after a step of its sending; without its body."""
    PURGED = "purged"
    """What is left of a mail that was purged."""
    DROPPED = "dropped"
    """The database holds no such row: what was written of it before counts no more."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact; ``values`` are JSON values, instants as ISO 8601 text in UTC."""

    kind: EntryKind
    values: Mapping[str, Any]

    def instant(self, key: str) -> datetime:
        """Returns the instant under a key.

        Raises:
            KeyError: there is no such key.
            ValueError: it is no instant.
        """
        return datetime.fromisoformat(self.values[key])


@dataclass(frozen=True, slots=True)
class DamagedLine:
    """A line of the journal whose bytes are not those that were written."""

    number: int


class Journal:
    """The file ``journal.jsonl`` of an archive: a line is the CRC-32 of its text, a blank, and the text.

    The text is the entry as JSON or, where there is a key, that JSON sealed, in base 64.
    """

    def __init__(self, folder: Path, seal: "Seal | None" = None) -> None:
        self.path = folder / JOURNAL_NAME
        self._seal = seal

    def exists(self) -> bool:
        return self.path.exists()

    def size(self) -> int:
        """Returns how many bytes it has."""
        return self.path.stat().st_size if self.path.exists() else 0

    def append(self, entries: Iterable[Entry]) -> None:
        """Writes entries at the end and returns when they are on the disk.

        What a crash or a full disk left of a line is removed first: its transaction was never committed.

        Raises:
            StoreError: the disk is full, or the archive cannot be written.
        """
        data = b"".join(map(self._encode_line, entries))
        if not data:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            # What another process is writing is no torn line.
            with os.fdopen(descriptor, "rb+") as file, locked(file):
                file.truncate(_end_of_last_line(file))
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise explain_write_error(error, self.path.parent) from error

    def create(self, entries: Iterable[Entry]) -> None:
        """Writes a journal with these entries; until they are all on the disk, there is none.

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
        """Yields the sound entries of the end, which holds whatever a crash may have left unrecorded.

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
        """Yields what was appended, in order; a damaged line is named by its number.

        A last line without its end was never finished, and is none.

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
        """Returns whether a line is not sealed."""
        if not self.path.exists():
            return False
        with self._open_to_read() as file:
            return any(not _is_sealed(line) for line in file)

    def has_lines_of_older_keys(self) -> bool:
        """Returns whether a line is not sealed with the newest key."""
        if not self.path.exists():
            return False
        with self._open_to_read() as file:
            return any(not self._is_of_newest(line) for line in file)

    def seal_lines(self) -> None:
        """Seals every line that is not sealed with the newest key; until all are on the disk, the file is as it was.

        To be called by who keeps others from writing (:func:`store.engine.lock_journal`). A damaged line stays
        damaged, and its bytes can be looked at with the key.

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
        """Returns whether a line is sealed with the newest key; by its mark, which base 64 keeps at the beginning."""
        if self._seal is None:
            return True
        if not _is_sealed(line):
            return False
        try:
            return self._seal.is_newest(base64.b64decode(line.partition(b" ")[2][:8], validate=True))
        except ValueError:
            return False

    def _sealed_line(self, line: bytes) -> bytes:
        """Returns a line sealed with the newest key; one that no key opens as it is."""
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
    """Returns the length of a file without what follows its last line's end."""
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
