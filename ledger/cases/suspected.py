"""疑似: who is gone without a word, as cases that nobody has opened yet (judgement 2, M6)."""

from ledger.children.linking import link
from ledger.children.person import number_of, person_of, place_of
from ledger.children.students import aliases, case_id, child_key
from ledger.results import Case, CaseState, Origin
from ledger.snapshot import Book
from store.stored_values import StoredRecord

_FINISHED = frozenset({"九年级", "高三", "中职三年级"})
_CHANGES = frozenset({"六年级", "大班"})
"""Grades after which a child goes on in another school."""
_AUTUMN = 7


def gone(book: Book) -> tuple[StoredRecord, ...]:
    """The last row of each child who was told of before and is told of by nobody now."""
    return tuple(row for row in book.absence.gone if not _moved_up(book, row))


def suspected(book: Book) -> tuple[Case, ...]:
    """Those of them who have no case, apart from whom a person has accounted for."""
    rows = [row for row in gone(book) if not _accounted(book, row)]
    persons = [person_of(row.record_id, [row], aliases(child_key(row), [row])) for row in rows]
    known = [part.person for student in book.students.all for part in student.parts]
    have = {one.left for one in link(persons, known).linked}
    cases = [_suspect(book, row) for row in rows if row.record_id not in have]
    return tuple(sorted(cases, key=lambda case: (case.responsible_unit, case.name, case.case_id)))


def _accounted(book: Book, row: StoredRecord) -> bool:
    """Whether a person said last that this child is accounted for, after the row came."""
    own = aliases(child_key(row), [row])
    last = next(
        (d for d in reversed(book.decisions) if d.kind in ("close", "reopen") and d.subject in own), None
    )
    return last is not None and last.kind == "close" and last.at >= row.received_at


def _moved_up(book: Book, row: StoredRecord) -> bool:
    """Whether a child of the school year before has finished school (X17), or the next one's roll is not due yet."""
    told = book.day(row.received_at)
    if book.notice.opened.month < _AUTUMN or told >= book.notice.first_mail_day:
        return False
    grade = row.values.get("grade")
    dues = [due for form in book.notice.forms if (due := book.notice.due_at(form, book.zone)) is not None]
    return grade in _FINISHED or (grade in _CHANGES and book.as_of <= max(dues, default=book.as_of))


def _suspect(book: Book, row: StoredRecord) -> Case:
    newer = book.standing[row.unit, row.form][-1]
    return Case(
        case_id=case_id(child_key(row)),
        name=str(row.values.get("name") or ""),
        id_number=number_of(row),
        status="疑似",
        state=CaseState.SUSPECTED,
        responsible_unit=row.unit,
        opened_on=book.day(newer.received_at),
        visits=(),
        next_visit_due=None,
        days_overdue=0,
        escalation="none",
        closed_on=None,
        closed_by=None,
        origins=(Origin(submission_id=row.submission_id, form=row.form, row=row.row),),
        details={"last_seen": f"{place_of(row)}({book.day(row.received_at)})"},
    )
