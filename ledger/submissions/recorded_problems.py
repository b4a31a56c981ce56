"""The problems recorded when reading current submissions, and the current numbers of rows, errors and warnings."""

from collections.abc import Collection, Mapping

from ledger.snapshot import Snapshot
from store.stored_values import ObligationKey, StoredProblem, StoredSubmission


def recorded_problems(snapshot: Snapshot, unit: str | None = None) -> tuple[StoredProblem, ...]:
    """Returns the problems of current tables and rows, of one unit or of all."""
    return _problems_of(snapshot, [key for key in snapshot.current_versions if unit in (None, key.unit)])


def unexplained_problems(snapshot: Snapshot, submission: StoredSubmission) -> tuple[StoredProblem, ...]:
    """Returns the problems of one submission that no officer has explained."""
    return tuple(problem for problem in snapshot.stored_problems([submission]) if problem.explained is None)


def recount_problems(snapshot: Snapshot) -> Mapping[ObligationKey, list[StoredProblem]]:
    """Returns by obligation its current problems, where the totals stored with submissions are not valid.

    These are obligations with superseded rows, explained problems or overruled values. Computed once per
    judgement.
    """
    explained = snapshot.officer_decisions.explained_keys | {
        ObligationKey(one.unit, one.form) for one in snapshot.overruled
    }
    keys = snapshot.superseded_rows.keys() | {
        key for key in snapshot.current_versions if key.of_form in explained
    }
    recounted: dict[ObligationKey, list[StoredProblem]] = {key: [] for key in keys}
    for problem in _problems_of(snapshot, keys):
        recounted[problem.key].append(problem)
    return recounted


def count_current(
    snapshot: Snapshot, key: ObligationKey, recounted: Mapping[ObligationKey, list[StoredProblem]]
) -> tuple[int, int, int]:
    """Returns the current numbers of rows, errors and warnings of an obligation, without explained problems."""
    submissions = snapshot.current_versions.get(key, ())
    superseded = snapshot.superseded_rows.get(key, ())
    records = sum(submission.records for submission in submissions) - len(superseded)
    if key not in recounted:
        return (
            records,
            sum(submission.errors for submission in submissions),
            sum(submission.warnings for submission in submissions),
        )
    counting = [problem for problem in recounted[key] if problem.explained is None]
    errors = sum(problem.severity == "error" for problem in counting)
    return records, errors, len(counting) - errors


def _problems_of(snapshot: Snapshot, keys: Collection[ObligationKey]) -> tuple[StoredProblem, ...]:
    superseded_ids = snapshot.superseded_ids(keys)
    submissions = [submission for key in keys for submission in snapshot.current_versions[key]]
    return tuple(
        problem
        for problem in snapshot.stored_problems(submissions)
        if problem.record_id not in superseded_ids
    )
