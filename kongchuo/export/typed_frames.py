"""Converts exported tables to pandas frames with typed columns, so that they are right when read back."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import orjson

from kongchuo.export.export_columns import MISFITS, ColumnType
from kongchuo.export.export_rows import ExportedTable

if TYPE_CHECKING:
    import pandas


def frame_of_table(table: ExportedTable, zone: ZoneInfo) -> "pandas.DataFrame":
    """Returns the table's rows; a value that is not of its column's type goes into ``misfits``, and none is lost.

    Raises:
        ValueError: a table without that column has such a value.
    """
    import pandas

    cells: dict[str, list[Any]] = {column.name: [] for column in table.spec.columns}
    read = [(column.name, _READERS[column.type], cells[column.name]) for column in table.spec.columns]
    misfits = cells.get(MISFITS)
    for row in table.rows:
        unfit: dict[str, Any] = {}
        for name, reader, column_cells in read:
            value = row.get(name)
            try:
                column_cells.append(None if value is None else reader(value))
            except (TypeError, ValueError):
                column_cells.append(None)
                unfit[name] = value
        if unfit and misfits is None:
            raise ValueError(f"{table.spec.name}: {unfit}")
        if unfit and misfits is not None:
            misfits[-1] = _as_text(unfit)
    return pandas.DataFrame(
        {column.name: _as_series(cells[column.name], column.type, zone) for column in table.spec.columns}
    )


def _as_series(cells: list[Any], kind: ColumnType, zone: ZoneInfo) -> "pandas.Series[Any]":
    import pandas

    if kind is ColumnType.INSTANT:
        return pandas.to_datetime(pandas.Series(cells, dtype="object"), utc=True).dt.tz_convert(str(zone))
    if kind is ColumnType.DAY:
        return pandas.Series(cells, dtype="datetime64[s]")
    return pandas.Series(cells, dtype=kind.in_pandas)


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _as_integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(value)
    return value


def _as_number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(value)
    return float(value)


def _as_boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _as_day(value: Any) -> datetime:
    day = date.fromisoformat(value)
    return datetime(day.year, day.month, day.day)


_READERS: dict[ColumnType, Callable[[Any], Any]] = {
    ColumnType.TEXT: _as_text,
    ColumnType.INTEGER: _as_integer,
    ColumnType.NUMBER: _as_number,
    ColumnType.BOOLEAN: _as_boolean,
    ColumnType.DAY: _as_day,
    ColumnType.INSTANT: datetime.fromisoformat,
}
