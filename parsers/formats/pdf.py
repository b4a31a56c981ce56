"""Reads the ruled tables in the text layer of PDF files as sheets."""

import io

import pdfplumber
import pdfplumber.pdf
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfplumber.utils.exceptions import PdfminerException

from parsers.formats.workbook import (
    Cell,
    LockedDocument,
    ScannedDocument,
    Sheet,
    UnreadableWorkbook,
    Workbook,
    WorkbookTooLarge,
)

MAX_PAGES = 200
MIN_CHARACTERS = 20


def read_pdf(data: bytes) -> Workbook:
    """All tables as one sheet, page after page, the text above the first one as rows above it.

    Digits that a narrow column broke over lines are joined again.

    Raises:
        ScannedDocument: no text layer.
        LockedDocument: a password is wanted.
        UnreadableWorkbook: it cannot be opened, or holds text but no table.
        WorkbookTooLarge: more than :data:`MAX_PAGES` pages.
    """
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            if len(document.pages) > MAX_PAGES:
                raise WorkbookTooLarge(f"{len(document.pages)} pages")
            rows, above, characters = _read_pages(document)
    except PdfminerException as error:
        if error.args and isinstance(error.args[0], PDFPasswordIncorrect):
            raise LockedDocument("password") from error
        raise UnreadableWorkbook(repr(error)) from error
    except WorkbookTooLarge:
        raise
    except (
        PDFException,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        OSError,
        RecursionError,
        AssertionError,
    ) as error:
        raise UnreadableWorkbook(repr(error)) from error
    if characters < MIN_CHARACTERS:
        raise ScannedDocument("no text layer")
    if not rows:
        raise UnreadableWorkbook("no table")
    lines: list[list[Cell]] = [[line] for line in above]
    return Workbook(
        sheets=(
            Sheet(
                name="PDF",
                hidden=False,
                rows=[*lines, *rows],
                first_row=1 - len(lines),
                first_col=1,
                merged=(),
            ),
        )
    )


def _read_pages(document: pdfplumber.pdf.PDF) -> tuple[list[list[Cell]], list[str], int]:
    rows: list[list[Cell]] = []
    above: list[str] = []
    characters = 0
    for page in document.pages:
        characters += len(page.chars)
        tables = page.find_tables()
        if not rows and tables:
            top = page.crop((0, 0, page.width, max(tables[0].bbox[1], 1)), strict=False)
            above += [line for line in (top.extract_text() or "").splitlines() if line.strip()][-12:]
        elif not rows:
            above += [line for line in (page.extract_text() or "").splitlines() if line.strip()][-12:]
        for table in tables:
            rows += [[_join_lines(cell) for cell in row] for row in table.extract()]
        page.close()
    return rows, above, characters


def _join_lines(cell: str | None) -> str | None:
    """The lines of a cell put together: a narrow column wraps anywhere."""
    return "".join(cell.split("\n")) if cell else None
