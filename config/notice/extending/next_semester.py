"""Makes the text of the next semester's notice from the present one: shifts its days, replaces its year and season.

The text is edited, not written anew, so that comments and order stay. Every change is reported, since only a
person knows the new due days.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_DAY = re.compile(
    r"""(?P<quote>["'])(?P<quoted>[^"']*)(?P=quote)|(?<![0-9])(?P<bare>[0-9]{4}-[0-9]{2}-[0-9]{2})(?![0-9])"""
)
"""Matches a day as TOML writes it, or a text; a text is changed only if it consists of a day."""
_ISO_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_KEY = re.compile(r"\s*([A-Za-z_]+)\s*=")
_ID = re.compile(r"^(id\s*=\s*)\"[^\"]*\"", re.MULTILINE)
_OF_SCHOOL_YEARS = frozenset({"born_from", "born_to"})
"""Keys of days that count from the school year's first of September, in both of its semesters."""
_FIRST_MONTH = {"spring": 3, "autumn": 9}
_LAST_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Season(StrEnum):
    """Half a school year."""

    SPRING = "spring"
    AUTUMN = "autumn"

    @property
    def word(self) -> str:
        """The season as titles write it."""
        return "春" if self is Season.SPRING else "秋"

    @property
    def half(self) -> str:
        """The half of the calendar year, which some titles use: 2023年下."""
        return "上" if self is Season.SPRING else "下"


@dataclass(frozen=True, slots=True)
class Semester:
    """A semester by the calendar year in which it begins."""

    year: int
    season: Season

    @classmethod
    def of_day(cls, day: date) -> "Semester":
        """Returns the semester of a day: the autumn's lasts from August to January."""
        if day.month == 1:
            return cls(day.year - 1, Season.AUTUMN)
        return cls(day.year, Season.AUTUMN if day.month >= 8 else Season.SPRING)

    @property
    def key(self) -> str:
        """The id of its notice: ``2023-autumn``."""
        return f"{self.year}-{self.season}"

    @property
    def title(self) -> str:
        """Its name in titles: 2023年秋季学期."""
        return f"{self.year}年{self.season.word}季学期"

    @property
    def school_year(self) -> int:
        """The calendar year in which the school year of this semester began."""
        return self.year if self.season is Season.AUTUMN else self.year - 1

    @property
    def following(self) -> "Semester":
        """The semester after it."""
        if self.season is Season.AUTUMN:
            return Semester(self.year + 1, Season.SPRING)
        return Semester(self.year, Season.AUTUMN)

    def months_to(self, other: "Semester") -> int:
        """Returns how many months lie between the first days of the two; below 0 for an earlier one."""
        return (other.year - self.year) * 12 + _FIRST_MONTH[other.season] - _FIRST_MONTH[self.season]


@dataclass(frozen=True, slots=True)
class ShiftedDay:
    """A day that was changed, with its line in the new text."""

    line: int
    key: str
    before: date
    after: date


@dataclass(frozen=True, slots=True)
class NextNotice:
    """The new text, and the days that differ in it."""

    text: str
    days: tuple[ShiftedDay, ...]


def make_next_notice(text: str, present: Semester, wanted: Semester) -> NextNotice:
    """Returns the notice of another semester, as far as it follows from the present one."""
    months = present.months_to(wanted)
    years = wanted.school_year - present.school_year
    lines: list[str] = []
    days: list[ShiftedDay] = []
    key = ""
    for number, line in enumerate(text.splitlines(), start=1):
        key = found[1] if (found := _KEY.match(line)) else key  # a list that spans several lines
        said, hash_mark, comment = _split_comment(line)
        months_here = years * 12 if key in _OF_SCHOOL_YEARS else months
        shifted = _DAY.sub(_shifting(months_here, number, key, days), said)
        lines.append(_in_words(f"{shifted}{hash_mark}{comment}", present, wanted))
    changed = _ID.sub(lambda head: f'{head[1]}"{wanted.key}"', "\n".join(lines) + "\n", count=1)
    return NextNotice(changed, tuple(days))


def _split_comment(line: str) -> tuple[str, str, str]:
    """Splits a line where its comment begins; a ``#`` within quotes begins none."""
    quote = ""
    for place, character in enumerate(line):
        if character in "\"'" and quote in ("", character):
            quote = "" if quote else character
        elif character == "#" and not quote:
            return line[:place], "#", line[place + 1 :]
    return line, "", ""


def _shifting(months: int, line: int, key: str, days: list[ShiftedDay]) -> Callable[[re.Match[str]], str]:
    def shift(found: re.Match[str]) -> str:
        written = found["bare"] or found["quoted"]
        if not _ISO_DAY.fullmatch(written):
            return found[0]
        before = date.fromisoformat(written)
        after = add_months(before, months)
        if after != before:
            days.append(ShiftedDay(line, key, before, after))
        return found[0].replace(written, after.isoformat())

    return shift


def add_months(day: date, months: int) -> date:
    """Returns the same day some months later, or the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    last = 29 if month == 1 and is_leap else _LAST_DAYS[month]
    return date(year, month + 1, min(day.day, last))


def _in_words(line: str, present: Semester, wanted: Semester) -> str:
    """Replaces the semester in a line: 2023年秋季, 2023秋, 2023年下, 2023学期, 2023—2024学年."""
    year = present.school_year
    line = re.sub(
        rf"{year}([—–-]){year + 1}(?=学年)",
        lambda dash: f"{wanted.school_year}{dash[1]}{wanted.school_year + 1}",
        line,
    )
    line = re.sub(
        rf"{present.year}(年?){present.season.word}",
        lambda of: f"{wanted.year}{of[1]}{wanted.season.word}",
        line,
    )
    line = line.replace(f"{present.year}年{present.season.half}", f"{wanted.year}年{wanted.season.half}")
    return re.sub(rf"{present.year}(?=季|学期)", str(wanted.year), line)
