"""Writes an office into one encrypted file while it runs.

The file is a zip encrypted with AES-256 (WinZip AE-2), which 7-Zip opens too. It holds a copy of the
database as of one instant, the archive, and the configuration; passwords are in none of them. The archive is
copied after the database, and so holds every mail that the copy knows of.
"""

import hashlib
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from pyzipper.zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile
from pyzipper.zipfile_aes import WZ_AES, AESZipFile

from config.errors import ConfigError, StoreError
from config.installation.operating_system import move_over, sync_folder
from config.settings import DEFAULT_FILE, Settings
from config.text.os_reasons import reason_of
from store import Store
from store.safekeeping.copies import copy_database
from store.short_ids import short_id

MANIFEST, DATABASE, ARCHIVE, CONFIGURATION = "manifest.json", "database", "archive", "configuration"
BACKUP_LEASE = "backup"
CHUNK_BYTES = 1 << 20
DAMAGED = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError)
"""The exceptions that the library raises for a damaged zip, depending on the place of the damage."""
_AES_256 = 3
"""The value for AES-256 in WinZip's extra field 0x9901."""
_FOLDER_PREFIX = ".kongchuo-backup-"
SHORTEST_PASSPHRASE = 12
"""The least number of characters. A zip's key is derived with few rounds, so the passphrase itself must be long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """The metadata of a backup."""

    file: Path
    size: int
    made_at: datetime
    mails: int


def write_backup(settings: Settings, store: Store, file: Path, passphrase: str, now: datetime) -> Backup:
    """Writes the office into a new file; a half-written one never has the file's name.

    Raises:
        ConfigError: the file exists, or the passphrase is too short.
        StoreLockedError: another process makes a backup.
        StoreError: it could not be written, or the database not copied.
    """
    if file.exists():
        raise ConfigError(f"{file} 已经有了,没有覆盖:请换个文件名")
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise ConfigError(f"备份的密码太短:请至少用{SHORTEST_PASSPHRASE}个字符")
    partial = file.with_name(f"{file.name}.part")
    with store.jobs.hold_lease(BACKUP_LEASE):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with _discarded_on_failure(partial):
                with _folder_for_copy(store.archive.root.parent) as folder:
                    copied = folder / DATABASE
                    copy_database(store.engine, copied)
                    members = _members(settings, copied, store.archive.root)
                    mails = _write_zip(partial, members, _mark_of(store.archive.root), passphrase, now)
                move_over(partial, file)
            sync_folder(file.parent)
        except OSError as error:
            raise StoreError(f"备份没有写成({reason_of(error)}):请检查 {file.parent} 的空间和权限") from error
    return Backup(file=file, size=file.stat().st_size, made_at=now, mails=mails)


def is_backup_of(archive_root: Path, file: Path) -> bool:
    """Returns whether a file has the structure of a backup and was made from this archive; neither needs the passphrase.

    A copy of an office's folder has the records of its backups, too, and is another office with another archive.
    """
    try:
        with AESZipFile(file) as archive:
            members = sorted(archive.infolist(), key=lambda member: member.header_offset)
            made_from = archive.comment
    except (OSError, *DAMAGED):
        return False
    names = [member.filename for member in members]
    return (
        made_from == _mark_of(archive_root)
        and names[:1] == [DATABASE]
        and names[-1:] == [MANIFEST]
        and all(member.wz_aes_strength == _AES_256 for member in members)
    )


def _mark_of(archive_root: Path) -> bytes:
    """Returns the comment of backups from an archive, which tells archives apart by their place."""
    return f"kongchuo {short_id(str(archive_root.resolve()))}".encode()


@contextmanager
def _discarded_on_failure(partial: Path) -> Iterator[None]:
    """Removes a half-written backup if the block inside raises."""
    try:
        yield
    except BaseException:
        with suppress(
            OSError
        ):  # the first fault is told; the next backup of this name writes over what is left
            partial.unlink(missing_ok=True)
        raise


@contextmanager
def _folder_for_copy(office_folder: Path) -> Iterator[Path]:
    """Yields a folder beside the archive for the copy of the database, which is unencrypted and must not leave this disk."""
    for left_over in office_folder.glob(f"{_FOLDER_PREFIX}*"):
        shutil.rmtree(left_over)  # of a backup that was killed
    office_folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=office_folder, prefix=_FOLDER_PREFIX) as folder:
        yield Path(folder)


def _members(settings: Settings, database: Path, archive: Path) -> Iterator[tuple[str, Path]]:
    """Yields each file of an office with its name in the backup; the database comes before the archive."""
    yield DATABASE, database
    folder = settings.path.parent
    yield f"{CONFIGURATION}/{DEFAULT_FILE}", settings.path
    for path in (settings.notice.file, *settings.notice.others, settings.notice.roster):
        if path.exists():  # a notice may be one that the program brings along
            inside = path.relative_to(folder) if path.is_relative_to(folder) else Path(path.name)
            yield f"{CONFIGURATION}/{inside.as_posix()}", path
    for path in sorted(archive.rglob("*")):
        if path.is_file() and path.suffix != ".part":
            yield f"{ARCHIVE}/{path.relative_to(archive).as_posix()}", path


def _write_zip(
    file: Path, members: Iterator[tuple[str, Path]], mark: bytes, passphrase: str, now: datetime
) -> int:
    """Writes the members and, last, their SHA-256; returns how many mails are among them."""
    digests: dict[str, str] = {}
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        archive = AESZipFile(out, "w", encryption=WZ_AES)
        try:
            archive.setpassword(passphrase.encode())
            archive.comment = mark
            for name, path in members:
                if name not in digests:
                    digests[name] = _write_member(archive, name, path)
            manifest = {
                "program": version("kongchuo"),
                "made_at": now.astimezone(UTC).isoformat(),
                "sha256": digests,
            }
            archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False))
            archive.close()
        except BaseException:
            archive.fp = None  # on a full disk it cannot be ended, and the library would try when it is freed
            raise
        out.flush()
        os.fsync(out.fileno())
    return sum(name.startswith(f"{ARCHIVE}/") and name.endswith(".z") for name in digests)


def _write_member(archive: AESZipFile, name: str, path: Path) -> str:
    """Copies a file into the zip; returns its SHA-256."""
    archive.compression = ZIP_STORED if path.suffix == ".z" else ZIP_DEFLATED
    digest = hashlib.sha256()
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()
