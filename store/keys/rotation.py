"""Replaces a store's data key while other processes use the store.

Each step may be interrupted and is continued by the next run:

1. The new key is written beside the archive together with the older one, both encrypted by the new secret.
2. One transaction writes it to the database, and seals anew the values that are matched by equality, since an index of two
   keys would find only half. From here on every writer uses the new key (:func:`store.keys.sealed_state.check_seal`).
3. The other values are sealed anew, some rows per transaction; then the archived mails, and the journal.
4. The older key is deleted in both places.

A sealed value begins with the mark of its key, so that everything stays readable until the last step.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Connection, Engine, Table, bindparam, column, select, text, tuple_, update
from sqlalchemy import table as lightweight_table
from sqlmodel import SQLModel

from store.engine import WRITE_OPTION, translate_errors
from store.keys.key_place import read_wrapped, write_wrapped
from store.models import SealRow
from store.sealing.sealed_columns import MatchedText, SealedColumn

if TYPE_CHECKING:  # a store without a key does without the library of ciphers
    from store.sealing.seal import Seal
    from store.sealing.wrapped_key import WrappedKey

SEAL = SQLModel.metadata.tables[str(SealRow.__tablename__)]
_ROWS_AT_ONCE = 200


def begin_rotation(engine: Engine, archive: Path, seal: "Seal", new: "WrappedKey") -> None:
    """Writes the new key to archive and database; values stay sealed with the older one until :func:`seal_rows_anew`.

    Raises:
        StoreError: the archive or the database cannot be written.
    """
    write_wrapped(archive, new.key_id, new.text)
    switch_database(engine, archive, seal)


def switch_database(engine: Engine, archive: Path, seal: "Seal") -> None:
    """Writes the archive's key to the database, and seals anew the values that are matched by equality."""
    kept, new = read_wrapped(archive), seal.look_again()
    assert kept is not None
    assert new is not None
    with _writing(engine) as connection:
        for table in SQLModel.metadata.sorted_tables:
            matched = [each for each in _sealed_columns(table) if isinstance(each.type, MatchedText)]
            for rows in _pages(connection, table, matched):
                _seal_anew(connection, table, matched, rows, new)
        connection.execute(update(SEAL).values(key_id=kept[0], wrapped=kept[1]))
    seal.follow()
    seal.seal_with(kept[0])


def seal_rows_anew(engine: Engine, seal: "Seal", on_progress: Callable[[int], None]) -> None:
    """Seals every value of the database that an older key sealed.

    Args:
        on_progress: called with the number of rows after each transaction.
    """
    for table in SQLModel.metadata.sorted_tables:
        columns = _sealed_columns(table)
        after: tuple[Any, ...] | None = None
        while columns:
            with _writing(engine) as connection:
                rows = _page(connection, table, columns, after)
                _seal_anew(connection, table, columns, rows, seal)
            if not rows:
                break
            on_progress(len(rows))
            after = _key_of(table, rows[-1])


def end_rotation(engine: Engine, archive: Path) -> None:
    """Deletes the older keys from database and archive; nothing may be sealed with them any more."""
    from store.sealing.wrapped_key import WrappedKey

    kept = read_wrapped(archive)
    assert kept is not None
    wrapped = WrappedKey.of_text(*kept).without_older()
    with _writing(engine) as connection:
        connection.execute(update(SEAL).values(key_id=wrapped.key_id, wrapped=wrapped.text))
    write_wrapped(archive, wrapped.key_id, wrapped.text)


def is_rotating(archive: Path) -> bool:
    """Returns whether a key is replacing another."""
    from store.sealing.wrapped_key import WrappedKey

    kept = read_wrapped(archive)
    return kept is not None and bool(WrappedKey.of_text(*kept).older_ids)


def plain_table(table: Table) -> Any:
    """Returns the key and the sealed columns of a table without their types, so that stored values are read and written unchanged."""
    return lightweight_table(table.name, *map(_plain, (*table.primary_key.columns, *_sealed_columns(table))))


def _sealed_columns(table: Table) -> list[Column[Any]]:
    return [each for each in table.c if isinstance(each.type, SealedColumn)]


def _plain(original: Column[Any]) -> Any:
    kind = original.type.impl if isinstance(original.type, SealedColumn) else original.type
    return column(original.name, kind)


def _key_of(table: Table, row: Any) -> tuple[Any, ...]:
    return tuple(row[key.name] for key in table.primary_key.columns)


def _pages(connection: Connection, table: Table, columns: Sequence[Column[Any]]) -> Iterator[Sequence[Any]]:
    after: tuple[Any, ...] | None = None
    while columns and (rows := _page(connection, table, columns, after)):
        yield rows
        after = _key_of(table, rows[-1])


def _page(
    connection: Connection, table: Table, columns: Sequence[Column[Any]], after: tuple[Any, ...] | None
) -> Sequence[Any]:
    """Returns the next rows of a table, in the order of its key."""
    plain = plain_table(table)
    keys = [plain.c[key.name] for key in table.primary_key.columns]
    query = select(*keys, *(plain.c[each.name] for each in columns)).order_by(*keys).limit(_ROWS_AT_ONCE)
    if after is not None:
        query = query.where(tuple_(*keys) > tuple_(*after))
    return connection.execute(query).mappings().all()


def _seal_anew(
    connection: Connection, table: Table, columns: Sequence[Column[Any]], rows: Sequence[Any], seal: "Seal"
) -> None:
    plain = plain_table(table)
    statement = update(plain).values({each.name: bindparam(f"new_{each.name}") for each in columns})
    for key in table.primary_key.columns:
        statement = statement.where(plain.c[key.name] == bindparam(f"old_{key.name}"))
    for row in rows:
        values = {each.name: _sealed_anew(each.type, row[each.name], row, seal) for each in columns}
        if any(values[name] != row[name] for name in values):
            old = {f"old_{key.name}": row[key.name] for key in table.primary_key.columns}
            connection.execute(statement, {f"new_{name}": value for name, value in values.items()} | old)


def _sealed_anew(kind: Any, sealed: Any, row: Any, seal: "Seal") -> Any:
    """Returns a value sealed with the newest key; unchanged if no key opens it, which ``verify`` then reports."""
    try:
        if sealed is None or seal.is_newest(kind.mark_of(sealed)):
            return sealed
        key = kind.key_in(row)
        return kind.close(seal, kind.open(seal, sealed, key), key)
    except (ValueError, TypeError):
        return sealed


@contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    """Opens a transaction that excludes all other writers; on PostgreSQL by locking the table that each writer reads first.

    So no writer continues with an older key, and no two wait for each other's rows.
    """
    with translate_errors(), engine.execution_options(**{WRITE_OPTION: True}).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"LOCK TABLE {SEAL.name} IN ACCESS EXCLUSIVE MODE"))
        yield connection
