"""Workbooks, Word files and mails as text that a person reads and a diff compares."""

import io
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import docx
import openpyxl
from docx.text.paragraph import Paragraph
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet

_HEADERS = (
    "Subject",
    "From",
    "To",
    "Cc",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "In-Reply-To",
    "References",
)


def workbook(data: bytes) -> str:
    """Every sheet as rows of cells, each with its number format, fill, link and comment where it has one."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return "\n".join(line for sheet in book.worksheets for line in _sheet(sheet)) + "\n"


def _sheet(sheet: Worksheet) -> Iterator[str]:
    yield f"=== {sheet.title} {sheet.dimensions} {sheet.sheet_state}"
    merged = " ".join(sorted(str(area) for area in sheet.merged_cells.ranges))
    facts = {
        "freeze": sheet.freeze_panes, "filter": sheet.auto_filter.ref, "merged": merged,
        "print": f"{sheet.page_setup.orientation} titles {sheet.print_title_rows}",
        "widths": " ".join(f"{key}={one.width:g}" for key, one in sorted(sheet.column_dimensions.items())),
    }  # fmt: skip
    yield from (f"    {name}: {said}" for name, said in facts.items() if said)
    for row in sheet.iter_rows():
        said = [_cell(cell) for cell in row]
        while said and not said[-1]:
            said.pop()
        if said:
            yield f"{row[0].row:>4} | " + " | ".join(said)


def _cell(cell: Cell | MergedCell) -> str:
    said = "" if cell.value is None else str(cell.value).replace("\n", "\\n")
    if isinstance(cell, MergedCell):
        return said
    marks = [cell.number_format] if cell.number_format != "General" else []
    if cell.fill is not None and cell.fill.fill_type:
        marks.append(f"fill {str(cell.fill.fgColor.rgb)[-6:]}")
    if cell.hyperlink is not None:
        marks.append(f"link {cell.hyperlink.target or cell.hyperlink.location}")
    if cell.comment is not None:
        marks.append("comment " + cell.comment.text.replace("\n", "\\n"))
    if isinstance(cell.value, (int, float, datetime)):
        marks.insert(0, type(cell.value).__name__)
    return said + (f" {{{'; '.join(marks)}}}" if marks else "")


def word(data: bytes) -> str:
    """Every paragraph with its alignment, indent, font and size."""
    return "\n".join(_paragraph(one) for one in docx.Document(io.BytesIO(data)).paragraphs) + "\n"


def _paragraph(one: Paragraph) -> str:
    align = one.alignment.name.lower() if one.alignment is not None else "left"
    indent = one.paragraph_format.first_line_indent
    fonts = [
        f"{run.font.name} {run.font.size.pt:g}" if run.font.size else str(run.font.name) for run in one.runs
    ]
    return f"[{align}{f' indent {indent.pt:g}' if indent else ''}; {', '.join(fonts)}] {one.text}"


def parsed(raw: bytes) -> EmailMessage:
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def head(letter: EmailMessage) -> str:
    """The header lines, and what the mail is made of."""
    lines = [f"{name}: {letter[name]}" for name in _HEADERS if letter[name] is not None]
    for part in letter.walk():
        name = part.get_filename()
        lines.append(f"  {part.get_content_type()}" + (f" {name}" if name else ""))
    return "\n".join(lines) + "\n"


def body(letter: EmailMessage, kind: str) -> str:
    """The ``plain`` or ``html`` body."""
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def attached(letter: EmailMessage) -> Iterator[tuple[str, bytes]]:
    """The files of a mail by their names."""
    for part in letter.iter_attachments():
        content = part.get_content()
        if isinstance(content, bytes):
            yield str(part.get_filename()), content
