"""Finds whether a store is sealed and opens its key; seals what was stored before there was one.

The key is stored beside the archive and in the database. While it is replaced (:mod:`store.keys.rotation`)
the archive has the new one first; if only one of them is up to date when the store is opened, the other is
updated.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Table, bindparam, insert, select, update
from sqlmodel import SQLModel

from config.errors import StoreError, StoreKeyError
from store.engine import WRITE_OPTION, forget_what_was_deleted, lock_journal, translate_errors
from store.keys.key_place import read_wrapped, write_wrapped
from store.keys.rotation import SEAL, plain_table, switch_database
from store.sealing.sealed_columns import SealedColumn, attach_seal

if TYPE_CHECKING:  # a store without a key does without the library of ciphers
    from store.sealing.seal import Seal
    from store.sealing.wrapped_key import FindCodes, WrappedKey

SEALED_BUT_BUSY = "数据已封存,但数据库正被别的程序占用,文件里还留着以前的旧数据:请停掉服务后再运行一次"
_CHANGED = "数据库刚换成了封存的:请再运行一次;正在运行的服务请重新启动"


def unlock_archive(archive: Path, find_codes: "FindCodes | None") -> "Seal | None":
    """Returns the seal of an archive, or None for one without a key; nothing is written.

    Raises:
        StoreKeyError: its recovery code was not found, or is another one.
        StoreError: the wrapped key cannot be read.
    """
    kept = read_wrapped(archive)
    if kept is None:
        return None
    seal = _unlock(*kept, find_codes)

    def look_again() -> "Seal | None":
        now = read_wrapped(archive)
        return None if now is None else _unlock(*now, find_codes)

    seal.look_again = look_again
    return seal


def settle_seal(
    engine: Engine, archive: Path, seal: "Seal | None", find_codes: "FindCodes | None"
) -> "Seal | None":
    """Makes archive and database sealed with the same key; returns the seal of both.

    If only one of them has a key, the other is new, was rebuilt, or its sealing was interrupted: it is sealed
    now.

    Raises:
        StoreKeyError: the recovery code of the database's key was not found, or it is another key than
            the archive's.
        StoreError: the database or the archive could not be read or written.
    """
    # Read before the row: a rotation that ends meanwhile takes the older key out of that first.
    kept = read_wrapped(archive)
    with translate_errors(), engine.connect() as connection:
        row = connection.execute(select(SEAL)).first()
    if row is not None and _is_ahead(row, kept):
        _unlock(row.key_id, row.wrapped, find_codes)  # nothing is written without its code
        write_wrapped(archive, row.key_id, row.wrapped)
        seal = unlock_archive(archive, find_codes)
    if seal is None:
        return None
    attach_seal(engine, seal)
    if row is None and _seal_database(engine, archive, seal):
        forget_what_was_deleted(engine, if_busy=SEALED_BUT_BUSY)
    if row is not None and row.key_id != seal.key_id:
        if row.key_id not in {key.key_id for key in seal.keys}:
            raise StoreKeyError(
                f"数据库(密钥{row.key_id})和存档(密钥{seal.key_id})不是一起封存的:请从同一份备份恢复这两样"
            )
        switch_database(engine, archive, seal)
    return seal


def _is_ahead(row: Any, kept: tuple[str, str] | None) -> bool:
    """Returns whether the database's key must be written beside the archive, which has none or an earlier one of the same office."""
    if kept is None:
        return True
    of_row, of_archive = set(_wrapped(row.key_id, row.wrapped).older_ids), _wrapped(*kept).older_ids
    return kept[0] in of_row or (kept[0] == row.key_id and not of_row <= set(of_archive))


def check_seal(connection: Connection, seal: "Seal | None") -> None:
    """Stops a process that opened the store before it was sealed from writing, and makes others use the newest key.

    Raises:
        StoreError: the store has been sealed since it was opened.
        StoreKeyError: its key has been changed, and the new one was not found.
    """
    key_id = connection.execute(select(SEAL.c.key_id)).scalar()
    if seal is not None and key_id is not None and key_id != seal.key_id:
        if key_id not in {key.key_id for key in seal.keys}:
            seal.follow()
        seal.seal_with(key_id)
    if key_id != (seal.key_id if seal is not None else None):
        raise StoreError(_CHANGED)


def _unlock(key_id: str, wrapped: str, find_codes: "FindCodes | None") -> "Seal":
    from store.sealing.wrapped_key import unwrap

    return unwrap(_wrapped(key_id, wrapped), find_codes or (lambda _: ()))


def _wrapped(key_id: str, text: str) -> "WrappedKey":
    from store.sealing.wrapped_key import WrappedKey

    try:
        return WrappedKey.of_text(key_id, text)
    except ValueError as error:
        raise StoreError("存档里的 key.json 已损坏:请从备份恢复这个文件") from error


def _seal_database(engine: Engine, archive: Path, seal: "Seal") -> int:
    """Seals every unsealed value, in one transaction with the key; returns the number of rows changed."""
    kept = read_wrapped(archive)
    assert kept is not None
    with translate_errors(), engine.execution_options(**{WRITE_OPTION: True}).begin() as connection:
        lock_journal(connection)
        if connection.execute(select(SEAL)).first() is not None:  # another process was faster
            return 0
        changed = sum(_seal_table(connection, table, seal) for table in SQLModel.metadata.sorted_tables)
        connection.execute(insert(SEAL).values(key_id=kept[0], wrapped=kept[1]))
    return changed


def _seal_table(connection: Connection, table: Table, seal: "Seal") -> int:
    sealed = [(each, each.type) for each in table.c if isinstance(each.type, SealedColumn)]
    if not sealed:
        return 0
    keys = list(table.primary_key.columns)
    plain = plain_table(table)
    statement = update(plain).values({each.name: bindparam(f"new_{each.name}") for each, _ in sealed})
    for key in keys:
        statement = statement.where(plain.c[key.name] == bindparam(f"old_{key.name}"))
    changed = 0
    for row_id in connection.execute(select(*(plain.c[key.name] for key in keys))).all():
        where = [plain.c[key.name] == value for key, value in zip(keys, row_id, strict=True)]
        row = connection.execute(select(plain).where(*where)).mappings().one()
        values: dict[str, Any] = {
            f"new_{each.name}": None
            if row[each.name] is None
            else kind.close(seal, row[each.name], kind.key_in(row))
            for each, kind in sealed
        }
        connection.execute(statement, values | {f"old_{key.name}": row[key.name] for key in keys})
        changed += 1
    return changed
