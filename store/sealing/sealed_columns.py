"""Column types whose values are sealed if the store has a key, and stored as they are otherwise.

The key belongs to an engine (:mod:`store.sealing.attached_seal`). A value is bound to its column and, except
in :class:`MatchedText`, to its row (:mod:`store.sealing.rows`); moved to another one, it cannot be opened.
"""

import base64
import json
import zlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import JSON, ColumnElement, Dialect, LargeBinary, String, TypeDecorator
from sqlalchemy.engine import Engine

from config.errors import StoreError
from store.sealing.attached_seal import seal_of, set_seal
from store.sealing.rows import (
    BesideRow,
    BytesBesideRow,
    WaitingValue,
    row_key,
    seal_waiting_values,
    split_bytes,
    split_text,
)

if TYPE_CHECKING:  # a store without a key does without the library of ciphers, which takes 40 ms to load
    from store.sealing.seal import Seal

_MARK = 8
"""More than a mark takes, in bytes and in base 64."""
_Value = TypeVar("_Value")


def attach_seal(engine: Engine, seal: "Seal") -> None:
    """Makes the sealed columns of this engine seal and open their values."""
    set_seal(engine, seal)
    engine.clear_compiled_cache()  # queries that were compiled before read no row's key
    seal_waiting_values(engine)


class SealedColumn(TypeDecorator[_Value], Generic[_Value]):
    """The base of all sealed column types.

    Args:
        place: ``table.column``, to which a value is bound.
        row: the key columns of the row to which it is bound.
    """

    cache_ok = True

    def __init__(self, place: str, row: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.place = place
        self.row = row

    def to_plain(self, value: _Value) -> Any:
        """Returns the value as stored without a key."""
        return value

    def of_plain(self, plain: Any) -> _Value:
        """Returns the value from what is stored without a key."""
        value: _Value = plain
        return value

    def to_bytes(self, plain: Any) -> bytes:
        """Returns the bytes to seal for what is stored without a key."""
        raise NotImplementedError

    def of_bytes(self, opened: bytes) -> Any:
        """The inverse of :meth:`to_bytes`."""
        raise NotImplementedError

    def to_stored(self, sealed: bytes) -> Any:
        """Returns what is stored with a key for sealed bytes."""
        raise NotImplementedError

    def of_stored(self, stored: Any) -> bytes:
        """The inverse of :meth:`to_stored`."""
        raise NotImplementedError

    def split(self, beside: Any) -> tuple[Any, bytes]:
        """Returns the stored value and its row's key from a query's result."""
        raise NotImplementedError

    def close(self, seal: "Seal", plain: Any, row: bytes) -> Any:
        """Returns what is stored with a key for what is stored without one.

        Args:
            seal: of the store.
            plain: as :meth:`to_plain` returns it.
            row: as :meth:`key_in` returns it.
        """
        return self.to_stored(seal.close(self.to_bytes(plain), self.place.encode(), row))

    def open(self, seal: "Seal", stored: Any, row: bytes) -> Any:
        """The inverse of :meth:`close`."""
        return self.of_bytes(seal.open(self.of_stored(stored), self.place.encode(), row))

    def key_in(self, row: Mapping[Any, Any]) -> bytes:
        """Returns the bytes to which the values of a row are bound; empty if they are bound to none."""
        return row_key([row[name] for name in self.row])

    def mark_of(self, stored: Any) -> bytes:
        """Returns the beginning of a sealed value, which identifies its key."""
        return self.of_stored(stored[:_MARK])

    def bind_processor(self, dialect: Dialect) -> Callable[[_Value | None], Any]:
        into_driver = self.impl_instance.bind_processor(dialect)

        def to_driver(stored: Any) -> Any:
            return stored if into_driver is None else into_driver(stored)

        def process(value: _Value | None) -> Any:
            seal = seal_of(dialect)
            if value is None:
                return to_driver(None)
            plain = self.to_plain(value)
            if seal is None:
                return to_driver(plain)
            if not self.row:
                return to_driver(self.close(seal, plain, b""))
            return WaitingValue(self.row, lambda key: to_driver(self.close(seal, plain, key)))

        return process

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], _Value | None]:
        of_driver = self.impl_instance.result_processor(dialect, coltype)

        def process(given: Any) -> _Value | None:
            if given is None:
                return None
            seal = seal_of(dialect)
            try:
                if seal is None or not self.row:
                    given = given if of_driver is None else of_driver(given)
                if seal is None:
                    return None if given is None else self.of_plain(given)
                stored, key = self.split(given) if self.row else (given, b"")
                return self.of_plain(self.open(seal, stored, key))
            except (zlib.error, ValueError, TypeError) as error:
                raise StoreError(self._explain(seal, given)) from error

        return process

    def _explain(self, seal: "Seal | None", given: Any) -> str:
        """Returns in Chinese why a value cannot be read."""
        what = f"数据库里 {self.place} 的一个值"
        try:
            is_of_this_key = seal is None or seal.key_of(self.of_stored(self.split(given)[0])) is not None
        except (ValueError, TypeError):
            is_of_this_key = True
        reason = "已损坏,或被换到了别的一行" if is_of_this_key else "已损坏,或是用另一把密钥封存的"
        return f"{what}{reason}:请运行 kongchuo verify 检查"


class SealedText(SealedColumn[str]):
    """Text that no query compares."""

    impl = String
    cache_ok = True

    def __init__(self, place: str, row: tuple[str, ...] = (), kind: type[String] = String) -> None:
        super().__init__(place, row)
        self.kind = kind
        self.impl = kind()  # type: ignore[assignment]

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        return BesideRow(column, self.row) if self.row else column

    def split(self, beside: str) -> tuple[str, bytes]:
        return split_text(beside)

    def to_bytes(self, plain: str) -> bytes:
        return plain.encode("utf-8", "surrogatepass")

    def of_bytes(self, opened: bytes) -> str:
        return opened.decode("utf-8", "surrogatepass")

    def to_stored(self, sealed: bytes) -> str:
        return _to_text(sealed)

    def of_stored(self, stored: str) -> bytes:
        return _of_text(stored)


class MatchedText(SealedText):
    """Text under a unique constraint: equal values are sealed equally, and so are bound to no row."""

    cache_ok = True

    def close(self, seal: "Seal", plain: str, row: bytes) -> str:
        return self.to_stored(seal.close_matching(self.to_bytes(plain), self.place.encode()))


class SealedJson(SealedColumn[Any]):
    """JSON that no query looks into; sealed, it is one JSON text."""

    impl = JSON
    cache_ok = True

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        return BesideRow(column, self.row) if self.row else column

    def split(self, beside: str) -> tuple[str, bytes]:
        stored, key = split_text(beside)
        return json.loads(stored), key

    def to_bytes(self, plain: Any) -> bytes:
        return json.dumps(plain).encode()

    def of_bytes(self, opened: bytes) -> Any:
        return json.loads(opened)

    def to_stored(self, sealed: bytes) -> str:
        return _to_text(sealed)

    def of_stored(self, stored: str) -> bytes:
        return _of_text(stored)


class SealedBytes(SealedColumn[bytes]):
    """Bytes that no query compares."""

    impl = LargeBinary
    cache_ok = True

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        return BytesBesideRow(column, self.row) if self.row else column

    def split(self, beside: bytes) -> tuple[bytes, bytes]:
        return split_bytes(bytes(beside))

    def to_bytes(self, plain: bytes) -> bytes:
        return plain

    def of_bytes(self, opened: bytes) -> bytes:
        return opened

    def to_stored(self, sealed: bytes) -> bytes:
        return sealed

    def of_stored(self, stored: bytes) -> bytes:
        return bytes(stored)


class PackedJson(SealedBytes):
    """Compressed JSON that no query looks into: a seventh of its text."""

    cache_ok = True

    def to_plain(self, value: Any) -> bytes:
        return zlib.compress(json.dumps(value).encode(), 1)

    def of_plain(self, plain: bytes) -> Any:
        return json.loads(zlib.decompress(plain))


def _to_text(sealed: bytes) -> str:
    return base64.b64encode(sealed).decode("ascii")


def _of_text(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
