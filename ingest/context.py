"""Holds the notice, the roster and the decisions with which every message is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from config.notice import Notice
from config.notices_in_force import NoticesInForce
from config.units.resolve_unit_names import UnitNames
from config.units.roster import Roster
from ledger.senders import DEFAULT_RULES, TrustRules
from store.stored_values import StoredAssignment


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRules:
    """What an office reads its mail by."""

    notices: NoticesInForce
    roster: Roster
    zone: ZoneInfo
    """The zone in which the office's days end."""
    trust: TrustRules = DEFAULT_RULES
    """Which senders are believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestContext:
    """The notice, the roster and people's decisions."""

    notice: Notice
    roster: Roster
    names: UnitNames
    assignments: Mapping[str, StoredAssignment]
    """By file id, the unit and form that a person assigned the file to."""
    learned_senders: Mapping[str, str]
    """By address, the unit that officers' decisions assigned it to."""
    people: frozenset[str] = frozenset()
    """The addresses of the office's own people."""
