"""Counts working days in China: weekdays without holidays, and the weekends worked instead (调休)."""

from collections.abc import Collection
from datetime import date, timedelta

import chinese_calendar


def is_workday(day: date, off: Collection[date] = (), on: Collection[date] = ()) -> bool:
    """Returns whether people work on a day.

    The office's own lists come first; a year that the calendar does not know yet falls back to weekdays.

    Args:
        off: further days off; ``on``: further days that are worked.
    """
    if day in off or day in on:
        return day in on
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def has_calendar(year: int) -> bool:
    """Returns whether the calendar of a year is known; without it holidays are missing."""
    try:
        chinese_calendar.is_workday(date(year, 6, 15))
    except NotImplementedError:
        return False
    return True


def nearest_workday(day: date, by: int, off: Collection[date] = (), on: Collection[date] = ()) -> date:
    """Returns the nearest working day from ``day`` on (``by`` = 1) or back (``by`` = -1), itself included."""
    while not is_workday(day, off, on):
        day += timedelta(days=by)
    return day


def add_workdays(day: date, count: int, off: Collection[date] = (), on: Collection[date] = ()) -> date:
    """Returns the ``count``-th working day after ``day``."""
    while count:
        day += timedelta(days=1)
        count -= is_workday(day, off, on)
    return day
