"""Holds the values that reading one file returns; ingest and store use them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from config.problem_codes import problem_code
from config.records.record import Problem, Record
from config.records.row_block import RowBlock


class FileKind(StrEnum):
    """The kind of a file by its bytes."""

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
    """A signal for a form or a unit: its source, its value and its weight."""

    source: str  # "title", "heading", "declared", "rows", "sheet", "file", "subject", "body", "sender", "assigned", "properties"
    value: str
    weight: float
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedForm:
    """One table of one form in a file, before the file is attributed to a unit."""

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
        """The rows as records, made anew each time; for many rows use the columns."""
        return tuple(self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFile:
    """The contents of one file; ``outcome`` is its use before it is attributed to a unit.

    ``reason_code`` is a file-level problem code (:mod:`config.problem_codes`), ``reason`` its Chinese text.
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
        """Returns whether the forms are held back until a person has looked at the left-over cells."""
        return self.outcome == "quarantined" and self.reason_code == "left-over"
