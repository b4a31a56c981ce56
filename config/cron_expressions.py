"""Turns crontab lines, with the meaning that cron gives them, into triggers of APScheduler.

APScheduler differs in two points: it counts weekdays from Monday and cron from Sunday, and cron runs
when *either* the day or the weekday fits if both are restricted, that is, neither starts with a star (crontab(5)),
while APScheduler runs when both fit.
"""

from datetime import datetime, timedelta

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger

_WEEKDAY_NAMES = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def parse_crontab(line: str, timezone: str) -> BaseTrigger:
    """Returns the trigger for a crontab line of five fields, in a time zone.

    Raises:
        ValueError: the text is not a crontab line of five fields.
    """
    minute, hour, day, month, weekday = line.split()
    common = {"minute": minute, "hour": hour, "month": month, "timezone": timezone}
    weekdays = name_weekdays(weekday)
    if day.startswith("*") or weekday.startswith("*"):  # also */2: crontab(5) calls it not restricted
        return CronTrigger(**common, day=day, day_of_week=weekdays)
    by_weekday = CronTrigger(**common, day="*", day_of_week=weekdays)
    return OrTrigger([CronTrigger(**common, day=day), by_weekday])


def count_missed(line: str, timezone: str, since: datetime, until: datetime, *, most: int = 100) -> int:
    """Returns how often the line was due in (``since``, ``until``], at most ``most``."""
    trigger, count, last = parse_crontab(line, timezone), 0, since
    while count < most:
        next_due = trigger.get_next_fire_time(None, last + timedelta(seconds=1))
        if next_due is None or next_due > until:
            return count
        count, last = count + 1, next_due
    return count


def name_weekdays(field: str) -> str:
    """Returns a weekday field with its days by name: ``0-2,5`` is ``sun,mon,tue,fri``.

    Raises:
        ValueError: a part of the field is not a weekday.
    """
    if field == "*":
        return field
    days = {day % 7 for part in field.lower().split(",") for day in _weekday_range(part)}
    if not days:
        raise ValueError(f"no weekday: {field}")
    return ",".join(_WEEKDAY_NAMES[day] for day in sorted(days))


def _weekday_range(part: str) -> range:
    days, _, step = part.partition("/")
    first, _, last = ("0-6" if days == "*" else days).partition("-")
    end = _weekday_number(last) if last else 6 if step else _weekday_number(first)
    return range(_weekday_number(first), end + 1, int(step or 1))


def _weekday_number(day: str) -> int:
    number = _WEEKDAY_NAMES.index(day) if day in _WEEKDAY_NAMES else int(day)
    if not 0 <= number <= 7:  # crontab(5): 0 or 7 is Sunday
        raise ValueError(f"no weekday: {day}")
    return number
