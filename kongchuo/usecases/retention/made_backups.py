"""Finds the backups that the office has made, and removes those past their retention period.

A file counts only if the office recorded its path when it wrote it, no symbolic link leads there, and it is a backup made
from the office's archive where that lies now: a copied or moved office removes no earlier backup. The newest is never removed.

A removed file is not overwritten first: file systems and drives write new bytes elsewhere, so that the old ones
would stay where they are. Its bytes are encrypted.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from config.installation.operating_system import sync_folder
from kongchuo.usecases.polling import BACKUP_JOB
from kongchuo.usecases.safekeeping.backups import is_backup_of
from store.jobs.job_status import JobStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeBackup:
    """A backup in its place."""

    file: Path
    made_at: datetime
    """As recorded, or when the file was last written, if that is later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeBackups:
    """The backups that the office has made, oldest first."""

    expired: tuple[MadeBackup, ...]
    staying: tuple[MadeBackup, ...]
    elsewhere: int
    """How many are not in their place, or are no backup of this office any more."""


def find_backups(statuses: Iterable[JobStatus], archive: Path, made_before: datetime) -> MadeBackups:
    """Returns the recorded backups; those made before an instant are expired, but for the newest."""
    recorded = [
        (Path(status.subject), status.done_at)
        for status in statuses
        if status.job == BACKUP_JOB and status.done_at is not None
    ]
    found = [
        backup for file, done_at in recorded if (backup := _find_backup(file, archive, done_at)) is not None
    ]
    found.sort(key=lambda backup: (backup.made_at, backup.file))
    expired = tuple(backup for backup in found[:-1] if backup.made_at < made_before)
    return MadeBackups(
        expired=expired,
        staying=tuple(found[len(expired) :]),
        elsewhere=len(recorded) - len(found),
    )


def remove_backup(backup: MadeBackup, archive: Path) -> None:
    """Deletes a backup, unless it has been replaced since it was found."""
    if _find_backup(backup.file, archive, backup.made_at) == backup:
        backup.file.unlink()
        sync_folder(backup.file.parent)


def _find_backup(file: Path, archive: Path, recorded: datetime) -> MadeBackup | None:
    with suppress(OSError):
        if file.is_absolute() and file.is_file() and file.resolve() == file and is_backup_of(archive, file):
            written = datetime.fromtimestamp(file.stat().st_mtime, UTC)
            return MadeBackup(file=file, made_at=max(recorded, written))
    return None
