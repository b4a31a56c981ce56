"""Reads PDF files printed by WPS: the ruled tables of the text layer and the lines around them; a scan has none."""

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pdfplumber
import pdfplumber.page
import pdfplumber.pdf
import pypdfium2
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfplumber.utils.exceptions import PdfminerException

from config.text.document_words import LETTER_TITLES
from parsers.formats.documents.pdf_cells import Box, read_table
from parsers.formats.documents.word_tables import split_lines, text_sheet
from parsers.formats.workbook import (
    Cell,
    EmptyDocument,
    LockedDocument,
    ScannedDocument,
    Sheet,
    UnreadableWorkbook,
    Workbook,
    WorkbookTooLarge,
)

MAX_PAGES = 200
MIN_CHARACTERS = 20
_LINE_TOLERANCE = 3.0  # points; pdfplumber's own for lines that should meet
_STRUCK_TWICE_WITHIN = 1.0  # points: imitated bold is the same letter a hair's breadth beside itself
_LETTER_TITLE = re.compile("|".join(LETTER_TITLES))
_STARTS_WITH_LABEL = re.compile(
    "[\u4e00-\u9fff\u3001()]{2,12} ?[:\uff1a]|第[一二三四五六七八九0-9]+[次条页]|附件"
    "|[0-9一二三四五六七八九十]+[.\u3001]"
)
_WIDEST_LEADING = 1.5  # of the height of a line
_WIDEST_GAP = 1.6
_PAGE_NUMBER = re.compile(
    r"[-\u2013\u2014\s]*(?:第\s*)?[0-9]{1,3}\s*页?\s*(?:[/,\uff0c、]?\s*共?\s*[0-9]{1,3}\s*页)?[-\u2013\u2014\s]*"
)
_BROKEN = (
    PDFException, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, RecursionError, AssertionError,
)  # fmt: skip


def read_pdf(data: bytes) -> Workbook:
    """Returns all tables as one sheet, page after page; lines around them are rows of one cell.

    Digits that a narrow column broke over lines are joined, and sideways pages are turned. Without a table the
    sheet holds only the lines.

    Raises:
        EmptyDocument: the pages are blank.
        ScannedDocument: there is no text layer.
        LockedDocument: a password is needed.
        UnreadableWorkbook: neither library can open it.
        WorkbookTooLarge: more than :data:`MAX_PAGES` pages.
    """
    try:
        return _read(data)
    except PdfminerException as error:
        if error.args and isinstance(error.args[0], PDFPasswordIncorrect):
            raise LockedDocument("password") from error
    except (WorkbookTooLarge, ScannedDocument, EmptyDocument):
        raise
    except _BROKEN:
        pass
    try:
        return _read(_rewrite(data, {}))
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise LockedDocument("password") from error
        raise UnreadableWorkbook(str(error)) from error
    except (WorkbookTooLarge, ScannedDocument, EmptyDocument):
        raise
    except (PdfminerException, *_BROKEN) as error:
        raise UnreadableWorkbook(repr(error)) from error


def _read(data: bytes) -> Workbook:
    with pdfplumber.open(io.BytesIO(data)) as document:
        if len(document.pages) > MAX_PAGES:
            raise WorkbookTooLarge(f"{len(document.pages)} pages")
        turns = {number: turn for number, page in enumerate(document.pages) if (turn := _find_turn(page))}
        if not turns:
            return _read_pages(document)
    with pdfplumber.open(io.BytesIO(_rewrite(data, turns))) as document:
        return _read_pages(document)


def _rewrite(data: bytes, turns: dict[int, int]) -> bytes:
    """Returns the document as pdfium saves it; ``turns`` maps page numbers to degrees clockwise."""
    document = pypdfium2.PdfDocument(data)
    try:
        for number, turn in turns.items():
            page = document[number]
            page.set_rotation((page.get_rotation() + turn) % 360)
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()
    finally:
        document.close()


def _find_turn(page: pdfplumber.page.Page) -> int:
    """Returns the degrees to turn a page clockwise so that most of its letters are upright."""
    directions = Counter(_direction(char["matrix"]) for char in page.chars)
    return directions.most_common(1)[0][0] if directions else 0


def _direction(matrix: Sequence[float]) -> int:
    """Returns the direction of a line of letters in degrees, by the first two numbers of its matrix (ISO 32000-1, 9.4.2)."""
    across, up = matrix[0], matrix[1]
    if abs(up) > abs(across):
        return 90 if up > 0 else 270
    return 180 if across < 0 else 0


@dataclass(slots=True)
class _Pages:
    """The content of the pages read so far."""

    rows: list[list[Cell]] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    seen_lines: set[tuple[str, int]] = field(default_factory=set)
    has_table: bool = False
    characters: int = 0
    pictures: list[int] = field(default_factory=list)
    is_drawn_on: bool = False
    doubtful: dict[int, int] = field(default_factory=dict)  # numbers of pages, with how many cells


def _read_pages(document: pdfplumber.pdf.PDF) -> Workbook:
    pages = _Pages()
    for number, page in enumerate(document.pages, 1):
        page_characters = len(page.chars)
        pages.characters += page_characters
        pages.is_drawn_on = pages.is_drawn_on or any(page.objects.values())
        if page_characters < MIN_CHARACTERS and page.images:
            pages.pictures.append(number)
        for part in _parts_in_order(page.dedupe_chars(tolerance=_STRUCK_TWICE_WITHIN)):
            _add_part(pages, part)
            if part.doubtful:
                pages.doubtful[number] = pages.doubtful.get(number, 0) + part.doubtful
        page.close()
    if not pages.is_drawn_on:
        raise EmptyDocument("blank pages")
    if pages.characters < MIN_CHARACTERS:
        raise ScannedDocument("no text layer")
    text, above = split_lines(pages.above) if pages.has_table else ([], pages.above)
    sheet = Sheet(
        name="PDF",
        hidden=False,
        rows=[*([line] for line in above), *pages.rows],
        first_row=1 - len(above) if pages.has_table else 1,
        first_col=1,
        merged=(),
    )
    unread = tuple(f"第{number}页是图片" for number in pages.pictures)
    doubtful = tuple(f"第{number}页有{count}格" for number, count in pages.doubtful.items())
    sheets = (text_sheet("正文1", text), sheet) if text else (sheet,)
    return Workbook(sheets=sheets, unread=unread, doubtful=doubtful)


@dataclass(frozen=True, slots=True)
class _Part:
    """A line of text or the rows of a table, with its height on the page."""

    top: float
    line: str = ""
    rows: tuple[tuple[str | None, ...], ...] = ()
    doubtful: int = 0


def _parts_in_order(page: pdfplumber.page.Page) -> Iterator[_Part]:
    parts: list[_Part] = []
    boxes: list[Box] = []
    in_cells: set[tuple[float, float, str]] = set()
    for table in page.find_tables(_table_settings(page)):
        content, chars = read_table(table, page.chars)
        boxes.append(table.bbox)
        in_cells.update(map(_place_of, chars))
        parts.append(_Part(table.bbox[1], rows=content.rows, doubtful=content.doubtful))
    around = page.filter(
        lambda thing: (
            not any(_is_inside(thing, box) for box in boxes)
            and (thing["object_type"] != "char" or _place_of(thing) not in in_cells)
        )
    )
    lines = (around if boxes else page).extract_text_lines(return_chars=False)
    parts += _join_wrapped_lines(lines, float(page.width))
    yield from sorted(parts, key=lambda part: part.top)


def _join_wrapped_lines(lines: Sequence[dict[str, Any]], page_width: float) -> list[_Part]:
    """Returns the lines of text, joined where they wrap at the right margin, since a name may be split over two."""
    left = min((line["x0"] for line in lines), default=0.0)
    parts: list[_Part] = []
    wrapped_at: float | None = None  # the foot of the line before, if it goes up to the margin
    for line in lines:
        text, height = line["text"].strip(), line["bottom"] - line["top"]
        goes_on = (
            wrapped_at is not None
            and 0 <= line["top"] - wrapped_at < height * _WIDEST_LEADING
            and line["x0"] - left < height
            and not _STARTS_WITH_LABEL.match(text)
        )
        if goes_on:
            parts[-1] = replace(parts[-1], line=parts[-1].line + text)
        else:
            parts.append(_Part(line["top"], line=text))
        wrapped_at = line["bottom"] if page_width - left - line["x1"] < height * _WIDEST_GAP else None
    return parts


def _place_of(char: dict[str, Any]) -> tuple[float, float, str]:
    return char["x0"], char["top"], char["text"]


def _table_settings(page: pdfplumber.page.Page) -> dict[str, object]:
    """Returns lines to add where the page cuts a table, so that its columns continue above or below its ruled lines."""
    uprights = [edge for edge in page.edges if edge["orientation"] == "v"]
    levels = [edge for edge in page.edges if edge["orientation"] == "h"]
    if not uprights or not levels:
        return {}
    ends: list[float] = []
    top, bottom = min(edge["top"] for edge in uprights), max(edge["bottom"] for edge in uprights)
    if top < min(edge["top"] for edge in levels) - _LINE_TOLERANCE:
        ends.append(top)
    if bottom > max(edge["bottom"] for edge in levels) + _LINE_TOLERANCE:
        ends.append(bottom)
    return {"explicit_horizontal_lines": ends} if ends else {}


def _is_inside(thing: dict[str, float], box: tuple[float, float, float, float]) -> bool:
    x, y = (thing["x0"] + thing["x1"]) / 2, (thing["top"] + thing["bottom"]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _add_part(pages: _Pages, part: _Part) -> None:
    if part.rows:
        pages.has_table = True
        pages.rows += [[_join_lines(cell) for cell in row] for row in part.rows]
        return
    place = (part.line, round(part.top))
    if not part.line or _PAGE_NUMBER.fullmatch(part.line):
        return
    if place in pages.seen_lines and not _LETTER_TITLE.search(part.line):
        return  # what stands at the head or foot of every page; but each page may be a letter of its own
    pages.seen_lines.add(place)
    if pages.has_table:
        pages.rows.append([part.line])
    else:
        pages.above.append(part.line)


def _join_lines(cell: str | None) -> str | None:
    """Returns the lines of a cell joined, because a narrow column wraps anywhere."""
    return "".join(cell.split("\n")) if cell else None
