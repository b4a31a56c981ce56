"""Which of a unit's filings of one form stand: a fuller one replaces, a partial one adds (domain 1.5.3)."""

from collections.abc import Mapping, Sequence

from store.stored_values import StoredSubmission


def standing(
    versions: Sequence[StoredSubmission], students: Mapping[str, frozenset[str]], full_share: float
) -> tuple[StoredSubmission, ...]:
    """Of versions in order of arrival, those that stand, oldest first.

    A later one with ``full_share`` of the students that stand replaces them all; with fewer it adds,
    and nobody is taken as gone. One without rows (empty, or a zero report) replaces only its like, and
    one whose table cannot count (``blocking``) replaces none that can.
    """
    kept: list[StoredSubmission] = []
    known: set[str] = set()
    for version in versions:
        own = students.get(version.submission_id, frozenset())
        if not version.records:
            if not version.nil and any(fact.records or fact.nil for fact in kept):
                continue  # an empty form says nothing against what was sent before
            kept = [*(fact for fact in kept if fact.records), version]
            continue
        if version.blocking and len(own & known) >= full_share * len(known) and _counts(kept):
            continue
        if not known or len(own & known) >= full_share * len(known):
            kept = [version]
            known = set(own)
        else:
            kept = [*(fact for fact in kept if fact.records), version]
            known |= own
    return tuple(kept)


def _counts(kept: Sequence[StoredSubmission]) -> bool:
    """Whether some of these hold rows that nothing keeps from counting."""
    return any(fact.records and not fact.blocking for fact in kept)


def superseded(
    kept: Sequence[StoredSubmission], keys: Mapping[str, Sequence[tuple[str, str | None]]]
) -> frozenset[str]:
    """Of submissions that stand together, oldest first, the ids of rows whose student a later one tells of again.

    ``keys`` gives for each submission its rows' ids and students.
    """
    newer: set[str] = set()
    found: set[str] = set()
    for fact in reversed(kept):
        own = keys.get(fact.submission_id, ())
        found.update(row for row, key in own if key in newer)
        newer.update(key for _, key in own if key is not None)
    return frozenset(found)
