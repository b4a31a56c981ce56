"""Judges whether a sender is proven to be a unit or to send for it, and so whether its mail counts (docs/contract.md, Who sent it).

The reason is in docs/decisions/007-no-stranger-makes-anything-better.md. The standing is computed on each
request from the mail's own facts, the roster and officers' decisions, so that a new roster line or decision
takes effect at once.
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
"""The kind of decision that a file really is from the unit that it names."""


class Standing(StrEnum):
    """How far a sender is proven to be the unit or to send for it, the most proven first (docs/contract.md, Who sent it)."""

    KNOWN = "known"  # the roster gives this address to the unit, or to one that may send for it
    LEARNED = "learned"  # an officer assigned or accepted this sender's mail for this unit before
    OTHER_UNIT = "other-unit"  # another unit's address
    UNKNOWN = "unknown"
    FAILED = "failed"  # the receiving provider's server reports that SPF, DKIM or DMARC failed


PROVEN = frozenset({Standing.KNOWN, Standing.LEARNED})
_ORDER = tuple(Standing)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustRules:
    """The mail providers whose Authentication-Results are believed, and how unproven mail is treated."""

    providers: tuple[MailProvider, ...] = known_providers()
    hold: bool = False
    """Whether mail of unproven senders is ignored altogether, so that it cannot even open a case."""
    people: frozenset[str] = frozenset()
    """The addresses of the office's own people; their replies answer questions."""


DEFAULT_RULES = TrustRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Senders:
    """All facts about senders; only this class decides whether a mail's files count for a unit."""

    roster: Roster
    rules: TrustRules
    units_by_address: Mapping[str, frozenset[str]]
    """By address, the units for which officers assigned or accepted its mail."""
    accepted: frozenset[str]
    """Ids of files that an officer assigned or accepted."""

    def counts(self, sent_by: MessageSender, unit: str, file_id: str) -> bool:
        """Returns whether a file of this unit may close a case or meet an obligation."""
        return file_id in self.accepted or self.standing(sent_by, unit) in PROVEN

    def standing(self, sent_by: MessageSender, unit: str) -> Standing:
        """Returns how far a sender is proven to be this unit or to send for it."""
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
        """Returns the least proven standing over the file's units; without units, that of the address in general."""
        units = {link.unit for link in file.links} or {file.unit_hint or ""} - {""}
        if units:
            return max((self.standing(file.sent_by, unit) for unit in units), key=_ORDER.index)
        if self.has_failed(file.sent_by):
            return Standing.FAILED
        if self.roster.by_email(file.sent_by.author):
            return Standing.KNOWN
        return Standing.LEARNED if file.sent_by.author in self.units_by_address else Standing.UNKNOWN

    def is_unconfirmed(self, file: StoredFile) -> bool:
        """Returns whether a file waits for an officer to confirm that its sender is the unit."""
        return any(not self.counts(file.sent_by, link.unit, file.file_id) for link in file.links)

    def is_vouched_for(self, sent_by: MessageSender) -> bool:
        """Returns whether the receiving provider's server confirms that a mail comes from its author's domain."""
        domain = sent_by.author.rpartition("@")[2]
        return bool(domain) and any(
            provider.vouches_for(domain, sent_by.authentication) for provider in self.rules.providers
        )

    def has_failed(self, sent_by: MessageSender) -> bool:
        """Returns whether the receiving provider's server reports that SPF, DKIM or DMARC failed."""
        return any(provider.says_failed(sent_by.authentication) for provider in self.rules.providers)

    def addresses_learned_for(self, unit: str) -> tuple[str, ...]:
        """Returns the addresses that officers' decisions assigned to this unit and to no other."""
        return tuple(sorted(address for address, only in self.learned_unit.items() if only == unit))

    @property
    def learned_unit(self) -> dict[str, str]:
        """By address that is not on the roster, the only unit for which officers assigned or accepted its mail."""
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
    """Returns the facts about senders from the roster, assignments and the decisions in force.

    Mail that failed its provider's checks adds no address, as its author may be forged.

    Args:
        assigned_files: ids of files that an officer assigned.
        current_name: returns a unit's present name for a former one.
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
    """Returns the submissions from proven senders and those from others, each once; ``copies`` has one entry per file.

    A submission arrived with the first file from a proven sender. A copy from an unproven sender makes it
    neither earlier nor doubtful, and does not make it replace others.
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
    """Returns the ``detail`` of a decision to accept a file (address and units), or None if no address can be learned from it."""
    address, units = file.sent_by.author, sorted({link.unit for link in file.links})
    if not address or not units or senders.has_failed(file.sent_by):
        return None
    return f"{address} {'、'.join(units)}"


def _pairs_of(detail: str | None, current_name: Callable[[str], str]) -> list[tuple[str, str]]:
    address, _, units = (detail or "").partition(" ")
    return [(address, current_name(unit)) for unit in units.split("、") if unit] if address else []
