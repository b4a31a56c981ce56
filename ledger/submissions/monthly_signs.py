"""每月大走访、大排查 (notice 二(二)): which units gave any sign in a month, and which none. It costs nothing."""

from dataclasses import dataclass
from datetime import date, timedelta

from config.units.roster import Unit
from ledger.snapshot import Snapshot
from store.stored_values import StoredFile

_DAYS_AFTER = 7
"""So long after its end a month is still the one that is spoken of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlySigns:
    """The units that are to go round in a month, in the roster's order."""

    month: date  # its first day
    heard: tuple[str, ...]
    silent: tuple[str, ...]
    unconfirmed: tuple[str, ...] = ()
    """Those of whom only mail came whose sender is not proven: neither heard of nor silent, until a person says."""


def find_monthly_signs(snapshot: Snapshot) -> MonthlySigns:
    """Returns who gave a sign in the month of the snapshot, in its first days in the month before.

    A sign is whatever came from the unit: a form, a proof, a mail that nothing has changed, or a file that waits. What came
    from an unknown address meets no duty and lets nobody be accused. A mail that failed its provider's checks is none.
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
    """Townships and schools of the compulsory stage: whoever keeps a register (附件3, 附件4) and reports for itself."""
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
