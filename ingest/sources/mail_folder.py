"""Reads mail from a Maildir or a folder of ``.eml`` files."""

import hashlib
import logging
import os
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
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
_DatedFile = tuple[datetime, Path]


class FolderSource:
    """A Maildir (files in ``cur`` and ``new``) or a folder of ``.eml`` files at any depth, read by arrival."""

    def __init__(self, name: str, path: Path) -> None:
        self._name = name
        self._path = path

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
        files = deque(self._files())
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

    def view(self) -> FolderView | None:
        return None

    def _files(self) -> list[_DatedFile]:
        if (self._path / "cur").is_dir():
            folders = [self._path / name for name in ("cur", "new") if (self._path / name).is_dir()]
            pattern = "*"
        else:
            folders = [self._path]
            pattern = "**/*.[eE][mM][lL]"
        try:
            files = [
                file
                for folder in folders
                for file in folder.glob(pattern)
                if not file.name.startswith(".") and file.is_file()
            ]
        except OSError as error:
            raise MailboxError(f"邮件文件夹 {self._path} 读不了:{reason_of(error)}") from error
        return sorted(filter(None, map(self._with_arrival, files)))

    def _with_arrival(self, file: Path) -> _DatedFile | None:
        try:
            with file.open("rb") as opened:
                head = opened.read(LARGEST_HEADER)
            return arrival_time(head) or datetime.fromtimestamp(file.stat().st_mtime, UTC), file
        except OSError as error:
            self._skip(file, error)
            return None

    def _read_message(self, dated: _DatedFile, open_files: ExitStack) -> FetchedMessage | None:
        received_at, file = dated
        try:
            opened = open_files.enter_context(file.open("rb"))
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
            uid=self._stable_uid(file),
        )

    def _skip(self, file: Path, error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            raise MailboxError(f"邮件文件 {file} 读不了:{reason_of(error)}") from error
        # Mail programs rename a Maildir's files to mark them; the next pass finds this one again.
        log.info(
            "%s: a file of mail was moved or deleted meanwhile", self._name
        )  # its name may be a person's

    def _stable_uid(self, file: Path) -> int:
        """Returns a UID that stays the same when a mail program moves a file from ``new`` to ``cur`` or flags it."""
        path = file.relative_to(self._path)
        name = path.name.partition(":2,")[0] if path.parts[0] in ("cur", "new") else str(path)
        return int(hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:15], 16)
