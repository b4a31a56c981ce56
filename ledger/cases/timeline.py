"""What happened to a child, in order of days, each with where it stands written."""

from collections.abc import Mapping, Sequence
from datetime import date

from ledger.cases.closing import Closing
from ledger.cases.visits import merged_visits
from ledger.children.students import Student
from ledger.results import Event
from ledger.snapshot import Book
from store.stored_values import StoredRecord

_DECIDED = {"close": "结案", "reopen": "撤销结案", "note": "记一笔", "merge": "并案", "split": "分开"}


def timeline(
    book: Book, student: Student, ended: Closing | None, paths: Mapping[str, str]
) -> tuple[Event, ...]:
    """Statements, visits, sightings on rolls, people's decisions and the closing.

    A filing that repeats what the same unit's same form said before is no event. ``paths`` are the names of
    files by id.
    """
    found = [
        *_told(book, student.rows, paths),
        *_visited(book, student.rows, paths),
        *_decided(book, student),
    ]
    for part in student.parts:
        sighting = book.enrolment.sure.get(part.person.key)
        for row in sighting.rows if sighting is not None else ():
            found.append(
                Event(
                    date=book.day(row.received_at),
                    what=f"{row.unit}{row.form}在册:{row.values.get('study_status') or '在校'}",
                    origin=_origin(book, row, paths),
                )
            )
    if ended is not None and not any(
        event.what.startswith("结案") for event in found if event.date == ended.on
    ):
        found.append(Event(date=ended.on, what="结案", origin=ended.by))
    return tuple(sorted(found, key=lambda event: event.date))


def _told(book: Book, rows: Sequence[StoredRecord], paths: Mapping[str, str]) -> list[Event]:
    said: dict[tuple[str, str], tuple[object, object]] = {}
    found = []
    for row in rows:
        status, outcome = row.values.get("status"), row.values.get("outcome")
        statement = (status, outcome)
        if said.get((row.unit, row.form)) == statement or not (status or outcome):
            continue
        said[row.unit, row.form] = statement
        words = "、".join(str(word) for word in statement if word)
        found.append(
            Event(
                date=book.day(row.received_at),
                what=f"{row.unit}{row.form}报{words}",
                origin=_origin(book, row, paths),
            )
        )
    return found


def _visited(book: Book, rows: Sequence[StoredRecord], paths: Mapping[str, str]) -> list[Event]:
    """Each dated visit once, by the row that told of it first."""
    found: dict[date, Event] = {}
    for visit in merged_visits(rows, book.today):
        if visit.date is None:
            continue
        row = next(r for r in rows if any(v.date == visit.date for v in merged_visits([r], book.today)))
        found[visit.date] = Event(
            date=visit.date,
            what=f"第{visit.number}次劝返:{visit.result or '结果未填'}",
            origin=_origin(book, row, paths),
        )
    return list(found.values())


def _decided(book: Book, student: Student) -> list[Event]:
    return [
        Event(date=book.day(d.at), what=_DECIDED[d.kind], origin=f"{d.who}:{d.why}")
        for d in book.decisions
        if d.kind in _DECIDED and d.subject in student.ids
    ]


def _origin(book: Book, row: StoredRecord, paths: Mapping[str, str]) -> str:
    """Message, file, sheet and row in words."""
    came = row.received_at.astimezone(book.zone)
    path = paths.get(row.file_id, row.file_id)
    return f"{came:%Y-%m-%d %H:%M}来信 {path} {row.sheet}第{row.row}行"
