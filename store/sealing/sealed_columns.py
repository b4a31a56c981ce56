"""Column types whose values are sealed where the store has a key; a store without one keeps them as they are.

The key belongs to an engine and is found by its dialect, of which each engine has one of its own.
"""

import base64
import json
import zlib
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import JSON, Dialect, LargeBinary, String, TypeDecorator
from sqlalchemy.engine import Engine

from config.errors import StoreError

if TYPE_CHECKING:  # a store without a key does without the library of ciphers, which takes 40 ms to load
    from store.sealing.seal import Seal

_SEAL = "_kongchuo_seal"
_MARK = 8
"""More than a mark takes, in bytes and in base 64."""
_Value = TypeVar("_Value")


def attach_seal(engine: Engine, seal: "Seal") -> None:
    """Has the sealed columns that go through this engine sealed and opened."""
    setattr(engine.dialect, _SEAL, seal)


def seal_of(dialect: Dialect) -> "Seal | None":
    """Returns the seal of an engine, by its dialect; ``None`` for a store without a key."""
    return getattr(dialect, _SEAL, None)


class SealedColumn(TypeDecorator[_Value], Generic[_Value]):
    """What all sealed columns share; ``place`` is ``table.column``, to which a value is bound."""

    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def to_plain(self, value: _Value) -> Any:
        """Returns the value as it lies in a store without a key."""
        return value

    def of_plain(self, plain: Any) -> _Value:
        """Returns the value of what lies in a store without a key."""
        value: _Value = plain
        return value

    def close(self, seal: "Seal", plain: Any) -> Any:
        """Returns what lies in a store with a key for what lies in one without."""
        raise NotImplementedError

    def open(self, seal: "Seal", sealed: Any) -> Any:
        """The inverse of :meth:`close`."""
        raise NotImplementedError

    def mark_of(self, sealed: Any) -> bytes:
        """Returns the beginning of what was sealed, by which its key is known."""
        return bytes(sealed[:_MARK])

    def process_bind_param(self, value: _Value | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        plain, seal = self.to_plain(value), seal_of(dialect)
        return plain if seal is None else self.close(seal, plain)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> _Value | None:
        if value is None:
            return None
        seal = seal_of(dialect)
        try:
            return self.of_plain(value if seal is None else self.open(seal, value))
        except (zlib.error, ValueError, TypeError) as error:
            raise StoreError(
                f"数据库里 {self.place} 的一个值已损坏,或是用另一把密钥封存的:请运行 kongchuo verify 检查"
            ) from error


class SealedText(SealedColumn[str]):
    """Text that the database is never asked about."""

    impl = String
    cache_ok = True

    def __init__(self, place: str, kind: type[String] = String) -> None:
        super().__init__(place)
        self.kind = kind
        self.impl = kind()  # type: ignore[assignment]

    def mark_of(self, sealed: str) -> bytes:
        return _to_bytes(sealed[:_MARK])

    def close(self, seal: "Seal", plain: str) -> str:
        return _to_text(seal.close(plain.encode("utf-8", "surrogatepass"), self.place.encode()))

    def open(self, seal: "Seal", sealed: str) -> str:
        return seal.open(_to_bytes(sealed), self.place.encode()).decode("utf-8", "surrogatepass")


class MatchedText(SealedText):
    """Text that the database is asked for by equality, and no other way: equal values are sealed equally."""

    cache_ok = True

    def close(self, seal: "Seal", plain: str) -> str:
        return _to_text(seal.close_matching(plain.encode("utf-8", "surrogatepass"), self.place.encode()))


class SealedJson(SealedColumn[Any]):
    """JSON that the database is never asked about; sealed, it is one JSON text."""

    impl = JSON
    cache_ok = True

    def mark_of(self, sealed: str) -> bytes:
        return _to_bytes(sealed[:_MARK])

    def close(self, seal: "Seal", plain: Any) -> str:
        return _to_text(seal.close(json.dumps(plain).encode(), self.place.encode()))

    def open(self, seal: "Seal", sealed: str) -> Any:
        return json.loads(seal.open(_to_bytes(sealed), self.place.encode()))


class SealedBytes(SealedColumn[bytes]):
    """Bytes."""

    impl = LargeBinary
    cache_ok = True

    def close(self, seal: "Seal", plain: bytes) -> bytes:
        return seal.close(plain, self.place.encode())

    def open(self, seal: "Seal", sealed: bytes) -> bytes:
        return seal.open(sealed, self.place.encode())


class PackedJson(SealedColumn[list[dict[str, Any]]]):
    """JSON that nobody asks the database about, compressed: a seventh of its text."""

    impl = LargeBinary
    cache_ok = True

    def to_plain(self, value: list[dict[str, Any]]) -> bytes:
        return zlib.compress(json.dumps(value).encode(), 1)

    def of_plain(self, plain: bytes) -> list[dict[str, Any]]:
        value: list[dict[str, Any]] = json.loads(zlib.decompress(plain))
        return value

    def close(self, seal: "Seal", plain: bytes) -> bytes:
        return seal.close(plain, self.place.encode())

    def open(self, seal: "Seal", sealed: bytes) -> bytes:
        return seal.open(sealed, self.place.encode())


def _to_text(sealed: bytes) -> str:
    return base64.b64encode(sealed).decode("ascii")


def _to_bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
