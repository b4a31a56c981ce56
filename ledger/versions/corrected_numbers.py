"""Finds rows of one form's versions that are one child although a later version corrected the number.

A row is keyed by its identity number, or by name and birth date while the number is wrong
(:func:`config.records.record.student_key`), so a correction changes the key. Without this module, a small
table with only the corrected cells would count beside the wrong rows instead of replacing them
(docs/judging.md, Versions).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from config.records.record import ROW_MARK
from store.stored_values import RowStudents, StoredRecord, StoredSubmission, student_by_row


@dataclass(frozen=True, slots=True, kw_only=True)
class RowIdentity:
    """The facts of one row that identify its child."""

    key: str
    name: str
    birth: str = ""
    guardian: str = ""
    row_id: str = ""
    mark: str = ""
    """The id of the row that this one was filled with, in a form made by this program."""

    @property
    def is_numbered(self) -> bool:
        """Whether the key is a sound number and not ``name|birth date``."""
        return "|" not in self.key


def versions_to_compare(
    version_lists: Iterable[Sequence[StoredSubmission]], keys: RowStudents, full_share: float
) -> list[Sequence[StoredSubmission]]:
    """Returns the version lists in which a corrected number may decide whether a version replaces another.

    Args:
        version_lists: for each unit and form its versions, in order of arrival.
        full_share: the share (0..1) of an earlier version's children that a replacing version must
            contain (:mod:`ledger.versions.current_versions`). Where the keys alone reach it, corrections
            change nothing and rows need not be read.
    """
    return [versions for versions in version_lists if _might_replace(versions, keys, full_share)]


def unify_corrected_keys(
    keys: RowStudents, version_lists: Iterable[Sequence[StoredSubmission]], rows: Iterable[StoredRecord]
) -> RowStudents:
    """Returns the keys, with one key in all versions for a student whose number was corrected.

    Args:
        rows: the rows of all submissions in ``version_lists``.
    """
    rows_by_submission = _by_submission(rows)
    unified = dict(keys)
    for versions in version_lists:
        key_by_row = student_by_row(
            {each.submission_id: keys.get(each.submission_id, ()) for each in versions}
        )
        identities = [
            [
                _row_identity(row, key_by_row[row.record_id])
                for row in rows_by_submission.get(version.submission_id, ())
                if row.record_id in key_by_row
            ]
            for version in versions
        ]
        if first_keys := map_corrected_keys(identities):
            for version in versions:
                unified[version.submission_id] = [
                    first_keys.get(key or "", key) for key in keys.get(version.submission_id, ())
                ]
    return unified


def map_corrected_keys(versions: Sequence[Sequence[RowIdentity]]) -> Mapping[str, str]:
    """Returns, for each key that replaced an earlier key of the same child, that child's first key.

    Two rows are one child when the name occurs once in both versions, neither has the other's key, and

    - one of the numbers is wrong, and birth date or guardian do not contradict (one of them may, where the later row
      was filled with the earlier in a form made by this program); or
    - both numbers are sound, and guardian and name agree (another child's number was typed).
    """
    first_keys: dict[str, str] = {}
    latest: dict[str, list[RowIdentity]] = {}  # by name, the rows of the last version with it
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
    if later.mark and later.mark in (earlier.row_id, earlier.mark):
        return guardians or not (earlier.guardian and later.guardian) or earlier.birth == later.birth
    return guardians or not (earlier.birth and later.birth) or earlier.birth == later.birth


def _might_replace(versions: Sequence[StoredSubmission], keys: RowStudents, full_share: float) -> bool:
    """Returns whether a version adds children that an earlier one lacks, and by keys alone shares too few to replace it."""
    keyed = [frozenset(key for key in keys.get(version.submission_id, ()) if key) for version in versions]
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
        key=key,
        name=text_of("name"),
        birth=text_of("birth_date"),
        guardian=text_of("guardian"),
        row_id=row.record_id,
        mark=text_of(ROW_MARK),
    )
