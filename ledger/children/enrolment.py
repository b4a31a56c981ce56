"""Links children of registers to rows of current rolls: surely enough to close a case, or as a question."""

from collections.abc import Sequence

from ledger.children.columns.candidates import find_candidates
from ledger.children.columns.child_columns import ChildColumns
from ledger.children.group_rows import persons_with_rows
from ledger.children.link_children import link
from ledger.children.linked_children import Enrolment, PairDecisions, RollMatch, Students
from ledger.children.student_keys import roll_ids
from store.stored_values import StoredRecord


def find_roll_candidates(students: Students, rolls: ChildColumns) -> tuple[StoredRecord, ...]:
    """Returns the roll rows that may be about one of these children, and those needed to judge them, oldest first."""
    persons = [part.person for student in students.all for part in student.parts]
    rows = find_candidates(persons, rolls) if persons else ()
    return tuple(
        sorted(rows, key=lambda row: (row.received_at, row.submission_id, row.sheet, row.row, row.record_id))
    )


def find_enrolment(
    students: Students, rolls: Sequence[StoredRecord], pair_decisions: PairDecisions
) -> Enrolment:
    """Returns for each child of the registers the roll rows linked to it, split into sure and doubtful links.

    Args:
        rolls: the candidates of ``find_roll_candidates``, oldest first.
    """
    cases = [part.person for student in students.all for part in student.parts]
    children = persons_with_rows(
        [(row.record_id, [row]) for row in rolls],
        roll_ids,
        pair_decisions,
        order=lambda row: (row.received_at, ""),
    )
    by_key = {person.key: (person, rows) for person, rows in children}
    result = link(cases, [person for person, _ in children], pair_decisions)
    sure: dict[str, RollMatch] = {}
    doubtful: dict[str, list[RollMatch]] = {}
    for one in (*result.linked, *result.proposed):
        rows = by_key[one.right][1]
        roll_match = RollMatch(link=one, rows=rows, child_id=roll_ids(rows[-1])[0])
        if one.may_close:
            sure[one.left] = roll_match
        else:
            doubtful.setdefault(one.left, []).append(roll_match)
    return Enrolment(sure=sure, doubtful={key: tuple(members) for key, members in doubtful.items()})
