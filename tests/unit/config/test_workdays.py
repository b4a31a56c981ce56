"""Working days around National Day 2023: holiday from 29 September to 6 October, the weekend after it worked."""

from datetime import date

import pytest

from config.workdays import add_workdays, has_calendar, is_workday, nearest_workday


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2023-09-28", True),
        ("2023-09-29", False),  # a Friday
        ("2023-10-06", False),
        ("2023-10-07", True),  # a Saturday, made up for
        ("2023-10-08", True),
        ("2023-10-14", False),
    ],
)
def test_holidays_rest_and_make_up_days_are_worked(day: str, worked: bool) -> None:
    assert is_workday(date.fromisoformat(day)) is worked


def test_the_offices_own_lists_come_before_the_calendar() -> None:
    monday, saturday = date(2023, 10, 9), date(2023, 10, 14)

    assert not is_workday(monday, off={monday})
    assert is_workday(saturday, on={saturday})


def test_days_move_over_the_holiday_either_way() -> None:
    inside = date(2023, 10, 2)

    assert nearest_workday(inside, 1) == date(2023, 10, 7)
    assert nearest_workday(inside, -1) == date(2023, 9, 28)
    assert nearest_workday(date(2023, 10, 9), 1) == date(2023, 10, 9)


def test_working_days_are_counted_over_the_holiday() -> None:
    assert add_workdays(date(2023, 9, 28), 3) == date(2023, 10, 9)


def test_a_year_that_nobody_knows_has_weekdays_only() -> None:
    assert (has_calendar(2023), has_calendar(2040)) == (True, False)
    assert [is_workday(date(2040, 10, day)) for day in (1, 6, 7)] == [True, False, False]
