"""What was wrong with a unit's form before one of its filings came, and with it (judgement 4, M10)."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from ledger.snapshot import Book
from ledger.versions.corrections import Keys, row_keys
from ledger.versions.current_versions import standing, superseded
from store.stored_values import StoredProblem, StoredSubmission

_EVERY_CHILD = 1.0  # mended numbers are looked for wherever two versions differ, not only where it decides


def faults_around(book: Book, fact: StoredSubmission) -> "Around | None":
    """The faults that stood before a filing and those that stand with it; None for a first filing.

    A filing that only adds rows leaves the faults of the others as they were, and a child keeps its faults
    when its row moves or its number is mended.
    """
    versions = [other for other in book.versions[fact.unit, fact.form] if other.notice == fact.notice]
    place = versions.index(fact)
    if not place:
        return None
    keys = row_keys(book.store, [versions], _EVERY_CHILD)
    return Around(
        before=_standing(book, versions[:place], keys),
        after=_standing(book, versions[: place + 1], keys),
        whose={row: key for own in keys.values() for row, key in own if key},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What was wrong on both sides of a filing."""

    before: frozenset[Hashable]
    after: frozenset[Hashable]
    whose: Mapping[str, str]
    """By row id, the child."""

    def is_new(self, problem: StoredProblem) -> bool:
        return _fault(problem, self.whose) not in self.before


def _standing(book: Book, versions: Sequence[StoredSubmission], keys: Keys) -> frozenset[Hashable]:
    students = {
        fact.submission_id: frozenset(key for _, key in keys.get(fact.submission_id, ()) if key)
        for fact in versions
    }
    kept = standing(versions, students, book.notice.full_share)
    gone = superseded(kept, keys) if len(kept) > 1 else frozenset()
    whose = {row: key for own in keys.values() for row, key in own if key}
    return frozenset(
        _fault(problem, whose)
        for fact in kept
        for problem in book.problems_of(fact)
        if problem.record_id not in gone
    )


def _fault(problem: StoredProblem, whose: Mapping[str, str]) -> Hashable:
    """What a problem keeps from one version to the next: the child, the column and the kind of fault."""
    if problem.record_id is None:
        return problem.field, problem.code
    return whose.get(problem.record_id, (problem.sheet, problem.row)), problem.field, problem.code
