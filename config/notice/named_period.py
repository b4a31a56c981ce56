"""Finds which period a file speaks of: as its title, sheet, name or subject says, else by the day it arrived."""

import re
from collections.abc import Iterable, Sequence
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
_QUARTER = re.compile("第?(?P<number>[1-4一二三四])季度")
_WEEK = re.compile(rf"第(?P<number>{_NUMBER})周")
_DAY = re.compile(
    "(?:(?P<year>20[0-9]{2})[年./-])?(?<![0-9.])(?P<month>[0-9]{1,2})[月./-](?P<day>[0-9]{1,2})(?![0-9])"
)


def find_period(texts: Iterable[str], day: date, periods: Sequence[Period]) -> Period | None:
    """Returns the period that the first telling text names, else the one in which ``day`` falls.

    A day before the first period belongs to the first; None only where there are no periods.
    """
    for text in texts:
        if (named := named_period(text, periods)) is not None:
            return named
    begun = [period for period in periods if period.begins <= day]
    return begun[-1] if begun else next(iter(periods), None)


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
    return [
        period
        for period in periods
        if any(period.due.month == month and year in (None, str(period.due.year)) for year, month in named)
        and period.begins != period.ends
        and (period.ends - period.begins).days > 7
    ]


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
