"""Holds the notice, the roster and the decisions with which every message is read."""

from collections.abc import Mapping
from dataclasses import dataclass

from config.notice import Notice
from config.units.resolve_unit_names import UnitNames
from config.units.roster import Roster
from store.stored_values import StoredAssignment


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
