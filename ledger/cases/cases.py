"""Cases: children out of school and not yet accounted for (contract §4, ``cases --json``).

One case a child, from everything that ever came about it. A case never closes by silence: something
must say that the child returned, is excused with proof, is on another roll, or is too old.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from ledger.cases.closing import closing
from ledger.cases.proofs import Proofs, proofs
from ledger.cases.timeline import timeline
from ledger.cases.visits import failed_streak, last_day, merged_visits
from ledger.children.students import Student, case_id, last_statement
from ledger.results import Case, CaseState, Origin, Visit
from ledger.snapshot import Book
from parsers.fields.dates import whole_day
from store.stored_values import StoredRecord

_DETAILS = (
    "grade", "class_name", "household_category", "guardian", "guardian_phone", "previous_school", "reason", "whereabouts", "remark",
)  # fmt: skip


def cases(book: Book) -> tuple[Case, ...]:
    """Every case, open and closed, by responsible unit and name."""
    proven = proofs(book)
    rows = [*book.case_rows, *(row for sighting in book.enrolment.sure.values() for row in sighting.rows)]
    paths = book.store.file_paths({row.file_id for row in rows})
    found = [_case(book, student, proven, paths) for student in book.students.all]
    return tuple(sorted(found, key=lambda case: (case.responsible_unit, case.name, case.case_id)))


def _case(
    book: Book, student: Student, proven: Mapping[tuple[str, str], Proofs], paths: Mapping[str, str]
) -> Case:
    rows = student.rows
    visits = merged_visits(rows, book.today)
    last = last_statement(rows, book.statuses)
    status = str(last.values["status"]) if last is not None else _latest(rows, "status") or "辍学"
    opened = _opened(book, rows)
    ended, doubts = closing(book, student, proven)
    chased = ended is None and status in book.notice.persuasion.statuses
    due = _next_visit(book, visits, opened) if chased else None
    watched = _observed_until(book, ended.on) if ended and ended.state is CaseState.RETURNED else None
    return Case(
        case_id=case_id(student.key),
        name=_latest(rows, "name") or "(姓名未填)",
        id_number=_latest(rows, "id_number"),
        status=status,
        state=ended.state if ended else CaseState.OPEN,
        responsible_unit=_responsible(book, rows[-1]),
        opened_on=opened,
        visits=visits,
        next_visit_due=due,
        days_overdue=max((book.today - due).days, 0) if due else 0,
        escalation=_escalation(book, rows, visits) if chased else "none",
        closed_on=ended.on if ended else None,
        closed_by=ended.by if ended else None,
        origins=tuple(Origin(submission_id=row.submission_id, form=row.form, row=row.row) for row in rows),
        notes=tuple(
            f"{book.day(d.at)} {d.who}:{d.why}"
            for d in book.decisions
            if d.kind == "note" and d.subject in student.ids
        ),
        details={key: value for key in _DETAILS if (value := _latest(rows, key)) is not None},
        observed_until=watched,
        doubts=doubts,
        timeline=timeline(book, student, ended, paths),
    )


def _observed_until(book: Book, returned: date) -> date | None:
    """The end of 返校观察 for a child who returned on this day, or None once it is over."""
    until = returned + timedelta(days=book.notice.persuasion.observed_days)
    return until if book.today < until else None


def _opened(book: Book, rows: Sequence[StoredRecord]) -> date:
    """The day of the event where one is given in full, else the day on which the office first heard (A04)."""
    heard = book.day(rows[0].received_at)
    for row in reversed(rows):
        since = whole_day(row.values.get("since"))
        if since is not None and since <= heard:
            return since
    return heard


def _responsible(book: Book, row: StoredRecord) -> str:
    """Out of county: the township of registration; in county: the school that the child left (R15, R16)."""
    unit = book.unit(row.unit)
    if unit is not None and unit.kind == "township":
        home = row.values.get("household_township")
        known = book.unit(home) if isinstance(home, str) else None
        if known is not None and known.kind == "township":
            return known.name
    return row.unit


def _next_visit(book: Book, visits: Sequence[Visit], opened: date) -> date:
    """Five days after the last visit, or after the event (R17, A04)."""
    return (last_day(visits) or opened) + timedelta(days=book.notice.persuasion.interval_days)


def _escalation(book: Book, rows: Sequence[StoredRecord], visits: Sequence[Visit]) -> str:
    """After three visits in a row without return the persuasion forms are owed (R18, R19)."""
    third = failed_streak(visits, book.notice.persuasion.streak)
    if third is None:
        return "none"
    forms = {form.key for form in book.notice.forms if form.proof_every}
    filed = any(row.form in forms and book.day(row.received_at) >= third for row in rows)
    return "filed" if filed else "owed"


def _latest(rows: Sequence[StoredRecord], key: str) -> str | None:
    return next(
        (str(row.values[key]) for row in reversed(rows) if row.values.get(key) not in (None, "")), None
    )
