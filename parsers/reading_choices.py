"""Holds the choices for reading a file that depend neither on its bytes nor on its mail."""

from dataclasses import dataclass
from typing import Protocol

from config.notice import Notice
from config.units.resolve_unit_names import UnitNames
from parsers.records import ParsedFile
from parsers.scan_readers import ScanReader


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingChoices:
    """How one file is read; by default by the first reader, with its form recognised and its pictures read."""

    second_reader: bool = False
    """Whether it is read with the other library, because the first one failed."""
    decided_form: str | None = None
    """The form that a person assigned."""
    read_scan: ScanReader | None = None
    """The function that reads its pictures, if not the usual one."""


NO_CHOICES = ReadingChoices()


class FileReader(Protocol):
    """A function that reads one file; :func:`parsers.read_file.read_file`, or another in tests."""

    def __call__(
        self,
        data: bytes,
        file_name: str,
        subject: str,
        notice: Notice,
        names: UnitNames,
        choices: ReadingChoices = NO_CHOICES,
    ) -> ParsedFile: ...
