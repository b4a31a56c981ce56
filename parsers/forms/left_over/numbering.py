"""Finds rows that are missing in the middle of a table whose rows are numbered."""

from collections.abc import Sequence
from itertools import pairwise

from config.records.record import Record


def find_numbering_gap(records: Sequence[Record]) -> tuple[int, int] | None:
    """Returns the 序号 of two neighbouring rows between which the count skips; None where it goes on, or begins not at 1."""
    numbers = [number for record in records if isinstance(number := record.values.get("seq"), int)]
    if not numbers or numbers[0] != 1:
        return None
    return next(((one, next_one) for one, next_one in pairwise(numbers) if next_one > one + 1), None)
