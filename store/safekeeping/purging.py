"""Removes purged data from journal and archive, in an order that may be interrupted at any point and resumed.

The data is first removed from the database, each transaction with its journal entries. A mark in the archive
records that this has begun; it is deleted when the raw mails are gone, the journal has no history, and the
database's files hold nothing deleted.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

from config.errors import StoreError
from config.installation.operating_system import sync_folder
from store.archive import Archive, explain_write_error
from store.retention.purged_mails import PurgedMail
from store.safekeeping.journal import DamagedLine, Entry, Journal
from store.safekeeping.replay import without_history
from store.safekeeping.verify_archive import verify_against_journal

MARK_NAME = "purge.begun"
STILL_BUSY = (
    "该清理的已经清理,但数据库正被别的程序占用,它的文件里还留着旧数据:请停掉服务后再运行一次 kongchuo purge"
)


class PurgeMark:
    """The file in the archive that marks a purge as begun and not finished."""

    def __init__(self, archive: Archive) -> None:
        self._file = archive.root / MARK_NAME

    def exists(self) -> bool:
        """Returns whether a purge has begun and not finished."""
        return self._file.exists()

    def set(self) -> None:
        """Creates the mark and returns when it is on disk.

        Raises:
            StoreError: the archive cannot be written.
        """
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.touch(mode=0o600)
            sync_folder(self._file.parent)
        except OSError as error:
            raise explain_write_error(error, self._file.parent) from error

    def clear(self) -> None:
        """Deletes the file, as the purge is finished."""
        self._file.unlink(missing_ok=True)


def refuse_where_journal_differs(connection: Connection, journal: Journal) -> None:
    """Refuses to purge a store whose journal holds more, as rewriting the journal would lose it.

    Raises:
        StoreError: a line is damaged, or the database does not hold what the journal says.
    """
    lines = list(journal.entries())
    damaged = any(isinstance(line, DamagedLine) for line in lines)
    if damaged or next(verify_against_journal(connection, lines), None) is not None:
        raise StoreError("数据库与存档日志不符,没有清理:请先运行 kongchuo verify 查清,或从备份恢复")


def bury_mails(archive: Archive, mails: Iterable[PurgedMail]) -> None:
    """Deletes the raw bytes of purged mails from the archive, leaving tombstones.

    Raises:
        StoreError: the archive cannot be written.
    """
    for mail in mails:
        if archive.holds(mail.message_id) or not archive.is_buried(mail.message_id):
            archive.bury(
                mail.message_id,
                {
                    "sha256": mail.message_id,
                    "received_at": mail.received_at.isoformat(),
                    "size": mail.size,
                    "reason": mail.reason.value,
                    "purged_at": mail.at.isoformat(),
                },
            )


def forget_history(connection: Connection, journal: Journal) -> None:
    """Rewrites the journal with only the present state of rows.

    Args:
        connection: holds the journal's lock (:func:`store.engine.lock_journal`).
        journal: agrees with the database.
    """
    entries = [line for line in journal.entries() if isinstance(line, Entry)]
    journal.create(without_history(connection, entries))
