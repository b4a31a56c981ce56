"""Parses the instants that a command is given, as people write them: ``--as-of`` and ``--since``."""

import re
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.errors import ConfigError
from config.notice import end_of_day
from config.text.text_folding import clean_text

_DAYS_AGO = {"今天": 0, "昨天": 1, "前天": 2}
_DAY = re.compile(r"(?:([0-9]{4})[-/.年])?([0-9]{1,2})[-/.月]([0-9]{1,2})[日号]?")


def parse_as_of(text: str | None, zone: ZoneInfo) -> datetime:
    """Returns the instant of ``--as-of``: a bare date is the end of that day in the office's zone, None is now.

    A day may be written as 2023-09-25, 2023.9.25, 2023年9月25日, 9月25日 (the most recent one) or 昨天.

    Raises:
        ConfigError: it is neither a date nor a time.
    """
    if text is None:
        return datetime.now(zone).replace(microsecond=0)
    text = clean_text(text).strip()
    if (day := _read_day(text, datetime.now(zone).date())) is not None:
        return end_of_day(day, zone)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(
            f"--as-of “{text}”不是日期:请写成 2023-09-25、9月25日、昨天 或 2023-09-25T18:00"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def parse_since(text: str, zone: ZoneInfo) -> datetime:
    """Returns the instant of ``--since``: the start of that day.

    Raises:
        ConfigError: it is no date.
    """
    day = _read_day(clean_text(text).strip(), datetime.now(zone).date())
    if day is None:
        raise ConfigError(f"“{text}”不是日期:请写成 2023-09-25、9月25日 或 昨天")
    return datetime.combine(day, time(), zone)


def _read_day(text: str, today: date) -> date | None:
    """Returns the day that a text names; without a year, the most recent one."""
    if text in _DAYS_AGO:
        return today - timedelta(days=_DAYS_AGO[text])
    with suppress(ValueError):
        return date.fromisoformat(text)
    written = _DAY.fullmatch("".join(text.split()))
    if written is None:
        return None
    month, day = int(written[2]), int(written[3])
    years = [int(written[1])] if written[1] else [today.year, today.year - 1]
    for year in years:
        with suppress(ValueError):
            day_found = date(year, month, day)
            if written[1] or day_found <= today:
                return day_found
    return None
