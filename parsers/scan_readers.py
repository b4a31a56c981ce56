"""Who reads pictures, and when: scans come after everything else in a mail, on a time of their own.

Reading a picture takes seconds, reading a form takes milliseconds; a form must not wait for ten photographs, nor be
left out because of them.
"""

from collections.abc import Callable

from parsers.mail_time import processor_seconds
from parsers.records import FileKind

Lines = tuple[str, ...] | None
"""What stands on a picture; nothing where it has no words, or nobody can read it; None where there was no time."""
ScanReader = Callable[[bytes, FileKind], Lines]
SCAN_SECONDS = 6.0
"""Of a processor, for all the pictures of a mail."""


class ScanWanted(Exception):
    """A file's disposition depends on what stands on a picture, which is read later."""


def postpone_scan(data: bytes, kind: FileKind) -> Lines:
    """Stands in for the reader while other files wait.

    Raises:
        ScanWanted: always.
    """
    raise ScanWanted


def leave_scan(data: bytes, kind: FileKind) -> Lines:
    """Stands in for the reader where it failed before."""
    return None


class TimedScanReader:
    """Reads pictures until its time is used up."""

    def __init__(self, seconds: float = SCAN_SECONDS) -> None:
        self._seconds = seconds
        self._before = processor_seconds()

    def __call__(self, data: bytes, kind: FileKind) -> Lines:
        """What stands on a picture."""
        from parsers.formats.documents.scan import read_scan  # slow to load, and most days bring few pictures

        return read_scan(data, kind, lambda: self._seconds - processor_seconds() + self._before)
