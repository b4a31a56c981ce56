"""Finds text outside the cells of an .xlsx or .xlsb: text boxes, shapes, and comments on cells.

Each becomes a sheet beside its own, so that it does not mix with rows and left-over text is still asked about. A
comment keeps the position of its cell.
"""

import posixpath
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lxml import etree

from parsers.formats.workbook import EMPTY_ROW, MAX_COLUMNS, Cell, Sheet
from parsers.formats.workbooks.lost_cells import (
    BROKEN_PACKAGE,
    CELL_REFERENCE,
    Position,
    column_number,
    find_sheet_part,
    read_relations,
)
from parsers.own_workbooks import NOTE_PREFIX
from parsers.zip_files import share_zip_file

_PLACES = (b"xl/drawings/drawing", b"omments")  # names stand in plain letters in a package
_MAX_PART_BYTES = 20_000_000
_MAX_ROW = 1_048_576
_MAX_LINES = 2_000


def find_sheet_notes(data: bytes, position: int, name: str) -> tuple[Sheet, ...]:
    """Returns the texts outside the cells of sheet number ``position``; empty if the package has an unusual structure."""
    if not any(place in data for place in _PLACES):
        return ()
    try:
        with share_zip_file(data) as package:
            part = find_sheet_part(package, position)
            if part is None:
                return ()
            boxes: list[str] = []
            comments: dict[Position, str] = {}
            # What newer programs say in a thread is said again, with a preamble, in the comment for older ones.
            for kind, target in sorted(read_relations(package, part)):
                inner = posixpath.normpath(posixpath.join("/" + posixpath.dirname(part), target))[1:]
                if kind.endswith(b"/drawing"):
                    boxes += _read_boxes(package, inner)
                elif kind.lower().endswith(b"/comments"):
                    comments = {**_read_comments(package, inner, "comment"), **comments}
                elif kind.endswith(b"/threadedComment"):
                    comments |= _read_comments(package, inner, "threadedComment")
    except (*BROKEN_PACKAGE, etree.XMLSyntaxError):
        return ()
    return make_note_sheets(name, boxes, comments)


def find_xlsb_notes(data: bytes) -> tuple[tuple[Sheet, ...], tuple[str, ...]]:
    """Returns the text boxes of an .xlsb from all sheets, and in Chinese which of its notes are not read."""
    if not any(place in data for place in _PLACES):
        return (), ()
    try:
        with share_zip_file(data) as package:
            names = package.namelist()
            boxes = [
                line
                for name in sorted(names)
                if name.startswith("xl/drawings/drawing") and name.endswith(".xml")
                for line in _read_boxes(package, name)
            ]
    except (*BROKEN_PACKAGE, etree.XMLSyntaxError):
        return (), ("工作簿里的文本框和批注",)
    unread = any("omments" in name and name.endswith(".bin") for name in names)
    return make_note_sheets("工作簿", boxes, {}), ("工作簿里的批注",) if unread else ()


def make_note_sheets(name: str, boxes: Sequence[str], comments: Mapping[Position, str]) -> tuple[Sheet, ...]:
    """Returns the lines of a sheet's text boxes, and the comments on its cells, as sheets of their own.

    Comments written by our own receipts are left out.
    """
    theirs = {
        place: own for place, words in comments.items() if (own := words.partition(NOTE_PREFIX)[0].strip())
    }
    sheets = []
    if boxes:
        sheets.append(_make_sheet(f"{name}的文本框", [[line] for line in boxes[:_MAX_LINES]]))
    if theirs:
        sheets.append(replace(_make_sheet(f"{name}的批注", _place_comments(theirs)), comments_on=name))
    return tuple(sheets)


def _read_boxes(package: zipfile.ZipFile, part: str) -> Iterator[str]:
    """Yields the lines of every text box, without the copies kept for older programs."""
    root = _read_xml(package, part)
    for body in root.iter("{*}txBody"):
        if any(etree.QName(outer).localname == "Fallback" for outer in body.iterancestors()):
            continue
        for paragraph in body.iterchildren("{*}p"):
            if line := "".join(text.text or "" for text in paragraph.iter("{*}t")).strip():
                yield line


def _read_comments(package: zipfile.ZipFile, part: str, tag: str) -> Mapping[Position, str]:
    """Maps each cell to its comment; the replies of a thread are joined in order."""
    comments: dict[Position, str] = {}
    for comment in _read_xml(package, part).iter(f"{{*}}{tag}"):
        reference = CELL_REFERENCE.fullmatch(f' r="{comment.get("ref", "")}"'.encode())
        # Readings of a text (rPh) stand beside it and are none of its words.
        words = "".join(
            text.text or ""
            for name in ("t", "text")
            for text in comment.iter(f"{{*}}{name}")
            if etree.QName(text.getparent()).localname != "rPh" and not len(text)
        ).strip()
        if reference and words:
            place = int(reference[2]), column_number(reference[1])
            comments[place] = "\n".join(filter(None, (comments.get(place), words)))
    return comments


def _place_comments(comments: Mapping[Position, str]) -> list[Sequence[Cell]]:
    rows: dict[int, dict[int, str]] = {}
    for (row, column), words in sorted(comments.items())[:_MAX_LINES]:
        if row <= _MAX_ROW and column <= MAX_COLUMNS:
            rows.setdefault(row, {})[column] = words
    return [
        [rows[number].get(column) for column in range(1, max(rows[number]) + 1)]
        if number in rows
        else EMPTY_ROW
        for number in range(1, max(rows, default=0) + 1)
    ]


def _make_sheet(name: str, rows: Sequence[Sequence[Cell]]) -> Sheet:
    return Sheet(name=name, hidden=False, rows=rows, first_row=1, first_col=1, merged=())


def _read_xml(package: zipfile.ZipFile, part: str) -> etree._Element:
    if package.getinfo(part).file_size > _MAX_PART_BYTES:
        raise KeyError(part)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(package.read(part), parser)
