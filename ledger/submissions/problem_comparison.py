"""Compares the problems of a unit's form before and after one of its submissions (docs/judging.md, Versions)."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from ledger.snapshot import Snapshot
from ledger.submissions.recorded_problems import unexplained_problems
from ledger.versions.current_versions import (
    RowParts,
    entries_by_submission,
    find_superseded_rows,
    select_current_versions,
)
from store.stored_values import RowStudents, StoredProblem, StoredSubmission, student_by_row

_EVERY_CHILD = 1.0
"""The share (0..1) with which corrected numbers are looked up in all versions, not only where they decide replacement."""


def compare_problems(snapshot: Snapshot, fact: StoredSubmission) -> "ProblemComparison | None":
    """Returns the form's problems before a submission and after it, or None for a first submission.

    A submission that only adds rows leaves other rows' problems unchanged, and a child keeps its problems
    when its row moves or its number is corrected. Submissions of the same mail are not earlier versions.
    """
    versions = [other for other in snapshot.versions[fact.key] if other.notice == fact.notice]
    earlier = [other for other in versions if other.received_at < fact.received_at]
    if not earlier:
        return None
    filing = [other for other in versions if other.received_at == fact.received_at]
    keys = snapshot.read_row_keys([versions], _EVERY_CHILD)
    parts = snapshot.read_row_parts([versions])
    return ProblemComparison(
        before=_current_problem_keys(snapshot, earlier, keys, parts),
        after=_current_problem_keys(snapshot, [*earlier, *filing], keys, parts),
        child_by_row=student_by_row(keys),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemComparison:
    """The problems before and after a submission, as keys of child, column and code."""

    before: frozenset[Hashable]
    after: frozenset[Hashable]
    child_by_row: Mapping[str, str]
    """By row id, the student key."""

    def is_new(self, problem: StoredProblem) -> bool:
        """Returns whether the problem did not exist before."""
        return _problem_key(problem, self.child_by_row) not in self.before


def _current_problem_keys(
    snapshot: Snapshot, versions: Sequence[StoredSubmission], keys: RowStudents, parts: RowParts
) -> frozenset[Hashable]:
    entries = entries_by_submission(keys, parts)
    current = select_current_versions(versions, entries, snapshot.notice.full_share, snapshot.day)
    superseded_ids = find_superseded_rows(current, keys, parts) if len(current) > 1 else frozenset()
    child_by_row = student_by_row(keys)
    return frozenset(
        _problem_key(problem, child_by_row)
        for fact in current
        for problem in unexplained_problems(snapshot, fact)
        if problem.record_id not in superseded_ids
    )


def _problem_key(problem: StoredProblem, child_by_row: Mapping[str, str]) -> Hashable:
    """Returns what identifies a problem across versions: the child, the column and the code."""
    if problem.record_id is None:
        return problem.field, problem.code
    return child_by_row.get(problem.record_id, (problem.sheet, problem.row)), problem.field, problem.code
