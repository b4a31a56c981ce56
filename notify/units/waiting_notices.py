"""Builds notices of unconfirmed mail (待核实) to the unit in whose name an unproven address sent something.

The sender gets nothing: an address that is not on the roster may be forged, and an answer to it would be
backscatter. Mail that failed its provider's checks is not reported to units. A unit gets at most one notice a day.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from config.units.roster import Roster
from ledger.senders import Senders, Standing
from store.stored_values import Disposition, StoredFile

_TOLD_OF = frozenset({Standing.UNKNOWN, Standing.OTHER_UNIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingNotice:
    """One mail to one unit, about what came in its name lately."""

    unit: str
    to: tuple[str, ...]
    office: str
    notice: str
    first_day: date
    last_day: date
    forms: tuple[str, ...]
    unread_files: int
    """The number of files that were not recognised."""

    @property
    def subject(self) -> str:
        """The subject, which names the unit in whose name mail came."""
        return f"请知悉:以{self.unit}名义的来件待核实"

    @property
    def sentence(self) -> str:
        """What came in the unit's name: 9月20日有邮箱以西沱镇的名义发来附件4,……."""
        what = "、".join(self.forms)
        files = f"{self.unread_files}份文件" if self.unread_files else ""
        days = "至".join(
            f"{day.month}月{day.day}日" for day in dict.fromkeys((self.first_day, self.last_day))
        )
        return (
            f"{days}有不在通讯录里的邮箱以{self.unit}的名义发来"
            f"{'和'.join(filter(None, (what, files)))},我们核实后再登记:是贵单位发的,不用重发;不是的,请直接回复告诉我们。"
        )


def build_waiting_notices(
    files: Iterable[StoredFile],
    senders: Senders,
    roster: Roster,
    zone: ZoneInfo,
    *,
    office: str,
    notice: str,
) -> tuple[WaitingNotice, ...]:
    """Builds one for each unit with an address on the roster."""
    waiting: dict[str, list[StoredFile]] = {}
    for file in files:
        for unit in _units_to_tell(file, senders):
            waiting.setdefault(unit, []).append(file)
    return tuple(
        WaitingNotice(
            unit=unit,
            to=addresses,
            office=office,
            notice=notice,
            first_day=min(file.received_at for file in group).astimezone(zone).date(),
            last_day=max(file.received_at for file in group).astimezone(zone).date(),
            forms=_forms_of(group, unit),
            unread_files=sum(not file.links for file in group),
        )
        for unit, group in sorted(waiting.items())
        if (addresses := _addresses(roster, unit))
    )


def _units_to_tell(file: StoredFile, senders: Senders) -> frozenset[str]:
    """Returns the units in whose name a file was received whose sender is still to be confirmed."""
    if file.disposition is Disposition.QUARANTINED:
        named = frozenset({*(link.unit for link in file.links), file.unit_hint or ""} - {""})
    else:
        named = frozenset(
            link.unit for link in file.links if not senders.counts(file.sent_by, link.unit, file.file_id)
        )
    return frozenset(unit for unit in named if senders.standing(file.sent_by, unit) in _TOLD_OF)


def _forms_of(files: Iterable[StoredFile], unit: str) -> tuple[str, ...]:
    forms: Mapping[str, None] = dict.fromkeys(
        link.form for file in files for link in file.links if link.unit == unit
    )
    return tuple(sorted(forms))


def _addresses(roster: Roster, name: str) -> tuple[str, ...]:
    unit = roster.get(name)
    return unit.emails if unit is not None else ()
