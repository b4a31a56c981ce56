"""Parses the instants that a command is given: ``--as-of`` and ``--since``."""

from contextlib import suppress
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from config.errors import ConfigError
from config.notice import end_of_day
from config.text.text_folding import clean_text


def parse_as_of(text: str | None, zone: ZoneInfo) -> datetime:
    """``--as-of``: a bare date means the end of that day in the office's zone; nothing means now.

    Raises:
        ConfigError: it is neither a date nor a time.
    """
    if text is None:
        return datetime.now(zone).replace(microsecond=0)
    text = clean_text(text).strip()
    with suppress(ValueError):
        return end_of_day(date.fromisoformat(text), zone)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"--as-of “{text}”不是日期:请写成 2023-09-25 或 2023-09-25T18:00") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def parse_since(text: str, zone: ZoneInfo) -> datetime:
    """``--since``: the first instant of a day.

    Raises:
        ConfigError: it is no date.
    """
    try:
        return datetime.combine(date.fromisoformat(clean_text(text).strip()), time(), zone)
    except ValueError as error:
        raise ConfigError(f"“{text}”不是日期:请写成 2023-09-25") from error
