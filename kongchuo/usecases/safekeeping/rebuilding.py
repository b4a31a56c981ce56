"""Rebuilds the store from the archive: arrivals and decisions from the journal, the rest from the mails."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from config.errors import ConfigError, StoreError
from config.settings import Settings
from config.text.os_reasons import reason_of
from ingest.pipeline import END_OF_TIME, RerunSelection, rerun
from ingest.poll_summary import PollSummary
from kongchuo.office import Office

_SQLITE_COMPANIONS = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """The result of a rebuild; ``damaged_lines`` counts lines of the journal that could not be read."""

    summary: PollSummary
    damaged_lines: int


def database_file(url: str) -> Path | None:
    """Returns the file of an SQLite store, ``None`` for a server's."""
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def set_aside_database(settings: Settings, now: datetime) -> Path | None:
    """Renames the database's file, with what SQLite keeps beside it; returns the new name, if there was one.

    Raises:
        ConfigError: the store is on a server, where nothing can be renamed.
        StoreError: it cannot be renamed.
    """
    file = database_file(settings.store.url)
    if file is None:
        raise ConfigError("数据库在 PostgreSQL 上,不能改名保留:请新建一个空的数据库,写进 [store] url 再运行")
    return _set_aside(file, now)


def set_aside_archive(settings: Settings, now: datetime) -> Path | None:
    """Renames the folder of archived mail; returns the new name, if there was one.

    Raises:
        StoreError: it cannot be renamed.
    """
    return _set_aside(settings.store.archive, now)


def _set_aside(path: Path, now: datetime) -> Path | None:
    """Renames a file or folder, and what SQLite keeps beside it even where the file is gone.

    A write-ahead log left behind by a killed program would be applied to the next database of that name.
    """
    new_name = path.with_name(f"{path.name}.old-{now:%Y%m%d-%H%M%S}")
    there = path.exists()
    try:
        for companion in _SQLITE_COMPANIONS:
            file = path.with_name(path.name + companion)
            if file.exists():
                file.rename(new_name.with_name(new_name.name + companion))
    except OSError as error:
        raise StoreError(f"{path} 改不了名({reason_of(error)}):请检查目录权限") from error
    return new_name if there else None


def rebuild(office: Office, progress: Callable[[int, int], None] | None = None) -> Rebuilt:
    """Fills an empty store from the archive.

    Raises:
        ConfigError: the store is not empty, or the archive has no journal.
        StoreError: the archive or the database cannot be used.
    """
    store = office.store
    if not store.safekeeping.is_empty():
        raise ConfigError("数据库里已有登记,没有重建:要重建,请加 --yes(原来的数据库会改名保留)")
    if not store.safekeeping.has_journal():
        raise ConfigError(
            f"{store.archive.root} 里没有存档日志:请检查 [store] archive,或从备份恢复(kongchuo restore)"
        )
    damaged_lines = store.safekeeping.replay_journal()
    passes = 2 if store.decisions.assignments() or store.decisions.made(END_OF_TIME) else 1
    for _ in range(passes):
        # What people decided teaches senders, who are known by the mails that the first pass has read.
        summary = rerun(
            store,
            office.reading_rules,
            RerunSelection(),
            progress=progress,
        )
    return Rebuilt(summary=summary, damaged_lines=damaged_lines)
