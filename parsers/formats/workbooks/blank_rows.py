"""Drops the blank rows below the last filled cell of an .xlsx in which whole columns are styled.

WPS writes a cell for each of them: a million rows of twelve cells are 300 MB of XML in a file of 20 MB. They are
skipped while the package is unpacked, before the libraries see it; blank rows between filled cells stay.
"""

import io
import re
import zipfile

from parsers.formats.workbooks.lost_cells import BROKEN_PACKAGE
from parsers.zip_files import open_zip_file

LONG_PART_BYTES = 20_000_000  # of XML: a sheet of 20,000 children; below it nothing is gained
_MOST_BYTES = 200_000_000
_PIECE = 1 << 20
_OVERLAP = 64  # longer than any mark below
_SHEET = re.compile(r"xl/worksheets/[^/]{1,100}\.xml")
_END_OF_DATA = re.compile(rb"</(?:\w{1,20}:)?sheetData>")
_END_OF_ROW = re.compile(rb"</(?:\w{1,20}:)?row>")
_FILLED = (b"</v>", b":v>", b"</is>", b":is>", b"<f", b":f>", b":f ")
"""The elements of which a cell with a value, text or formula has one, and a cell with only a style none."""


def without_blank_rows(data: bytes) -> bytes:
    """Returns the workbook without the blank rows at the end of its long sheets; unchanged if it has none."""
    try:
        with open_zip_file(data) as package:
            trimmed = {
                info.filename: part
                for info in package.infolist()
                if info.file_size > LONG_PART_BYTES and _SHEET.fullmatch(info.filename)
                if (part := _trim(package, info)) is not None
            }
            return _replace(package, trimmed) if trimmed else data
    except BROKEN_PACKAGE:
        return data


def _trim(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes | None:
    """Returns the sheet's XML without the rows after the last filled one; None if that saves less than half of it."""
    filled, end = _find_ends(package, info)
    if end is None or filled > min(end // 2, _MOST_BYTES) or info.file_size - end > _MOST_BYTES:
        return None
    with package.open(info) as part:
        head = part.read(filled)
        below = part.read(min(end - filled, _PIECE))
        row = _END_OF_ROW.search(below)
        if row is None:
            return None
        part.seek(end)
        return head + below[: row.end()] + part.read()


def _find_ends(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> tuple[int, int | None]:
    """Returns the offset of the end of the last filled cell of a sheet, and of the end of its rows."""
    filled, position, before = 0, 0, b""
    with package.open(info) as part:
        while piece := part.read(_PIECE):
            window, start = before + piece, position - len(before)
            close = _END_OF_DATA.search(window)
            rows = window[: close.start()] if close else window
            if (last := max(rows.rfind(mark) for mark in _FILLED)) >= 0:
                filled = start + last
            if close:
                return filled, start + close.start()
            position, before = position + len(piece), window[-_OVERLAP:]
    return filled, None


def _replace(package: zipfile.ZipFile, parts: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as changed:
        for name in package.namelist():
            changed.writestr(name, parts[name] if name in parts else package.read(name))
    return packed.getvalue()
