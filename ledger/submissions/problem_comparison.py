"""Compares the problems of a unit's form before and after one of its submissions (judgement 4, M10)."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from ledger.snapshot import Snapshot
from ledger.submissions.recorded_problems import unexplained_problems
from ledger.versions.corrected_numbers import RowKeys
from ledger.versions.current_versions import (
    find_superseded_rows,
    select_current_versions,
    student_by_row,
    students_by_submission,
)
from store.stored_values import StoredProblem, StoredSubmission

_EVERY_CHILD = 1.0  # corrected numbers are looked for wherever two versions differ, not only where it decides


def compare_problems(snapshot: Snapshot, fact: StoredSubmission) -> "ProblemComparison | None":
    """Returns the problems before a submission and those with it; None for a first submission.

    A submission that only adds rows leaves the problems of the others as they were, and a child keeps its
    problems when its row moves or its number is corrected.
    """
    versions = [other for other in snapshot.versions[fact.unit, fact.form] if other.notice == fact.notice]
    index = versions.index(fact)
    if not index:
        return None
    keys = snapshot.read_row_keys([versions], _EVERY_CHILD)
    return ProblemComparison(
        before=_current_problem_keys(snapshot, versions[:index], keys),
        after=_current_problem_keys(snapshot, versions[: index + 1], keys),
        child_by_row=student_by_row(keys),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemComparison:
    """The problems before and after a submission."""

    before: frozenset[Hashable]
    after: frozenset[Hashable]
    child_by_row: Mapping[str, str]
    """By row id, the child."""

    def is_new(self, problem: StoredProblem) -> bool:
        return _problem_key(problem, self.child_by_row) not in self.before


def _current_problem_keys(
    snapshot: Snapshot, versions: Sequence[StoredSubmission], keys: RowKeys
) -> frozenset[Hashable]:
    current = select_current_versions(versions, students_by_submission(keys), snapshot.notice.full_share)
    superseded_ids = find_superseded_rows(current, keys) if len(current) > 1 else frozenset()
    child_by_row = student_by_row(keys)
    return frozenset(
        _problem_key(problem, child_by_row)
        for fact in current
        for problem in unexplained_problems(snapshot, fact)
        if problem.record_id not in superseded_ids
    )


def _problem_key(problem: StoredProblem, child_by_row: Mapping[str, str]) -> Hashable:
    """Returns what a problem keeps from one version to the next: the child, the column and the code."""
    if problem.record_id is None:
        return problem.field, problem.code
    return child_by_row.get(problem.record_id, (problem.sheet, problem.row)), problem.field, problem.code
