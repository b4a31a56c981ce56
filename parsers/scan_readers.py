"""Decides when pictures are read: after everything else in a mail, with a time limit of their own.

Reading a picture takes seconds, reading a form milliseconds. Forms must neither wait for ten photographs nor be
lost because of them.
"""

from collections.abc import Callable

from parsers.mail_time import processor_seconds
from parsers.records import FileKind

Lines = tuple[str, ...] | None
"""The lines of text on a picture; none if it has no words or cannot be read; None if there was no time."""
ScanReader = Callable[[bytes, FileKind], Lines]
SCAN_SECONDS = 6.0
"""The processor seconds for all pictures of a mail."""


class ScanWanted(Exception):
    """The result of a file depends on the text of a picture, which is read later."""


def postpone_scan(data: bytes, kind: FileKind) -> Lines:
    """Replaces the picture reader while other files are read first.

    Raises:
        ScanWanted: always.
    """
    raise ScanWanted


def leave_scan(data: bytes, kind: FileKind) -> Lines:
    """Replaces the picture reader where it failed before."""
    return None


class TimedScanReader:
    """Reads pictures until its time is used up."""

    def __init__(self, seconds: float = SCAN_SECONDS) -> None:
        self._seconds = seconds
        self._before = processor_seconds()

    def __call__(self, data: bytes, kind: FileKind) -> Lines:
        """Returns the lines of text on a picture."""
        from parsers.formats.documents.scan import read_scan  # slow to load, and most days bring few pictures

        return read_scan(data, kind, lambda: self._seconds - processor_seconds() + self._before)
