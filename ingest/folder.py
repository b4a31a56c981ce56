"""A Maildir or a folder of ``.eml`` files as a source of mail."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Self

from config.errors import MailboxError
from ingest.sources import Batch, Incoming

BATCH = 50
_UIDVALIDITY = 0  # a folder numbers nothing; messages are told apart by their bytes


class FolderSource:
    """Every file of ``cur`` and ``new`` (Maildir), or every ``.eml`` at any depth, by arrival."""

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

    def batches(self, watermarks: Mapping[int, int]) -> Iterator[Batch]:
        files = self._files()
        for start in range(0, len(files), BATCH):
            messages = tuple(self._incoming(file) for file in files[start : start + BATCH])
            remaining = max(len(files) - start - BATCH, 0)
            yield Batch(uidvalidity=_UIDVALIDITY, messages=messages, watermark=None, remaining=remaining)

    def _files(self) -> list[Path]:
        try:
            if (self._path / "cur").is_dir():
                found = [
                    file
                    for folder in ("cur", "new")
                    if (self._path / folder).is_dir()
                    for file in (self._path / folder).iterdir()
                ]
            else:
                found = [file for file in self._path.rglob("*") if file.suffix.lower() == ".eml"]
            return sorted(
                (file for file in found if file.is_file()),
                key=lambda file: (file.stat().st_mtime_ns, str(file)),
            )
        except OSError as error:
            raise MailboxError(f"邮件文件夹 {self._path} 读不了:{error.strerror}") from error

    def _incoming(self, file: Path) -> Incoming:
        try:
            raw = file.read_bytes()
            modified = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        except OSError as error:
            raise MailboxError(f"邮件文件 {file} 读不了:{error.strerror}") from error
        number = int(hashlib.sha256(str(file.relative_to(self._path)).encode()).hexdigest()[:15], 16)
        return Incoming(
            raw=raw,
            received_at=arrival(raw) or modified,
            mailbox=self._name,
            uidvalidity=_UIDVALIDITY,
            uid=number,
        )


def arrival(raw: bytes) -> datetime | None:
    """The instant of the newest ``Received`` header (RFC 5321 4.4: the last hop stands first), if it has one."""
    for value in BytesHeaderParser().parsebytes(raw).get_all("received") or ():
        stamp = re.sub(r"\s+", " ", str(value).rpartition(";")[2]).strip()
        try:
            found = parsedate_to_datetime(stamp)
        except (ValueError, TypeError, IndexError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None
