"""Judges how far a sender is proven, and so whether what it sent counts (docs/decisions, 007).

Computed whenever it is asked for, from the mail's own facts, the roster and people's decisions, so that a new line of
the roster or a person's word takes effect at once.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from config.mail.mail_providers import MailProvider, known_providers
from config.units.roster import Roster
from store.stored_values import (
    AssignedSender,
    MessageSender,
    StoredDecision,
    StoredFile,
    StoredSubmission,
)

ACCEPT = "accept"
"""The kind of a person's decision that a file is from the unit that it says."""


class Standing(StrEnum):
    """How far a sender is proven to speak for a unit, the least proven last."""

    KNOWN = "known"  # the roster gives this address to the unit, or to one that may send for it
    LEARNED = "learned"  # a person assigned or accepted this sender for this unit before
    OTHER_UNIT = "other-unit"  # another unit's address
    UNKNOWN = "unknown"
    FAILED = "failed"  # the provider's own server says that SPF, DKIM or DMARC failed


PROVEN = frozenset({Standing.KNOWN, Standing.LEARNED})
_ORDER = tuple(Standing)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustRules:
    """Whose Authentication-Results are believed, and whether unproven mail is kept apart altogether."""

    providers: tuple[MailProvider, ...] = known_providers()
    hold: bool = False
    people: frozenset[str] = frozenset()
    """The addresses of the office's own people, whose replies answer questions."""


DEFAULT_RULES = TrustRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Senders:
    """All that is known of senders; the one place that says whether a mail counts."""

    roster: Roster
    rules: TrustRules
    units_by_address: Mapping[str, frozenset[str]]
    """The units for which people assigned or accepted mail from an address."""
    accepted: frozenset[str]
    """Ids of files that a person assigned or accepted."""

    def counts(self, sent_by: MessageSender, unit: str, file_id: str) -> bool:
        """Returns whether a file of this unit may change anything for the better."""
        return file_id in self.accepted or self.standing(sent_by, unit) in PROVEN

    def standing(self, sent_by: MessageSender, unit: str) -> Standing:
        """Returns how far a sender is proven to speak for a unit."""
        address = sent_by.author
        if self.has_failed(sent_by):
            return Standing.FAILED
        if address and address in self.roster.senders_for(unit):
            return Standing.KNOWN
        learned_units = self.units_by_address.get(address, frozenset())
        if unit in learned_units:
            return Standing.LEARNED
        if learned_units or self.roster.by_email(address):
            return Standing.OTHER_UNIT
        return Standing.UNKNOWN

    def standing_of_file(self, file: StoredFile) -> Standing:
        """Returns how far a file's sender is proven: the least of its units; without any, as a sender of some unit."""
        units = {link.unit for link in file.links} or {file.unit_hint or ""} - {""}
        if units:
            return max((self.standing(file.sent_by, unit) for unit in units), key=_ORDER.index)
        if self.has_failed(file.sent_by):
            return Standing.FAILED
        if self.roster.by_email(file.sent_by.author):
            return Standing.KNOWN
        return Standing.LEARNED if file.sent_by.author in self.units_by_address else Standing.UNKNOWN

    def is_unconfirmed(self, file: StoredFile) -> bool:
        """Returns whether a file waits until a person says that its sender is the unit."""
        return any(not self.counts(file.sent_by, link.unit, file.file_id) for link in file.links)

    def is_vouched_for(self, sent_by: MessageSender) -> bool:
        """Returns whether the provider's own server says that a mail is from the domain of its author."""
        domain = sent_by.author.rpartition("@")[2]
        return bool(domain) and any(
            provider.vouches_for(domain, sent_by.authentication) for provider in self.rules.providers
        )

    def has_failed(self, sent_by: MessageSender) -> bool:
        """Returns whether the provider's own server says that a mail is not from where it claims to be."""
        return any(provider.says_failed(sent_by.authentication) for provider in self.rules.providers)

    def addresses_learned_for(self, unit: str) -> tuple[str, ...]:
        """Returns the addresses that people's decisions taught for this unit and for no other."""
        return tuple(sorted(address for address, only in self.learned_unit.items() if only == unit))

    @property
    def learned_unit(self) -> dict[str, str]:
        """By address that the roster does not know, the one unit for which people's decisions taught it."""
        return {
            address: min(units)
            for address, units in self.units_by_address.items()
            if len(units) == 1 and not self.roster.by_email(address)
        }


def know_senders(
    roster: Roster,
    rules: TrustRules,
    assigned: Sequence[AssignedSender],
    assigned_files: Collection[str],
    decisions: Sequence[StoredDecision],
    current_name: Callable[[str], str] = str,
) -> Senders:
    """Returns what the roster, assignments and the decisions in force say of senders.

    A mail that failed its checks teaches nothing: who sent it is not who it says.
    """
    accepting = [decision for decision in decisions if decision.kind == ACCEPT]
    taught = [
        (one.sent_by.author, one.unit)
        for one in assigned
        if one.sent_by.author and not any(p.says_failed(one.sent_by.authentication) for p in rules.providers)
    ]
    taught += [pair for decision in accepting for pair in _pairs_of(decision.detail, current_name)]
    units: dict[str, set[str]] = {}
    for address, unit in taught:
        units.setdefault(address, set()).add(unit)
    return Senders(
        roster=roster,
        rules=rules,
        units_by_address={address: frozenset(names) for address, names in units.items()},
        accepted=frozenset({*assigned_files, *(decision.subject for decision in accepting)}),
    )


def split_by_sender(
    copies: Iterable[StoredSubmission], senders: Senders
) -> tuple[tuple[StoredSubmission, ...], tuple[StoredSubmission, ...]]:
    """Returns the submissions that count and those that do not, each once, given one for each file that holds it.

    A submission arrived with the first file that counts: a stranger's copy of it makes it neither earlier nor
    doubtful, and says nothing of what it replaces.
    """
    counting: dict[str, StoredSubmission] = {}
    unconfirmed: dict[str, StoredSubmission] = {}
    for copy in copies:
        side = counting if senders.counts(copy.sent_by, copy.unit, copy.file_id) else unconfirmed
        earliest = side.setdefault(copy.submission_id, copy)
        if copy is not earliest:
            earliest = replace(earliest, copies_in=(*earliest.copies_in, copy.message_id))
        if copy.replaces_at is not None:
            earliest = replace(earliest, replaces_at=copy.replaces_at)
        side[copy.submission_id] = earliest
    return (
        tuple(counting.values()),
        tuple(one for one in unconfirmed.values() if one.submission_id not in counting),
    )


def what_acceptance_teaches(file: StoredFile, senders: Senders) -> str | None:
    """Returns the detail of a decision to accept a file: its address and units; None where it teaches nothing."""
    address, units = file.sent_by.author, sorted({link.unit for link in file.links})
    if not address or not units or senders.has_failed(file.sent_by):
        return None
    return f"{address} {'、'.join(units)}"


def _pairs_of(detail: str | None, current_name: Callable[[str], str]) -> list[tuple[str, str]]:
    address, _, units = (detail or "").partition(" ")
    return [(address, current_name(unit)) for unit in units.split("、") if unit] if address else []
