"""Values that were recorded, and functions that load the larger ones, for code that must not hold a store."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from store.questions.stored_rows import StoredRows
from store.stored_values import (
    AssignedSender,
    Disposition,
    StoredDecision,
    StoredFile,
    StoredProblem,
    StoredProof,
    StoredSubmission,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRows:
    """Functions that load rows of submissions, so that a caller reads only the submissions it needs."""

    records: Callable[[Collection[StoredSubmission]], StoredRows]
    """Returns the rows of these submissions by unit, form, arrival, then their position in the file."""
    row_keys: Callable[[Collection[str]], dict[str, Sequence[str | None]]]
    """Returns by submission id, for those with rows, the student key of each row in order."""
    problems: Callable[[Collection[StoredSubmission], str | None], tuple[StoredProblem, ...]]
    """Returns the problems of these submissions, all or those of one code, by unit, form and position."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Everything that judgements need of a store."""

    decisions: tuple[StoredDecision, ...]
    """All decisions, oldest first, with withdrawals and the decisions withdrawn."""
    assigned_senders: tuple[AssignedSender, ...]
    """The senders of assigned files, each with the unit."""
    assigned_files: frozenset[str]
    """The ids of those files."""
    rows: RecordedRows
    submissions: Callable[[str | None, datetime], tuple[StoredSubmission, ...]]
    """Returns every submission of a notice, or of all, that had arrived by an instant, once for each file with it."""
    proofs: Callable[[str | None, datetime], tuple[StoredProof, ...]]
    """Returns certificates and photographs of a notice, or of all, that had arrived by an instant."""
    files: Callable[[datetime, Disposition | None], tuple[StoredFile, ...]]
    """Returns every file that had arrived by an instant, or those with one disposition."""
    file_paths: Callable[[Collection[str]], Mapping[str, str]]
    """Returns by file id the file's path, with the archives around it."""
    count_unread: Callable[[datetime], int]
    """Returns the number of mails that had arrived by an instant and are unread."""
