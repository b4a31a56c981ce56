"""Holds the values that reading one file returns; ingest and store use them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from config.problem_codes import problem_code
from config.records.record import Problem, Record
from config.records.row_block import RowBlock


class FileKind(StrEnum):
    """What the bytes are, whatever the name says."""

    XLSX = "xlsx"
    XLS = "xls"
    XLSB = "xlsb"
    ODS = "ods"
    DOCX = "docx"
    DOC = "doc"  # Word before 2007, and .wps
    OLE = "ole"  # other compound files: slides, Works documents
    MSG = "msg"  # a mail saved by Outlook
    TNEF = "tnef"  # winmail.dat
    RTF = "rtf"
    ENCRYPTED = "encrypted"  # a workbook or document behind a password
    PDF = "pdf"
    IMAGE = "image"
    ZIP = "zip"
    ARCHIVE = "archive"  # rar, 7z, tar, gz
    HTML = "html"
    XML_SHEET = "xml-sheet"  # Excel's XML of 2003
    TEXT = "text"
    EMPTY = "empty"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A piece of evidence for a form or a unit: where it was seen, what it says, how much it weighs."""

    source: str  # "title", "heading", "declared", "rows", "sheet", "file", "subject", "body", "sender", "assigned", "properties"
    value: str
    weight: float
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedForm:
    """One table of one form found in a file, before anybody knows whose it is."""

    form: str
    sheet: str
    title: str
    stated_unit: str | None  # what stands behind 填报单位
    unit_values: tuple[tuple[str, int], ...]  # the unit column's spellings with their counts, most first
    nil: bool
    unchanged: bool = False  # 无变化: what the unit sent before still stands
    rows: RowBlock = field(default_factory=RowBlock)
    problems: tuple[Problem, ...] = ()  # of the table as a whole
    signals: tuple[Signal, ...] = ()
    made_for: str | None = None  # the unit that the properties of a form of ours name
    made_period: str | None = None  # the key of the period that they name

    @property
    def records(self) -> tuple[Record, ...]:
        """The rows one by one, made anew each time: many rows are asked for by column."""
        return tuple(self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFile:
    """All that one file holds. ``outcome`` says what it is fit for before attribution.

    ``reason_code`` is one of the file-level problem codes (:mod:`config.problem_codes`), ``reason`` its Chinese text.
    """

    kind: FileKind
    outcome: Literal["forms", "evidence", "ignored", "quarantined"]
    forms: tuple[ParsedForm, ...] = ()
    reason_code: str | None = None
    reason: str | None = None
    form_hint: str | None = None  # the form that name and subject speak of, for files not read
    signals: tuple[Signal, ...] = ()
    telling: tuple[str, ...] = ()  # sentences of a document without a table that speak of a child
    question_rows: tuple[tuple[str, ...], ...] = ()  # filled rows of a workbook of questions
    reply_codes: tuple[str, ...] = ()  # those in its properties
    text: str = ""  # what a picture seems to say, or a proof document says; for finding whose it is, never for a record

    def __post_init__(self) -> None:
        if self.reason_code is not None:
            problem_code(self.reason_code)

    @property
    def is_held(self) -> bool:
        """Whether the forms read are kept apart until a person has looked at what was left over."""
        return self.outcome == "quarantined" and self.reason_code == "left-over"
