"""What is chosen for the reading of a file before it is opened, apart from its bytes and what its mail says."""

from dataclasses import dataclass
from typing import Protocol

from config.notice import Notice
from config.units.resolve_unit_names import UnitNames
from parsers.records import ParsedFile
from parsers.scan_readers import ScanReader


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingChoices:
    """How one file is to be read; by default by the first reader, as what it seems to be, with its pictures."""

    second_reader: bool = False
    """Whether it is read with the other library, after the first one failed."""
    decided_form: str | None = None
    """The form that a person says it is."""
    read_scan: ScanReader | None = None
    """What reads its pictures, if not the usual reader."""


NO_CHOICES = ReadingChoices()


class FileReader(Protocol):
    """Reads one file; :func:`parsers.read_file.read_file` in the program, another in tests of reading processes."""

    def __call__(
        self,
        data: bytes,
        file_name: str,
        subject: str,
        notice: Notice,
        names: UnitNames,
        choices: ReadingChoices = NO_CHOICES,
    ) -> ParsedFile: ...
