"""Rows of one filing's versions that are one child although a later version mended the number.

A row is known by its identity number, and by name and birth date while that number is wrong
(:func:`config.identity.student_key`), so mending the number changes the key. Without this, a small
table sent again with just the marked cells mended would stand beside the wrong one instead of
replacing it (domain 1.5.3; judgement M8, M10).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from store import Store
from store.stored_values import StoredRecord, StoredSubmission

RowKeys = dict[str, tuple[tuple[str, str | None], ...]]
"""By submission, its rows' ids and who each is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowIdentity:
    """What one row says about who it is about."""

    key: str
    name: str
    birth: str = ""
    guardian: str = ""

    @property
    def is_numbered(self) -> bool:
        """Whether the key is a sound number and not ``name|birth date``."""
        return "|" not in self.key


def read_row_keys(
    store: Store, version_lists: Iterable[Sequence[StoredSubmission]], full_share: float
) -> RowKeys:
    """The rows of each filing's versions, a child whose number was mended under one key in all of them.

    Args:
        filings: for each unit and form its versions, in order of arrival.
        full_share: what a version must share with one before it to replace it (:mod:`ledger.versions.current_versions`);
            where it shares as much by its keys alone, mended ones make no difference, and nothing is read.
    """
    several = [facts for facts in version_lists if len(facts) > 1]
    by_submission = store.row_keys([fact.submission_id for facts in several for fact in facts])
    doubtful = [facts for facts in several if _might_replace(facts, by_submission, full_share)]
    if not doubtful:
        return by_submission
    rows = _by_submission(store.records([fact for facts in doubtful for fact in facts]))
    for facts in doubtful:
        keys = {row: key for fact in facts for row, key in by_submission.get(fact.submission_id, ()) if key}
        identities = [
            [
                _row_identity(row, keys[row.record_id])
                for row in rows.get(fact.submission_id, ())
                if row.record_id in keys
            ]
            for fact in facts
        ]
        if first_keys := map_corrected_keys(identities):
            for fact in facts:
                keyed = by_submission.get(fact.submission_id, ())
                by_submission[fact.submission_id] = tuple(
                    (row, first_keys.get(key or "", key)) for row, key in keyed
                )
    return by_submission


def map_corrected_keys(versions: Sequence[Sequence[RowIdentity]]) -> Mapping[str, str]:
    """From each key that another version writes otherwise to the first key of that child.

    Two rows are one child when the name stands once in both versions, neither has the other's key, and

    - one of the numbers is wrong, and birth date or guardian do not contradict; or
    - both numbers are sound, and guardian and name agree (a number was typed of somebody else).
    """
    first_keys: dict[str, str] = {}
    latest: dict[str, list[RowIdentity]] = {}  # by name, who stood there last
    for version in versions:
        keyed: dict[str, dict[str, RowIdentity]] = {}
        for child in version:
            keyed.setdefault(child.name, {})[child.key] = child
        for name, namesakes in keyed.items():
            before = latest.get(name, [])
            if len(namesakes) == 1 and len(before) == 1:
                (later,) = namesakes.values()
                earlier = before[0]
                if (
                    later.key not in first_keys
                    and later.key != earlier.key
                    and _are_same_child(earlier, later)
                ):
                    first_keys[later.key] = first_keys.get(earlier.key, earlier.key)
            latest[name] = list(namesakes.values())
    return first_keys


def _are_same_child(earlier: RowIdentity, later: RowIdentity) -> bool:
    guardians = bool(earlier.guardian and later.guardian) and earlier.guardian == later.guardian
    if earlier.is_numbered and later.is_numbered:
        return guardians
    return guardians or not (earlier.birth and later.birth) or earlier.birth == later.birth


def _might_replace(facts: Sequence[StoredSubmission], keys: RowKeys, full_share: float) -> bool:
    """Whether some version has children that one before it lacks, and by keys alone shares too few to replace it."""
    keyed = [frozenset(key for _, key in keys.get(fact.submission_id, ()) if key) for fact in facts]
    return any(
        later - earlier and len(later & earlier) < full_share * len(earlier)
        for index, later in enumerate(keyed)
        for earlier in keyed[:index]
    )


def _by_submission(rows: Iterable[StoredRecord]) -> dict[str, list[StoredRecord]]:
    by_submission: dict[str, list[StoredRecord]] = {}
    for row in rows:
        by_submission.setdefault(row.submission_id, []).append(row)
    return by_submission


def _row_identity(row: StoredRecord, key: str) -> RowIdentity:
    def text_of(field: str) -> str:
        return str(row.values.get(field) or "").strip()

    return RowIdentity(
        key=key, name=text_of("name"), birth=text_of("birth_date"), guardian=text_of("guardian")
    )
