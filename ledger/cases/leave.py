"""How long leave (休学, 延缓入学) lasts: to its stated end, or for ``leave.months`` of the notice where none is stated."""

import calendar
from collections.abc import Sequence
from datetime import date, timedelta

from ledger.children.person import possible_births
from ledger.snapshot import Snapshot
from parsers.fields.dates import whole_day
from store.stored_values import StoredRecord

_WHOLE = 10  # characters of a whole ISO date
_AHEAD = 31  # days


def stated_end(row: StoredRecord) -> str | None:
    """Returns the end that a row gives for its leave, as written: 2024-01-31, or 2024-01."""
    until = row.values.get("until")
    return until if isinstance(until, str) and until else None


def last_day_of_leave(snapshot: Snapshot, row: StoredRecord) -> date | None:
    """Returns the last day of the leave in a row, or None where the row states no leave."""
    months = snapshot.notice.leave.months.get(str(row.values.get("status")))
    until = stated_end(row)
    if until is not None and (end := _last_day(until)) is not None:
        return end
    if months is None:
        return None
    return _add_months(_began(snapshot, row), months)


def is_leave_over(snapshot: Snapshot, row: StoredRecord) -> bool:
    """Returns whether the leave in a row ended before the snapshot's day."""
    end = last_day_of_leave(snapshot, row)
    return end is not None and end < snapshot.today


def renewed_on(snapshot: Snapshot, rows: Sequence[StoredRecord]) -> date | None:
    """Returns the first day on which a proof of a child's latest leave may arrive, or None if it is the child's first.

    A later end is a renewal, which needs its own proof (R23), if the earlier leave was over when the later
    end was reported or begins. Otherwise it corrects the earlier end. The proof of a renewal may come up to
    31 days before the earlier leave ends.

    Args:
        rows: all rows about one child, oldest first.
    """
    with_leave = [row for row in rows if last_day_of_leave(snapshot, row) is not None]
    last_end = last_day_of_leave(snapshot, with_leave[-1]) if with_leave else None
    if last_end is None:
        return None
    of_last = [row for row in with_leave if last_day_of_leave(snapshot, row) == last_end]
    before = [row for row in with_leave if row.received_at < of_last[0].received_at]
    end = last_day_of_leave(snapshot, before[-1]) if before else None
    if end is None or end >= last_end:
        return None
    first_told = snapshot.told_on(of_last[0])
    if end >= max(first_told, _began(snapshot, of_last[0])):
        return None
    after_telling = max(snapshot.told_on(row) for row in before) + timedelta(days=1)
    return min(max(after_telling, end - timedelta(days=_AHEAD)), first_told)


def next_step_after_leave(snapshot: Snapshot, row: StoredRecord) -> str:
    """Returns the sentence that says what the unit must do once the leave in a row is over."""
    status = str(row.values.get("status"))
    unexcused = snapshot.notice.persuasion.unstated
    return snapshot.notice.leave.next_steps.get(
        status, f"请核实是否已到校;没有到校的,请续办{status}并附证明,或按{unexcused}劝返"
    )


def is_before_school_age(snapshot: Snapshot, row: StoredRecord, rows: Sequence[StoredRecord]) -> bool:
    """Returns whether a row defers entry (延缓入学) for a child that is too young to enter school at all (A08).

    Args:
        rows: all rows about the child; every birth date that may be the true one must be too late.
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
    """Returns the day itself, or the last day of the month or year that is written (2024-01, 2024)."""
    if len(until) >= _WHOLE:
        return whole_day(until[:_WHOLE])
    first = whole_day(f"{until}-01")
    if first is not None:
        return first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return whole_day(f"{until}-12-31")


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
