"""三统一: the platform's numbers beside ours."""

import orjson

from config.roster import Roster
from ledger.judged import judge
from ledger.platform import (
    CHILDREN,
    NUMBERS,
    ChildDifference,
    child_differences,
    differences,
    listed,
    subject,
    typed,
)  # fmt: skip
from tests.scenarios.county import UNITS, County, a_child

MONTH = "2023-10"


def told(county: County, unit: str, on: str, **numbers: int) -> None:
    county.decides(NUMBERS, subject(MONTH, unit), "平台", on, orjson.dumps(numbers).decode())


def found(county: County, on: str = "2023-10-31") -> list[tuple[str, str, int, int]]:
    book = county.book(on)
    judged = judge(book)
    numbers = typed(book.decisions, MONTH)
    return [
        (one.unit, one.what, one.platform, one.ours)
        for one in differences(numbers, Roster(UNITS), {"西沱中学": 5}, judged.cases, judged.suspected)
    ]


def test_each_number_that_was_typed_in_stands_beside_ours(county):
    county.sent("西沱中学", "附件4", a_child("甲一").out(), a_child("甲二").out())
    told(county, "西沱中学", "2023-10-30", enrolled=6, out=1)

    assert found(county) == [("西沱中学", "enrolled", 6, 5), ("西沱中学", "out", 1, 2)]


def test_what_is_typed_in_last_counts_and_the_rest_stays(county):
    told(county, "西沱中学", "2023-10-29", enrolled=6, out=1)
    told(county, "西沱中学", "2023-10-30", out=0)

    assert found(county) == [("西沱中学", "enrolled", 6, 5), ("西沱中学", "out", 0, 0)]


def test_another_month_is_another_matter(county):
    county.decides(NUMBERS, subject("2023-09", "西沱中学"), "平台", "2023-09-30", '{"out": 3}')

    assert found(county) == []


def test_children_whom_only_one_side_knows_are_named(county):
    here, both = a_child("甲一"), a_child("甲二")
    county.sent("西沱中学", "附件4", here.out(), both.out())
    rows = [
        {"name": "甲二", "id_number": both.number, "unit": ""},
        {"name": "丙一", "id_number": "509999201203049999", "unit": "某校"},
    ]
    county.decides(CHILDREN, MONTH, "平台", "2023-10-30", orjson.dumps(rows).decode())
    book = county.book("2023-10-31")
    theirs = listed(book.decisions, MONTH)
    assert theirs is not None

    assert child_differences(theirs, judge(book).cases) == (
        ChildDifference(name="甲一", id_number=here.number, unit="西沱中学", only_in="ours"),
        ChildDifference(name="丙一", id_number="509999201203049999", unit="某校", only_in="platform"),
    )


def test_without_a_list_there_is_nothing_to_compare(county):
    assert listed(county.book("2023-10-31").decisions, MONTH) is None
