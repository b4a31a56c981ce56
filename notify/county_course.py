"""Counts met obligations and children out of school by day."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from ledger.results import Case, CaseState
from notify.obligation_lines import ObligationLine, ShownState

ByDay = tuple[tuple[date, int], ...]
"""By day, the count at its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyCourse:
    """The course of a semester so far; both counts end with the day's figures."""

    reported: ByDay
    """The obligations met by then (已报); empty before the first one."""
    expected: int
    due: date | None
    out_of_school: ByDay
    """The children whose case was open, by the days of the events; for the same days as ``reported``."""


def trace_course(
    obligations: Iterable[ObligationLine],
    cases: Iterable[Case],
    as_of: datetime,
    expected: int,
    due: date | None,
) -> CountyCourse:
    """Counts by the end of each day from the first report to ``as_of``."""
    came = sorted(
        one.first_received_at.astimezone(as_of.tzinfo).date()
        for one in obligations
        if one.state in (ShownState.ON_TIME, ShownState.LATE) and one.first_received_at
    )
    days = [
        date.fromordinal(day)
        for day in (range(came[0].toordinal(), as_of.date().toordinal() + 1) if came else ())
    ]
    counted = [case for case in cases if case.state is CaseState.OPEN or case.closed_on is not None]
    opened = sorted(case.opened_on for case in counted)
    closed = sorted(
        max(case.opened_on, case.closed_on)  # a return may lie before the day on which the child was told of
        for case in counted
        if case.closed_on is not None
    )
    return CountyCourse(
        reported=tuple((day, bisect_right(came, day)) for day in days),
        expected=expected,
        due=due,
        out_of_school=tuple((day, bisect_right(opened, day) - bisect_right(closed, day)) for day in days),
    )
