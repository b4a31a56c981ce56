"""Reads dates as clerks write them into ISO text: ``2023-09-05``, or ``2023-09`` where there is no day.

A pure function of the cell and the notice's year: no clock.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from config.text.text_folding import fold_text

_DIGITS = {**{char: str(n) for n, char in enumerate("〇一二三四五六七八九")}, "零": "0", "○": "0", "两": "2"}
_FULL = re.compile(
    r"(?<![0-9])(?P<y>(?:19|20)?[0-9]{2})[年./\-—_](?P<m>0?[1-9]|1[0-2])[月./\-—_](?P<d>3[01]|[12][0-9]|0?[1-9])(?![0-9])[日号]?"
)
_FULL_BY_ANY_MARK = re.compile(
    r"(?<![0-9])(?P<y>(?:19|20)[0-9]{2})(?P<mark>[^0-9a-z\u4e00-\u9fff])(?P<m>0?[1-9]|1[0-2])(?P=mark)"
    r"(?P<d>3[01]|[12][0-9]|0?[1-9])(?![0-9])[日号]?"
)
"""Matches 2023、9、5: three numbers that fit, with any single mark between them."""
_COMPACT = re.compile(
    r"(?<![0-9])(?P<y>(?:19|20)[0-9]{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12][0-9]|3[01])(?![0-9])"
)
_MONTH = re.compile(
    r"(?<![0-9])(?P<y>(?:19|20)[0-9]{2}|[0-9]{2}(?=年))[年./\-—_](?P<m>0?[1-9]|1[0-2])(?![0-9])月?"
)
_COMPACT_MONTH = re.compile(r"(?<![0-9])(?P<y>(?:19|20)[0-9]{2})(?P<m>0[1-9]|1[0-2])(?![0-9])")
_DOT_MISSING = re.compile(
    r"(?<![0-9])(?P<y>20[0-9]{2})(?P<m>1[0-2]|[1-9])[./](?P<d>3[01]|[12][0-9]|0?[1-9])(?![0-9.])"
)
"""Matches 20239.5, in which a dot is missing."""
_DAY = re.compile(r"(?<![0-9])(?P<m>0?[1-9]|1[0-2])[月./](?P<d>3[01]|[12][0-9]|0?[1-9])(?![0-9.])[日号]?")
_LOOSE_DAY = re.compile(r"(?<![0-9])(?P<d>3[01]|[12][0-9]|0?[1-9])[日号]")
_YEAR_OF_ONE_DIGIT = re.compile("[0-9][./-][0-9]{1,2}[./-][0-9]{1,2}日?")
"""Matches 6.8.8, which may be 2006年8月8日, or number 6 and 8月8日."""
_TIME_OF_DAY = re.compile(r"[T\s]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]+)?")
_BLANK_BETWEEN_NUMBERS = re.compile(r"(?<=[0-9])\s+(?=[0-9])")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_NUMERAL = re.compile("[〇零○一二两三四五六七八九十]{1,4}(?=[年月日号])")
_SEPARATOR = "(?:至|到|—+|-+|~|起)"
_SERIAL_EPOCH = date(1899, 12, 30)  # Excel's day 0, its leap-year slip included
_SERIALS = range(20_000, 60_000)  # 1954 to 2064: what a birth or an event can be


@dataclass(frozen=True, slots=True)
class DateMatch:
    """A date found in running text, with its position in the folded text."""

    iso: str
    start: int
    end: int


def whole_day(value: object) -> date | None:
    """Returns the day of a stored value; None for a month alone and for text that is no date."""
    if not isinstance(value, str) or not _ISO_DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def is_iso(value: object) -> bool:
    """Returns whether a stored value is a day or a month (``2023-09``), and not the text of an unreadable cell."""
    return whole_day(value) is not None or (
        isinstance(value, str) and _ISO_MONTH.fullmatch(value) is not None
    )


def to_iso_date(cell: object, year: int) -> str | None:
    """Returns the date of a cell, or None if it holds none; ``year`` is used where none is written."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int):
        return _date_from_number(cell)
    if isinstance(cell, float):
        return _date_from_decimal(cell)
    return _date_from_text(str(cell), year)


@lru_cache(maxsize=1 << 14)
def _date_from_text(text: str, year: int) -> str | None:
    plain = fold_text(_BLANK_BETWEEN_NUMBERS.sub("-", _TIME_OF_DAY.sub("", text).strip()))
    if plain.isdigit() and len(plain) == 5:
        return _date_from_number(int(plain))
    if _YEAR_OF_ONE_DIGIT.fullmatch(plain):
        return None
    matches = find_dates(plain, year)
    return matches[0].iso if matches else None


def _date_from_number(number: int) -> str | None:
    if number in _SERIALS:
        return (_SERIAL_EPOCH + timedelta(days=number)).isoformat()
    text = str(number)
    for pattern in (_COMPACT, _COMPACT_MONTH):
        if match := pattern.fullmatch(text):
            return _match_to_iso(match, 0)
    return None


def _date_from_decimal(number: float) -> str | None:
    """Reads a decimal number as a month (2023.09) or as a serial of Excel with a time of day (45194.5).

    2023.1 may be January, or October without its last zero, so it is not read.
    """
    if int(number) in _SERIALS:
        return (_SERIAL_EPOCH + timedelta(days=int(number))).isoformat()
    year, month = int(number), round((number - int(number)) * 100)
    if 1900 <= year <= 2100:
        if month > 12 and month % 10 == 0:  # 2023.9 means September
            month //= 10
        if 1 <= month <= 12 and month != 10:
            return f"{year}-{month:02}"
    return None


def find_dates(text: str, year: int) -> tuple[DateMatch, ...]:
    """Returns every date in running text, in order; a day without a month takes the month of the date before it."""
    plain, places = _to_arabic_digits(fold_text(text))
    matches: list[DateMatch] = []
    position = 0
    month = ""
    while position < len(plain):
        best: tuple[re.Match[str], int] | None = None
        for default, pattern in (
            (0, _FULL),
            (0, _FULL_BY_ANY_MARK),
            (0, _COMPACT),
            (0, _DOT_MISSING),
            (0, _MONTH),
            (0, _COMPACT_MONTH),
            (year, _DAY),
        ):
            match = pattern.search(plain, position)
            if match and (best is None or match.start() < best[0].start()):
                best = match, default
        loose = _LOOSE_DAY.search(plain, position) if month else None
        if loose and (best is None or loose.start() < best[0].start()):
            if iso := _valid_iso(f"{month}-{int(loose['d']):02}"):
                matches.append(DateMatch(iso, places[loose.start()], places[loose.end()]))
            position = loose.end()
            continue
        if best is None:
            break
        match, default = best
        if iso := _match_to_iso(match, default):
            matches.append(DateMatch(iso, places[match.start()], places[match.end()]))
            month = iso[:7]
            year = int(iso[:4])
        position = match.end()
    return tuple(matches)


def keep_numbers_apart(text: str) -> str:
    """Returns the text with a mark wherever only a blank separates two numbers, since folding removes blanks."""
    return _BLANK_BETWEEN_NUMBERS.sub("、", text)


def split_period(text: str, year: int) -> tuple[str | None, str | None]:
    """Returns (from, to) as ISO dates of 2023.9.5—2024.1.20 or 2023年9月至2024年1月; a single date has no end."""
    text = keep_numbers_apart(text)
    matches = find_dates(text, year)
    if len(matches) < 2:
        return (matches[0].iso if matches else None), None
    plain = fold_text(text)
    first, second = matches[0], matches[1]
    if re.search(_SEPARATOR, plain[first.end - 1 : second.start + 1]) or len(matches) == 2:
        return first.iso, second.iso
    return first.iso, None


def _match_to_iso(match: re.Match[str], default_year: int) -> str | None:
    parts = match.groupdict()
    year = int(parts["y"]) if parts.get("y") else default_year
    if year < 100:
        year += 2000 if year < 50 else 1900
    month = f"{year}-{int(parts['m']):02}"
    return _valid_iso(f"{month}-{int(parts['d']):02}") if parts.get("d") else month


def _valid_iso(iso: str) -> str | None:
    try:
        return date.fromisoformat(iso).isoformat()
    except ValueError:
        return None


def _to_arabic_digits(text: str) -> tuple[str, Sequence[int]]:
    """Returns the text with Chinese digits before a date unit as Arabic ones: 二〇二三年九月 becomes 2023年9月.

    The second value maps each position of the result to its position in the original text.
    """
    written: list[str] = []
    places: list[int] = []
    behind = 0
    for match in _NUMERAL.finditer(text):
        digits = _numeral_to_digits(match.group())
        written += (text[behind : match.start()], digits)
        places += (*range(behind, match.start()), *[match.start()] * len(digits))
        behind = match.end()
    if not written:
        return text, range(len(text) + 1)
    return "".join((*written, text[behind:])), (*places, *range(behind, len(text) + 1))


def _numeral_to_digits(text: str) -> str:
    if "十" not in text:
        return "".join(_DIGITS[char] for char in text)
    tens, _, ones = text.partition("十")
    return str(int(_DIGITS.get(tens, "1") if tens else "1") * 10 + int(_DIGITS.get(ones, "0")))
