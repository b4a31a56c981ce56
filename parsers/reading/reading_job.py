"""Holds a mail that is being read, and what its journal says when the reading is over."""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

from parsers.mail.mail_contents import EMPTY_HEAD, WHOLE_MAIL, Attachment, LoadedAttachment, Mail, MailHead
from parsers.reading.mail_journal import FileReading, MailJournal, MailParts
from parsers.reading.read_mail import TOO_LARGE, Attempt, Turn, quarantined
from parsers.records import FileKind, ParsedFile

_LEFT_OUT_PATH = ("其余没有读取的文件",)
_LEFT_OUT_CODE = "too-large"
_LEFT_OUT = "这封邮件的文件太多或太大,还有{}个没有读取(原件已存档,未丢失):请人工查看,或请对方分几封邮件重发"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailReading:
    """The contents of one mail, before it is attributed to a unit; one reading for each attachment."""

    parts: MailParts
    readings: tuple[ParsedFile, ...]


@dataclass(slots=True, eq=False)
class ReadingJob:
    """A mail that is being read, with the attempts so far."""

    journal: MailJournal
    message_id: str
    notice: str
    decided_forms: Mapping[str, str]
    passwords: tuple[str, ...] = field(default=(), repr=False)
    future: Future[MailReading] = field(default_factory=Future)
    failed_attempts: dict[int, Attempt] = field(default_factory=dict)
    exceeded: set[int] = field(default_factory=set)
    """The positions of files at which a reader ran out of time or memory."""
    seconds: float = 0.0
    """The seconds used by its files, or later by its pictures."""
    turn: Turn = Turn.FILES
    why_closed: tuple[str, str] | None = None
    """The reason why nothing in it may be opened."""
    alone: bool = False
    tries_apart: int = 0


def read_journal(job: ReadingJob, failure: tuple[str, str]) -> MailReading:
    """Returns what a mail's journal holds; files that were not read are quarantined, and the whole mail by ``failure``."""
    entries = job.journal.entries()
    parts = next((entry for entry in entries if isinstance(entry, MailParts)), None)
    if parts is None:
        head = next((entry for entry in entries if isinstance(entry, MailHead)), EMPTY_HEAD)
        whole = Attachment(
            path=WHOLE_MAIL,
            inline=False,
            failure=failure,
            size=job.journal.mail_size,
            sha256=job.message_id,
        )
        parts = MailParts(mail=Mail(head=head, body=""), attachments=(whole,))
        return MailReading(parts=parts, readings=(quarantined(FileKind.UNKNOWN, failure),))
    read = {entry.position: entry.reading for entry in entries if isinstance(entry, FileReading)}
    for position in job.exceeded.intersection(read):
        if read[position].reason_code == "unreadable":  # by the other reader, which knows fewer kinds
            read[position] = quarantined(read[position].kind, TOO_LARGE)
    readings = tuple(
        read.get(position) or quarantined(FileKind.UNKNOWN, TOO_LARGE)
        for position in range(max(read, default=-1) + 1)
    )
    left_out = parts.left_out + len(parts.attachments) - len(readings)
    if not left_out:
        return MailReading(parts=parts, readings=readings)
    rest = LoadedAttachment(path=_LEFT_OUT_PATH, data=b"", inline=False).describe()
    attachments = (*parts.attachments[: len(readings)], rest)
    reading = quarantined(FileKind.UNKNOWN, (_LEFT_OUT_CODE, _LEFT_OUT.format(left_out)))
    return MailReading(parts=replace(parts, attachments=attachments), readings=(*readings, reading))
