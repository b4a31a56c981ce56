"""Defines what verification finds, and which part of the store one night checks."""

from dataclasses import dataclass
from datetime import date

SLICES = 28
"""A night checks one of so many slices, and so four weeks check everything."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written: where, and what is wrong, in Chinese."""

    place: str
    what: str


@dataclass(frozen=True, slots=True)
class Slice:
    """The messages and submissions that are checked; ``number`` is ``None`` for all of them."""

    number: int | None = None

    @classmethod
    def of_day(cls, day: date) -> "Slice":
        return cls(day.toordinal() % SLICES)

    def holds(self, hexadecimal_id: str) -> bool:
        """Returns whether what has this id is to be checked; what is no id is always checked."""
        if self.number is None:
            return True
        try:
            return int(hexadecimal_id[:2], 16) % SLICES == self.number
        except ValueError:
            return True
