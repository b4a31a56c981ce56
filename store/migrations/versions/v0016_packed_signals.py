"""Keeps compressed what was weighed of a file, and under the name that it has everywhere else."""

import json
import zlib

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_FILE = sa.table("file", sa.column("id"), sa.column("weighed", sa.JSON), sa.column("signals", sa.LargeBinary))
_FILES_A_STATEMENT = 500


def upgrade() -> None:
    op.add_column(
        "file", sa.Column("signals", sa.LargeBinary(), nullable=False, server_default=sa.text("''"))
    )
    connection = op.get_bind()
    ids = list(connection.execute(sa.select(_FILE.c.id)).scalars())
    statement = sa.update(_FILE).where(_FILE.c.id == sa.bindparam("key"))
    for start in range(0, len(ids), _FILES_A_STATEMENT):
        chunk = _FILE.c.id.in_(ids[start : start + _FILES_A_STATEMENT])
        rows = connection.execute(sa.select(_FILE.c.id, _FILE.c.weighed).where(chunk)).all()
        connection.execute(
            statement.values(signals=sa.bindparam("body")),
            [{"key": key, "body": _pack(value)} for key, value in rows],
        )
    op.drop_column("file", "weighed")


def _pack(value: object) -> bytes:
    return zlib.compress(json.dumps(value).encode(), 1)
