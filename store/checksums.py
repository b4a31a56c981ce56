"""Computes the checksums that stand beside recorded rows, so that a changed byte of the database is noticed."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter
from typing import Any

import orjson
from sqlmodel import SQLModel

import store.models  # noqa: F401 - fills the metadata

_Row = Mapping[Any, Any]
NOT_COVERED = frozenset(
    {"checksum", "received_at", "arrival_basis", "processed", "tries", "passwords_due", "period"}
)
"""The arrival is checked against the journal; a message that is not processed yet has no checksum; tries and due
passwords are no reading. A submission's period is part of its id. A column that a migration adds belongs here: rows that
stood before it keep their checksum."""
_NUL, _REPLACEMENT = b"\\u0000", "\ufffd".encode()
"""PostgreSQL keeps U+0000 as U+FFFD (:mod:`store.engine`); both count as the same here."""


def message_checksum(
    message: _Row, files: Collection[_Row], proofs: Collection[_Row], claims: Collection[_Row]
) -> str:
    """Returns the checksum of what one message was read as: its own row, its files, proofs and claims."""
    parts = [
        _columns("message", [message]),
        _columns("file", sorted(files, key=lambda row: int(row["position"]))),
        _columns("evidence", sorted(proofs, key=lambda row: str(row["file_id"]))),
        _columns("claim", sorted(claims, key=lambda row: (str(row["file_id"]), str(row["submission_id"])))),
    ]
    return _digest(parts)


def submission_checksum(submission: _Row, block: bytes) -> str:
    """Returns the checksum of a submission with its rows and problems."""
    return _digest([_columns("submission", [submission])], block)


def _columns(table: str, rows: Collection[_Row]) -> list[Sequence[Any]]:
    """Returns the covered columns of these rows; what another program version wrote beside them is not covered."""
    names = [column.name for column in SQLModel.metadata.tables[table].c if column.name not in NOT_COVERED]
    select = itemgetter(*names)
    try:
        return [select(row) for row in rows]
    except KeyError:  # columns that the database fills
        return [tuple(row.get(name) for name in names) for row in rows]


def _digest(parts: list[list[Sequence[Any]]], block: bytes = b"") -> str:
    text = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
    if _NUL in text:
        text = text.replace(_NUL, _REPLACEMENT)
    return hashlib.sha256(text + block).hexdigest()
