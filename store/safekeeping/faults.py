"""Defines the faults that verification reports, and the part of the store that one night checks."""

from dataclasses import dataclass
from datetime import date

SLICES = 28
"""A night checks one of 28 slices, so four weeks check everything."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A difference from what was written: where, and what is wrong, in Chinese."""

    place: str
    what: str


@dataclass(frozen=True, slots=True)
class Slice:
    """The messages and submissions to check; ``number`` is None for all of them."""

    number: int | None = None

    @classmethod
    def of_day(cls, day: date) -> "Slice":
        """Returns the slice that is checked on a day."""
        return cls(day.toordinal() % SLICES)

    def holds(self, hexadecimal_id: str) -> bool:
        """Returns whether a thing with this id is in the slice; ids that are not hexadecimal always are."""
        if self.number is None:
            return True
        try:
            return int(hexadecimal_id[:2], 16) % SLICES == self.number
        except ValueError:
            return True
