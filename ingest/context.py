"""What every message is judged with."""

from collections.abc import Mapping
from dataclasses import dataclass

from config.notice import Notice
from config.units.roster import Roster
from config.units.unit_names import UnitNames


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestContext:
    """The notice, the roster, and what people decided.

    ``assignments`` is by file: (unit, form or None); ``learned_senders`` is by sender's address: unit.
    """

    notice: Notice
    roster: Roster
    names: UnitNames
    assignments: Mapping[str, tuple[str, str | None]]
    learned_senders: Mapping[str, str]
