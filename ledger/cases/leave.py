"""How long leave (休学, 延缓入学) lasts: to its stated end, or as long as the notice believes one without an end."""

import calendar
from collections.abc import Sequence
from datetime import date, timedelta

from ledger.children.person import possible_births
from ledger.snapshot import Snapshot
from parsers.fields.dates import whole_day
from store.stored_values import StoredRecord

_WHOLE = 10
_AHEAD = 31


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


def renewed_on(snapshot: Snapshot, rows: Sequence[StoredRecord]) -> date | None:
    """Returns the first day of whose documents may prove the leave that rows about one child tell of last.

    None where it is the first. A later end is a renewal (三: 按程序报批) if the leave before was over when it was told
    or when it begins; else it is a correction. Its proof may run a month ahead of the end of the leave before.
    """
    told = [row for row in rows if last_day_of_leave(snapshot, row) is not None]
    last_end = last_day_of_leave(snapshot, told[-1]) if told else None
    if last_end is None:
        return None
    of_last = [row for row in told if last_day_of_leave(snapshot, row) == last_end]
    before = [row for row in told if row.received_at < of_last[0].received_at]
    end = last_day_of_leave(snapshot, before[-1]) if before else None
    if end is None or end >= last_end:
        return None
    first_told = snapshot.told_on(of_last[0])
    if end >= max(first_told, _began(snapshot, of_last[0])):
        return None
    after_telling = max(snapshot.told_on(row) for row in before) + timedelta(days=1)
    return min(max(after_telling, end - timedelta(days=_AHEAD)), first_told)


def next_step_after_leave(snapshot: Snapshot, row: StoredRecord) -> str:
    """Returns what the unit is to do once the leave of a row is over."""
    status = str(row.values.get("status"))
    unexcused = snapshot.notice.persuasion.unstated
    return snapshot.notice.leave.next_steps.get(
        status, f"请核实是否已到校;没有到校的,请续办{status}并附证明,或按{unexcused}劝返"
    )


def is_before_school_age(snapshot: Snapshot, row: StoredRecord, rows: Sequence[StoredRecord]) -> bool:
    """Returns whether a row puts off the entry of a child (延缓入学) that is too young to enter at all (A08 of ``docs/rules-of-the-notice.md``).

    ``rows`` are all about the child: it is, by every birth date that may be the true one.
    """
    if row.values.get("status") != snapshot.notice.leave.late_entry:
        return False
    births = possible_births(rows)
    return bool(births) and min(births) > snapshot.ages.born_to.isoformat()


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
