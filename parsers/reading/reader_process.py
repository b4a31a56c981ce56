"""Runs one reading process: receives journals of mails, reads them, and reports how each ended.

The other end is :mod:`parsers.reading.reader_pool`. Messages are small; results go into the journals.
"""

import gc
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

from config.errors import WorkerError
from config.installation import operating_system
from config.installation.bounded_process import limit_this_process
from config.notice import Notice
from config.units.resolve_unit_names import UnitNames
from config.units.roster import Roster
from parsers.reading.mail_journal import MailJournal
from parsers.reading.read_mail import Ending, ReadingOrder, read_mail
from parsers.reading_choices import NO_CHOICES, FileReader, ReadingChoices
from parsers.records import ParsedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The message of a reading process after each mail, and once after its start."""

    ending: Ending
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSetup:
    """The data that a reading process starts with."""

    notices: Sequence[Notice]
    roster: Roster
    megabytes: int
    seconds: float
    file_reader: FileReader


def serve(connection: Connection, setup: ProcessSetup) -> None:
    """Reads mails until the other end closes the connection."""
    try:
        named = {notice.id: (notice, UnitNames(setup.roster, notice)) for notice in setup.notices}
        _set_limits(setup.megabytes)
    except Exception as error:  # noqa: BLE001  whatever keeps it from starting is told to the main process
        connection.send(Report(ending=Ending.NOT_STARTED, error=str(error) or type(error).__name__))
        return
    connection.send(Report(ending=Ending.READY))
    while True:
        try:
            order: ReadingOrder = connection.recv()
            journal = MailJournal.from_descriptor(operating_system.receive_open_file(connection))
        except (EOFError, OSError):
            return
        # Of its processor: should the main process die meanwhile, nobody else would end it.
        with operating_system.ending_after(2 * setup.seconds):
            report = _read(journal, order, *named[order.notice], setup.file_reader)
            journal.close()
        connection.send(report)
        if report.ending is Ending.OUT_OF_MEMORY:
            return  # what it holds cannot be given back; the next mail gets a fresh process


def _read(
    journal: MailJournal, order: ReadingOrder, notice: Notice, names: UnitNames, file_reader: FileReader
) -> Report:
    try:
        ending = read_mail(journal, order, notice, names, file_reader)
        return Report(ending=ending)
    except MemoryError:
        return Report(ending=Ending.OUT_OF_MEMORY)
    except WorkerError as error:
        return Report(ending=Ending.NOT_STARTED, error=error.why)
    except Exception as error:  # noqa: BLE001  a fault of the program costs this mail only
        return Report(ending=Ending.FAILED, error=repr(error))


def _set_limits(megabytes: int) -> None:
    """Limits memory to ``megabytes`` above the present use, and makes this process the kernel's first choice to kill."""
    limit_this_process(megabytes)
    gc.freeze()  # the names and the libraries stay; looking through them again and again is wasted
    gc.set_threshold(50_000, 20, 20)


def read_file_here(
    data: bytes,
    file_name: str,
    subject: str,
    notice: Notice,
    names: UnitNames,
    choices: ReadingChoices = NO_CHOICES,
) -> ParsedFile:
    """Reads a file by :func:`parsers.read_file.read_file`, imported on first use, because its libraries load slowly."""
    from parsers.read_file import read_file

    return read_file(data, file_name, subject, notice, names, choices)
