"""Keeps one mail and the results of reading it in an unlinked file that two processes share.

The main process writes the mail and passes the open file to a reading process, which appends each result at once.
Results before a crash are not lost, their number shows at which file the reader died, and a crash leaves nothing on
disk. Neither process holds the mail in memory for the other.
"""

import os
import pickle
import struct
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import BinaryIO, Self

from config.errors import WorkerError
from config.installation.operating_system import read_at, write_at
from config.text.os_reasons import reason_of
from parsers.mail.mail_contents import Attachment, Mail, MailHead
from parsers.records import ParsedFile

_LENGTH = struct.Struct(">Q")
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MailParts:
    """A mail that was taken apart: its text, and the list of its attachments."""

    mail: Mail
    attachments: tuple[Attachment, ...]
    left_out: int = 0  # files and parts beyond what is taken out of one mail
    passwords: tuple[str, ...] = field(default=(), repr=False)  # that its words may tell


@dataclass(frozen=True, slots=True)
class Begun:
    """Journal entry: an attachment that is being read; if it is the last entry, the reader died on it."""

    position: int


@dataclass(frozen=True, slots=True)
class Postponed:
    """Journal entry: an attachment that is read later, in the turn for pictures."""

    position: int


@dataclass(frozen=True, slots=True)
class FileReading:
    """Journal entry: the result of reading an attachment."""

    position: int
    reading: ParsedFile


Entry = MailHead | MailParts | Begun | Postponed | FileReading
"""The results in their order: the head, the parts, then what is done with each attachment."""


class MailJournal:
    """A mail's bytes followed by the results."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size: int = _LENGTH.unpack(read_at(file.fileno(), _LENGTH.size, 0))[0]

    @classmethod
    def create(cls, pieces: Iterable[bytes]) -> "MailJournal":
        """Returns a journal without results, for a mail that arrives in pieces.

        Raises:
            WorkerError: there is no space for it.
        """
        size = 0
        with ExitStack() as if_it_fails:
            try:
                file = tempfile.TemporaryFile()  # noqa: SIM115  closed by close()
                if_it_fails.callback(file.close)
                file.write(_LENGTH.pack(0))
                for piece in pieces:
                    size += len(piece)
                    for start in range(0, len(piece), _PIECE):
                        file.write(memoryview(piece)[start : start + _PIECE])
                file.flush()
                write_at(file.fileno(), _LENGTH.pack(size), 0)
            except OSError as error:
                raise WorkerError(reason_of(error)) from error
            if_it_fails.pop_all()
        return cls(file)

    @classmethod
    def from_descriptor(cls, descriptor: int) -> "MailJournal":
        """Returns the journal in an open file that another process passed on."""
        return cls(os.fdopen(descriptor, "r+b"))

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def fileno(self) -> int:
        """Returns the descriptor of the open file, to be passed to another process."""
        return self._file.fileno()

    @property
    def mail_size(self) -> int:
        """The size of the mail in bytes."""
        return self._size

    def read_mail(self, limit: int | None = None) -> bytes:
        """Returns the mail's bytes, or the first ``limit`` of them."""
        return self._read(_LENGTH.size, self._size if limit is None else min(limit, self._size))

    def entries(self) -> list[Entry]:
        """Returns the entries so far; an incomplete entry of a crashed process is removed."""
        return [pickle.loads(self._read(start, size)) for start, size in self._entries()]

    def append(self, entry: Entry) -> None:
        """Appends an entry."""
        data = pickle.dumps(entry, pickle.HIGHEST_PROTOCOL)
        end = os.fstat(self.fileno()).st_size
        view = memoryview(_LENGTH.pack(len(data)) + data)
        while view:
            written = write_at(self.fileno(), view, end)
            view, end = view[written:], end + written

    def _entries(self) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        position, end = _LENGTH.size + self._size, os.fstat(self.fileno()).st_size
        while position + _LENGTH.size <= end:
            (size,) = _LENGTH.unpack(self._read(position, _LENGTH.size))
            if position + _LENGTH.size + size > end:
                break
            found.append((position + _LENGTH.size, size))
            position += _LENGTH.size + size
        if position < end:
            os.ftruncate(self.fileno(), position)
        return found

    def _read(self, start: int, size: int) -> bytes:
        whole = read_at(self.fileno(), size, start)
        if len(whole) == size:
            return whole
        pieces = bytearray(whole)
        while len(pieces) < size:
            piece = read_at(self.fileno(), size - len(pieces), start + len(pieces))
            if not piece:
                raise EOFError("the journal of a mail is cut off")
            pieces += piece
        return bytes(pieces)
