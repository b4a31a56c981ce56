"""Opens the mailboxes of a configuration."""

from config.settings import MailboxSettings, Settings, find_mailbox_password
from ingest.sources.imap import ImapSource
from ingest.sources.mail_folder import FolderSource
from ingest.sources.source import MailSource


def sources_of(settings: Settings) -> list[MailSource]:
    """The source behind each ``[[mailbox]]``."""
    return [source_for(settings, mailbox) for mailbox in settings.open_mailboxes]


def source_for(settings: Settings, mailbox: MailboxSettings) -> MailSource:
    """The source behind one ``[[mailbox]]``."""
    if mailbox.maildir is not None:
        return FolderSource(mailbox.name, mailbox.maildir)
    return ImapSource(mailbox, find_mailbox_password(settings, mailbox), zone=settings.office.zone)
