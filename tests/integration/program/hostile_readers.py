"""Stand-ins for readers that crash, hang or use too much memory; few imports, since each process loads them anew."""

import os
import signal
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from config.notice import Notice
from config.units.resolve_unit_names import UnitNames
from parsers.formats.documents import scan
from parsers.mail.mail_contents import LoadedMail
from parsers.reading import read_mail
from parsers.reading.reader_process import ProcessSetup, serve
from parsers.reading_choices import NO_CHOICES, ReadingChoices
from parsers.records import FileKind, ParsedFile
from parsers.scan_readers import leave_scan


def hostile(
    data: bytes,
    file_name: str,
    subject: str,
    notice: Notice,
    names: UnitNames,
    choices: ReadingChoices = NO_CHOICES,
) -> ParsedFile:
    """Does what the data says; the second reader survives where the data says so."""
    if not (choices.second_reader and b"once" in data):
        if b"abort" in data:
            os.abort()
        if b"kill" in data:
            os.kill(os.getpid(), signal.SIGKILL)
        if b"sleep" in data:
            time.sleep(60)
        if b"swell" in data:
            bytearray(1 << 34)
        if b"raise" in data:
            raise KeyError(file_name)
        if b"slow" in data:
            time.sleep(1)
    elif b"unreadable" in data:
        return ParsedFile(kind=FileKind.TEXT, outcome="quarantined", reason_code="unreadable", reason="x")
    if data.startswith(b"first time") and not (mark := Path(data.split(b":")[1].decode())).exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return ParsedFile(
        kind=FileKind.TEXT, outcome="ignored", reason=f"{file_name} {names.resolve('西沱') is not None}"
    )


def slow_with_pictures(
    data: bytes,
    file_name: str,
    subject: str,
    notice: Notice,
    names: UnitNames,
    choices: ReadingChoices = NO_CHOICES,
) -> ParsedFile:
    """Reads pictures at a fifth of a second each, for as long as there is time."""
    if b"picture" not in data:
        return ParsedFile(kind=FileKind.TEXT, outcome="ignored", reason="x")
    scan.read_scan = read_slowly
    return ParsedFile(
        kind=FileKind.IMAGE,
        outcome="evidence",
        reason=f"{(choices.read_scan or leave_scan)(data, FileKind.IMAGE)}",
    )


def read_slowly(data: bytes, kind: FileKind, seconds_left: Callable[[], float]) -> tuple[str, ...] | None:
    if seconds_left() <= 0:
        return None
    if b"hangs" in data:
        time.sleep(60)
    end = time.process_time() + 0.2
    while time.process_time() < end:
        pass
    return ("words",)


def apart(raw: bytes, passwords: Sequence[str] = ()) -> LoadedMail:
    """Stands in for a taking apart that fails as the mail says."""
    if b"swell" in raw:
        bytearray(1 << 34)
    if b"raise" in raw:
        raise RecursionError
    if b"loop" in raw:
        while True:
            pass
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def serve_with_bad_hands(connection: Connection, setup: ProcessSetup) -> None:
    read_mail.take_apart = apart
    serve(connection, setup)


def no_start(*_: object) -> None:
    """Stands in for a process that cannot start."""
    raise ImportError("a library is not installed")
