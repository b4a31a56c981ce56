"""Finds which units sent anything in a month of 大走访、大排查 (notice 二(二); R20). Silence costs nothing."""

from dataclasses import dataclass
from datetime import date, timedelta

from config.units.roster import Unit
from ledger.snapshot import Snapshot
from store.stored_values import StoredFile

_DAYS_AFTER = 7
"""Days into a new month during which the report is still about the month before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlySigns:
    """The units that must visit each month, in the roster's order, split by whether anything arrived from them."""

    month: date
    """The first day of the month."""
    heard: tuple[str, ...]
    silent: tuple[str, ...]
    unconfirmed: tuple[str, ...] = ()
    """Units from which only mail of unproven senders arrived; they count neither as heard nor as silent."""


def find_monthly_signs(snapshot: Snapshot) -> MonthlySigns:
    """Returns the units heard from and silent in the snapshot's month, or in the month before during its first seven days.

    Any form, proof, mail without changes or waiting file of the unit counts. Mail from an unknown address
    neither meets the duty nor counts as silence; mail that failed its provider's checks is ignored.
    """
    month = (snapshot.today - timedelta(days=_DAYS_AFTER)).replace(day=1)
    if snapshot.today.day > _DAYS_AFTER:
        month = snapshot.today.replace(day=1)
    proven: set[str] = set()
    seeming: set[str] = set()
    for file in snapshot.arrived_files():
        day = snapshot.day(file.received_at)
        if (day.year, day.month) == (month.year, month.month) and not _is_forged(snapshot, file):
            for unit in {*(link.unit for link in file.links), file.unit_hint} - {None}:
                counts = snapshot.senders.counts(file.sent_by, str(unit), file.file_id)
                (proven if counts else seeming).add(str(unit))
    units = [unit.name for unit in snapshot.roster.units if _goes_round(snapshot, unit, month)]
    return MonthlySigns(
        month=month,
        heard=tuple(name for name in units if name in proven),
        silent=tuple(name for name in units if name not in proven | seeming),
        unconfirmed=tuple(name for name in units if name in seeming - proven),
    )


def _is_forged(snapshot: Snapshot, file: StoredFile) -> bool:
    senders = snapshot.senders
    return file.file_id not in senders.accepted and senders.has_failed(file.sent_by)


def _goes_round(snapshot: Snapshot, unit: Unit, month: date) -> bool:
    """Returns whether a unit owes a register (附件3, 附件4) itself: townships and schools of the compulsory stage."""
    if unit.parent is not None and snapshot.roster.reporting_unit(unit).name != unit.name:
        return False
    if (unit.active_from is not None and unit.active_from > snapshot.today) or (
        unit.active_to is not None and unit.active_to < month
    ):
        return False
    return any(
        form.role == "register" and form.is_owed_by(unit.name, unit.kind, unit.stage)
        for form in snapshot.notice.forms
    )
