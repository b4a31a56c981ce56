"""Finds cells that calamine leaves out of a good workbook: errors, long whole numbers, formulas without a result.

All results are by (row, column), counted from 1.
"""

import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from xml.sax.saxutils import unescape

from parsers.zip_files import share_zip_file

UNCALCULATED = "公式未计算"
"""The text for a formula whose result is not in the file."""

LostCell = int | str
"""The value of a lost cell: a whole number with all its digits, or the text of an error."""

Position = tuple[int, int]
FindIds = Callable[[bytes], Iterable[bytes]]

PREFIX = rb"(?:[A-Za-z][\w.-]*:)?"  # some writers prefix every element
_TO_VALUE = rb"(?<!/)>\s*(?:<%bf\b[^>]*(?:/>|>[^<]*</%bf>)\s*)?<%bv>\s*" % (PREFIX, PREFIX, PREFIX)
_ERROR_CELL = re.compile(rb'<%bc\b([^>]*\st="e"[^>]*)' % PREFIX + _TO_VALUE + rb"([^<]*)</")
_LONG_NUMBER = re.compile(rb'<%bc\b((?:(?!\st="[^n])[^>])*)' % PREFIX + _TO_VALUE + rb"([0-9]{16,40})\s*</")
_BARE_FORMULA = re.compile(
    rb"<%bc\b([^>]*)(?<!/)>\s*<%bf\b[^>]*(?:/>|>[^<]*</%bf>)\s*(?:<%bv>\s*</%bv>|<%bv\s*/>)?\s*</%bc>"
    % ((PREFIX,) * 7)
)
CELL_REFERENCE = re.compile(rb'\sr="([A-Z]{1,3})([0-9]{1,7})"')
_ROW = re.compile(rb"<%brow\b.*?</%brow>" % (PREFIX, PREFIX), re.DOTALL)
_FILLED_CELL = re.compile(rb"<%b(?:v>\s*[^<\s]|t\b[^>]*>[^<])" % PREFIX)
_SHEET_TAG = re.compile(rb'<%bsheet\b[^>]*?\b[\w.-]+:id="([^"]+)"' % PREFIX)
_RELATION = re.compile(rb"<%bRelationship\b[^>]*>" % PREFIX)
_TYPE = re.compile(rb'\sType="([^"]+)"')
_TARGET = re.compile(rb'\sTarget="([^"]+)"')
_MIN_FILLED = 3  # below it a row of formulas is a row of the template that waits for its student
_LETTERS_LOOKED_AT = 100
_MAX_PART_BYTES = 200_000_000

BROKEN_PACKAGE = (
    KeyError, zipfile.BadZipFile, NotImplementedError, EOFError, struct.error, OSError, RuntimeError, ValueError,
    zlib.error,
)  # fmt: skip

_ERROR_TEXTS_BY_CODE = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
"""The texts of errors by code ([MS-XLSB] 2.5.97.2, the same codes as [MS-XLS] 2.5.10)."""
BRT_ROW, _BRT_CELL_ERROR, _BRT_FORMULA_ERROR, _BRT_SHEET = 0, 3, 11, 156


class PartTooLarge(ValueError):
    """A sheet has more than 200 MB of XML."""


def read_sheet_xml(data: bytes, position: int) -> bytes:
    """Returns the XML of sheet number ``position`` of an .xlsx; empty if the package has an unusual structure.

    Raises:
        PartTooLarge: the sheet is larger than any form.
    """
    return _read_sheet_part(data, position, "xl/workbook.xml", _SHEET_TAG.findall)


def find_lost_xlsx_cells(xml: bytes, *, long_numbers: bool) -> dict[Position, LostCell]:
    """Returns the cells of a sheet's XML that calamine loses; long numbers only with ``long_numbers``."""
    cells: dict[Position, LostCell] = {}
    if b't="e"' in xml:
        for attributes, text in _ERROR_CELL.findall(xml):
            if b' vm="' not in attributes:  # a picture that Excel put into the cell
                _set(cells, attributes, unescape(text.decode("utf-8", "replace")))
    if long_numbers:
        for attributes, digits in _LONG_NUMBER.findall(xml):
            _set(cells, attributes, int(digits))
    if _has_formulas(xml):
        for row in _ROW.findall(xml):
            if (bare := _BARE_FORMULA.findall(row)) and len(_FILLED_CELL.findall(row)) >= _MIN_FILLED:
                for attributes in bare:
                    _set(cells, attributes, UNCALCULATED)
    return cells


def _has_formulas(xml: bytes) -> bool:
    """Returns whether a sheet's XML may hold a formula; a search for one byte is a hundred times as quick as for two."""
    place = -1
    for _ in range(_LETTERS_LOOKED_AT):
        place = xml.find(b"f", place + 1)
        if place < 0:
            return False
        if xml.startswith((b"f>", b"f t="), place):
            return True
    return xml.find(b"f>", place + 1) >= 0 or xml.find(b"f t=", place + 1) >= 0


def read_binary_sheet(data: bytes, position: int) -> bytes:
    """Returns the part of sheet number ``position`` of an .xlsb, like :func:`read_sheet_xml`."""
    return _read_sheet_part(data, position, "xl/workbook.bin", _binary_sheet_ids)


def find_lost_xlsb_cells(part: bytes) -> dict[Position, LostCell]:
    """Returns the error cells of a sheet of an .xlsb."""
    cells: dict[Position, LostCell] = {}
    row = 0
    for kind, body in binary_records(part):
        if kind == BRT_ROW and len(body) >= 4:
            row = struct.unpack_from("<I", body)[0] + 1
        elif kind in (_BRT_CELL_ERROR, _BRT_FORMULA_ERROR) and len(body) >= 9:
            column = struct.unpack_from("<I", body)[0] + 1
            cells[row, column] = _ERROR_TEXTS_BY_CODE.get(body[8], "#N/A")
    return cells


def _set(cells: dict[Position, LostCell], attributes: bytes, value: LostCell) -> None:
    if reference := CELL_REFERENCE.search(attributes):
        cells[int(reference[2]), column_number(reference[1])] = value


def column_number(letters: bytes) -> int:
    """Returns the number of a column from 1: ``A`` is 1, ``AA`` is 27."""
    number = 0
    for char in letters:
        number = number * 26 + char - 64
    return number


def _read_sheet_part(data: bytes, position: int, book: str, find_ids: FindIds) -> bytes:
    """Returns the part of sheet number ``position``; empty if the package has an unusual structure."""
    try:
        with share_zip_file(data) as package:
            part = find_sheet_part(package, position, book, find_ids)
            if part is None:
                return b""
            if package.getinfo(part).file_size > _MAX_PART_BYTES:
                raise PartTooLarge(part)
            return package.read(part)
    except BROKEN_PACKAGE:
        return b""


def find_sheet_part(
    package: zipfile.ZipFile,
    position: int,
    book: str = "xl/workbook.xml",
    find_ids: FindIds = _SHEET_TAG.findall,
) -> str | None:
    """Returns the part name of sheet number ``position``, by the relations of the workbook."""
    book = _find_book(package, book)
    ids = list(find_ids(package.read(book)))
    folder, name = posixpath.split(book)
    for relation in _RELATION.findall(package.read(f"{folder}/_rels/{name}.rels")):
        if position < len(ids) and b'Id="' + ids[position] + b'"' in relation:
            target = _TARGET.search(relation)
            return posixpath.normpath(posixpath.join(f"/{folder}", target[1].decode() if target else ""))[1:]
    return None


def _find_book(package: zipfile.ZipFile, usual: str) -> str:
    """Returns the name of the workbook's part, which some writers keep outside xl/ (ECMA-376 part 1, 12.3.23)."""
    names = package.namelist()
    if usual in names or "_rels/.rels" not in names:
        return usual
    for kind, target in read_relations(package, ""):
        if kind.endswith(b"/officeDocument"):
            return target.lstrip("/")
    return usual


def read_relations(package: zipfile.ZipFile, part: str) -> Iterator[tuple[bytes, str]]:
    """Yields the type and target of each relation of a part."""
    folder, name = posixpath.split(part)
    relations = f"{folder}/_rels/{name}.rels".lstrip("/")
    if relations in package.namelist():
        for relation in _RELATION.findall(package.read(relations)):
            kind, target = _TYPE.search(relation), _TARGET.search(relation)
            if kind and target:
                yield kind[1], target[1].decode()


def _binary_sheet_ids(book: bytes) -> Iterator[bytes]:
    """Yields the relation ids of the sheets ([MS-XLSB] 2.4.313: state, number, then the id as a counted UTF-16 string)."""
    for kind, body in binary_records(book):
        if kind == _BRT_SHEET and len(body) >= 12:
            (count,) = struct.unpack_from("<I", body, 8)
            yield body[12 : 12 + 2 * count].decode("utf-16-le", "replace").encode()


def binary_records(part: bytes) -> Iterator[tuple[int, bytes]]:
    """Yields (type, content) of each record ([MS-XLSB] 2.1.4: type of 1–2 bytes, size of 1–4 bytes, 7 bits in each)."""
    offset = 0
    while offset < len(part):
        kind, offset = _read_number(part, offset, 2)
        size, offset = _read_number(part, offset, 4)
        yield kind, part[offset : offset + size]
        offset += size


def _read_number(part: bytes, offset: int, most_bytes: int) -> tuple[int, int]:
    number = 0
    for place in range(most_bytes):
        if offset >= len(part):
            break
        byte = part[offset]
        offset += 1
        number |= (byte & 0x7F) << (7 * place)
        if not byte & 0x80:
            break
    return number, offset
