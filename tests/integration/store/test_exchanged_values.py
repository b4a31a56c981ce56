"""Who may write into a sealed database and has no key cannot give one child's values to another: each value is bound to its row."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Integer, Table, func, insert, select, update
from sqlmodel import SQLModel

from config.errors import StoreError
from store import Store
from store.keys import rotation
from store.keys.key_place import write_wrapped
from store.keys.rotation import plain_table
from store.keys.sealed_state import unlock_archive
from store.models import UtcDateTime
from store.sealing.attached_seal import seal_of
from store.sealing.sealed_columns import MatchedText, PackedJson, SealedBytes, SealedColumn, SealedText
from store.sealing.wrapped_key import NewKey, make_key

_CHILDREN = ("谭小雨", "龚志强")
_TABLES = [table for table in SQLModel.metadata.sorted_tables if table.name != "seal"]
_ALL = [(table, column) for table in _TABLES for column in table.c if isinstance(column.type, SealedColumn)]
_MATCHED = [column for _, column in _ALL if isinstance(column.type, MatchedText)]
SEALED = [(table, column) for table, column in _ALL if column not in _MATCHED]


@pytest.fixture
def key(tmp_path: Path) -> NewKey:
    key = make_key()
    write_wrapped(tmp_path / "archive", key.wrapped.key_id, key.wrapped.text)
    return key


@pytest.fixture
def store(fresh_url: Callable[[], str], tmp_path: Path, key: NewKey) -> Iterator[Store]:
    store = Store.open(fresh_url(), tmp_path / "archive", find_codes=lambda _: [key.code])
    fill(store)
    yield store
    store.close()


def fill(store: Store) -> None:
    """Two rows in each table, each of another child."""
    with store.engine.begin() as connection:
        for number, child in enumerate(_CHILDREN):
            for table in _TABLES:
                connection.execute(
                    insert(table).values({c.name: value_of(c, number, child) for c in table.c})
                )


def value_of(column: Column[Any], number: int, child: str) -> Any:
    if isinstance(column.type, SealedBytes) and not isinstance(column.type, PackedJson):
        return child.encode() + bytes(range(256))
    if isinstance(column.type, SealedColumn) and not isinstance(column.type, SealedText):
        return [child]
    if isinstance(column.type, SealedText):
        return f"{child}:1|2"
    if isinstance(column.type, Boolean):
        return False
    if isinstance(column.type, Integer):
        return number + 1
    if isinstance(column.type, UtcDateTime):
        return datetime(2023, 9, 25, tzinfo=UTC)
    return {} if isinstance(column.type, JSON) else str(number)


def stored(store: Store, table: Table) -> list[Any]:
    """The rows as they lie there, sealed."""
    plain = plain_table(table)
    keys = [plain.c[each.name] for each in table.primary_key.columns]
    with store.engine.connect() as connection:
        return list(connection.execute(select(plain).order_by(*keys)).mappings())


def put(store: Store, table: Table, row: Any, column: str, value: Any) -> None:
    plain = plain_table(table)
    of_row = [plain.c[each.name] == row[each.name] for each in table.primary_key.columns]
    with store.engine.begin() as connection:
        connection.execute(update(plain).where(*of_row).values({column: value}))


def read(store: Store, column: Column[Any]) -> list[Any]:
    with store.engine.connect() as connection:
        keys = column.table.primary_key.columns
        return list(connection.execute(select(column).order_by(*keys)).scalars())


def test_every_value_is_read_back_from_its_row(store: Store) -> None:
    for _, column in SEALED:
        assert read(store, column) == [value_of(column, n, child) for n, child in enumerate(_CHILDREN)]


def test_values_that_were_exchanged_between_two_rows_are_refused(store: Store) -> None:
    for table, column in SEALED:
        first, second = stored(store, table)
        put(store, table, first, column.name, second[column.name])
        put(store, table, second, column.name, first[column.name])

        with pytest.raises(StoreError, match=f"{column} .*换到了别的一行.*kongchuo verify"):
            read(store, column)


def test_only_the_subjects_of_questions_are_not_bound_to_their_rows() -> None:
    """The database keeps that a question is there once, so equal subjects are sealed equally."""
    assert [str(column) for column in _MATCHED] == ["question.subject"]


def test_a_value_of_another_key_is_told_as_such(store: Store, tmp_path: Path) -> None:
    table, column = next(one for one in SEALED if str(one[1]) == "decision.why")
    other = make_key()
    write_wrapped(tmp_path / "other", other.wrapped.key_id, other.wrapped.text)
    elsewhere = Store.open(
        f"sqlite:///{tmp_path}/o.db", tmp_path / "other", find_codes=lambda _: [other.code]
    )
    fill(elsewhere)
    put(store, table, stored(store, table)[0], column.name, stored(elsewhere, table)[0][column.name])
    elsewhere.close()

    with pytest.raises(StoreError, match="另一把密钥"):
        read(store, column)


def test_values_from_before_they_were_bound_are_read_and_bound_with_the_next_key(
    store: Store, tmp_path: Path
) -> None:
    seal = seal_of(store.engine.dialect)
    assert seal is not None
    for table, column in SEALED:
        kind: Any = column.type
        for row in stored(store, table):
            plain = kind.open(seal, row[column.name], kind.key_in(row))
            unbound = kind.to_stored(seal.close(kind.to_bytes(plain), kind.place.encode()))
            put(store, table, row, column.name, unbound)
    test_every_value_is_read_back_from_its_row(store)

    new = make_key(seal)
    seal.look_again = lambda: unlock_archive(tmp_path / "archive", lambda _: [new.code])
    rotation.begin_rotation(store.engine, tmp_path / "archive", seal, new.wrapped)
    rotation.seal_rows_anew(store.engine, seal, lambda _: None)

    test_every_value_is_read_back_from_its_row(store)
    test_values_that_were_exchanged_between_two_rows_are_refused(store)


def test_a_write_that_does_not_say_its_row_is_refused(store: Store) -> None:
    decision = SQLModel.metadata.tables["decision"]
    with pytest.raises(LookupError, match="no id of one row"), store.engine.begin() as connection:
        connection.execute(update(decision).where(decision.c.id.in_([1, 2])).values(why="x"))
    with store.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(decision)).scalar() == 2
