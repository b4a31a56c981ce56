"""Finds the children of whom no unit says any more that they are out, and whose case is closed: nothing is left to ask."""

from collections.abc import Mapping

from ledger.children.linked_children import Students
from ledger.children.student_keys import case_id
from ledger.results import Case, CaseState
from ledger.snapshot import Snapshot

_UNSETTLED = (CaseState.OPEN, CaseState.SUSPECTED)


def find_withdrawn(snapshot: Snapshot, students: Students, cases: Mapping[str, Case]) -> frozenset[str]:
    """Returns the keys of students whose case is closed, and whom no unit's newest report has any more.

    Neither a list that leaves a child out nor a later zero report closes a case; so one whose case is open is still told
    of by whoever told of it.

    Args:
        cases: every case, by its id.
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
