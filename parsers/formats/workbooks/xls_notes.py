"""Finds text outside the cells of an .xls: text boxes, shapes, and comments on cells."""

import struct
from collections.abc import Sequence

from parsers.formats.workbooks.lost_cells import Position
from parsers.formats.workbooks.xls_pictures import BROKEN_XLS, Record, read_sheet_records

_TEXT_HINT = b"\xb6\x01\x12\x00"  # the head of a TXO record ([MS-XLS] 2.4.329), whose size never differs
_OBJECT, _TEXT, _NOTE, _CONTINUE = 0x5D, 0x1B6, 0x1C, 0x3C
_NOTE_OBJECT = 0x19  # [MS-XLS] 2.5.143: the type of the object that a comment is shown in

XlsNotes = tuple[Sequence[str], dict[Position, str]]


def find_xls_notes(data: bytes) -> list[XlsNotes]:
    """Returns for each worksheet the lines of its text boxes and its comments by cell; empty if there are none."""
    if _TEXT_HINT not in data:
        return []
    try:
        return [_read_notes(records) for records in read_sheet_records(data)]
    except BROKEN_XLS:
        return []


def _read_notes(records: Sequence[Record]) -> XlsNotes:
    comments: dict[int, str] = {}
    boxes: list[str] = []
    object_type = object_id = 0
    cells: dict[Position, int] = {}
    for index, (kind, body) in enumerate(records):
        if kind == _OBJECT and len(body) >= 8:
            object_type, object_id = struct.unpack_from("<HH", body, 4)
        elif kind == _TEXT and len(body) >= 12:
            words = _read_text(records, index + 1, *struct.unpack_from("<H", body, 10))
            if object_type == _NOTE_OBJECT:
                comments[object_id] = words
            else:
                boxes += filter(None, map(str.strip, words.splitlines()))
        elif kind == _NOTE and len(body) >= 8:
            row, column, _, owner = struct.unpack_from("<4H", body)
            cells[row + 1, column + 1] = owner
    return boxes, {place: comments[owner] for place, owner in cells.items() if comments.get(owner)}


def _read_text(records: Sequence[Record], start: int, length: int) -> str:
    """Returns the text after a TXO record; the first byte of each piece gives one or two bytes a character."""
    text = ""
    while start < len(records) and len(text) < length:
        kind, body = records[start]
        if kind != _CONTINUE or not body:
            break
        text += body[1:].decode("utf-16-le" if body[0] & 1 else "latin-1", "replace")
        start += 1
    return text[:length].strip()
