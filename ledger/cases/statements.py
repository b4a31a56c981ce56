"""Reads rows as statements about a child: out, on leave, visited, back or promised back, each about one day.

The day is a visit's, a return's, or else that of arrival. A register (附件3/4) gives the state on the day it
is sent; a form about persuasion (附件5/6) is history and gives none after its last visit. If a unit sends a
form twice in a day, only the last version counts, so that the result depends neither on the hour of a mail
nor on the order of attachments.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from config.notice import FormSpec, Meaning
from ledger.cases.visits import is_return, visit_cells, visit_text
from ledger.snapshot import Snapshot
from parsers.fields.dates import is_iso, whole_day
from store.stored_values import StoredRecord


class Says(StrEnum):
    """The kinds of statement about a child."""

    OUT = "out"
    LEAVE = "leave"  # 休学, 延缓入学
    FAILED_VISIT = "failed_visit"
    RETURNED = "returned"
    PROMISED = "promised"  # a return on a day to come
    MENTIONED = "mentioned"  # listed in a form about children out of school, without a status


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What one row states about one day."""

    says: Says
    day: date
    """The day that the statement is about."""
    told_on: date
    """The day of arrival in the office's time zone."""
    row: StoredRecord | None
    """The source row; None for an officer's decision."""
    began: date | None = None
    """For ``OUT`` and ``LEAVE``: the first day, where the row gives one."""
    is_explicit: bool = False
    """For ``OUT``: the row says in words that the child is not back; a status beside a blank outcome does not."""
    is_over: bool = False
    """For ``OUT`` and ``LEAVE``: the same row says that the child is back."""

    @property
    def record_id(self) -> str | None:
        """The id of the source row, or None for an officer's decision."""
        return self.row.record_id if self.row is not None else None


_GONE = frozenset({Says.OUT, Says.LEAVE, Says.FAILED_VISIT})


def read_statements(snapshot: Snapshot, rows: Sequence[StoredRecord]) -> tuple[Statement, ...]:
    """Returns the statements of rows about one child, sorted by the day they are about, then by day of arrival."""
    statements = [*_visited(snapshot, rows)]
    for row in _last_of_each_day(snapshot, rows):
        statements += _stated(snapshot, row)
    return tuple(sorted(statements, key=lambda one: (one.day, one.told_on)))


def is_gone(statement: Statement) -> bool:
    """Returns whether a statement says that the child was out of school on its day."""
    return statement.says in _GONE and not statement.is_over


def takes_back(gone: Statement, returned: Statement) -> bool:
    """Returns whether a statement that a child is out contradicts a return.

    A failed visit does if it was made after the return. Another row does if the absence began after the
    return, or if it arrived on a later day and is about a later day or the return was only promised. Rows of
    one day count together: a status left unchanged beside a return does not contradict it, but 未返校 in
    words contradicts a return of an earlier day, and one in another file of the same unit and form that
    arrived at the same time.
    """
    if gone.says not in _GONE:
        return False
    if gone.says is Says.FAILED_VISIT:
        return gone.day > returned.day
    is_same_row = gone.record_id is not None and gone.record_id == returned.record_id
    if gone.began is not None and gone.began > returned.day and not is_same_row:
        return True
    if gone.is_over:
        return False
    if is_same_row:
        return gone.is_explicit
    if gone.told_on != returned.told_on:
        was_promised = returned.day > returned.told_on
        return gone.told_on > returned.told_on and (gone.day > returned.day or was_promised)
    is_later = gone.day > returned.day or (gone.day == returned.day and _is_of_other_file(gone, returned))
    return gone.is_explicit and is_later


def _is_of_other_file(one: Statement, other: Statement) -> bool:
    """Returns whether two statements come from different files of one unit and form that arrived together: neither is newer."""
    if one.row is None or other.row is None or one.row.submission_id == other.row.submission_id:
        return False
    arrivals = [(row.unit, row.form, row.received_at) for row in (one.row, other.row)]
    return arrivals[0] == arrivals[1]


def _last_of_each_day(snapshot: Snapshot, rows: Sequence[StoredRecord]) -> Iterator[StoredRecord]:
    """Yields the rows without those of a register that its unit sent again later on the same day."""
    latest: dict[tuple[str, str, date], datetime] = {}
    for row in rows:
        key = (row.unit, row.form, snapshot.told_on(row))
        latest[key] = max(latest.get(key, row.received_at), row.received_at)
    for row in rows:
        is_last = row.received_at == latest[row.unit, row.form, snapshot.told_on(row)]
        if is_last or snapshot.notice.form(row.form).role == "visits":
            yield row


def _visited(snapshot: Snapshot, rows: Sequence[StoredRecord]) -> Iterator[Statement]:
    """Yields a statement per dated visit: the latest reported result, with the day on which that result was first reported."""
    latest: dict[date, tuple[str, date, StoredRecord]] = {}
    for row in rows:
        for day, result in _dated_visits(snapshot, row):
            if result is None or result in snapshot.vague_visit_results:
                continue
            if day not in latest or latest[day][0] != result:
                latest[day] = (result, snapshot.told_on(row), row)
    for day, (result, told_on, row) in latest.items():
        says = Says.RETURNED if is_return(snapshot.notice, result) else Says.FAILED_VISIT
        yield Statement(says=says, day=day, told_on=told_on, row=row)


def _dated_visits(snapshot: Snapshot, row: StoredRecord) -> list[tuple[date, str | None]]:
    """Returns the visits of a row that have been made, each with its result."""
    return [
        (day, visit_text(cells, "result"))
        for cells in visit_cells(row)
        if (day := whole_day(cells.get("date"))) is not None and day <= snapshot.today
    ]


def _stated(snapshot: Snapshot, row: StoredRecord) -> Iterator[Statement]:
    """Yields what a row states apart from its visits."""
    told_on = snapshot.told_on(row)
    dated = _dated_visits(snapshot, row)
    returned = _return(
        snapshot, row, told_on, [day for day, result in dated if is_return(snapshot.notice, result)]
    )
    if returned is not None:
        yield returned
    form = snapshot.notice.form(row.form)
    status, outcome = row.values.get("status"), row.values.get("outcome")
    as_of = _day_of_history(row, told_on, [day for day, _ in dated]) if form.role == "visits" else told_on
    is_refused = outcome is not None and not is_return(snapshot.notice, outcome)
    if is_leave(form, snapshot.notice.meaning("status", status), status):
        says = Says.LEAVE
    elif (status and not is_back(snapshot, status)) or is_refused:
        says = Says.OUT
    elif not dated and returned is None:
        says = Says.MENTIONED
    else:
        return
    is_over = returned is not None and returned.says is Says.RETURNED
    since = whole_day(row.values.get("since"))
    began = since if since is not None and since <= told_on else None
    yield Statement(
        says=says,
        day=(began or as_of) if is_over else as_of,
        told_on=told_on,
        row=row,
        began=began,
        is_explicit=is_refused,
        is_over=is_over,
    )


def _return(
    snapshot: Snapshot, row: StoredRecord, told_on: date, visited_back: Sequence[date]
) -> Statement | None:
    """Returns the return stated in a row: on a past day, promised for a later day, or on the day of arrival if undated."""
    outcome, written = row.values.get("outcome"), row.values.get("returned_on")
    day = whole_day(written)
    if promised_day(snapshot, row) is not None:
        return Statement(says=Says.PROMISED, day=day or told_on, told_on=told_on, row=row)
    if is_return(snapshot.notice, outcome) or (
        outcome is None and (is_iso(written) or is_back(snapshot, row.values.get("status")))
    ):
        back = day or max(visited_back, default=told_on)
        return Statement(says=Says.RETURNED, day=back, told_on=told_on, row=row)
    return None


def is_leave(form: FormSpec, meaning: Meaning, status: object) -> bool:
    """Returns whether a status in this form is leave: it needs a proof, or the child is taught at home."""
    return status in form.proof_statuses or (form.role == "register" and meaning == "placed")


def is_back(snapshot: Snapshot, status: object) -> bool:
    """Returns whether a status itself means that the child goes to school (已劝返)."""
    return snapshot.notice.meaning("status", status) in ("returned", "in-school")


def promised_day(snapshot: Snapshot, row: StoredRecord) -> str | None:
    """Returns the day or month (ISO) of a return still to come that a row states (承诺返校), or None."""
    written = row.values.get("returned_on")
    if not isinstance(written, str) or not is_iso(written):
        return None
    return written if written > snapshot.today.isoformat()[: len(written)] else None


def _day_of_history(row: StoredRecord, told_on: date, visited: Sequence[date]) -> date:
    """Returns the latest day that a row of a form about persuasion refers to."""
    served = whole_day(row.values.get("notice_served_on"))
    days = [day for day in (*visited, served) if day is not None and day <= told_on]
    return max(days, default=told_on)
