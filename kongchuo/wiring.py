"""An office put together from its configuration: notice, roster, store, sources."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from config.notice import Notice, load_notice
from config.roster import Roster, load_roster
from config.settings import Mailbox, Settings, find_config, load_settings, password_for_mailbox
from ingest.folder import FolderSource
from ingest.imap import ImapSource
from ingest.sources import Source
from ledger.book import Book, open_book
from store import Store


@dataclass(frozen=True)
class Office:
    """What every command works with; the store is open until the ``with`` block ends."""

    settings: Settings
    store: Store

    @property
    def zone(self) -> ZoneInfo:
        return self.settings.office.zone

    @cached_property
    def notice(self) -> Notice:
        return load_notice(self.settings.notice.file)

    @cached_property
    def roster(self) -> Roster:
        return load_roster(self.settings.notice.roster)

    def book(self, as_of: datetime) -> Book:
        return open_book(self.store, self.notice, self.roster, self.zone, as_of)

    def sources(self) -> list[Source]:
        return [source(self.settings, mailbox) for mailbox in self.settings.mailbox]


def source(settings: Settings, mailbox: Mailbox) -> Source:
    """The source behind one ``[[mailbox]]``."""
    if mailbox.maildir is not None:
        return FolderSource(mailbox.name, mailbox.maildir)
    return ImapSource(mailbox, password_for_mailbox(settings, mailbox), zone=settings.office.zone)


@contextmanager
def office(config: Path | None) -> Iterator[Office]:
    """Open the office that a configuration describes.

    Raises:
        ConfigError: the configuration, the notice or the roster cannot be used.
        StoreError: the store cannot be opened.
    """
    settings = load_settings(find_config(config))
    load_notice(settings.notice.file)
    load_roster(settings.notice.roster)
    store = Store.open(settings.store.url, settings.store.archive)
    try:
        yield Office(settings, store)
    finally:
        store.close()
