"""Finds the period of a file: from its title, sheet, name or subject, else from the day it arrived."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from config.notice.rhythm import Period
from config.text.text_folding import fold_text

_NUMERALS = {
    word: number
    for number, word in enumerate(
        ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"], 1
    )
}
_NUMBER = "[0-9]{1,2}|十[一二]?|[一二三四五六七八九]"
_MONTH = re.compile(
    rf"(?:(?P<year>20[0-9]{{2}})[年./-]?)?(?<![0-9.第])(?P<month>{_NUMBER})月(?:份|$|(?![0-9]{{1,2}}[日号]?|底前|前))"
)
_DIGITS = re.compile("(?<![0-9])(?P<year>20[0-9]{2})[-./]?(?P<month>0[1-9]|1[0-2])(?![0-9]|[./-][0-9])")
_QUARTER = re.compile("第?(?P<number>[1-4一二三四])季度")
_WEEK = re.compile(rf"(?<!月)(?<!月份)第(?P<number>{_NUMBER})周")
_DAY = re.compile(
    "(?:(?P<year>20[0-9]{2})[年./-])?(?<![0-9.])(?P<month>[0-9]{1,2})[月./-](?P<day>[0-9]{1,2})(?![0-9])"
)


@dataclass(frozen=True, slots=True)
class PeriodReading:
    """The period that a submission is assigned to, and what in it contradicts that period, for a person to decide."""

    period: Period
    doubt: str | None = None


def read_period(
    within: Iterable[str],
    around: Iterable[str],
    day: date,
    periods: Sequence[Period],
    made_for: str | None = None,
) -> PeriodReading | None:
    """Returns the period that the first text with one names, else the period of ``day``.

    Reported as doubtful: a period that has not begun by then, a name that no period has, and a name that ``around``
    contradicts. None only where there are no periods.

    Args:
        within: title and sheet; ``around``: the names of the file and its folders, and the subject.
        made_for: the key of the period for which we made the form and sent it to the unit. It counts where no text names
            one, and a contradiction is reported, since units often fill in last month's file again.
    """
    if not periods:
        return None
    inner, outer = tuple(within), tuple(around)
    made = next((period for period in periods if period.key == made_for), None)
    telling = [
        (text, named) for text in (*inner, *outer) if (named := named_period(text, periods)) is not None
    ]
    if not telling:
        other = next((word for text in (*inner, *outer) if (word := _foreign_month(text, periods))), None)
        by_day = period_of_day(day, periods)
        if made is None or made == by_day:
            return PeriodReading(by_day, other)
        if made.begins > day:
            return PeriodReading(by_day, other or made.words)
        return PeriodReading(made, other or by_day.words)
    first = telling[0][1]
    if first.begins > day:
        return PeriodReading(period_of_day(day, periods), first.words)
    said_outside = [named for text, named in telling if text in outer]
    contradicts = telling[0][0] in inner and bool(said_outside) and first not in said_outside
    if contradicts:
        return PeriodReading(first, said_outside[0].words)
    return PeriodReading(first, made.words if made is not None and made != first else None)


def period_of_day(day: date, periods: Sequence[Period]) -> Period:
    """Returns the period in which a day falls, or the next one due, for reports that are due after their period.

    A day before the first period belongs to the first. With a list of days, the nearest is taken: a file
    that comes shortly after a due day is late for it, not early for the next.
    """
    if any(period.is_listed for period in periods):
        return min(periods, key=lambda period: (abs((period.due.date() - day).days), period.due))
    begun = [period for period in periods if period.begins <= day]
    due_later = [period for period in begun if period.ends < day <= period.due.date()]
    return (due_later or begun[-1:] or periods[:1])[0]


def _foreign_month(text: str, periods: Sequence[Period]) -> str | None:
    """Returns the one month that a text names if it is none of these months (2025年10月 in 2026)."""
    if any(len(period.key) != len("2023-10") for period in periods):
        return None
    months = {match.group() for match in _MONTH.finditer(fold_text(text))}
    return months.pop() if len(months) == 1 else None


def named_period(text: str, periods: Sequence[Period]) -> Period | None:
    """Returns the one period that a text names, by month, quarter, week of the semester or a day in it."""
    folded = fold_text(text)
    for wanted in (_by_day, _by_week, _by_quarter, _by_month):
        found = wanted(folded, periods)
        if len(found) == 1:
            return found[0]
    return None


def _by_month(text: str, periods: Sequence[Period]) -> list[Period]:
    named = {(match["year"], _number(match["month"])) for match in _MONTH.finditer(text)}
    named |= {(match["year"], int(match["month"])) for match in _DIGITS.finditer(text)}
    return [
        period
        for period in periods
        if (period.ends - period.begins).days > 7
        and any(
            _month_of(period).month == month and year in (None, str(_month_of(period).year))
            for year, month in named
        )
    ]


def _month_of(period: Period) -> date:
    """Returns the month by which people call a period: its own, or the month it is due for one longer than a month or irregular."""
    return period.begins if len(period.key) == len("2023-10") else period.due.date()


def _by_quarter(text: str, periods: Sequence[Period]) -> list[Period]:
    named = {_number(match["number"]) for match in _QUARTER.finditer(text)}
    return [period for period in periods if "-Q" in period.key and int(period.key[-1]) in named]


def _by_week(text: str, periods: Sequence[Period]) -> list[Period]:
    named = {_number(match["number"]) for match in _WEEK.finditer(text)}
    return [period for number, period in enumerate(periods, 1) if "-W" in period.key and number in named]


def _by_day(text: str, periods: Sequence[Period]) -> list[Period]:
    days = {
        (match["year"], int(match["month"]), int(match["day"]))
        for match in _DAY.finditer(text)
        if 1 <= int(match["month"]) <= 12
    }
    if any(period.is_listed for period in periods):
        year_of = {period.due.month: period.due.year for period in periods}
        named = {
            _day(int(year or year_of.get(month, periods[0].due.year)), month, number)
            for year, month, number in days
        }
        return list({period_of_day(day, periods): None for day in named if day is not None})
    return [
        period
        for period in periods
        if "-W" in period.key or period.begins == period.ends
        if any(
            period.begins <= day <= period.ends
            for year, month, number in days
            if (day := _day(int(year or period.begins.year), month, number)) is not None
        )
    ]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _number(text: str) -> int:
    return _NUMERALS.get(text) or int(text)
