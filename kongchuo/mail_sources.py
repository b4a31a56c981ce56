"""Opens the configured mailboxes, or a file with one mail as a mailbox."""

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.errors import ConfigError
from config.settings import MailboxSettings, Settings, find_mailbox_password
from config.text.os_reasons import reason_of
from ingest.sources.imap import ImapSource
from ingest.sources.mail_folder import FolderSource
from ingest.sources.source import MailSource


def sources_of(settings: Settings) -> list[MailSource]:
    """Returns the source of each ``[[mailbox]]``, in their order."""
    return [source_for(settings, mailbox) for mailbox in settings.open_mailboxes]


def source_for(settings: Settings, mailbox: MailboxSettings) -> MailSource:
    """Returns the source of one ``[[mailbox]]``: a mail folder, or IMAP with the mailbox's password."""
    if mailbox.maildir is not None:
        return FolderSource(mailbox.name, mailbox.maildir)
    return ImapSource(mailbox, find_mailbox_password(settings, mailbox), zone=settings.office.zone)


EML_MAILBOX = "eml"
"""The mailbox of mails that a person hands over as files; one of the configuration may be called so too."""
_STANDARD_INPUT = "-"


@contextmanager
def source_of_file(file: str) -> Iterator[MailSource]:
    """Opens one mail as a mailbox of its own: the file at this path, or standard input for ``-``.

    The mail is copied into a temporary folder, which is removed at the end of the ``with`` block.

    Raises:
        ConfigError: the file cannot be read, or is empty.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="kongchuo-") as folder:
            _put_alone(file, Path(folder))
            yield FolderSource(EML_MAILBOX, Path(folder))
    except OSError as error:
        raise ConfigError(f"邮件文件 {file} 读不了({reason_of(error)}):请检查路径") from error


def _put_alone(file: str, folder: Path) -> None:
    """Copies a mail into a folder of its own; named by its bytes, it is one mail however often it is handed over."""
    raw = sys.stdin.buffer.read() if file == _STANDARD_INPUT else Path(file).read_bytes()
    if not raw.strip():
        raise ConfigError(f"邮件文件 {file} 是空的:请给出一封邮件(.eml)")
    copy = folder / f"{hashlib.sha256(raw).hexdigest()}.eml"
    copy.write_bytes(raw)
    if file != _STANDARD_INPUT:
        written = Path(file).stat().st_mtime
        os.utime(copy, (written, written))
