"""Rows that a numbered table lacks in its middle."""

import pytest

from config.records.record import Record
from parsers.forms.left_over.numbering import find_numbering_gap


@pytest.mark.parametrize(
    ("numbers", "gap"),
    [
        ([1, 2, 3], None),
        ([1, 2, 5], (2, 5)),
        ([1, 2, None, 3], None),
        ([1, 2, 1, 2], None),  # a block for each class
        ([1, 1, 2, 2], None),  # a row for each visit
        ([101, 105], None),  # numbers of the unit's own
        ([], None),
    ],
)
def test_a_count_that_skips_lacks_rows(numbers, gap):
    records = [
        Record(sheet="PDF", row=row, values={} if number is None else {"seq": number}, problems=())
        for row, number in enumerate(numbers, 1)
    ]

    assert find_numbering_gap(records) == gap
