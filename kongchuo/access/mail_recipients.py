"""Finds which children a mail's recipients may read about: those a unit reported itself, or is responsible for."""

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from functools import cached_property
from zipfile import BadZipFile

from config.errors import StoreError
from config.text.masking import find_mobiles, mask_id
from ingest.archived_files import read_archived_mail
from kongchuo.office import Office
from ledger.assessment import Judgements
from ledger.results import Case
from ledger.snapshot import Snapshot
from notify.mail.leaving_gate import Reader
from notify.mail.leaving_text import words_of_file
from notify.mail.names_in_text import find_names, names_to_find
from notify.mail.numbers_in_text import find_whole_ids
from store.stored_values import OutboxMail, StoredRecord, StoredSubmission

_RECEIPT = "receipt:"


@dataclass(frozen=True)
class MailRecipients:
    """The facts for one pass of sending; each is computed when a mail needs it, and then cached."""

    office: Office
    clock: Callable[[], datetime]

    def outside(self, mail: OutboxMail, reader: Reader) -> Set[str]:
        """Returns the recipients that are none of these readers."""
        settings = self.office.settings
        allowed = {person.mailbox for person in settings.everyone}
        if reader is Reader.ADMINISTRATOR:
            allowed |= {_bare(address) for address in settings.alarms.recipients}
        if reader is Reader.UNIT:
            steps = [step for notice in self.office.notices.all for step in notice.reminders.copies]
            allowed = {_bare(address) for step in steps for address in step.to}
            return {
                address for address in map(_bare, mail.recipients)
                if address not in allowed and not self._units_of(address)
            }  # fmt: skip
        return {address for address in map(_bare, mail.recipients) if address not in allowed}

    @cached_property
    def public_phones(self) -> Set[str]:
        """The mobile numbers of units and of the office."""
        said = [self.office.settings.office.phone]
        said += [
            text
            for unit in self.office.roster.units
            for text in (unit.phone, unit.contact, unit.principal)
            if text
        ]
        return find_mobiles("\n".join(said))

    def not_their_numbers(self, mail: OutboxMail, numbers: Set[str]) -> Set[str]:
        """Returns those of these identity numbers, whole or masked, that not every recipient may see."""
        remaining = set(numbers)
        for rows in self._rows_that_may_be_seen(mail):
            if not remaining:
                break
            known = {number for text in rows for number in find_whole_ids(text)}
            remaining -= known
            remaining -= {mask_id(number) for number in known}
        return remaining

    def children_of_others(self, mail: OutboxMail, text: str) -> Set[str]:
        """Returns the names in a text of children whom only other units report.

        Only children of registers and visits are searched: mail to units names no others, and a county's rolls are
        too long to be read for every receipt.
        """
        units = self._units_of_any(mail)
        others = names_to_find(name for unit, name in self._registered if unit not in units)
        found = set(find_names(text, others, self._known_words))
        for texts in self._rows_that_may_be_seen(mail):
            if not found:
                break
            own = "\n".join(texts)
            found = {name for name in found if name not in own}
        return found

    def children(self, text: str) -> Set[str]:
        """Returns the names in a text of children whom any unit reports."""
        return find_names(text, self._every_name, self._known_words)

    @cached_property
    def _snapshot(self) -> Snapshot:
        return self.office.snapshot_at(self.clock())

    @cached_property
    def _registered(self) -> frozenset[tuple[str, str]]:
        """The unit and name of each child in a register or a record of visits."""
        everywhere = self._snapshot.across_notices
        rows = (*everywhere.case_rows, *everywhere.unconfirmed_case_rows)
        return frozenset((row.unit, str(row.values.get("name") or "")) for row in rows)

    @cached_property
    def _every_name(self) -> frozenset[str]:
        everywhere = self._snapshot.across_notices
        rows = everywhere.records_as_sent((*everywhere.submissions, *everywhere.unconfirmed))
        return names_to_find(row.values.get("name") for row in rows)

    @cached_property
    def _known_words(self) -> frozenset[str]:
        units = [
            word
            for unit in self.office.roster.units
            for word in (unit.name, *unit.aliases, unit.township, unit.area, unit.contact, unit.principal)
        ]
        notices = [
            word
            for notice in self.office.notices.all
            for word in (notice.title, *(form.title for form in notice.forms))
        ]
        return frozenset(word for word in (*units, *notices, self.office.settings.office.name) if word)

    @cached_property
    def _cases(self) -> tuple[Case, ...]:
        children = Judgements(self._snapshot).across_notices
        return (*children.cases, *children.suspected)

    def _units_of(self, address: str) -> frozenset[str]:
        """Returns the units for which an address may send."""
        roster = self.office.roster
        listed = {unit.name for unit in roster.units if address in roster.senders_for(unit.name)}
        return frozenset(
            listed
            | {unit.name for unit in roster.by_email(address)}
            | self._snapshot.senders.units_by_address.get(address, frozenset())
        )

    def _units_of_any(self, mail: OutboxMail) -> frozenset[str]:
        return frozenset[str]().union(*(self._units_of(_bare(address)) for address in mail.recipients))

    def _rows_that_may_be_seen(self, mail: OutboxMail) -> Iterator[list[str]]:
        """Yields the texts on children that its recipients may read; those that are expensive and seldom needed come last."""
        units = self._units_of_any(mail)
        everywhere = self._snapshot.across_notices
        own = [one for one in everywhere.submissions if one.unit in units]
        yield _texts(everywhere.records_as_sent(own))
        if mail.key.startswith(_RECEIPT):
            yield from self._what_they_sent(everywhere, mail.key.removeprefix(_RECEIPT))
        yield _texts(everywhere.records_of(own))  # with what officers corrected
        yield [
            f"{case.name}\n{case.id_number or ''}" for case in self._cases if case.responsible_unit in units
        ]

    def _what_they_sent(self, everywhere: Snapshot, message_id: str) -> Iterator[list[str]]:
        """Yields the rows of the mail that a receipt answers; for a file without rows its text."""
        sent: list[StoredSubmission] = [
            one for one in (*everywhere.submissions, *everywhere.unconfirmed) if message_id in one.message_ids
        ]
        yield _texts(everywhere.records_as_sent(sent))
        yield list(_words_of_files(self.office, message_id))


def _words_of_files(office: Office, message_id: str) -> Iterator[str]:
    try:
        files = read_archived_mail(office.store.archive, message_id).files.values()
    except StoreError:  # damaged in the archive: what only stands there is then nobody's
        return
    for data in files:
        try:
            yield words_of_file(data)
        except (BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError):
            continue


def _texts(rows: Iterable[StoredRecord]) -> list[str]:
    return ["\n".join(_strings(list(row.values.values()))) for row in rows]


def _strings(values: Sequence[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, dict):
            yield from _strings(list(value.values()))
        elif isinstance(value, list):
            yield from _strings(value)
        elif value is not None:
            yield str(value)


def _bare(address: str) -> str:
    return parseaddr(address)[1].lower()
