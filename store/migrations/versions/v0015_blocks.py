"""Keeps the rows and problems of a submission as one block of bytes; what stands in rows of their own moves into it.

What is here is the format and the checksums of this migration's day, whatever :mod:`store.blocks` writes later.
"""

import hashlib
import zlib
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from config.errors import StoreError

revision = "0015"
down_revision = "0014"

_IDENTITY = ("id", "notice", "unit", "form", "content")
_COUNTS = ("nil", "records", "errors", "warnings", "blocking")
_RECORD_COLUMNS = ("submission_id", "ordinal", "sheet", "row", "student_key", "body", "problems")
_PROBLEM_COLUMNS = (
    "submission_id", "ordinal", "sheet", "row", "cell", "field", "code", "severity", "value", "message",
)  # fmt: skip
_KEPT_OF_PROBLEMS = ("code", "severity", "message", "sheet", "row", "cell", "field", "value")

_SUBMISSION = sa.table(
    "submission",
    *(sa.column(name) for name in _IDENTITY),
    sa.column("nil", sa.Boolean),
    *(sa.column(name) for name in ("records", "errors", "warnings")),
    sa.column("blocking", sa.JSON),
    sa.column("checksum"),
)
_RECORD = sa.table("record", *map(sa.column, _RECORD_COLUMNS))
_PROBLEM = sa.table("problem", *map(sa.column, ("id", *_PROBLEM_COLUMNS)))
_BLOCK = sa.table("block", sa.column("submission_id"), sa.column("body", sa.LargeBinary))


def upgrade() -> None:
    op.create_table(
        "block",
        sa.Column("submission_id", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"]),
        sa.PrimaryKeyConstraint("submission_id"),
    )
    connection = op.get_bind()
    for submission in connection.execute(sa.select(_SUBMISSION)).mappings().all():
        _move(connection, submission)
    op.drop_table("problem")
    op.drop_table("record")


def _move(connection: sa.Connection, submission: sa.RowMapping) -> None:
    key = submission["id"]
    records = _rows(connection, _RECORD, _RECORD.c.submission_id == key, _RECORD.c.ordinal)
    problems = _rows(connection, _PROBLEM, _PROBLEM.c.submission_id == key, _PROBLEM.c.id)
    try:
        body = _block(records, problems)
    except orjson.JSONDecodeError as error:
        raise StoreError(
            f"数据库里报送 {key} 的数据已损坏,升级不了:请运行 kongchuo rebuild --yes 从存档重建"
        ) from error
    connection.execute(sa.insert(_BLOCK).values(submission_id=key, body=body))
    # One that is damaged keeps its checksum, and so is told as damaged by every verification after this, too.
    if submission["checksum"] in _checksums_of_rows(submission, records, problems):
        of_block = sa.update(_SUBMISSION).where(_SUBMISSION.c.id == key)
        connection.execute(of_block.values(checksum=_checksum_of_block(submission, body)))


def _rows(
    connection: sa.Connection, table: sa.TableClause, where: sa.ColumnElement[bool], order: Any
) -> list[sa.RowMapping]:
    return list(connection.execute(sa.select(table).where(where).order_by(order)).mappings())


def _block(records: list[sa.RowMapping], problems: list[sa.RowMapping]) -> bytes:
    values = [orjson.loads(record["body"]) for record in records]
    shapes: dict[tuple[str, ...], int] = {}
    shape_of = [shapes.setdefault(tuple(row), len(shapes)) for row in values]
    keys = dict.fromkeys(key for shape in shapes for key in shape)
    parts = itemgetter(*_KEPT_OF_PROBLEMS)
    content = {
        "sheets": [(name, len(list(rows))) for name, rows in groupby(r["sheet"] for r in records)],
        "rows": [record["row"] for record in records],
        "shapes": list(shapes),
        "shape_of": shape_of,
        "columns": {key: [row.get(key) for row in values] for key in keys},
        "problems": sorted(
            ((each["ordinal"], *parts(each)) for each in problems if each["ordinal"] is not None),
            key=itemgetter(0),
        ),
        "table_problems": [parts(each) for each in problems if each["ordinal"] is None],
    }
    return b"\x01" + zlib.compress(orjson.dumps(content), 1)


def _checksums_of_rows(
    submission: sa.RowMapping, records: list[sa.RowMapping], problems: list[sa.RowMapping]
) -> tuple[str, str]:
    """Returns the checksum as SHA-256, and as BLAKE2b, which was written for the two hours after migration 0005."""
    of_record, of_problem = itemgetter(*_RECORD_COLUMNS), itemgetter(*_PROBLEM_COLUMNS)
    text = _text([_parts(submission), [*map(of_record, records)], [*map(of_problem, problems)]])
    return hashlib.sha256(text).hexdigest(), hashlib.blake2b(text, digest_size=16).hexdigest()


def _checksum_of_block(submission: sa.RowMapping, body: bytes) -> str:
    return hashlib.sha256(_text([_parts(submission)]) + body).hexdigest()


def _parts(submission: sa.RowMapping) -> list[Any]:
    return [itemgetter(*_IDENTITY, *_COUNTS)(submission)]


def _text(parts: list[Any]) -> bytes:
    text = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
    return text.replace(b"\\u0000", "\ufffd".encode())
