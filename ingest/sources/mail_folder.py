"""Reads mail from a Maildir or a folder of ``.eml`` files."""

import hashlib
import logging
import os
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Self

from config.errors import MailboxError
from config.text.os_reasons import reason_of
from ingest.sources.received_header import LARGEST_HEADER, arrival_time
from ingest.sources.source import Batch, FetchedMessage, FolderView, KnownMail
from store.archive import Blob

log = logging.getLogger(__name__)

MESSAGES_PER_BATCH = 50
BYTES_PER_BATCH = 8_000_000
"""The greatest size of a batch in memory; longer messages are read from open files."""
_UIDVALIDITY = 0  # a folder has no UIDVALIDITY; messages are identified by their bytes
_FILES_PER_LOOK = 500
"""The store is asked for so many files at a time which of them it has seen."""


@dataclass(frozen=True, slots=True)
class _MailFile:
    """A file as it was when the folder was listed."""

    path: str
    uid: int
    modified_at: float
    """Seconds since 1970."""


_DatedFile = tuple[datetime, str, int]
"""When the message arrived, its file's path and UID: in the order in which messages are taken."""


class FolderSource:
    """A Maildir (files in ``cur`` and ``new``) or a folder of ``.eml`` files at any depth, read by arrival."""

    def __init__(self, name: str, path: Path) -> None:
        self._name = name
        self._path = path
        self._paths_below: dict[str, str] = {}
        self._compared = False

    @property
    def name(self) -> str:
        return self._name

    def __enter__(self) -> Self:
        if not self._path.is_dir():
            raise MailboxError(f"邮件文件夹 {self._path} 不存在或打不开:请检查 [[mailbox]] maildir")
        return self

    def __exit__(self, *exception: object) -> None:
        return None

    def batches(self, known: KnownMail) -> Iterator[Batch]:
        """Yields the messages of files that are new, changed or due; of all files where they are to be compared."""
        self._compared = False
        files = deque(self._files_to_read(known))
        while files:
            with ExitStack() as open_files:
                messages: list[FetchedMessage] = []
                taken = held = 0
                while files and taken < MESSAGES_PER_BATCH and held < BYTES_PER_BATCH:
                    message = self._read_message(files.popleft(), open_files)
                    taken += 1
                    if message is not None:
                        messages.append(message)
                        held += len(message.raw) if isinstance(message.raw, bytes) else 0
                yield Batch(
                    uidvalidity=_UIDVALIDITY, messages=tuple(messages), watermark=None, remaining=len(files)
                )

        self._compared = known.compare

    def view(self) -> FolderView | None:
        """Returns that all files were compared, or None; nobody but the listing itself counts a folder's messages."""
        return FolderView(uidvalidity=_UIDVALIDITY, exists=None, compared=True) if self._compared else None

    def _files_to_read(self, known: KnownMail) -> list[_DatedFile]:
        """Returns files by arrival. A file that was seen as it is now is not opened, so an idle pass only lists."""
        due = known.due.get(_UIDVALIDITY, frozenset())
        chosen: list[_DatedFile] = []
        files = self._files()
        while some := list(islice(files, _FILES_PER_LOOK)):
            uids = [file.uid for file in some]
            seen = frozenset() if known.compare else known.find_seen(_UIDVALIDITY, uids) - due
            chosen += filter(None, (self._with_arrival(file) for file in some if file.uid not in seen))
        chosen.sort()
        return chosen

    def _files(self) -> Iterator[_MailFile]:
        """Yields every file of mail, in no order.

        Raises:
            MailboxError: the folder cannot be read.
        """
        maildir = [self._path / name for name in ("cur", "new") if (self._path / name).is_dir()]
        for path in (
            _files_in(maildir) if self._path / "cur" in maildir else _exported_files_below(self._path)
        ):
            try:
                yield self._mail_file(path, os.stat(path))
            except FileNotFoundError:
                self._say_moved()
            except OSError as error:
                raise MailboxError(f"邮件文件 {path} 读不了:{reason_of(error)}") from error

    def _mail_file(self, path: str, status: os.stat_result) -> _MailFile:
        """The UID stays when a mail program flags a file or moves it from new to cur; a file written anew has another."""
        folder, name = os.path.split(path)
        below = self._below(folder)
        if below.partition(os.sep)[0] in ("cur", "new"):
            name = name.partition(":2,")[0]
        elif below != os.curdir:
            name = os.path.join(below, name)
        identity = f"{status.st_size}:{status.st_mtime_ns}:{name}"
        uid = int(hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:15], 16)
        return _MailFile(path, uid, status.st_mtime)

    def _below(self, folder: str) -> str:
        """Returns the path of a folder within this one; computed once per folder, as it takes longer than a look at a file."""
        if folder not in self._paths_below:
            self._paths_below[folder] = os.path.relpath(folder, self._path)
        return self._paths_below[folder]

    def _with_arrival(self, file: _MailFile) -> _DatedFile | None:
        try:
            with open(file.path, "rb") as opened:
                head = opened.read(LARGEST_HEADER)
        except OSError as error:
            self._skip(file.path, error)
            return None
        return arrival_time(head) or datetime.fromtimestamp(file.modified_at, UTC), file.path, file.uid

    def _read_message(self, dated: _DatedFile, open_files: ExitStack) -> FetchedMessage | None:
        received_at, file, uid = dated
        try:
            opened = open_files.enter_context(open(file, "rb"))  # noqa: SIM115 (the stack closes it)
            raw: Blob = opened
            if os.fstat(opened.fileno()).st_size <= BYTES_PER_BATCH:
                raw = opened.read()
                opened.close()
        except OSError as error:
            self._skip(file, error)
            return None
        return FetchedMessage(
            raw=raw,
            received_at=received_at,
            mailbox=self._name,
            uidvalidity=_UIDVALIDITY,
            uid=uid,
        )

    def _skip(self, file: str, error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            raise MailboxError(f"邮件文件 {file} 读不了:{reason_of(error)}") from error
        self._say_moved()

    def _say_moved(self) -> None:
        # Mail programs rename a Maildir's files to mark them; the next pass finds this one again.
        # The file's name may be a person's, so only the mailbox is named.
        log.info("%s: a file of mail was moved or deleted meanwhile", self._name)


def _files_in(folders: Iterable[Path]) -> Iterator[str]:
    for folder in folders:
        yield from (entry.path for entry in _entries(folder) if _is_mail_file(entry))


def _exported_files_below(folder: Path) -> Iterator[str]:
    for entry in _entries(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _exported_files_below(Path(entry.path))
        elif entry.name.lower().endswith(".eml") and _is_mail_file(entry):
            yield entry.path


def _is_mail_file(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith(".") and entry.is_file()


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        log.info("a folder of mail was moved or deleted meanwhile")
        return []
    except OSError as error:
        raise MailboxError(f"邮件文件夹 {folder} 读不了:{reason_of(error)}") from error
