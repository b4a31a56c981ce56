"""Builds files and mails as clerks make them, and the draft that the program makes of a mail."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from email.message import EmailMessage

import docx
import openpyxl
import xlwt

from config.records.row_block import RowBlock
from ingest.context import IngestContext
from ingest.drafting.draft_message import draft_message
from parsers.mail.mail_contents import LoadedAttachment
from parsers.read_file import read_file
from parsers.reading.read_mail import take_apart
from parsers.records import FileKind, ParsedFile
from store.blocks import open_block
from store.drafts import FileDraft, MessageDraft
from tests.builders.values.form_tables import (
    NAMES,
    NOTICE,
    REGISTER_HEADING,
    ROLL_HEADING,
    ROSTER,
    TITLES,
    id_number,
)

CONTEXT = IngestContext(notice=NOTICE, roster=ROSTER, names=NAMES, assignments={}, learned_senders={})
DAY = date(2023, 9, 24)
TOWN, SCHOOL, MIDDLE = "西沱镇", "西沱镇小学", "西沱中学"
AWAY_HEADING = ("序号", "姓名", "身份证号", "户籍所在乡镇", "就读学校", "学校所在地", "年级")

Row = Sequence[object]


def as_written(text: str) -> str:
    """Returns a text as a clerk's input method writes it; the full-width test run replaces this function."""
    return text


def _written(value: object) -> object:
    """Returns a cell's value as written; formulas are no typed text."""
    return as_written(value) if isinstance(value, str) and not value.startswith("=") else value


def dropout_row(name: str = "甲一", serial: int = 123) -> Row:
    return (1, name, None, id_number(serial=serial), "甲父", "13800000001", "辍学", "2023-9-10", "厌学")


def pupil_row(name: str = "甲一", serial: int = 123, school: str = SCHOOL) -> Row:
    number = id_number(serial=serial)
    return (
        1,
        name,
        "男" if int(number[16]) % 2 else "女",
        "土家族",
        number,
        "甲父",
        "13800000001",
        school,
        "五年级",
        "2班",
        "否",
    )


def away_row(name: str = "甲一", serial: int = 123) -> Row:
    return (1, name, id_number(serial=serial), TOWN, "东莞某小学", "广东省东莞市", "五年级")


def register4(
    *rows: Row, unit: str = MIDDLE, heading: Row = REGISTER_HEADING, title: str | None = None
) -> list[Row]:
    return [["附件4"], [title or TITLES["附件4"]], [f"填报单位(盖章):{unit}"], heading, *rows]


def register3(*rows: Row, unit: str = TOWN, heading: Row = REGISTER_HEADING) -> list[Row]:
    return [["附件3"], [TITLES["附件3"]], [f"填报单位(盖章):{unit}"], heading, *rows]


def roll2(*rows: Row, unit: str = SCHOOL, heading: Row = ROLL_HEADING) -> list[Row]:
    return [["附件2"], [TITLES["附件2"]], [f"填报单位(盖章):{unit}"], heading, *rows]


def roll1(*rows: Row, unit: str = TOWN, heading: Row = AWAY_HEADING) -> list[Row]:
    return [["附件1"], [TITLES["附件1"]], [f"填报单位(盖章):{unit}"], heading, *rows]


def xlsx(
    *sheets: Sequence[Row],
    names: Sequence[str] = (),
    merged: Sequence[str] = (),
    hidden: Sequence[int] = (),
    then: Callable[[openpyxl.Workbook], None] | None = None,
) -> bytes:
    workbook = openpyxl.Workbook()
    first = workbook.active
    assert first is not None
    workbook.remove(first)
    for number, rows in enumerate(sheets):
        sheet = workbook.create_sheet(as_written(names[number]) if names else f"Sheet{number + 1}")
        for row in rows:
            sheet.append([_written(value) for value in row])
        for area in merged:
            sheet.merge_cells(area)
        if number in hidden:
            sheet.sheet_state = "hidden"
    if then:
        then(workbook)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def xls(rows: Sequence[Row]) -> bytes:
    workbook = xlwt.Workbook(encoding="utf-8")
    sheet = workbook.add_sheet("Sheet1")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value is not None:
                sheet.write(r, c, _written(value))
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def word(*tables: tuple[Sequence[str], Sequence[Row]]) -> bytes:
    """Returns a document with tables, each below its lines of text."""
    document = docx.Document()
    for lines, rows in tables:
        for line in lines:
            document.add_paragraph(as_written(line))
        if rows:
            width = max(len(row) for row in rows)
            table = document.add_table(rows=len(rows), cols=width)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    table.cell(r, c).text = "" if value is None else as_written(str(value))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def csv(rows: Sequence[Row], *, mark: str = ",", codec: str = "gb18030") -> bytes:
    return "\r\n".join(
        mark.join("" if value is None else as_written(str(value)) for value in row) for row in rows
    ).encode(codec)


def html(rows: Sequence[Row], codec: str = "gb18030") -> bytes:
    cells = "".join(
        "<tr>" + "".join(f"<td>{'' if v is None else as_written(str(v))}</td>" for v in row) + "</tr>"
        for row in rows
    )
    return f'<html><head><meta charset="gb2312"></head><body><table>{cells}</table></body></html>'.encode(
        codec
    )


def zipped(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            # Names in ASCII alone are made by programs: __MACOSX, Thumbs.db.
            archive.writestr(name if name.isascii() else as_written(name), data)
    return out.getvalue()


PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000") + bytes(20_000)


def mail(
    files: Mapping[str, bytes] | None = None,
    *,
    subject: str = "报送材料",
    body: str = "请查收。",
    sender: str = "someone@example.org",
    extra: Mapping[str, str] | None = None,
) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "office@example.org", as_written(subject)
    for name, value in (extra or {}).items():
        message[name] = value
    message.set_content(as_written(body))
    for name, data in (files or {}).items():
        message.add_attachment(
            data, maintype="application", subtype="octet-stream", filename=as_written(name)
        )
    return message.as_bytes()


@dataclass(frozen=True, kw_only=True)
class MailOutcome:
    """The outcome of a mail: by file its disposition and reason code, and every submission with its students."""

    files: tuple[tuple[str, str, str | None], ...]
    submissions: Mapping[tuple[str, str], tuple[str, ...]]  # (unit, form) → names
    nil: frozenset[tuple[str, str]]
    codes: frozenset[str]
    draft: MessageDraft = field(repr=False)

    @property
    def outcomes(self) -> tuple[str, ...]:
        return tuple(outcome for _, outcome, _ in self.files)


def process_mail(raw: bytes, context: IngestContext = CONTEXT) -> MailOutcome:
    """Reads and drafts one mail in this process, without the store."""
    parsed_mail = take_apart(raw)
    loaded = parsed_mail.attachments
    attachments = [attachment.describe() for attachment in loaded]
    readings = [_read(attachment, parsed_mail.head.subject, context) for attachment in loaded]
    draft = draft_message("0" * 64, DAY, parsed_mail, attachments, readings, context)
    submissions: dict[tuple[str, str], tuple[str, ...]] = {}
    codes: set[str] = set()
    for file in draft.files:
        for submission, block in zip(file.submissions, blocks_of(file), strict=True):
            key = (submission.unit, submission.form)
            names = [str(values.get("name")) for values in block.all_values()]
            codes.update(problem.code for problem in block.all_problems())
            submissions[key] = (*submissions.get(key, ()), *names)
    return MailOutcome(
        files=tuple(
            (file.path[-1] if file.path else "", file.outcome, file.reason_code) for file in draft.files
        ),
        submissions=submissions,
        nil=frozenset((s.unit, s.form) for file in draft.files for s in file.submissions if s.nil),
        codes=frozenset(codes),
        draft=draft,
    )


def _read(attachment: LoadedAttachment, subject: str, context: IngestContext) -> ParsedFile:
    if attachment.failure is not None:
        return ParsedFile(
            kind=FileKind.ARCHIVE,
            outcome="quarantined",
            reason_code=attachment.failure[0],
            reason=attachment.failure[1],
        )
    if attachment.litter or (attachment.inline and len(attachment.data) < 10_240):
        return ParsedFile(kind=FileKind.IMAGE, outcome="ignored", reason="小图片")
    return read_file(attachment.data, attachment.path[-1], subject, context.notice, context.names)


def blocks_of(file: FileDraft) -> list[RowBlock]:
    """Returns the rows of each submission in a file."""
    return [open_block(submission.block) for submission in file.submissions]


def files_of(came: MailOutcome) -> tuple[FileDraft, ...]:
    return came.draft.files
