"""Holds the columns of one table as bound to a form's fields."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

ColumnKind = Literal["value", "tick", "visit", "extra"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its position, its heading as written, and how its cells are read.

    ``kind`` decides: one ``value`` of ``key``; a ``tick`` that gives ``key`` the value ``tick``; part ``part`` of
    visit ``number``; or ``extra``, kept under its heading.
    """

    index: int
    heading: str
    kind: ColumnKind
    key: str = ""
    tick: str = ""
    number: int = 0
    part: str = ""
    shared: tuple[str, ...] = ()  # all keys that share each cell of the column


@dataclass(frozen=True)
class FormColumns:
    """The columns of one table as bound to a form."""

    form: str
    columns: tuple[Column, ...]

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of the form that a column gives."""
        return frozenset(column.key for column in self.columns if column.key)
