"""The problems that reading recorded in current submissions, and how many rows, errors and warnings count."""

from collections.abc import Collection, Mapping

from ledger.snapshot import Snapshot
from store.stored_values import StoredProblem, StoredSubmission, UnitForm


def recorded_problems(snapshot: Snapshot, unit: str | None = None) -> tuple[StoredProblem, ...]:
    """Returns the problems of current tables and rows, of one unit or of all."""
    return _problems_of(
        snapshot, [unit_form for unit_form in snapshot.current_versions if unit in (None, unit_form[0])]
    )


def unexplained_problems(snapshot: Snapshot, submission: StoredSubmission) -> tuple[StoredProblem, ...]:
    """Returns the problems of one submission that nobody has explained."""
    return tuple(problem for problem in snapshot.stored_problems([submission]) if problem.explained is None)


def recount_problems(snapshot: Snapshot) -> Mapping[UnitForm, list[StoredProblem]]:
    """Returns the current problems of each unit and form for which the submissions' own totals do not hold.

    These are the ones with superseded rows or explained problems. Once a judgement is enough.
    """
    unit_forms = snapshot.superseded_rows.keys() | (
        snapshot.officer_decisions.explained_unit_forms & snapshot.current_versions.keys()
    )
    recounted: dict[UnitForm, list[StoredProblem]] = {unit_form: [] for unit_form in unit_forms}
    for problem in _problems_of(snapshot, unit_forms):
        recounted[problem.unit, problem.form].append(problem)
    return recounted


def count_current(
    snapshot: Snapshot, unit_form: UnitForm, recounted: Mapping[UnitForm, list[StoredProblem]]
) -> tuple[int, int, int]:
    """Returns the rows, errors and warnings of one unit and form; explained problems do not count."""
    submissions = snapshot.current_versions.get(unit_form, ())
    superseded = snapshot.superseded_rows.get(unit_form, ())
    records = sum(submission.records for submission in submissions) - len(superseded)
    if unit_form not in recounted:
        return (
            records,
            sum(submission.errors for submission in submissions),
            sum(submission.warnings for submission in submissions),
        )
    counting = [problem for problem in recounted[unit_form] if problem.explained is None]
    errors = sum(problem.severity == "error" for problem in counting)
    return records, errors, len(counting) - errors


def _problems_of(snapshot: Snapshot, unit_forms: Collection[UnitForm]) -> tuple[StoredProblem, ...]:
    superseded_ids = snapshot.superseded_ids(unit_forms)
    submissions = [
        submission for unit_form in unit_forms for submission in snapshot.current_versions[unit_form]
    ]
    return tuple(
        problem
        for problem in snapshot.stored_problems(submissions)
        if problem.record_id not in superseded_ids
    )
