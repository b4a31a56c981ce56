"""Finds text outside the cells of an .ods: text boxes, shapes, and comments on cells."""

from collections.abc import Iterator, Sequence

from lxml import etree
from lxml.etree import _Element as Element

from parsers.formats.workbooks.lost_cells import BROKEN_PACKAGE, Position
from parsers.zip_files import open_zip_file

_HINTS = (b"<office:annotation", b"<draw:text-box", b"<draw:custom-shape")
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_MAX_PART_BYTES = 200_000_000

OdsNotes = tuple[Sequence[str], dict[Position, str]]


def find_ods_notes(data: bytes) -> list[OdsNotes]:
    """Returns for each sheet the lines of its text boxes and its comments by cell; empty if there are neither."""
    try:
        with open_zip_file(data) as package:
            if package.getinfo("content.xml").file_size > _MAX_PART_BYTES:
                return []
            xml = package.read("content.xml")
    except BROKEN_PACKAGE:
        return []
    if not any(hint in xml for hint in _HINTS):
        return []
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError:
        return []
    return [(list(_find_boxes(table)), dict(_find_comments(table))) for table in root.iter(f"{_TABLE}table")]


def _find_boxes(table: Element) -> Iterator[str]:
    for shape in table.iter(f"{_DRAW}text-box", f"{_DRAW}custom-shape"):
        yield from _lines(shape)


def _find_comments(table: Element) -> Iterator[tuple[Position, str]]:
    number = 1
    for row in table.iter(f"{_TABLE}table-row"):
        column = 1
        for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            if words := "\n".join(
                line for note in cell.iterchildren(f"{_OFFICE}annotation") for line in _lines(note)
            ):
                yield (number, column), words
            column += _repeated(cell, "columns")
        number += _repeated(row, "rows")


def _lines(node: Element) -> Iterator[str]:
    for paragraph in node.iter(f"{_TEXT}p"):
        if line := "".join(map(str, paragraph.itertext())).strip():
            yield line


def _repeated(node: Element, what: str) -> int:
    text = node.get(f"{_TABLE}number-{what}-repeated", "1")
    return int(text) if text.isascii() and text.isdigit() else 1
