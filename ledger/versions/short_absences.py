"""Finds register rows that only report an absence, for fewer school days than the notice requires for 疑似.

A notice may require a number of school days (``[persuasion] absent_days``) before a child is suspected. A row
gives the absence by its first day (``since``) or as a number of days (``absent_days``). Until the number is
reached the row opens no case; then it does without another mail. A row that gives neither, or that says 辍学,
opens a case at once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from config.notice import Notice
from parsers.fields.dates import whole_day
from store.stored_values import ObligationKey, StoredRecord, StoredSubmission

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodList:
    """The list of one unit and form for one period: its days, and the children in it."""

    period: str
    told_on: date
    """The day on which the list was reported."""
    came_on: date
    """The day on which its first submission arrived."""
    known_by: frozenset[str]
    """Names and numbers of its children."""

    def holds(self, row: StoredRecord) -> bool:
        """Returns whether the list contains the child of a row, by number or by name alone, as a number may have a slip."""
        return not self.known_by.isdisjoint(known_by(row))


def known_by(row: StoredRecord) -> frozenset[str]:
    """Returns the name and the number in a row, without blanks."""
    return frozenset(str(value) for key in ("name", "id_number") if (value := row.values.get(key)))


Lists = Mapping[ObligationKey, Sequence[PeriodList]]
"""By unit and recurring form, the lists that arrived, by period."""


def list_periods(lists: Iterable[tuple[StoredSubmission, date, date]], rows: Iterable[StoredRecord]) -> Lists:
    """Returns by unit and form the list of each period, in the order of periods.

    Args:
        lists: submissions for a period, each with the day it is about and the day of its arrival.
        rows: all rows of these submissions.
    """
    named: dict[ObligationKey, set[str]] = {}
    for row in rows:
        named.setdefault(row.key, set()).update(known_by(row))
    last_days: dict[ObligationKey, date] = {}
    first_arrivals: dict[ObligationKey, date] = {}
    for fact, told_on, came_on in lists:
        last_days[fact.key] = max(last_days.get(fact.key, date.min), told_on)
        first_arrivals[fact.key] = min(first_arrivals.get(fact.key, date.max), came_on)
    result: dict[ObligationKey, list[PeriodList]] = {}
    for key in sorted(last_days, key=lambda key: key.place):
        result.setdefault(key.of_form, []).append(
            PeriodList(
                period=key.period or "",
                told_on=last_days[key],
                came_on=first_arrivals[key],
                known_by=frozenset(named.get(key, ())),
            )
        )
    return result


def find_short_absences(
    notice: Notice, rows: Iterable[tuple[StoredRecord, date]], lists: Lists, today: date
) -> Iterator[str]:
    """Yields the ids of the rows whose child has been absent for fewer school days than the notice requires.

    A daily list that leaves a child out shows that it was present and so ends its absence. A weekly or longer
    list ends none, and neither does a daily list that arrives after the required days are over: a case never
    ends by being left out.

    Args:
        rows: rows of registers, each with the day that it is about.
    """
    wanted = notice.persuasion.absent_days
    if wanted is None:
        return
    suspected = notice.meant("status", "suspected")
    registers = {form.key: form for form in notice.forms if form.role == "register"}
    for row, told_on in rows:
        form = registers.get(row.form)
        status = row.values.get("status")
        if form is None or (status not in suspected if status else "status" in form.fields):
            continue
        stated_days = row.values.get("absent_days")
        since = _first_day(notice, row, told_on)
        if since is None or (isinstance(stated_days, int) and stated_days >= wanted):
            continue
        enough_on = _nth_school_day(notice, since, wanted)
        is_daily = form.rhythm is not None and form.rhythm.every == "day"
        was_back = is_daily and any(
            max(one.told_on, one.came_on) <= enough_on and not one.holds(row)
            for one in lists.get(row.key.of_form, ())
            if one.period > (row.period or "")
        )
        if today < enough_on or was_back:
            yield row.record_id


def _first_day(notice: Notice, row: StoredRecord, told_on: date) -> date | None:
    """Returns the first day of absence that a row gives, or None."""
    since, days = whole_day(row.values.get("since")), row.values.get("absent_days")
    if since is not None:
        return since if since <= told_on else None
    if not isinstance(days, int) or days < 1:
        return None
    day = told_on
    while (days := days - notice.is_school_day(day)) > 0:
        day -= _ONE_DAY
    return day


def _nth_school_day(notice: Notice, since: date, number: int) -> date:
    day = since
    while (number := number - notice.is_school_day(day)) > 0:
        day += _ONE_DAY
    return day
