"""Selects the current submissions of a unit and form: a fuller one replaces, a partial one adds (domain 1.5.3).

A partial one replaces, too, where its mail says so (以此为准). Whoever is left out of it stays a case: cases are read
from every submission.
"""

from collections.abc import Mapping, Sequence

from store.stored_values import StoredSubmission


def students_by_submission(keys: Mapping[str, Sequence[tuple[str, str | None]]]) -> dict[str, frozenset[str]]:
    """Returns for each submission the keys of its students, given its rows' ids and students."""
    return {
        submission: frozenset(key for _, key in rows if key is not None) for submission, rows in keys.items()
    }


def student_by_row(keys: Mapping[str, Sequence[tuple[str, str | None]]]) -> dict[str, str]:
    """Returns for each row id the key of its student, given each submission's rows' ids and students."""
    return {row: key for rows in keys.values() for row, key in rows if key is not None}


def select_current_versions(
    versions: Sequence[StoredSubmission], students: Mapping[str, frozenset[str]], full_share: float
) -> tuple[StoredSubmission, ...]:
    """Returns of versions in order of arrival the current ones, oldest first.

    A later one with ``full_share`` of the current students replaces them all; with fewer it adds,
    and nobody is taken as absent. One whose mail says that it replaces those before replaces all that
    arrived before that mail, however many it shares. One without rows (empty, or a zero report) replaces only its like, and
    one whose table cannot count (``blocking``) replaces none that can.
    """
    current: list[StoredSubmission] = []
    current_keys: set[str] = set()
    for version, replaces in _arrivals(versions):
        version_keys = students.get(version.submission_id, frozenset())
        if not version.records:
            if not version.nil and any(fact.records or fact.nil for fact in current):
                continue  # an empty form says nothing against what was sent before
            current = [*(fact for fact in current if fact.records), version]
            continue
        if (
            version.blocking
            and len(version_keys & current_keys) >= full_share * len(current_keys)
            and _any_counts(current)
        ):
            continue
        if (
            (replaces and not (version.blocking and _any_counts(current)))
            or not current_keys
            or len(version_keys & current_keys) >= full_share * len(current_keys)
        ):
            current = [version]
            current_keys = set(version_keys)
        else:
            current = [*(fact for fact in current if fact.records), version]
            current_keys |= version_keys
    return tuple(current)


def _arrivals(versions: Sequence[StoredSubmission]) -> list[tuple[StoredSubmission, bool]]:
    """Returns the versions as they arrived, each with whether it replaces those before it.

    One that was sent again with the word that it replaces the others arrives twice.
    """
    arrivals = [(fact.received_at, fact, fact.replaces_at == fact.received_at) for fact in versions]
    arrivals += [
        (fact.replaces_at, fact, True)
        for fact in versions
        if fact.replaces_at is not None and fact.replaces_at != fact.received_at
    ]
    return [(fact, replaces) for _, fact, replaces in sorted(arrivals, key=lambda arrival: arrival[0])]


def _any_counts(current: Sequence[StoredSubmission]) -> bool:
    """Returns whether some of these hold rows that nothing keeps from counting."""
    return any(fact.records and not fact.blocking for fact in current)


def find_superseded_rows(
    current: Sequence[StoredSubmission], keys: Mapping[str, Sequence[tuple[str, str | None]]]
) -> frozenset[str]:
    """Returns the ids of rows whose student a later submission sends again, of current submissions, oldest first.

    ``keys`` gives for each submission its rows' ids and students.
    """
    newer: set[str] = set()
    superseded_ids: set[str] = set()
    for fact in reversed(current):
        version_keys = keys.get(fact.submission_id, ())
        superseded_ids.update(row for row, key in version_keys if key in newer)
        newer.update(key for _, key in version_keys if key is not None)
    return frozenset(superseded_ids)
