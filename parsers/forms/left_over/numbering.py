"""Finds rows that are missing in the middle of a numbered table."""

from collections.abc import Sequence
from itertools import pairwise

from config.records.record import Record


def find_numbering_gap(records: Sequence[Record]) -> tuple[int, int] | None:
    """Returns the 序号 of the two neighbouring rows around the first gap in the numbering.

    Returns None if there is no gap, or if the numbers do not begin at 1.
    """
    numbers = [number for record in records if isinstance(number := record.values.get("seq"), int)]
    if not numbers or numbers[0] != 1:
        return None
    return next(((one, next_one) for one, next_one in pairwise(numbers) if next_one > one + 1), None)
