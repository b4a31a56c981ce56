"""Finds pictures in cells of an .xlsx: floating ones by their anchor, and those that WPS and Excel put into cells.

Positions are (row, column), counted from 1.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator

from parsers.formats.workbooks.lost_cells import (
    BROKEN_PACKAGE,
    CELL_REFERENCE,
    PREFIX,
    Position,
    column_number,
    find_sheet_part,
    read_relations,
)
from parsers.zip_files import share_zip_file

_MEDIA = b"/media/"  # names stand in plain letters in a package
_WPS_PICTURE = re.compile(
    rb'<%bc\b([^>]*)>(?:(?!</%bc>).)*?DISPIMG\((?:"|&quot;)([^"&]+)' % (PREFIX, PREFIX), re.DOTALL
)
_EXCEL_PICTURE = re.compile(rb'<%bc\b([^>]*\svm="[0-9]+"[^>]*)>' % PREFIX)
_WPS_NAME = re.compile(rb'<[\w.-]*:?cNvPr\b[^>]*\sname="([^"]+)"')
_ANCHOR = re.compile(
    rb"<(?:[\w.-]+:)?(?:twoCell|oneCell)Anchor\b.*?</(?:[\w.-]+:)?(?:twoCell|oneCell)Anchor>", re.DOTALL
)
_FROM = re.compile(
    rb"<(?:[\w.-]+:)?from>.*?<(?:[\w.-]+:)?col>([0-9]+)<.*?<(?:[\w.-]+:)?row>([0-9]+)<.*?<(?:[\w.-]+:)?rowOff>(-?[0-9]+)<",
    re.DOTALL,
)
_ROW_HEIGHT = re.compile(rb'<%brow\b(?=[^>]*\sr="([0-9]+)")(?=[^>]*\sht="([0-9.]+)")' % PREFIX)
_EMU_PER_POINT = 12_700
_USUAL_HEIGHT = 15.0  # points


def find_cell_pictures(data: bytes, position: int) -> frozenset[Position]:
    """Returns the cells with a picture in sheet number ``position`` of the workbook."""
    if _MEDIA not in data:
        return frozenset()
    try:
        with share_zip_file(data) as package:
            part = find_sheet_part(package, position)
            if part is None:
                return frozenset()
            xml = package.read(part)
            return frozenset((*_placed_in_cells(package, xml), *_floating(package, part, xml)))
    except BROKEN_PACKAGE:
        return frozenset()


def _placed_in_cells(package: zipfile.ZipFile, xml: bytes) -> Iterator[Position]:
    names = package.namelist()
    if b"DISPIMG" in xml and "xl/cellimages.xml" in names:
        there = set(_WPS_NAME.findall(package.read("xl/cellimages.xml")))
        for attributes, name in _WPS_PICTURE.findall(xml):
            if name in there:
                yield from _position(attributes)
    if any(name.startswith("xl/richData/") for name in names):
        for attributes in _EXCEL_PICTURE.findall(xml):
            yield from _position(attributes)


def _position(attributes: bytes) -> Iterator[Position]:
    if reference := CELL_REFERENCE.search(attributes):
        yield int(reference[2]), column_number(reference[1])


def _floating(package: zipfile.ZipFile, part: str, xml: bytes) -> Iterator[Position]:
    heights = {int(row): float(height) for row, height in _ROW_HEIGHT.findall(xml)}
    for kind, target in read_relations(package, part):
        if not kind.endswith(b"/drawing"):
            continue
        drawing = posixpath.normpath(posixpath.join("/" + posixpath.dirname(part), target))[1:]
        for anchor in _ANCHOR.findall(package.read(drawing)):
            corner = _FROM.search(anchor)
            if b":blip" not in anchor or corner is None:
                continue
            column, row, offset = int(corner[1]) + 1, int(corner[2]) + 1, int(corner[3])
            # One that starts in the lower half of a row is meant for the next.
            is_low = offset > heights.get(row, _USUAL_HEIGHT) * _EMU_PER_POINT / 2
            yield row + is_low, column
