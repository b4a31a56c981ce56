"""Persuasion visits (劝返) to one child, merged over all forms that report them."""

from collections.abc import Iterable, Sequence
from datetime import date

from config.notice import Notice
from ledger.results import Visit
from parsers.fields.dates import whole_day
from store.stored_values import StoredRecord

_MOST_COUNTED = 20  # a number above is not one of visits


def merged_visits(notice: Notice, rows: Sequence[StoredRecord], today: date) -> tuple[Visit, ...]:
    """Returns the visits in order of date; two on one day count once, and a later row for the day corrects (A05).

    Visits without a date come last, unless a dated one has the same content. Future dates are not visits yet.
    Rows that give only a number of visits (劝返次数) yield that many visits without a date.
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
    """Returns the day of the ``length``-th failed visit in a row, for the latest such run; else None.

    A visit without a date counts on the latest known day before it, or on ``date.min`` without one: a missing
    day does not undo the visit.
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
    """Returns the visits that a row lists, each a mapping from field to cell value."""
    visits = row.values.get("visits")
    return [visit for visit in visits if isinstance(visit, dict)] if isinstance(visits, list) else []


def _only_counted(notice: Notice, rows: Sequence[StoredRecord]) -> list[dict[str, object]]:
    """Returns visits for rows that give only their number; the last one gets the final outcome of the row."""
    counted = [(made, row) for row in rows if (made := visits_only_counted(row))]
    if not counted:
        return []
    made, row = max(counted, key=lambda pair: pair[0])
    outcome = row.values.get("outcome")
    before_last: dict[str, object] = {"result": None if is_return(notice, outcome) else outcome}
    return [*[before_last] * (made - 1), {"result": outcome}]


def visits_only_counted(row: StoredRecord) -> int:
    """Returns the number of visits a row gives (劝返次数) if it lists none of them; 0 if it lists some or gives no number."""
    made = row.values.get("visits_made")
    if not isinstance(made, int) or not 0 < made <= _MOST_COUNTED or any(True for _ in visit_cells(row)):
        return 0
    return made


def _distinct(visits: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """Returns each visit once, identified by its content, or by its number where it has none."""
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
