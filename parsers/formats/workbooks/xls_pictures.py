"""Finds pictures that float over the cells of an .xls, by their anchors.

Positions are (row, column), counted from 1.
"""

import io
import re
import struct
from collections.abc import Sequence

import olefile

from parsers.formats.workbooks.lost_cells import Position

_PICTURE_SHAPE = b"\xb2\x04\x0a\xf0"  # [MS-ODRAW] 2.2.40: OfficeArtFSP of shape type 75, a picture frame
_ANCHOR = re.compile(
    rb"\xb2\x04\x0a\xf0.{12}(?:(?!.\x0a\xf0).){0,4096}?\x00\x00\x10\xf0\x12\x00\x00\x00(.{18})", re.DOTALL
)
_BOUNDSHEET, _DRAWING, _CONTINUE, _BOF, _EOF = 0x85, 0xEC, 0x3C, 0x809, 0x0A
_WORKSHEET = 0
BROKEN_XLS = (OSError, ValueError, IndexError, TypeError, StopIteration, struct.error)

Record = tuple[int, bytes]
"""One record of an .xls: its number and its body."""
_HALF_A_ROW = 128  # [MS-XLS] 2.5.193: the offset is in 1/256 of the row's height


def find_xls_pictures(data: bytes) -> list[frozenset[Position]]:
    """Returns for each worksheet the cells that hold a picture; empty without pictures or in a broken file."""
    if _PICTURE_SHAPE not in data:
        return []
    try:
        return [_find_pictures(_read_drawing(records)) for records in read_sheet_records(data)]
    except BROKEN_XLS:
        return []


def read_sheet_records(data: bytes) -> list[list[Record]]:
    """Returns the records of each worksheet, in the order of the tabs.

    Raises:
        BROKEN_XLS: the structure of the file is broken.
    """
    stream = _read_workbook_stream(data)
    return [_records(stream, start) for start in _sheet_starts(stream)]


def _read_workbook_stream(data: bytes) -> bytes:
    with olefile.OleFileIO(io.BytesIO(data)) as file:
        name = next(path for path in file.listdir() if path[0].lower() in ("workbook", "book"))
        return bytes(file.openstream(name).read())


def _sheet_starts(stream: bytes) -> list[int]:
    """Returns the offset of each worksheet ([MS-XLS] 2.4.28), in the order of the tabs."""
    return [
        struct.unpack_from("<I", body)[0]
        for kind, body in _records(stream, 0)
        if kind == _BOUNDSHEET and len(body) >= 6 and body[5] == _WORKSHEET
    ]


def _read_drawing(records: Sequence[Record]) -> bytes:
    drawing = bytearray()
    before = 0
    for kind, body in records:
        if kind == _DRAWING or (kind == _CONTINUE and before == _DRAWING):
            drawing += body
        before = before if kind == _CONTINUE else kind
    return bytes(drawing)


def _records(stream: bytes, offset: int) -> list[Record]:
    """Returns the records of one substream to its end, including those of nested substreams such as charts."""
    records: list[Record] = []
    depth = 0
    while offset + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, offset)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            break
        records.append((kind, stream[offset + 4 : offset + 4 + size]))
        offset += 4 + size
    return records


def _find_pictures(drawing: bytes) -> frozenset[Position]:
    anchors = (struct.unpack_from("<5H", anchor) for anchor in _ANCHOR.findall(drawing))
    # One that starts in the lower half of a row is meant for the next.
    return frozenset((row + 1 + (down > _HALF_A_ROW), column + 1) for _, column, _, row, down in anchors)
