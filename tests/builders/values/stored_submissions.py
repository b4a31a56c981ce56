"""Builds submissions and rows with every field filled in; a test names only the fields it is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from store.stored_values import StoredRecord, StoredSubmission

FIRST_ARRIVAL = datetime(2023, 9, 20, 2, tzinfo=UTC)


def a_submission(name: str, records: int = 0, **changes: Any) -> StoredSubmission:
    """Returns the submission called ``name``; names sort by arrival."""
    sample = StoredSubmission(
        notice="2023-autumn",
        submission_id=name,
        unit="西沱中学",
        form="附件4",
        nil=False,
        received_at=FIRST_ARRIVAL + timedelta(days=ord(name) - ord("a")),
        message_id=f"m{name}",
        file_id=f"f{name}",
        records=records,
        errors=0,
        warnings=0,
        blocking=(),
    )
    return replace(sample, **changes)


def a_row(record_id: str, **values: Any) -> StoredRecord:
    """Returns a row of the submission whose name begins its id."""
    return StoredRecord(
        record_id=record_id,
        submission_id=record_id[0],
        unit="西沱中学",
        form="附件4",
        file_id=f"f{record_id[0]}",
        sheet="Sheet1",
        row=5,
        received_at=FIRST_ARRIVAL,
        values=values,
        problems=(),
    )
