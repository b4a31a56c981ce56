from datetime import date

import pytest

from ledger.cases.visits import failed_streak, last_day, merged_visits
from tests.builders.values.form_tables import NOTICE
from tests.builders.values.stored_submissions import a_row

TODAY = date(2023, 9, 26)


def told(day=None, result="未返校", number=1, **more):
    return {"number": number, "date": day, "result": result, **more}


def visits(*rows, today=TODAY):
    """The visits of rows a, b, c …, oldest first."""
    own_rows = [a_row(f"{letter}-0", visits=list(own)) for letter, own in zip("abcdef", rows, strict=False)]
    return merged_visits(NOTICE, own_rows, today)


def days(found):
    return [visit.date and visit.date.day for visit in found]


def streak(*results):
    """The day of September by which the third failure was reached."""
    reached = failed_streak(
        visits([told(f"2023-09-{n:02}", result) for n, result in enumerate(results, 1)]), 3
    )
    return reached and reached.day


def test_visits_are_numbered_by_date_whatever_the_rows_say():
    found = visits([told("2023-09-15", number=1), told("2023-09-10", number=2)])

    assert [(visit.number, visit.date.day) for visit in found] == [(1, 10), (2, 15)]


def test_one_visit_told_in_two_forms_is_one_and_each_adds_what_it_knows():
    (visit,) = visits(
        [told("2023-09-10", None, place="西沱镇")], [told("2023-09-10", "未返校", place=None, people="甲")]
    )

    assert (visit.place, visit.people, visit.result) == ("西沱镇", "甲", "未返校")


def test_a_later_telling_corrects_an_earlier_one():
    assert [v.result for v in visits([told("2023-09-10", "未返校")], [told("2023-09-10", "已返校")])] == [
        "已返校"
    ]


def test_a_visit_to_come_is_no_visit_yet():
    planned = [told("2023-09-20"), told("2023-09-27")]

    assert days(visits(planned)) == [20]
    assert days(visits(planned, today=date(2023, 9, 27))) == [20, 27]


def test_visits_without_a_date_stand_last_and_are_counted_once_a_text():
    undated = told(content="家访,未见到人")

    assert days(visits([told("2023-09-20"), undated], [undated])) == [20, None]


def test_a_visit_without_a_date_that_a_dated_one_tells_of_is_that_one():
    assert days(visits([told(content="家访")], [told("2023-09-20", content="家访")])) == [20]


def test_visits_of_which_only_the_result_is_told_stay_apart_by_number():
    three = [told(number=n) for n in (1, 2, 3)]

    assert len(visits(three, three)) == 3


@pytest.mark.parametrize("said", [None, "三次", 3, ["三次"]])
def test_what_is_no_list_of_visits_tells_of_none(said):
    assert merged_visits(NOTICE, [a_row("a-0", visits=said)], TODAY) == ()


def test_a_day_that_is_only_a_month_is_no_date():
    assert days(visits([told("2023-09")])) == [None]


def test_the_last_day_is_that_of_the_last_dated_visit():
    assert last_day(visits([told("2023-09-10"), told()])) == date(2023, 9, 10)
    assert last_day(()) is None


@pytest.mark.parametrize(
    ("results", "reached"),
    [
        (["未返校"] * 2, None),
        (["未返校"] * 3, 3),
        (["未返校"] * 5, 3),
        (["未返校", "未返校", "已返校", "未返校"], None),
        (["未返校", "已返校", "未返校", "未见到人", None], 5),
        (["未返校"] * 3 + ["已返校"], None),
        (["未返校"] * 3 + ["已返校"] + ["未返校"] * 3, 7),
        (["同意返校"] * 3, 3),
    ],
)
def test_a_return_begins_the_count_of_failures_anew(results, reached):
    assert streak(*results) == reached


def test_a_third_visit_without_a_date_is_still_the_third():
    found = visits([told("2023-09-10"), told("2023-09-15"), told(content="又去一次")])

    assert failed_streak(found, 3) == date(2023, 9, 15)


def test_three_visits_without_any_date_are_three_failures_before_every_day():
    assert failed_streak(visits([told(number=n) for n in (1, 2, 3)]), 3) == date.min
