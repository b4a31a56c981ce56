"""Adds rows from unproven senders to the children that they are about, or as children of their own.

Rows from proven senders are linked first and on their own, so that an unproven sender's row cannot join two
children.
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
"""Fields in favour of the child or its unit: return, visits, proof, leave."""


def add_unconfirmed_children(
    students: Students, rows: Sequence[StoredRecord], decisions: Sequence[StoredDecision]
) -> Students:
    """Returns the children with unproven senders' ``rows`` added, followed by children that only these rows contain.

    Children of the latter kind only open a case: fields in favour of the child or its unit are removed from
    their rows.
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
    """Returns a row without the fields in favour of the child or its unit."""
    return replace(
        row, values={key: value for key, value in row.values.items() if key not in _FOR_THE_BETTER}
    )


def _owners(
    known: Sequence[Student], strangers: Sequence[Student], decisions: Sequence[StoredDecision]
) -> dict[str, str]:
    """Returns by key of an unproven child the key of the counted child that it surely is."""
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
