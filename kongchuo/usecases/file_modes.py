"""Finds files and folders of an office that other users of the machine may read."""

from collections.abc import Iterator
from pathlib import Path

from config.installation.operating_system import is_readable_by_others
from config.settings import Settings
from config.store_key import keys_folder
from kongchuo.usecases.safekeeping.rebuilding import database_file

_COMPANIONS = ("", "-wal", "-shm", "-journal")


def find_readable_by_others(settings: Settings) -> list[Path]:
    """Returns the files with a mode wider than 0600 and the folders wider than 0700.

    Files in a folder that others may not enter are not checked, because others cannot reach them.
    """
    return [path for path in dict.fromkeys(_private_paths(settings)) if _is_open_to_others(path)]


def _private_paths(settings: Settings) -> Iterator[Path]:
    database = database_file(settings.store.url)
    if database is not None:
        yield from (database.with_name(database.name + companion) for companion in _COMPANIONS)
    yield settings.store.archive
    if settings.smtp is not None and settings.smtp.dry_run is not None:
        yield settings.smtp.dry_run
    yield keys_folder()
    secrets = [
        settings.store.key_file,
        settings.answers.key_file,
        settings.backup.password_file,
        settings.digest.password_file,
    ]
    servers = [*settings.mailbox, *([settings.smtp] if settings.smtp is not None else [])]
    yield from (
        path for path in (*secrets, *(server.password_file for server in servers)) if path is not None
    )


def _is_open_to_others(path: Path) -> bool:
    try:
        return is_readable_by_others(path.stat().st_mode)
    except OSError:  # it is not there, or told by who needs it
        return False
