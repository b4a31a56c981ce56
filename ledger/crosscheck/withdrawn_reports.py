"""Finds children whose case is closed and that no unit reports as out any more, so that nothing is left to ask."""

from collections.abc import Mapping

from ledger.children.linked_children import Students
from ledger.children.student_keys import case_id
from ledger.results import Case, CaseState
from ledger.snapshot import Snapshot

_UNSETTLED = (CaseState.OPEN, CaseState.SUSPECTED)


def find_withdrawn(snapshot: Snapshot, students: Students, cases: Mapping[str, Case]) -> frozenset[str]:
    """Returns the keys of students whose case is closed and that are in no unit's newest submission.

    Neither a list without the child nor a later zero report closes a case, so a child with an open case never
    qualifies.

    Args:
        cases: every case, by id.
    """
    newest = {
        fact.submission_id
        for facts in snapshot.latest_versions.values()
        if not (facts[-1].nil and not facts[-1].records)
        for fact in facts
    }
    return frozenset(
        student.key
        for student in students.all
        if (case := cases.get(case_id(student.key))) is not None
        and case.state not in _UNSETTLED
        and newest.isdisjoint(row.submission_id for row in student.rows)
    )
