"""Holds a file with the information from its mail and from people's decisions, before it is read."""

from dataclasses import dataclass
from functools import cached_property

from config.notice import Notice
from parsers.formats.form_origin import FormOrigin
from parsers.forms.classify import find_form_by_words
from parsers.reading_choices import ReadingChoices
from parsers.records import FileKind, ParsedFile
from parsers.scan_readers import ScanReader


@dataclass(frozen=True, kw_only=True)
class FileToRead:
    """A file to be read, with the information from its mail and from people's decisions."""

    data: bytes
    kind: FileKind
    name: str
    subject: str
    notice: Notice
    choices: ReadingChoices
    read_scan: ScanReader
    origin: FormOrigin | None = None
    """The form of this notice that this program made it as, or None."""

    @property
    def made_as(self) -> str | None:
        """The form whose template the file was made from; None if it was not made by this program."""
        return self.origin.form if self.origin is not None else None

    @cached_property
    def form_by_name(self) -> str | None:
        return find_form_by_words(self.name, self.notice)

    @cached_property
    def form_hint(self) -> str | None:
        """The form it was made as, or the one that its name or its mail's subject names."""
        return self.made_as or self.form_by_name or find_form_by_words(self.subject, self.notice)

    def quarantined(self, code: str, reason: str, form_hint: str | None = None) -> ParsedFile:
        """Returns the file as quarantined, so that a person decides on it."""
        return ParsedFile(
            kind=self.kind,
            outcome="quarantined",
            reason_code=code,
            reason=reason,
            form_hint=form_hint or self.form_hint,
        )
