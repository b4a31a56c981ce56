"""A form's columns in one table: where each stands and what it holds."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

ColumnKind = Literal["value", "tick", "visit", "extra"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where it stands, its heading as written, and what it holds.

    ``kind`` says how cells are read: one ``value`` of ``key``; a ``tick`` that says ``key`` is
    ``tick``; part ``part`` of visit ``number``; or ``extra``, kept under its heading.
    """

    index: int
    heading: str
    kind: ColumnKind
    key: str = ""
    tick: str = ""
    number: int = 0
    part: str = ""
    shared: tuple[str, ...] = ()  # the keys that share each cell of the column, this one's too


@dataclass(frozen=True)
class FormColumns:
    """A form's columns in one table."""

    form: str
    columns: tuple[Column, ...]

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(column.key for column in self.columns if column.key)
