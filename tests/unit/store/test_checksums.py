"""Which columns the checksums beside recorded rows cover."""

from sqlmodel import SQLModel

from store.checksums import NOT_COVERED

# Checksums of stores in use cover exactly these: a column that a migration adds must stay outside, or every row that
# stood before it would be told as damaged.
COVERED = {
    "message": ["id", "sender", "sender_name", "subject", "author", "authentication", "error"],
    "file": [
        *(
            "id",
            "message_id",
            "position",
            "path",
            "size",
            "sha256",
            "kind",
            "outcome",
            "reason_code",
            "reason",
        ),
        *("unit_hint", "form_hint", "signals"),
    ],
    "evidence": ["file_id", "notice", "unit", "form", "text"],
    "claim": ["file_id", "submission_id", "replaces"],
    "submission": [
        "id",
        "notice",
        "unit",
        "form",
        "content",
        "nil",
        "records",
        "errors",
        "warnings",
        "blocking",
    ],
}


def test_a_new_column_does_not_change_the_checksums_of_rows_that_stand() -> None:
    tables = SQLModel.metadata.tables
    assert {
        table: [column.name for column in tables[table].c if column.name not in NOT_COVERED]
        for table in COVERED
    } == COVERED
