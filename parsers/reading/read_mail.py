"""Takes a mail apart and reads its files; this is the work of a reading process for each mail.

All handling of bytes from outside happens here, under the limits of the process. Each result goes into the mail's
journal at once (:mod:`parsers.reading.mail_journal`).
"""

import gc
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from config.mail.file_ids import file_ids
from config.notice import Notice
from config.units.resolve_unit_names import UnitNames
from parsers.archives.unpack import unpack_mail
from parsers.formats.damage import explain_unreadable
from parsers.formats.sniff import sniff
from parsers.mail.mail_budget import MailBudget
from parsers.mail.mail_contents import Attachment, LoadedAttachment, LoadedMail
from parsers.mail.mime import parse_mail, read_mail_head
from parsers.mail_time import Stopwatch
from parsers.reading.mail_journal import Begun, FileReading, MailJournal, MailParts, Postponed
from parsers.reading_choices import FileReader, ReadingChoices
from parsers.records import FileKind, ParsedFile
from parsers.scan_readers import ScanReader, ScanWanted, TimedScanReader, leave_scan, postpone_scan

log = logging.getLogger(__name__)

MAX_FILE_BYTES = 64_000_000
LOGO_BYTES = 10_240  # smaller pictures inside a body are signatures and stickers
HEAD_BYTES = 65_536  # in which a mail's own headers stand

TOO_LARGE = ("too-large", "文件太大或太复杂,读取超过限度:请人工查看,或请对方精简后重发")
_OVERSIZED = ("too-large", "文件超过64MB,没有读取:请人工查看")


class Ending(Enum):
    """How a reading process ended its work on a mail."""

    READY = "ready"
    """The process has started and can take its first mail."""
    DONE = "done"
    PAUSED = "paused"
    """Its time for one turn is over; it continues the mail later where the journal ends."""
    SCANS_LEFT = "scans-left"
    """Everything is read except the pictures, which have a time limit of their own."""
    OUT_OF_MEMORY = "out-of-memory"
    FAILED = "failed"
    """It raised an error outside the readers of files."""
    NOT_STARTED = "not-started"
    """The process, or a program that it needs for a mail, does not start, which is a fault of this machine."""


class Turn(Enum):
    """Which parts of a mail are read in one turn."""

    HEAD = 1
    """Only the sender and the subject; nothing in the mail is opened."""
    FILES = 2
    PICTURES = 3
    """The files that wait for a reader of pictures."""


class Attempt(Enum):
    """The attempts on a file, in order."""

    FIRST_READER = 1
    SECOND_READER = 2
    """The attempt after the first reader failed, or its process died."""
    EXPLAIN = 3
    """The attempt after both failed: only the reason is found from the bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOrder:
    """The main process's order for a mail's journal."""

    message_id: str
    notice: str
    decided_forms: Mapping[str, str]
    """By file id, the form that a person assigned."""
    failed_attempts: Mapping[int, Attempt]
    """By position, the next attempt on a file at which a reading process died."""
    seconds: float
    """The seconds after which no further file is begun and no further picture read."""
    turn: Turn
    passwords: tuple[str, ...] = field(default=(), repr=False)
    """The passwords in other mails of the same sender."""


def take_apart(raw: bytes, passwords: Sequence[str] = ()) -> LoadedMail:
    """Returns a mail with every file in it, archives unpacked, within the budget of a mail.

    Locked files are tried with the passwords in the mail, then with ``passwords`` from other mails. Only
    MemoryError is raised, whatever is in the mail.
    """
    budget = MailBudget()
    return unpack_mail(parse_mail(raw, budget), budget, passwords)


def read_mail(
    journal: MailJournal, order: ReadingOrder, notice: Notice, names: UnitNames, read_file: FileReader
) -> Ending:
    """Continues reading a mail at the end of its journal: its head, its files, then postponed pictures."""
    entries = journal.entries()
    if not entries:
        journal.append(read_mail_head(journal.read_mail(HEAD_BYTES)))
    if order.turn is Turn.HEAD:
        return Ending.DONE
    mail = take_apart(journal.read_mail(), order.passwords)
    parts = next((entry for entry in entries if isinstance(entry, MailParts)), None)
    if parts is None:
        parts = _describe(mail)
        journal.append(parts)
    files = _FilesOfMail(
        journal=journal,
        order=order,
        mail=mail,
        forms=_decided_forms(parts.attachments, order),
        notice=notice,
        names=names,
        read_file=read_file,
        read_scan=TimedScanReader(order.seconds) if order.turn is Turn.PICTURES else postpone_scan,
    )
    read = {entry.position for entry in entries if isinstance(entry, FileReading)}
    postponed = {entry.position for entry in entries if isinstance(entry, Postponed)} - read
    if order.turn is Turn.PICTURES:
        for position in sorted(postponed):
            files.read(position)
        return Ending.DONE
    stopwatch = Stopwatch()  # what taking apart took is not taken from the files: some are read in each go
    for position in range(len(mail.attachments)):
        if position in read or position in postponed:
            continue
        if stopwatch.seconds() > order.seconds:
            return Ending.PAUSED
        if not files.read(position):
            postponed.add(position)
    return Ending.SCANS_LEFT if postponed else Ending.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class _FilesOfMail:
    """The files of a mail that was taken apart, and how this turn reads them."""

    journal: MailJournal
    order: ReadingOrder
    mail: LoadedMail
    forms: Mapping[int, str]
    """By position, the form that a person assigned."""
    notice: Notice
    names: UnitNames
    read_file: FileReader
    read_scan: ScanReader

    def read(self, position: int) -> bool:
        """Reads a file into the journal; returns False if a picture in it must be read in a later turn."""
        self.journal.append(Begun(position))
        attachment = self.mail.attachments[position]
        try:
            reading = _decide_without_reading(attachment) or self._try_readers(position)
        except ScanWanted:
            self.journal.append(Postponed(position))
            return False
        self.journal.append(FileReading(position, reading))
        return True

    def _try_readers(self, position: int) -> ParsedFile:
        """Returns the file as read by the first reader that does not fail; else a result with the reason."""
        data = self.mail.attachments[position].data
        attempt = self.order.failed_attempts.get(position, Attempt.FIRST_READER)
        ran_out = False
        for reader in (Attempt.FIRST_READER, Attempt.SECOND_READER):
            if reader.value < attempt.value:
                continue
            try:
                reading = self._read_with(reader, position, attempt)
                # The other reader knows fewer kinds: what it cannot open is not broken.
                out_of_kind = ran_out and reading.reason_code == "unreadable"
                return quarantined(reading.kind, TOO_LARGE) if out_of_kind else reading
            except ScanWanted:
                raise
            except Exception as error:  # noqa: BLE001  hostile bytes and many libraries: the other reader is asked
                log.warning(
                    "%s failed on a file of %d bytes: %s", reader.name, len(data), type(error).__name__
                )
                ran_out = ran_out or isinstance(error, MemoryError)
            gc.collect()
        kind = sniff(data)
        if ran_out:
            return quarantined(kind, TOO_LARGE)
        return quarantined(kind, ("unreadable", explain_unreadable(data, kind)))

    def _read_with(self, reader: Attempt, position: int, attempt: Attempt) -> ParsedFile:
        attachment, form = self.mail.attachments[position], self.forms.get(position)
        # A person's word on the form stands in for the file's name, which is what it corrects.
        name = f"{form}{Path(attachment.path[-1]).suffix}" if form else attachment.path[-1]
        scan_failed = self.order.turn is Turn.PICTURES and attempt is not Attempt.FIRST_READER
        choices = ReadingChoices(
            second_reader=reader is Attempt.SECOND_READER,
            decided_form=form,
            read_scan=leave_scan if scan_failed else self.read_scan,
        )
        return self.read_file(attachment.data, name, self.mail.head.subject, self.notice, self.names, choices)


def _describe(mail: LoadedMail) -> MailParts:
    """Returns the parts of a mail without the bytes of its files, for the main process."""
    return MailParts(
        mail=mail.without_attachments(),
        attachments=tuple(attachment.describe() for attachment in mail.attachments),
        left_out=mail.left_out,
        passwords=mail.passwords,
    )


def _decided_forms(attachments: Sequence[Attachment], order: ReadingOrder) -> dict[int, str]:
    """Maps the position of an attachment to the form that a person assigned to it."""
    ids = file_ids(order.message_id, attachments) if order.decided_forms else ()
    return {n: form for n, one in enumerate(ids) if (form := order.decided_forms.get(one)) is not None}


def _decide_without_reading(attachment: LoadedAttachment) -> ParsedFile | None:
    """Returns the result for a file that need not be opened; None if it has to be read."""
    if attachment.failure is not None:
        code, reason = attachment.failure
        return ParsedFile(kind=FileKind.ARCHIVE, outcome="quarantined", reason_code=code, reason=reason)
    if attachment.litter:
        return ParsedFile(kind=FileKind.UNKNOWN, outcome="ignored", reason="系统自带的文件,不是报送内容")
    if attachment.inline and len(attachment.data) < LOGO_BYTES:
        return ParsedFile(kind=FileKind.IMAGE, outcome="ignored", reason="正文里的小图片(签名、表情)")
    if len(attachment.data) > MAX_FILE_BYTES:
        return quarantined(FileKind.UNKNOWN, _OVERSIZED)
    return None


def quarantined(kind: FileKind, failure: tuple[str, str]) -> ParsedFile:
    """Returns the result for a file that could not be read."""
    code, reason = failure
    return ParsedFile(kind=kind, outcome="quarantined", reason_code=code, reason=reason)
