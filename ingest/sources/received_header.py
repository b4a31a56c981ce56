"""Reads the arrival of a mail from its headers, for servers that do not give it."""

import re
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime

PLAUSIBLE_YEARS = range(1990, 2100)  # a time outside these years comes from a wrong clock
LARGEST_HEADER = 200_000  # bytes


def arrival_time(raw: bytes) -> datetime | None:
    """Returns the time in the newest ``Received`` header (the first one, by RFC 5321 4.4), or None."""
    for value in BytesHeaderParser().parsebytes(raw[:LARGEST_HEADER]).get_all("received") or ():
        moment = _instant(str(value).rpartition(";")[2])
        if moment is not None:
            return moment
    return None


def written_time(raw: bytes) -> datetime | None:
    """Returns the time in the sender's ``Date`` header, for mail without any other time, or None."""
    values = BytesHeaderParser().parsebytes(raw[:LARGEST_HEADER]).get_all("date") or ()
    return next(filter(None, (_instant(str(value)) for value in values)), None)


def _instant(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(re.sub(r"\s+", " ", text).strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.year in PLAUSIBLE_YEARS else None
