"""Rhythms as a notice says them, and the periods that follow."""

from datetime import date, datetime, time
from itertools import pairwise

import pytest

from config.notice.rhythm import Rhythm, dated_periods, read_spoken_rhythm

OPENED = date(2023, 9, 1)


@pytest.mark.parametrize(
    ("words", "rhythm"),
    [
        ("每月25日", Rhythm(every="month", on=25)),
        ("每月25日前", Rhythm(every="month", on=25)),
        ("每月5号12:00前", Rhythm(every="month", on=5, at=time(12))),
        ("每月底", Rhythm(every="month", on=31)),
        ("每周五", Rhythm(every="week", on=5)),
        ("每星期五17:30", Rhythm(every="week", on=5, at=time(17, 30))),
        ("每周日", Rhythm(every="week", on=7)),
        ("每日", Rhythm(every="day")),
        ("每天16点", Rhythm(every="day", at=time(16))),
        ("每季度末月25日", Rhythm(every="quarter", on=25)),
        ("每学期", Rhythm(every="semester")),
        ("每月次月5日前", Rhythm(every="month", on=5, following=True)),
        ("每月5日前报上月", Rhythm(every="month", on=5, following=True)),
        ("每周下周一12:00前", Rhythm(every="week", on=1, at=time(12), following=True)),
        ("每个工作日16:00前", Rhythm(every="day", at=time(16), workdays=True)),
        ("每月25日前,遇节假日顺延", Rhythm(every="month", on=25, workdays=True)),
    ],
)
def test_a_rhythm_in_words(words, rhythm):
    assert read_spoken_rhythm(words) == rhythm


@pytest.mark.parametrize("words", ["", "25日", "每月", "每周八", "每月四十日", "每隔一天", "2023-09-25"])
def test_what_is_no_rhythm(words):
    assert read_spoken_rhythm(words) in (None, Rhythm(every="month"))


def test_months_of_a_semester():
    periods = list(Rhythm(every="month", on=25).periods(OPENED, date(2023, 12, 1)))

    assert [period.key for period in periods] == ["2023-09", "2023-10", "2023-11", "2023-12"]
    assert periods[1].due == datetime(2023, 10, 25, 23, 59, 59)
    assert periods[1].words == "2023年10月"


def test_a_short_month_ends_on_its_last_day():
    periods = list(Rhythm(every="month", on=31).periods(OPENED, date(2023, 9, 30)))

    assert [period.due.date() for period in periods] == [date(2023, 9, 30)]


def test_weeks_lie_side_by_side_and_are_due_on_their_day():
    periods = list(Rhythm(every="week", on=5, at=time(17)).periods(OPENED, date(2023, 10, 1)))

    assert all((later.begins - earlier.ends).days == 1 for earlier, later in pairwise(periods))
    assert {period.due.weekday() for period in periods} == {4}
    assert {period.due.time() for period in periods} == {time(17)}
    assert periods[1].words == "9月4日至10日"


def test_quarters_and_days():
    assert [p.key for p in Rhythm(every="quarter", on=25).periods(OPENED, date(2023, 12, 1))] == [
        "2023-Q3",
        "2023-Q4",
    ]
    assert len(list(Rhythm(every="day").periods(OPENED, date(2023, 9, 10)))) == 10
    assert len(list(Rhythm(every="semester").periods(OPENED, date(2024, 1, 1)))) == 1


def test_a_list_of_days_is_a_period_each():
    periods = list(dated_periods((datetime(2023, 10, 25, 12), datetime(2023, 9, 25, 23, 59, 59)), OPENED))

    assert [(p.key, p.begins, p.ends) for p in periods] == [
        ("2023-09-25", OPENED, date(2023, 9, 25)),
        ("2023-10-25", date(2023, 9, 26), date(2023, 10, 25)),
    ]
    assert periods[1].due == datetime(2023, 10, 25, 12)


def is_weekday(day):
    return day.weekday() < 5


def test_a_month_that_is_due_in_the_next():
    periods = list(Rhythm(every="month", on=5, following=True).periods(OPENED, date(2023, 10, 1)))

    assert [(period.key, period.due.date()) for period in periods] == [
        ("2023-09", date(2023, 10, 5)), ("2023-10", date(2023, 11, 5)),
    ]  # fmt: skip


def test_days_off_are_left_out_or_put_off():
    days = Rhythm(every="day", workdays=True).periods(OPENED, date(2023, 9, 8), is_weekday)
    months = Rhythm(every="month", on=30, workdays=True).periods(OPENED, date(2023, 9, 30), is_weekday)

    assert [period.key for period in days] == [f"2023-09-{day:02d}" for day in (1, 4, 5, 6, 7, 8)]
    assert [period.due.date() for period in months] == [date(2023, 10, 2)]


def test_what_was_due_before_the_notice_is_not_owed():
    periods = list(Rhythm(every="month", on=10).periods(date(2023, 9, 15), date(2023, 10, 31)))

    assert [period.key for period in periods] == ["2023-10"]
