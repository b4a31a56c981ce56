"""Computes the checksums stored beside recorded rows, by which verification notices changed bytes in the database."""

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
"""Columns left out of the checksums.

Arrivals are checked against the journal instead. ``checksum`` and ``processed`` change after recording;
``tries`` and ``passwords_due`` are no result of reading; a submission's period is part of its id. A column
added by a migration belongs here, so that older rows keep their checksum.
"""
_NUL, _REPLACEMENT = b"\\u0000", "\ufffd".encode()
"""PostgreSQL stores U+0000 as U+FFFD (:mod:`store.engine`), so both count as equal here."""


def message_checksum(
    message: _Row, files: Collection[_Row], proofs: Collection[_Row], claims: Collection[_Row]
) -> str:
    """Returns the SHA-256 (hexadecimal) of a message's row and of its files, proofs and links to submissions."""
    parts = [
        _columns("message", [message]),
        _columns("file", sorted(files, key=lambda row: int(row["position"]))),
        _columns("evidence", sorted(proofs, key=lambda row: str(row["file_id"]))),
        _columns("claim", sorted(claims, key=lambda row: (str(row["file_id"]), str(row["submission_id"])))),
    ]
    return _digest(parts)


def submission_checksum(submission: _Row, block: bytes) -> str:
    """Returns the SHA-256 (hexadecimal) of a submission's row and of the bytes of its block."""
    return _digest([_columns("submission", [submission])], block)


def _columns(table: str, rows: Collection[_Row]) -> list[Sequence[Any]]:
    """Returns the covered columns of these rows; columns of other program versions are left out."""
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
