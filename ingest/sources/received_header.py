"""Reads from a mail's headers when it arrived, for mail whose server does not say."""

import re
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime

PLAUSIBLE_YEARS = range(1990, 2100)  # of a hop; a clock that tells another year tells nothing
LARGEST_HEADER = 200_000  # bytes


def arrival_time(raw: bytes) -> datetime | None:
    """The instant of the newest ``Received`` header (RFC 5321 4.4: the last hop stands first), if it has one."""
    for value in BytesHeaderParser().parsebytes(raw[:LARGEST_HEADER]).get_all("received") or ():
        moment = _instant(str(value).rpartition(";")[2])
        if moment is not None:
            return moment
    return None


def written_time(raw: bytes) -> datetime | None:
    """The instant of the ``Date`` header: what the sender says, for mail of which nobody else says anything."""
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
