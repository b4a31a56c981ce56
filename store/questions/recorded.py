"""Hands out what was recorded as values, and as functions where there is too much of it to load at once."""

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
    """Reads what submissions hold; whoever judges reads some submissions at a time."""

    records: Callable[[Collection[StoredSubmission]], StoredRows]
    """The rows of these submissions by unit, form, arrival, then their place in the file."""
    row_keys: Callable[[Collection[str]], dict[str, Sequence[str | None]]]
    """For each of these submissions that has rows, who each of them is about, in order."""
    problems: Callable[[Collection[StoredSubmission], str | None], tuple[StoredProblem, ...]]
    """The problems of these submissions, all or those of one code, by unit, form and position."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What was recorded, for whoever judges it and holds no store."""

    decisions: tuple[StoredDecision, ...]
    """All that people decided, oldest first, withdrawn ones and withdrawals among them."""
    assigned_senders: tuple[AssignedSender, ...]
    """Who sent the files that people assigned, each with the unit."""
    assigned_files: frozenset[str]
    """The ids of those files."""
    rows: RecordedRows
    submissions: Callable[[str | None, datetime], tuple[StoredSubmission, ...]]
    """Every submission of a notice, or of all, that had arrived by then, once for each file that holds it."""
    proofs: Callable[[str | None, datetime], tuple[StoredProof, ...]]
    """Certificates and photographs of a notice, or of all, that had arrived by then."""
    files: Callable[[datetime, Disposition | None], tuple[StoredFile, ...]]
    """Every file that had arrived by then, or those with one disposition."""
    file_paths: Callable[[Collection[str]], Mapping[str, str]]
    """What each of these files is called, folders of archives before it."""
    count_unread: Callable[[datetime], int]
    """How many mails had arrived by then and are not read."""
