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

Keys = dict[str, tuple[tuple[str, str | None], ...]]
"""By submission, its rows' ids and who each is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """What one row says about who it is about."""

    key: str
    name: str
    birth: str = ""
    guardian: str = ""

    @property
    def is_numbered(self) -> bool:
        """Whether the key is a sound number and not ``name|birth date``."""
        return "|" not in self.key


def row_keys(store: Store, filings: Iterable[Sequence[StoredSubmission]], full_share: float) -> Keys:
    """The rows of each filing's versions, a child whose number was mended under one key in all of them.

    Args:
        filings: for each unit and form its versions, in order of arrival.
        full_share: what a version must share with one before it to replace it (:mod:`ledger.versions.current_versions`);
            where it shares as much by its keys alone, mended ones make no difference, and nothing is read.
    """
    several = [facts for facts in filings if len(facts) > 1]
    found = store.row_keys([fact.submission_id for facts in several for fact in facts])
    doubtful = [facts for facts in several if _might_replace(facts, found, full_share)]
    if not doubtful:
        return found
    rows = _by_submission(store.records([fact for facts in doubtful for fact in facts]))
    for facts in doubtful:
        keys = {row: key for fact in facts for row, key in found.get(fact.submission_id, ()) if key}
        told = [
            [
                _child(row, keys[row.record_id])
                for row in rows.get(fact.submission_id, ())
                if row.record_id in keys
            ]
            for fact in facts
        ]
        if one := mended(told):
            for fact in facts:
                own = found.get(fact.submission_id, ())
                found[fact.submission_id] = tuple((row, one.get(key or "", key)) for row, key in own)
    return found


def mended(versions: Sequence[Sequence[Child]]) -> Mapping[str, str]:
    """From each key that another version writes otherwise to the first key of that child.

    Two rows are one child when the name stands once in both versions, neither has the other's key, and

    - one of the numbers is wrong, and birth date or guardian do not contradict; or
    - both numbers are sound, and guardian and name agree (a number was typed of somebody else).
    """
    first: dict[str, str] = {}
    latest: dict[str, list[Child]] = {}  # by name, who stood there last
    for version in versions:
        own: dict[str, dict[str, Child]] = {}
        for child in version:
            own.setdefault(child.name, {})[child.key] = child
        for name, namesakes in own.items():
            before = latest.get(name, [])
            if len(namesakes) == 1 and len(before) == 1:
                (now,) = namesakes.values()
                then = before[0]
                if now.key not in first and now.key != then.key and _are_one(then, now):
                    first[now.key] = first.get(then.key, then.key)
            latest[name] = list(namesakes.values())
    return first


def _are_one(then: Child, now: Child) -> bool:
    guardians = bool(then.guardian and now.guardian) and then.guardian == now.guardian
    if then.is_numbered and now.is_numbered:
        return guardians
    return guardians or not (then.birth and now.birth) or then.birth == now.birth


def _might_replace(facts: Sequence[StoredSubmission], keys: Keys, full_share: float) -> bool:
    """Whether some version has children that one before it lacks, and by keys alone shares too few to replace it."""
    own = [frozenset(key for _, key in keys.get(fact.submission_id, ()) if key) for fact in facts]
    return any(
        now - then and len(now & then) < full_share * len(then)
        for place, now in enumerate(own)
        for then in own[:place]
    )


def _by_submission(rows: Iterable[StoredRecord]) -> dict[str, list[StoredRecord]]:
    found: dict[str, list[StoredRecord]] = {}
    for row in rows:
        found.setdefault(row.submission_id, []).append(row)
    return found


def _child(row: StoredRecord, key: str) -> Child:
    def said(field: str) -> str:
        return str(row.values.get(field) or "").strip()

    return Child(key=key, name=said("name"), birth=said("birth_date"), guardian=said("guardian"))
