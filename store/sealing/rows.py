"""Binds sealed values to their rows: finds the row that a statement writes, and reads a value together with its row's key.

SQLAlchemy passes values to a column type one by one, without their row. So a value to be sealed waits
(:class:`WaitingValue`) until the statement with the keys of its rows is known; and a query selects a value
and its row's key as one (:class:`BesideRow`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, String, cast, event
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, ColumnElement
from sqlalchemy.sql.functions import FunctionElement

from store.sealing.attached_seal import seal_of

_BETWEEN = "|"
_END = ":"
"""Ends a sealed text, which is base 64, and the length of sealed bytes."""


def row_key(parts: Sequence[Any]) -> bytes:
    """Returns the bytes to which the values of a row are bound, from the values of its key columns."""
    return _BETWEEN.join(map(str, parts)).encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class WaitingValue:
    """A value of a statement that is sealed once its row is known."""

    columns: tuple[str, ...]
    """The names of the row's key columns."""
    finish: Callable[[bytes], Any]
    """Returns the stored value for the row's key."""


class BesideRow(FunctionElement[Any]):
    """A text column joined with its row's key, for :func:`split_text`; without a seal, the column alone."""

    inherit_cache = True
    name = "beside_row"

    def __init__(self, column: ColumnElement[Any], names: Sequence[str]) -> None:
        self.type = column.type
        of_row = getattr(column, "element", column).table.c
        super().__init__(column, *(cast(of_row[name], String) for name in names))


class BytesBesideRow(BesideRow):
    """A bytes column joined with its row's key, for :func:`split_bytes`; without a seal, the column alone."""

    inherit_cache = True


@compiles(BesideRow)
def _compile_text(element: BesideRow, compiler: SQLCompiler, **_: Any) -> str:
    column, key = _compile_parts(element, compiler)
    return column if key is None else f"(CAST({column} AS TEXT) || '{_END}' || {key})"


@compiles(BytesBesideRow)
def _compile_bytes(element: BytesBesideRow, compiler: SQLCompiler, **_: Any) -> str:
    column, key = _compile_parts(element, compiler)
    if key is None:
        return column
    if compiler.dialect.name == "sqlite":
        return f"CAST(length({column}) || '{_END}' || {column} || {key} AS BLOB)"
    return f"(convert_to(length({column}) || '{_END}', 'UTF8') || {column} || convert_to({key}, 'UTF8'))"


def _compile_parts(element: BesideRow, compiler: SQLCompiler) -> tuple[str, str | None]:
    column, *keys = (compiler.process(clause) for clause in element.clauses)
    return column, None if seal_of(compiler.dialect) is None else f" || '{_BETWEEN}' || ".join(keys)


def split_text(beside: str) -> tuple[str, bytes]:
    """Returns a sealed text and its row's key from a value of :class:`BesideRow`."""
    sealed, _, key = beside.partition(_END)
    return sealed, key.encode("utf-8", "surrogatepass")


def split_bytes(beside: bytes) -> tuple[bytes, bytes]:
    """Returns sealed bytes and their row's key from a value of :class:`BytesBesideRow`.

    Raises:
        ValueError: the value has another format.
    """
    begin = beside.index(_END.encode()) + 1
    end = begin + int(beside[: begin - 1])
    return beside[begin:end], beside[end:]


def seal_waiting_values(engine: Engine) -> None:
    """Makes every statement of an engine seal its values for the rows that it writes."""

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def _seal(
        _connection: Connection, _cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> tuple[str, Any]:
        rows = parameters if many else [parameters]
        if not any(isinstance(value, WaitingValue) for row in rows[:1] for value in _values_of(row)):
            return statement, parameters
        raw = context.compiled_parameters
        sealed = [_with_sealed(row, context.compiled, raw[number]) for number, row in enumerate(rows)]
        return statement, sealed if many else sealed[0]


def _values_of(row: Any) -> Iterator[Any]:
    yield from row.values() if isinstance(row, Mapping) else row


def _with_sealed(row: Any, compiled: SQLCompiler, raw: Mapping[str, Any]) -> Any:
    if isinstance(row, Mapping):
        return {name: _sealed(value, compiled, raw) for name, value in row.items()}
    return tuple(_sealed(value, compiled, raw) for value in row)


def _sealed(value: Any, compiled: SQLCompiler, raw: Mapping[str, Any]) -> Any:
    if not isinstance(value, WaitingValue):
        return value
    return value.finish(row_key([raw[_parameter_of(name, compiled)] for name in value.columns]))


def _parameter_of(name: str, compiled: SQLCompiler) -> str:
    """Returns the name of the parameter with the value of a key column, in the rows that a statement writes."""
    statement: Any = compiled.statement
    if compiled.isinsert:
        return name
    for criterion in statement._where_criteria:
        for part in visitors.iterate(criterion):
            if (
                isinstance(part, BinaryExpression)
                and part.operator is operators.eq
                and part.left is statement.table.c[name]
                and isinstance(part.right, BindParameter)
            ):
                return compiled.bind_names[part.right]
    raise LookupError(f"a statement seals values of {statement.table.name} and says no {name} of one row")
