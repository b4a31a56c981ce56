"""Queries of submissions, their rows, problems and proof documents."""

from collections.abc import Collection, Sequence
from datetime import datetime

from store.aggregates.transactions import Transactions
from store.questions import queries
from store.questions.current_names import CurrentNames
from store.questions.stored_rows import StoredRows
from store.stored_values import StoredProblem, StoredProof, StoredSubmission


class SubmissionStore:
    """Submissions as they were read, under their units' present names."""

    def __init__(self, transactions: Transactions, units: CurrentNames) -> None:
        self._transactions = transactions
        self._units = units

    def arrived(self, notice: str | None, as_of: datetime) -> tuple[StoredSubmission, ...]:
        """Returns every submission of one notice, or of all, that had arrived by an instant, in order of arrival."""
        with self._transactions.reading() as connection:
            submissions = queries.submissions(connection, notice, as_of)
        return tuple(self._units.rename(submission) for submission in submissions)

    def copies(self, notice: str | None, as_of: datetime) -> tuple[StoredSubmission, ...]:
        """Returns every submission once for each file that contains it, in order of arrival."""
        with self._transactions.reading() as connection:
            copies = queries.submission_copies(connection, notice, as_of)
        return tuple(self._units.rename(submission) for submission in copies)

    def records(self, submissions: Collection[StoredSubmission]) -> StoredRows:
        """Returns the rows of these submissions by unit, form, arrival, then their position in the file."""
        with self._transactions.reading() as connection:
            return queries.records(connection, submissions)

    def row_keys(self, submission_ids: Collection[str]) -> dict[str, Sequence[str | None]]:
        """Returns by submission id, for those with rows, the student key of each row in order."""
        with self._transactions.reading() as connection:
            return queries.row_keys(connection, submission_ids)

    def problems(
        self, submissions: Collection[StoredSubmission], code: str | None = None
    ) -> tuple[StoredProblem, ...]:
        """Returns the problems of these submissions, all or those of one code, by unit, form and position."""
        with self._transactions.reading() as connection:
            return queries.problems(connection, submissions, code)

    def proofs(self, notice: str | None, as_of: datetime) -> tuple[StoredProof, ...]:
        """Returns the proof documents that had arrived by an instant, in order of arrival."""
        with self._transactions.reading() as connection:
            proofs = queries.proofs(connection, notice, as_of)
        return tuple(self._units.rename(proof) for proof in proofs)
