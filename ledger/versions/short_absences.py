"""Finds rows of registers that say of a child only that it is absent, for fewer school days than make it 疑似.

A notice may ask for days of absence before a child is suspected (``[persuasion] absent_days``). Such a row says how long:
by a first day (``since``) or a number of days (``absent_days``). Until there are as many it opens no case, and from then on
it does without another mail. A row that says neither opens one at once, and so does one that says 辍学.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from config.notice import Notice
from parsers.fields.dates import whole_day
from store.stored_values import ObligationKey, StoredRecord

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodList:
    """One period's list of one unit and form: when it was told, and whom it names."""

    period: str
    told_on: date
    came_on: date
    """When the first of it arrived."""
    known_by: frozenset[str]
    """Names and numbers of its children."""

    def holds(self, row: StoredRecord) -> bool:
        """Returns whether it names the child of a row; by the name alone, too, for a number may have a slip."""
        return not self.known_by.isdisjoint(known_by(row))


def known_by(row: StoredRecord) -> frozenset[str]:
    """Returns the name and the number that a row gives its child."""
    return frozenset(str(value) for key in ("name", "id_number") if (value := row.values.get(key)))


Lists = Mapping[ObligationKey, Sequence[PeriodList]]
"""By unit and form that is owed again and again, the lists that came, by period."""


def find_short_absences(
    notice: Notice, rows: Iterable[tuple[StoredRecord, date]], lists: Lists, today: date
) -> Iterator[str]:
    """Yields the ids of the rows whose child has not been absent for as long as the notice asks for.

    A list of each day says of whom it does not name that it was there: it ends the absence. A list of a week or longer is
    silent about it, and ends none; neither does a day's list that comes when the days are over already, for no case is over
    because a list leaves a child out.

    Args:
        rows: those of registers, each with the day on which it speaks.
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
        told_days = row.values.get("absent_days")
        since = _first_day(notice, row, told_on)
        if since is None or (isinstance(told_days, int) and told_days >= wanted):
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
    """Returns the first day of absence that a row tells; None where it tells none that can be counted from."""
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
