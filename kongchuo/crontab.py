"""Crontab lines as cron reads them, for APScheduler.

Two things differ: cron counts weekdays from Sunday where APScheduler counts from Monday, and cron runs
when *either* the day or the weekday fits if both are given (crontab(5)), where APScheduler wants both.
"""

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def trigger(line: str, timezone: str) -> BaseTrigger:
    """When a line of five fields is due, in a time zone.

    Raises:
        ValueError: it is no such line.
    """
    minute, hour, day, month, weekday = line.split()
    common = {"minute": minute, "hour": hour, "month": month, "timezone": timezone}
    by_weekday = CronTrigger(**common, day="*", day_of_week=weekdays(weekday))
    if day == "*":
        return by_weekday
    by_day = CronTrigger(**common, day=day)
    return by_day if weekday == "*" else OrTrigger([by_day, by_weekday])


def weekdays(field: str) -> str:
    """A weekday field with its days by name: ``0-2,5`` is ``sun,mon,tue,fri``.

    Raises:
        ValueError: a part of it is no weekday.
    """
    if field == "*":
        return field
    days = {day % 7 for part in field.lower().split(",") for day in _span(part)}
    return ",".join(_DAYS[day] for day in sorted(days))


def _span(part: str) -> range:
    days, _, step = part.partition("/")
    first, _, last = ("0-6" if days == "*" else days).partition("-")
    end = _number(last) if last else 6 if step else _number(first)
    return range(_number(first), end + 1, int(step or 1))


def _number(day: str) -> int:
    return _DAYS.index(day) if day in _DAYS else int(day)
