"""Reads the days of a notice as its file may write them, and says when a due day ends."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.notice.rhythm import Rhythm, end_of, read_spoken_rhythm
from config.text.typed_dates import suggest_date


def read_due(due: str) -> Rhythm | date:
    """Parses a ``due`` in quotes: a rhythm in words, or a date.

    Raises:
        ValueError: it is neither.
    """
    if (rhythm := read_spoken_rhythm(due)) is not None:
        return rhythm
    for read in (date.fromisoformat, datetime.fromisoformat):
        with suppress(ValueError):
            return read(due)
    if (day := suggest_date(due)) is not None:
        raise ValueError(f"due“{due}”请写成 {day},不加引号")
    raise ValueError(
        f"due“{due}”看不懂:请写成 2023-09-25(不加引号)、“每月25日”“每周五”“每季度末月25日”“每日”或“每个工作日”,可加时间如“每周五12:00”"
    )


def read_one_of_several(due: object) -> datetime:
    """Returns the due day of a form with several due days that is owed once."""
    day = read_due(due) if isinstance(due, str) else due
    if not isinstance(day, date):
        raise ValueError("due 的列表里只能是日期,如 [2023-09-20, 2023-12-20]")
    return day if isinstance(day, datetime) else end_of(day)


def read_holiday(said: object) -> list[date]:
    """Returns the days of one holiday, written as one day or as first and last day."""
    span = said if isinstance(said, list) else [said, said]
    match span:
        case [date() as first, date() as last] if first <= last:
            return [first + timedelta(days=n) for n in range((last - first).days + 1)]
        case [date() as first, date() as last]:
            raise ValueError(f"holidays 里的 [{first}, {last}] 前后颠倒了:请对调")
    raise ValueError("holidays 里写一天(2024-11-13),或写第一天和最后一天([2024-10-01, 2024-10-07])")


def end_of_day(day: date, zone: ZoneInfo, at: time | None = None) -> datetime:
    """Returns 23:59:59 of ``day``, or its own time; mail that arrives before the next midnight is on time."""
    return end_of(day, at).replace(tzinfo=zone)
