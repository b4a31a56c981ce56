"""Adds the children of rows that do not count: to the child whom they are about, or as a case of its own.

The children of the rows that count are linked first and by themselves, so that no stranger's row can join two of them.
"""

from collections.abc import Sequence
from dataclasses import replace

from ledger.children.link_children import link
from ledger.children.linked_children import Student, Students
from ledger.children.students import link_students, read_pair_decisions
from store.stored_values import StoredDecision, StoredRecord

_FOR_THE_BETTER = frozenset(
    {"outcome", "returned_on", "visits", "visits_made", "proof_pictures", "attendance_mode", "until"}
)
"""What a row says for its child or its unit: return, visits, proof, leave."""


def add_unconfirmed_children(
    students: Students, rows: Sequence[StoredRecord], decisions: Sequence[StoredDecision]
) -> Students:
    """Returns the children with what ``rows``, which do not count, say of them, and after them those whom only these name.

    Whom only such rows name has no more than a case to be opened: nothing in them speaks for the better.
    """
    if not rows:
        return students
    strangers = link_students(rows, decisions).all
    owners = _owners(students.all, strangers, decisions)
    own_rows: dict[str, list[StoredRecord]] = {}
    for stranger in strangers:
        if (owner := owners.get(stranger.key)) is not None:
            own_rows.setdefault(owner, []).extend(stranger.rows)
    return Students(
        all=(
            *(
                replace(student, unconfirmed_rows=tuple(sorted(own_rows[student.key], key=_arrived)))
                if student.key in own_rows
                else student
                for student in students.all
            ),
            *(_unproven(stranger) for stranger in strangers if stranger.key not in owners),
        ),
        possible=students.possible,
    )


def without_better(row: StoredRecord) -> StoredRecord:
    """Returns a row without what it says for the better."""
    return replace(
        row, values={key: value for key, value in row.values.items() if key not in _FOR_THE_BETTER}
    )


def _owners(
    known: Sequence[Student], strangers: Sequence[Student], decisions: Sequence[StoredDecision]
) -> dict[str, str]:
    """Returns by the key of a stranger's child the key of the child, of rows that count, whom it surely is."""
    by_id = {each: student.key for student in known for each in student.ids}
    owners = {
        stranger.key: by_id[shared]
        for stranger in strangers
        if (shared := min(stranger.ids & by_id.keys(), default=None)) is not None
    }
    others = [stranger for stranger in strangers if stranger.key not in owners]
    stranger_of = {part.person.key: stranger.key for stranger in others for part in stranger.parts}
    student_of = {part.person.key: student.key for student in known for part in student.parts}
    links = link(
        [part.person for stranger in others for part in stranger.parts],
        [part.person for student in known for part in student.parts],
        read_pair_decisions(decisions),
    ).linked
    return owners | {stranger_of[one.left]: student_of[one.right] for one in links}


def _unproven(stranger: Student) -> Student:
    rows = tuple(map(without_better, stranger.rows))
    parts = tuple(replace(part, rows=tuple(map(without_better, part.rows))) for part in stranger.parts)
    return replace(stranger, rows=rows, parts=parts, is_unconfirmed=True)


def _arrived(row: StoredRecord) -> tuple[object, ...]:
    return (row.received_at, row.submission_id, row.sheet, row.row, row.record_id)
