"""The roster (units.csv): who reports, under which names, from which addresses."""

from dataclasses import dataclass
from datetime import date

from config.notice import UnitKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One 报送单位; ``name`` is its key everywhere."""

    name: str
    kind: UnitKind
    stage: str | None
    township: str | None
    aliases: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    parent: str | None = None
    zone: str | None = None
    code: str | None = None
    principal: str | None = None
    contact: str | None = None
    phone: str | None = None
    active_from: date | None = None
    active_to: date | None = None
