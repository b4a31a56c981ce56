"""Reads Word documents as sheets: one sheet per table, with the paragraphs before it as rows above it."""

import io
import re
import zipfile
from collections.abc import Iterator

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph
from lxml import etree

from parsers.formats.workbook import Cell, Sheet, UnreadableWorkbook, Workbook, WorkbookTooLarge

_MAX_XML_BYTES = 100_000_000
_MAX_LINES_ABOVE = 12


def read_docx(data: bytes) -> Workbook:
    """Every table in order; a last sheet without table holds the paragraphs that no table follows.

    ``first_row`` is such that the table's own first row is 1: a record's row is the row in its table.

    Raises:
        UnreadableWorkbook: it cannot be opened.
        WorkbookTooLarge: its text is beyond 100 MB.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if (
                sum(info.file_size for info in package.infolist() if info.filename.endswith(".xml"))
                > _MAX_XML_BYTES
            ):
                raise WorkbookTooLarge("document")
        document = docx.Document(io.BytesIO(data))
        return Workbook(sheets=tuple(_sheets(document)))
    except WorkbookTooLarge:
        raise
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, AttributeError, TypeError, IndexError, etree.XMLSyntaxError,
            NotImplementedError, EOFError, RuntimeError) as error:  # fmt: skip
        raise UnreadableWorkbook(repr(error)) from error


def _sheets(document: Document) -> Iterator[Sheet]:
    lines: list[str] = [text for text in _header_lines(document) if text]
    number = 0
    for block in document.element.body.iterchildren():
        if block.tag == qn("w:p"):
            lines += _paragraph_lines(Paragraph(block, document))
        elif block.tag == qn("w:tbl"):
            number += 1
            yield _table(WordTable(block, document), f"表{number}", lines)
            for inner in block.iter(qn("w:tbl")):
                if inner is not block:
                    number += 1
                    yield _table(WordTable(inner, document), f"表{number}", [])
            lines = []
        elif block.tag == qn("w:sdt"):  # content controls, which python-docx passes over
            for paragraph in block.iter(qn("w:p")):
                lines += _paragraph_lines(Paragraph(paragraph, document))
    if lines:
        yield Sheet(
            name="正文", hidden=False, rows=[[line] for line in lines], first_row=1, first_col=1, merged=()
        )


def _header_lines(document: Document) -> list[str]:
    return [
        paragraph.text.strip() for section in document.sections[:1] for paragraph in section.header.paragraphs
    ]


def _paragraph_lines(paragraph: Paragraph) -> list[str]:
    """Its text, text boxes included."""
    texts = ["".join(node.text or "" for node in paragraph._p.iter(qn("w:t")))]
    return [line for text in texts for line in re.split(r"[\r\n\v]+", text) if line.strip()]


def _table(table: WordTable, name: str, above: list[str]) -> Sheet:
    """The grid with a merged cell's text in its first place only, and where it was merged."""
    above = above[-_MAX_LINES_ABOVE:]
    rows: list[list[Cell]] = []
    spans: dict[int, tuple[int, int, int, int]] = {}
    for r, tr in enumerate(table._tbl.tr_lst, 1):
        row: list[Cell] = [None] * tr.grid_before
        for tc in tr.tc_lst:
            column = len(row) + 1
            span = max(tc.grid_span, 1)
            if tc.vMerge == "continue":
                start = next(
                    (key for key, (r1, c1, r2, c2) in spans.items() if r2 == r - 1 and c1 == column), None
                )
                if start is not None:
                    r1, c1, _, c2 = spans[start]
                    spans[start] = (r1, c1, r, c2)
                row += [None] * span
                continue
            spans[len(spans)] = (r, column, r, column + span - 1)
            row += [_cell_text(tc), *[None] * (span - 1)]
        rows.append(row)
    merged = tuple(span for span in spans.values() if span[0] != span[2] or span[1] != span[3])
    return Sheet(
        name=name,
        hidden=False,
        rows=[*([line] for line in above), *rows],
        first_row=1 - len(above),
        first_col=1,
        merged=merged,
    )


def _cell_text(tc: etree._Element) -> str:
    lines = []
    for paragraph in tc.iterchildren(qn("w:p"), qn("w:sdt")):
        lines.append(
            "".join(
                node.text or "" if node.tag == qn("w:t") else "\n"
                for node in paragraph.iter(qn("w:t"), qn("w:br"))
            )
        )
    return "\n".join(line for line in lines if line.strip()).strip()
