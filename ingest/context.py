"""Holds the notice, the roster and the decisions that are used to read every message."""

from collections.abc import Mapping
from dataclasses import dataclass

from config.notice import Notice
from config.units.resolve_unit_names import UnitNames
from config.units.roster import Roster
from store.stored_values import StoredAssignment


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestContext:
    """The notice, the roster and the decisions of people."""

    notice: Notice
    roster: Roster
    names: UnitNames
    assignments: Mapping[str, StoredAssignment]
    """By file id."""
    learned_senders: Mapping[str, str]
    """By address of a sender, the name of its unit."""
    people: frozenset[str] = frozenset()
    """The addresses of the office's own people."""
