"""Finds what was current of a unit and form before its last submission with rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ledger.snapshot import Snapshot
from ledger.versions.current_versions import (
    entries_by_submission,
    find_superseded_rows,
    select_current_versions,
    student_by_row,
)
from store.stored_values import ObligationKey, StoredRecord, StoredSubmission


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierVersions:
    """The versions that were current before the last one, and who stood in them."""

    submissions: tuple[StoredSubmission, ...]
    superseded: frozenset[str]
    """Ids of their rows in whose place other rows stood."""
    row_by_student: Mapping[str, str]
    """By key of student the id of the row."""
    student_by_row: Mapping[str, str]
    """The other way, in all versions: a student whose number was corrected has one key."""
    day: date
    """On which the last of them came."""

    def rows(self, snapshot: Snapshot) -> tuple[StoredRecord, ...]:
        """Returns the rows that counted then."""
        return tuple(
            row for row in snapshot.records_of(self.submissions) if row.record_id not in self.superseded
        )


def find_earlier_versions(
    snapshot: Snapshot, key: ObligationKey, last_period: str | None = None
) -> EarlierVersions | None:
    """Returns them, of any semester; None where the last submission is the first.

    Args:
        last_period: what is of a later period is left aside.
    """
    versions = [
        fact
        for fact in snapshot.across_notices.histories.get(key, ())
        if fact.records and (last_period is None or (fact.period or "") <= last_period)
    ]
    earlier = [fact for fact in versions if fact.filing < versions[-1].filing]
    if not earlier:
        return None
    keys = snapshot.read_row_keys([versions], full_share=1.0)  # a corrected number is nobody who came or left
    before = select_current_versions(
        earlier, entries_by_submission(keys), snapshot.notice.full_share, snapshot.day
    )
    superseded = find_superseded_rows(before, keys)
    return EarlierVersions(
        submissions=tuple(before),
        superseded=frozenset(superseded),
        row_by_student={
            student: record
            for fact in before
            for record, student in keys.get(fact.submission_id, ())
            if student and record not in superseded
        },
        student_by_row=student_by_row(keys),
        day=snapshot.day(before[-1].received_at),
    )
