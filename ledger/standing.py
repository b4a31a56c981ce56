"""Which of a unit's filings of one form stand: a fuller one replaces, a partial one adds (domain 1.5.3)."""

from collections.abc import Mapping, Sequence

from store.facts import RecordFact, SubmissionFact


def standing(
    versions: Sequence[SubmissionFact], students: Mapping[str, frozenset[str]], full_share: float
) -> tuple[SubmissionFact, ...]:
    """Of versions in order of arrival, those that stand, oldest first.

    A later one with ``full_share`` of the students that stand replaces them all; with fewer it adds,
    and nobody is taken as gone. One without rows (empty, or a zero report) replaces only its like, and
    one whose table cannot count (``blocking``) replaces none that can.
    """
    kept: list[SubmissionFact] = []
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


def _counts(kept: Sequence[SubmissionFact]) -> bool:
    """Whether some of these hold rows that nothing keeps from counting."""
    return any(fact.records and not fact.blocking for fact in kept)


def current_rows(
    kept: Sequence[SubmissionFact], rows: Mapping[str, Sequence[RecordFact]], key_of: Mapping[str, str | None]
) -> list[RecordFact]:
    """The rows that stand: a student told of again stands as told last."""
    newer: set[str] = set()
    found: list[list[RecordFact]] = []
    for fact in reversed(kept):
        own = rows.get(fact.submission_id, ())
        found.append(
            [row for row in own if key_of[row.record_id] is None or key_of[row.record_id] not in newer]
        )
        newer |= {key for row in own if (key := key_of[row.record_id]) is not None}
    return [row for part in reversed(found) for row in part]
