"""Names files by message, path and bytes, and no longer by their number in the message; people's words move along."""

import hashlib
import json
from collections import Counter, defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_FILE = sa.table("file", *map(sa.column, ("id", "message_id", "position", "path", "sha256")))
_ASSIGNMENT = sa.table("assignment", sa.column("file_id"))
_DECISION = sa.table("decision", sa.column("kind"), sa.column("subject"))
_MESSAGE = sa.table("message", sa.column("id"), sa.column("checksum"))


def upgrade() -> None:
    connection = op.get_bind()
    new_ids = _new_ids(connection)
    if not new_ids:
        return
    referring = [
        sa.Table(name, sa.MetaData(), autoload_with=connection, resolve_fks=False)
        for name in ("evidence", "claim")
    ]
    rows_by_table = [[dict(row) for row in connection.execute(sa.select(t)).mappings()] for t in referring]
    for table in referring:
        connection.execute(sa.delete(table))
    _rename(connection, _FILE.c.id, new_ids)
    _rename(connection, _ASSIGNMENT.c.file_id, new_ids)
    accepted = sa.select(_DECISION.c.subject).where(_DECISION.c.kind == "accept")
    subjects = {subject for subject in connection.execute(accepted).scalars() if subject in new_ids}
    if subjects:
        new_subjects = {subject: new_ids[subject] for subject in subjects}
        _rename(connection, _DECISION.c.subject, new_subjects, _DECISION.c.kind == "accept")
    for table, rows in zip(referring, rows_by_table, strict=True):
        if rows:
            connection.execute(
                sa.insert(table), [{**row, "file_id": new_ids[row["file_id"]]} for row in rows]
            )
    # The checksums covered the old ids; messages without one are not compared until they are read again.
    connection.execute(sa.update(_MESSAGE).values(checksum=None))


def _new_ids(connection: sa.Connection) -> dict[str, str]:
    """By its old id, the new id of each file."""
    seen: defaultdict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    result: dict[str, str] = {}
    query = sa.select(_FILE).order_by(_FILE.c.message_id, _FILE.c.position)
    for row in connection.execute(query):
        path = json.loads(row.path) if isinstance(row.path, str) else row.path
        parts = (*path, row.sha256) if path else ()
        number = seen[row.message_id][parts]
        seen[row.message_id][parts] += 1
        text = "\0".join((row.message_id, *parts, *([str(number)] if number else [])))
        result[row.id] = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return result


def _rename(
    connection: sa.Connection,
    column: sa.ColumnClause[str],
    new_ids: dict[str, str],
    *where: sa.ColumnElement[bool],
) -> None:
    table = column.table
    assert isinstance(table, sa.TableClause)
    statement = sa.update(table).where(column == sa.bindparam("old"), *where)
    connection.execute(
        statement.values({column.name: sa.bindparam("new")}),
        [{"old": old, "new": new} for old, new in new_ids.items()],
    )
