"""How long leave (休学, 延缓入学) lasts: to its stated end, or as long as the notice believes one without an end."""

import calendar
from datetime import date

from ledger.snapshot import Snapshot
from parsers.fields.dates import whole_day
from store.stored_values import StoredRecord

_WHOLE = 10


def stated_end(row: StoredRecord) -> str | None:
    """Returns the end that a row gives for its leave, as written: 2024-01-31, or 2024-01."""
    until = row.values.get("until")
    return until if isinstance(until, str) and until else None


def last_day_of_leave(snapshot: Snapshot, row: StoredRecord) -> date | None:
    """Returns the last day of the leave that a row tells of, or None where it tells of none."""
    months = snapshot.notice.leave.months.get(str(row.values.get("status")))
    until = stated_end(row)
    if until is not None and (end := _last_day(until)) is not None:
        return end
    if months is None:
        return None
    return _add_months(_began(snapshot, row), months)


def is_leave_over(snapshot: Snapshot, row: StoredRecord) -> bool:
    """Returns whether the leave that a row tells of ended before the snapshot's day."""
    end = last_day_of_leave(snapshot, row)
    return end is not None and end < snapshot.today


def next_step_after_leave(snapshot: Snapshot, row: StoredRecord) -> str:
    """Returns what the unit is to do once the leave of a row is over."""
    status = str(row.values.get("status"))
    unexcused = snapshot.notice.persuasion.unstated
    return snapshot.notice.leave.next_steps.get(
        status, f"请核实是否已到校;没有到校的,请续办{status}并附证明,或按{unexcused}劝返"
    )


def _began(snapshot: Snapshot, row: StoredRecord) -> date:
    since = row.values.get("since")
    told_on = snapshot.told_on(row)
    if not isinstance(since, str):
        return told_on
    return whole_day(since) or whole_day(f"{since}-01") or told_on


def _last_day(until: str) -> date | None:
    """The day, or the last day of the month or year."""
    if len(until) >= _WHOLE:
        return whole_day(until[:_WHOLE])
    first = whole_day(f"{until}-01")
    if first is not None:
        return first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return whole_day(f"{until}-12-31")


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
