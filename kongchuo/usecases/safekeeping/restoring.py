"""Makes an office of a backup: database, archive and, where there is none yet, the configuration."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from pyzipper.zipfile_aes import AESZipFile

from config.errors import ConfigError, StoreError
from config.installation.operating_system import sync_folder
from config.settings import DEFAULT_FILE, Settings, load_settings
from config.text.os_reasons import reason_of
from kongchuo.office import open_store, require_key
from kongchuo.usecases.safekeeping.backups import (
    ARCHIVE,
    CHUNK_BYTES,
    CONFIGURATION,
    DAMAGED,
    DATABASE,
    MANIFEST,
)
from kongchuo.usecases.safekeeping.rebuilding import (
    database_file,
    set_aside_archive,
    set_aside_database,
)
from store.keys.key_place import KEY_NAME, read_wrapped, write_wrapped
from store.safekeeping.copies import put_back_database

_FOLDER_PREFIX, _READY_SUFFIX = ".kongchuo-restore-", ".restoring"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """The result of a restore; ``configuration`` is None if the existing one was kept."""

    made_at: datetime
    mails: int
    configuration: Path | None
    set_aside: tuple[Path, ...]
    """The new names of the files that were there before."""


def restore_backup(file: Path, passphrase: str, config: Path, now: datetime) -> Restored:
    """Restores an office; existing files are not overwritten, and a broken backup changes nothing.

    Args:
        file: the backup.
        passphrase: the passphrase of its encryption.
        config: the configuration with the locations of store and archive; written if it does not exist.
        now: the time that is part of new names.

    Raises:
        ConfigError: there is no such file, the passphrase is wrong, or there is already a store.
        StoreError: the backup is damaged, or could not be written.
    """
    return _restore(file, passphrase, config, now, _refuse_to_overwrite)


def replace_by_backup(file: Path, passphrase: str, config: Path, now: datetime) -> Restored:
    """Restores an office over another one, which is renamed once the backup is read and valid.

    The archive is exchanged first, the database last: after an interruption there is a database with all sent
    mails, or an archive with them that needs ``rebuild``.

    Args:
        file: the backup.
        passphrase: the passphrase of its encryption.
        config: the configuration with the locations of store and archive; written if it does not exist.
        now: the time that is part of new names.

    Raises:
        ConfigError: there is no such file, the passphrase is wrong, or the database is a server's and not empty.
        StoreError: the backup is damaged, or could not be written.
    """
    return _restore(file, passphrase, config, now, _refuse_database_of_server)


def _restore(
    file: Path, passphrase: str, config: Path, now: datetime, refuse: Callable[[Settings], None]
) -> Restored:
    with _opened(file, passphrase) as archive, _folder_beside(config) as folder:
        manifest = json.loads(_read_member(archive, MANIFEST))
        for name, digest in manifest["sha256"].items():
            _extract(archive, name, digest, folder)
        written = None if config.exists() else _put_configuration(folder / CONFIGURATION, config)
        settings = load_settings(config)
        refuse(settings)
        if database_file(settings.store.url) is None:
            _lay_out_wrapped_key(folder / ARCHIVE, settings.store.archive)
            require_key(settings, folder / ARCHIVE)  # a server's database is opened to be filled
        old_archive, mails = _put_archive(folder / ARCHIVE, settings, now)
        old_database = _put_database(folder / DATABASE, settings, now)
        return Restored(
            made_at=datetime.fromisoformat(manifest["made_at"]),
            mails=mails,
            configuration=written,
            set_aside=tuple(old for old in (old_archive, old_database) if old is not None),
        )


def _refuse_to_overwrite(settings: Settings) -> None:
    archive, database = settings.store.archive, database_file(settings.store.url)
    if database is not None and database.exists():
        raise ConfigError(f"{database} 已经有了,没有覆盖:要用备份代替它,请加 --yes(原来的会改名保留)")
    if archive.exists() and any(file.name != KEY_NAME for file in archive.iterdir()):
        raise ConfigError(f"存档 {archive} 里已有邮件,没有覆盖:要用备份代替它,请加 --yes(原来的会改名保留)")
    _refuse_database_of_server(settings)


def _lay_out_wrapped_key(unpacked: Path, archive: Path) -> None:
    """Writes the wrapped key to the place where ``kongchuo key import`` checks a recovery code, in case the key is not on this machine."""
    wrapped = read_wrapped(unpacked)
    if wrapped is not None and read_wrapped(archive) is None:
        write_wrapped(archive, *wrapped)


def _refuse_database_of_server(settings: Settings) -> None:
    """Raises an error if the database is a server's and holds anything: it cannot be renamed."""
    if database_file(settings.store.url) is None:
        store = open_store(settings)
        try:
            if not store.safekeeping.is_empty():
                raise ConfigError("数据库里已有登记,没有覆盖:请先新建一个空的数据库,写进 [store] url")
        finally:
            store.close()


@contextmanager
def _opened(file: Path, passphrase: str) -> Iterator[AESZipFile]:
    try:
        with AESZipFile(file) as archive:
            archive.setpassword(passphrase.encode())
            yield archive
    except FileNotFoundError as error:
        raise ConfigError(f"没有 {file} 这个文件:请检查备份的位置") from error
    except DAMAGED as error:
        raise StoreError(f"备份 {file} 已损坏:请换一份备份") from error
    except OSError as error:
        raise StoreError(f"没有恢复成({reason_of(error)}):请检查磁盘空间和权限") from error


def _read_member(archive: AESZipFile, name: str) -> bytes:
    try:
        return bytes(archive.read(name))
    except KeyError as error:
        raise ConfigError("这个文件不是 kongchuo 的备份:请选 kongchuo backup 写出的文件") from error
    except RuntimeError as error:  # the library's word for a wrong password
        raise ConfigError("备份的密码不对:请设环境变量 KONGCHUO_BACKUP_PASSWORD 后再试") from error


@contextmanager
def _folder_beside(config: Path) -> Iterator[Path]:
    config.parent.mkdir(parents=True, exist_ok=True)
    for left_over in config.parent.glob(f"{_FOLDER_PREFIX}*"):
        shutil.rmtree(left_over)  # of a restoring that was killed
    with tempfile.TemporaryDirectory(dir=config.parent, prefix=_FOLDER_PREFIX) as folder:
        yield Path(folder)


def _extract(archive: AESZipFile, name: str, digest: str, folder: Path) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise StoreError("备份里有不该有的文件名:请换一份备份")
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    read = hashlib.sha256()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with archive.open(name) as source, os.fdopen(descriptor, "wb") as out:
        while chunk := source.read(CHUNK_BYTES):
            read.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if read.hexdigest() != digest:
        raise StoreError("备份已损坏:请换一份备份")


def _put_configuration(folder: Path, config: Path) -> Path:
    """Puts the configuration, the notices and the roster where the backup's office had them, beside each other."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        target = config if inside == Path(DEFAULT_FILE) else config.parent / inside
        if path.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
    return config


def _put_archive(source: Path, settings: Settings, now: datetime) -> tuple[Path | None, int]:
    """Moves the archive to its location; returns the new name of the old one, and the number of its mails."""
    source.mkdir(exist_ok=True)
    target = settings.store.archive
    ready = _move_beside(source, target)
    if target.exists() and not any(target.iterdir()):
        target.rmdir()
    old = set_aside_archive(settings, now)
    ready.rename(target)
    sync_folder(target.parent)
    return old, sum(path.suffix == ".z" for path in target.rglob("*"))


def _put_database(copy: Path, settings: Settings, now: datetime) -> Path | None:
    """Moves the database to its location; returns the new name of the old one."""
    target = database_file(settings.store.url)
    if target is not None:
        ready = _move_beside(copy, target)
        old = set_aside_database(settings, now)
        ready.rename(target)
        sync_folder(target.parent)
        return old
    store = open_store(settings)
    try:
        put_back_database(store.engine, copy)
    finally:
        store.close()
    return None


def _move_beside(source: Path, target: Path) -> Path:
    """Moves a file or folder onto the disk of its target, from where a rename puts it there whole."""
    ready = target.with_name(f"{target.name}{_READY_SUFFIX}")
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove(ready)
    shutil.move(source, ready)
    return ready


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
