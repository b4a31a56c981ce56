from datetime import timedelta
from itertools import chain

import pytest

from ledger.versions.same_filing import compare_files, find_shared_rows
from tests.builders.counties.scenario_county import NOTICE
from tests.builders.values.stored_submissions import FIRST_ARRIVAL, a_row, a_submission


def compared(*rows):
    arrivals = {row.submission_id: FIRST_ARRIVAL for row in rows}
    return compare_files(NOTICE, rows, dict.fromkeys((row.record_id for row in rows), "x"), arrivals)


def test_rows_that_say_the_same_count_once_wherever_they_stand():
    found = compared(a_row("a-0", name="甲一", seq=1), a_row("b-0", name="甲一", seq=7, remark=None))

    assert (found.repeated, found.contradictions) == ({"b-0"}, ())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"status": "辍学"}, {"reason": "厌学"}),
        ({"since": "2023-09"}, {"since": "2023-09-04"}),
        ({"household_address": "西沱镇一组"}, {"household_address": "西沱镇1组"}),
    ],
)
def test_rows_that_complete_each_other_both_count(one, other):
    found = compared(a_row("a-0", **one), a_row("b-0", **other))

    assert (found.repeated, found.contradictions) == (frozenset(), ())


def test_rows_that_contradict_each_other_both_count_and_are_named():
    (found,) = compared(
        a_row("a-0", status="休学", since="2023-09-04"), a_row("b-0", status="辍学", since="2023-09-05")
    ).contradictions

    assert {found.one.record_id, found.other.record_id} == {"a-0", "b-0"}
    assert set(found.columns) == {"status", "since"}


def test_rows_of_one_file_are_compared_when_it_is_read_and_not_here():
    assert compared(a_row("a-0", status="休学"), a_row("a-1", status="辍学")).contradictions == ()


def test_only_students_in_two_files_of_one_filing_are_shared():
    first = a_submission("a", 2)
    second = a_submission("b", 2, received_at=first.received_at)
    later = a_submission("c", 1, received_at=first.received_at + timedelta(hours=1))
    keys = {"a": ["x", "y"], "b": ["x", None], "c": ["y"]}

    assert set(chain(find_shared_rows([first, second, later], keys))) == {"a-0", "b-0"}
