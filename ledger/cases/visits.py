"""Persuasion visits (劝返) to one student, merged over all forms that report them."""

from collections.abc import Iterable, Sequence
from datetime import date

from ledger.results import Visit
from parsers.fields.dates import whole_day
from store.stored_values import StoredRecord

RETURNED = "已返校"


def merged_visits(rows: Sequence[StoredRecord], today: date) -> tuple[Visit, ...]:
    """Returns the visits in order of date, two on one day counted once (A05); a later row on the same day corrects.

    Visits without a date come last, unless a dated one has the same content; future dates are no visits yet.
    """
    dated: dict[date, dict[str, object]] = {}
    undated: list[dict[str, object]] = []
    for row in rows:
        for cells in _visit_cells(row):
            day = whole_day(cells.get("date"))
            if day is None:
                undated.append(cells)
            elif day <= today:
                merged = dated.setdefault(day, {})
                merged.update({key: value for key, value in cells.items() if value not in (None, "")})
    contents = {content for visit in dated.values() if (content := _text(visit, "content"))}
    loose = [visit for visit in _distinct(undated) if _text(visit, "content") not in contents]
    ordered = [*((day, dated[day]) for day in sorted(dated)), *((None, visit) for visit in loose)]
    return tuple(
        Visit(
            number=number,
            date=day,
            result=_text(visit, "result"),
            place=_text(visit, "place"),
            people=_text(visit, "people"),
            content=_text(visit, "content"),
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
        if visit.result == RETURNED:
            run, reached = 0, None
            continue
        run += 1
        if run == length:
            reached = day
    return reached


def _visit_cells(row: StoredRecord) -> Iterable[dict[str, object]]:
    visits = row.values.get("visits")
    return [visit for visit in visits if isinstance(visit, dict)] if isinstance(visits, list) else []


def _distinct(visits: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """Returns each visit once: by its content, or without content by its number."""
    distinct: list[dict[str, object]] = []
    seen: set[str] = set()
    for visit in visits:
        if (content_key := _text(visit, "content") or f"#{visit.get('number')}") not in seen:
            seen.add(content_key)
            distinct.append(visit)
    return distinct


def _text(visit: dict[str, object], key: str) -> str | None:
    value = visit.get(key)
    return str(value) if value not in (None, "") else None
