"""Persuasion visits (劝返) to one student, merged over all forms that report them."""

from collections.abc import Iterable, Sequence
from datetime import date

from config.notice import Notice
from ledger.results import Visit
from parsers.fields.dates import whole_day
from store.stored_values import StoredRecord

_MOST_COUNTED = 20  # a number above is not one of visits


def merged_visits(notice: Notice, rows: Sequence[StoredRecord], today: date) -> tuple[Visit, ...]:
    """Returns the visits in order of date, two on one day counted once (rule A05); a later row on the same day corrects.

    Visits without a date come last, unless a dated one has the same content; future dates are no visits yet. Where
    rows give no more than a number of visits (劝返次数), so many are without a date.
    """
    dated: dict[date, dict[str, object]] = {}
    undated: list[dict[str, object]] = []
    for row in rows:
        for cells in visit_cells(row):
            day = whole_day(cells.get("date"))
            if day is None:
                undated.append(cells)
            elif day <= today:
                merged = dated.setdefault(day, {})
                merged.update({key: value for key, value in cells.items() if value not in (None, "")})
    contents = {content for visit in dated.values() if (content := visit_text(visit, "content"))}
    loose = [visit for visit in _distinct(undated) if visit_text(visit, "content") not in contents]
    if not dated and not loose:
        loose = _only_counted(notice, rows)
    ordered = [*((day, dated[day]) for day in sorted(dated)), *((None, visit) for visit in loose)]
    return tuple(
        Visit(
            number=number,
            date=day,
            result=(result := visit_text(visit, "result")),
            is_return=is_return(notice, result),
            place=visit_text(visit, "place"),
            people=visit_text(visit, "people"),
            content=visit_text(visit, "content"),
        )
        for number, (day, visit) in enumerate(ordered, 1)
    )


def last_day(visits: Sequence[Visit]) -> date | None:
    """Returns the day of the last dated visit."""
    return max((visit.date for visit in visits if visit.date is not None), default=None)


def failed_streak(visits: Sequence[Visit], length: int) -> date | None:
    """Returns the day of the ``length``-th visit in a row without return, for the last such run; else None.

    A visit without a date was made at the latest known day before it, or, with none known, on ``date.min``:
    that nobody wrote the day down does not undo the visit.
    """
    run = 0
    day = date.min
    reached: date | None = None
    for visit in visits:
        day = visit.date or day
        if visit.is_return:
            run, reached = 0, None
            continue
        run += 1
        if run == length:
            reached = day
    return reached


def is_return(notice: Notice, result: object) -> bool:
    """Returns whether the result of a visit, or of all of them, means that the child is back."""
    return "returned" in (notice.meaning("visit_result", result), notice.meaning("outcome", result))


def visit_cells(row: StoredRecord) -> Iterable[dict[str, object]]:
    """Returns the visits that a row lists, as they were read."""
    visits = row.values.get("visits")
    return [visit for visit in visits if isinstance(visit, dict)] if isinstance(visits, list) else []


def _only_counted(notice: Notice, rows: Sequence[StoredRecord]) -> list[dict[str, object]]:
    """Returns the visits of which rows give only the number; what came of them is what came in the end."""
    counted = [(made, row) for row in rows if (made := visits_only_counted(row))]
    if not counted:
        return []
    made, row = max(counted, key=lambda pair: pair[0])
    outcome = row.values.get("outcome")
    before_last: dict[str, object] = {"result": None if is_return(notice, outcome) else outcome}
    return [*[before_last] * (made - 1), {"result": outcome}]


def visits_only_counted(row: StoredRecord) -> int:
    """Returns how many visits a row counts (劝返次数) of which it lists none; 0 where it lists some or counts none."""
    made = row.values.get("visits_made")
    if not isinstance(made, int) or not 0 < made <= _MOST_COUNTED or any(True for _ in visit_cells(row)):
        return 0
    return made


def _distinct(visits: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """Returns each visit once: by its content, or without content by its number."""
    distinct: list[dict[str, object]] = []
    seen: set[str] = set()
    for visit in visits:
        if (content_key := visit_text(visit, "content") or f"#{visit.get('number')}") not in seen:
            seen.add(content_key)
            distinct.append(visit)
    return distinct


def visit_text(visit: dict[str, object], key: str) -> str | None:
    """Returns one fact of a visit, or None where its cell is blank."""
    value = visit.get(key)
    return str(value) if value not in (None, "") else None
