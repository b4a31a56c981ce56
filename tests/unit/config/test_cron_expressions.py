from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim
from hypothesis import example, given
from hypothesis import strategies as st

from config.cron_expressions import count_missed, name_weekdays, parse_crontab

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2023, 9, 25, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("field", "named"),
    [
        ("*", "*"),
        ("0", "sun"),
        ("7", "sun"),
        ("1-5", "mon,tue,wed,thu,fri"),
        ("0-2", "sun,mon,tue"),
        ("5-7", "sun,fri,sat"),
        ("1,3,5", "mon,wed,fri"),
        ("mon-fri", "mon,tue,wed,thu,fri"),
        ("SUN", "sun"),
        ("*/2", "sun,tue,thu,sat"),
        ("1-5/2", "mon,wed,fri"),
        ("3/2", "wed,fri"),
    ],
)
def test_weekdays_count_from_sunday_as_cron_counts_them(field: str, named: str) -> None:
    assert name_weekdays(field) == named


@pytest.mark.parametrize("field", ["someday", "8", "-1", "5-8", "1/0"])
def test_what_is_no_weekday_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        name_weekdays(field)


@pytest.mark.parametrize(("minutes", "times"), [(0, 0), (9, 0), (10, 1), (25, 2), (600, 5)])
def test_what_was_missed_is_counted(minutes: int, times: int) -> None:
    until = MONDAY + timedelta(minutes=minutes)

    assert count_missed("*/10 * * * *", "Asia/Shanghai", MONDAY, until, most=5) == times


def test_a_digest_on_working_days_passes_over_the_weekend() -> None:
    assert days("0 8 * * 1-5", since=MONDAY + timedelta(days=4), count=3) == [29, 2, 3]


def test_every_ten_minutes_is_every_ten_minutes() -> None:
    assert times("*/10 * * * *", MONDAY, 3) == ["00:00", "00:10", "00:20"]


def test_a_time_is_meant_in_the_zone_of_the_office() -> None:
    [first] = instants("0 8 * * *", MONDAY, 1)

    assert first.isoformat() == "2023-09-25T08:00:00+08:00"


def test_with_a_day_and_a_weekday_either_will_do() -> None:
    assert days("0 8 28 * 1", since=MONDAY, count=3) == [25, 28, 2]


def instants(line: str, since: datetime, count: int) -> list[datetime]:
    due = parse_crontab(line, "Asia/Shanghai")
    found: list[datetime] = []
    now = since
    while len(found) < count:
        found.append(due.get_next_fire_time(found[-1] if found else None, now))
        now = found[-1] + timedelta(seconds=1)
    return found


def days(line: str, since: datetime, count: int) -> list[int]:
    return [instant.day for instant in instants(line, since, count)]


def times(line: str, since: datetime, count: int) -> list[str]:
    return [f"{instant:%H:%M}" for instant in instants(line, since, count)]


def fields(least: int, most: int) -> st.SearchStrategy[str]:
    """A field of a crontab line: everything, numbers, ranges, steps, lists."""
    number = st.integers(least, most)
    one = st.one_of(
        number.map(str),
        st.tuples(number, number).map(lambda two: f"{min(two)}-{max(two)}"),
        st.tuples(number, number, st.integers(1, 5))
        .filter(lambda it: abs(it[0] - it[1]) >= it[2])  # APScheduler refuses a step beyond its range
        .map(lambda it: f"{min(it[:2])}-{max(it[:2])}/{it[2]}"),
    )
    lists = st.lists(one, min_size=1, max_size=3).map(",".join)
    return st.one_of(st.just("*"), st.integers(1, 5).map(lambda step: f"*/{step}"), lists)


@given(st.tuples(fields(0, 59), fields(0, 23), fields(1, 28), fields(1, 12), fields(0, 6)))
@example(("0", "6", "1", "*", "1"))  # the first of the month, and Mondays
@example(
    ("0", "6", "*/2", "*", "1")
)  # Mondays on odd days: a field that starts with a star restricts nothing by itself
@example(("0", "6", "13", "*", "*/2"))
def test_a_line_is_due_when_cronsim_says_so(line: tuple[str, ...]) -> None:
    trigger, expected = parse_crontab(" ".join(line), "Asia/Shanghai"), CronSim(" ".join(line), MONDAY)
    last = MONDAY
    for _ in range(4):
        due = trigger.get_next_fire_time(None, last + timedelta(seconds=1))
        assert due == next(expected)
        last = due
