"""Opens an office from its configuration: notices, roster and store."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from config.errors import ConfigError, StoreError
from config.mail.mail_providers import providers_of
from config.notice import Notice
from config.notices_in_force import NoticesInForce
from config.read_notice import load_notice
from config.settings import Settings, find_config, load_settings
from config.store_key import find_store_codes
from config.text.output_mask import MaskLevel, OutputMask
from config.units.resolve_unit_names import UnitNames
from config.units.roster import Roster, load_roster
from ingest.context import ReadingRules
from kongchuo.output.layout.folding import keep_whole
from ledger.senders import Senders, TrustRules
from ledger.snapshot import Snapshot
from ledger.take_snapshot import find_senders, take_snapshot
from store import Store
from store.keys.sealed_state import unlock_archive


def trust_rules_of(settings: Settings) -> TrustRules:
    """Returns the rules for whose mail is believed, and what mail of unproven senders may change."""
    by_mailbox = [providers_of(mailbox.host, mailbox.authentication_servers) for mailbox in settings.mailbox]
    providers = [provider for providers in by_mailbox for provider in providers]
    if (
        len(set(by_mailbox)) > 1
    ):  # what one mailbox's provider writes, a stranger may write into another's mail
        providers = [replace(provider, is_own=False) for provider in providers]
    return TrustRules(
        providers=tuple(dict.fromkeys(providers)),
        hold=settings.trust.policy == "hold",
        people=frozenset(person.mailbox for person in settings.everyone),
    )


@dataclass(frozen=True)
class Office:
    """Settings, store and notices, which every command uses; the store is open until the ``with`` block ends."""

    settings: Settings
    store: Store
    notices: NoticesInForce

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone, in which days begin and end."""
        return self.settings.office.zone

    @property
    def notice(self) -> Notice:
        """The notice of the current semester."""
        return self.notices.current

    @cached_property
    def roster(self) -> Roster:
        """The units, read when first asked for.

        Raises:
            ConfigError: the roster cannot be read.
        """
        return load_roster(self.settings.notice.roster, self.notices.unit_kinds)

    @cached_property
    def mask(self) -> OutputMask:
        """How answers show children if no reason is given; it hides no names (see :func:`kongchuo.access.revealing.mask_of`)."""
        fields = [(key, field) for notice in self.notices.all for key, field in notice.fields.items()]
        by_heading = {
            heading: kind
            for _, field in fields
            if (kind := field.personal) is not None
            for heading in (field.heading, *field.synonyms)
        }
        by_key = {key: kind for key, field in fields if (kind := field.personal) is not None}
        return OutputMask(level=self.settings.privacy.mask, kinds=MappingProxyType(by_heading | by_key))

    @cached_property
    def mail_mask(self) -> OutputMask:
        """How mails show children: never less masked than telephones are."""
        hides_less = self.mask.level is MaskLevel.NUMBERS
        return replace(self.mask, level=MaskLevel.PHONES) if hides_less else self.mask

    @cached_property
    def unit_names(self) -> UnitNames:
        """The spellings of all units."""
        return UnitNames(self.roster, self.notice)

    def snapshot_at(self, as_of: datetime) -> Snapshot:
        """Returns all that was recorded by an instant, as judgements need it."""
        return take_snapshot(
            self.store.recorded(), self.notice, self.roster, self.zone, as_of, self.trust_rules
        )

    @cached_property
    def trust_rules(self) -> TrustRules:
        """The rules for whose mail is believed, and what mail of unproven senders may change."""
        return trust_rules_of(self.settings)

    @property
    def reading_rules(self) -> ReadingRules:
        """The rules by which mail is read."""
        return ReadingRules(notices=self.notices, roster=self.roster, zone=self.zone, trust=self.trust_rules)

    def senders(self) -> Senders:
        """Returns the senders known by the roster and by people's decisions."""
        return find_senders(self.store.recorded(), self.roster, self.trust_rules)

    def with_notice(self, notice_id: str | None) -> "Office":
        """Returns the same office with another notice as the current one.

        Raises:
            ConfigError: there is no such notice.
        """
        if notice_id is None or notice_id == self.notice.id:
            return self
        chosen = self.notices.get(notice_id)
        if chosen is None:
            available_ids = "、".join(notice.id for notice in self.notices.all)
            raise ConfigError(f"没有“{notice_id}”这份通知,现有:{available_ids}")
        others = tuple(notice for notice in self.notices.all if notice is not chosen)
        return replace(self, notices=NoticesInForce(chosen, others))


def open_store(settings: Settings, current_name: Callable[[str], str] = str) -> Store:
    """Opens the store that a configuration describes, with its key where it is sealed.

    Raises:
        ConfigError: the URL cannot be understood, or the key's file not be read.
        StoreError: the store cannot be opened.
    """
    return Store.open(settings.store.url, settings.store.archive, current_name, _finder_of_codes(settings))


def require_key(settings: Settings, archive: Path) -> None:
    """Raises an error if an archive is sealed and its key is not to be found on this machine.

    Raises:
        StoreKeyError: it is sealed, and the key is not found.
    """
    unlock_archive(archive, _finder_of_codes(settings))


def _finder_of_codes(settings: Settings) -> Callable[[str], Iterable[str]]:
    return lambda key_id: (found.code for found in find_store_codes(settings.store, key_id))


@contextmanager
def open_office(config: Path | None, notice: str | None = None) -> Iterator[Office]:
    """Opens the office of a configuration; ``notice`` is the one commands answer for, by default the current one.

    Raises:
        ConfigError: the configuration, the notice or the roster cannot be used.
        StoreError: the store cannot be opened, or lacks rows that the archive still has.
    """
    with open_office_to_rebuild(config) as office:
        if office.store.safekeeping.has_lost_its_rows():
            # Going on would call units missing that have reported, send again what was sent, and forget what people decided.
            raise StoreError(
                "数据库是空的,而存档里有以前收到的邮件、决定或发信记录:请运行 kongchuo rebuild 从存档重建"
            )
        yield office.with_notice(notice)


@contextmanager
def open_office_to_rebuild(config: Path | None) -> Iterator[Office]:
    """Opens an office whose store may have lost its rows.

    Raises:
        ConfigError: the configuration, the notice or the roster cannot be used.
        StoreError: the store cannot be opened.
    """
    settings = load_settings(find_config(config))
    notices = NoticesInForce(
        load_notice(settings.notice.file), tuple(map(load_notice, settings.notice.others))
    )
    roster = load_roster(settings.notice.roster, notices.unit_kinds)
    keep_whole(
        (
            *(name for unit in roster.units for name in (unit.name, *unit.aliases)),
            *(key for notice in notices.all for key in notice.by_key),
        )
    )
    store = open_store(settings, roster.current_name)
    try:
        yield Office(settings, store, notices)
    finally:
        store.close()
