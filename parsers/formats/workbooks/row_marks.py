"""Finds rows that are struck out or hidden, and merged cells of an .ods, which calamine does not give.

Rows count from 1. Nearly all files have neither mark, so cheap searches of the raw XML come first and only hits are
parsed.
"""

import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from lxml.etree import _Element as Element

from parsers.formats.workbook import Merged
from parsers.formats.workbooks.lost_cells import BROKEN_PACKAGE, BRT_ROW, binary_records
from parsers.zip_files import share_zip_file

_HIDDEN_ROW = re.compile(rb"""<(?:[\w.-]+:)?row\b[^>]*\shidden\s*=\s*["'](?:1|true)""")
_ZERO_HEIGHT_XLSB = 0x10
_OFF = ("0", "false")
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_ODS_HINTS = (b"table:visibility=", b"text-line-through", b"-spanned=")
_MAX_PART_BYTES = 200_000_000
_MAX_REPEATED = 100_000  # the empty rows below a table are one row a million times


@dataclass(frozen=True, slots=True, kw_only=True)
class RowMarks:
    """The numbers of one sheet's rows that are struck out or hidden, and its merged areas."""

    struck: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()
    merged: tuple[Merged, ...] = ()
    """The merged areas of an .ods, as :class:`Sheet` has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StruckStyles:
    """The cell styles of an .xlsx that are struck out, and the shared texts that are struck out in all their runs."""

    styles: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()


def is_struck_out(struck: int, filled: int) -> bool:
    """Returns whether a row counts as struck out, given its struck and filled cells; a number or remark may be left."""
    return struck > 0 and 2 * struck >= filled


def find_struck_styles(data: bytes) -> StruckStyles:
    """Returns the struck-out styles and texts of an .xlsx; empty if the package has an unusual structure."""
    try:
        with share_zip_file(data) as package:
            styles = _read_if_struck(package, "styles.xml")
            texts = _read_if_struck(package, "sharedStrings.xml")
    except BROKEN_PACKAGE:
        return StruckStyles()
    return StruckStyles(
        styles=frozenset(_struck_cell_styles(styles)) if styles else frozenset(),
        texts=frozenset(_struck_texts(texts)) if texts else frozenset(),
    )


def find_xlsx_row_marks(xml: bytes, struck: StruckStyles) -> RowMarks:
    """Returns the row marks of a sheet's XML."""
    hides = b" hidden=" in xml and _HIDDEN_ROW.search(xml) is not None
    strikes = (
        bool(struck.texts)
        or any(f' s="{style}"'.encode() in xml for style in struck.styles)
        or (b'"inlineStr"' in xml and b"strike" in xml)
    )
    root = _parse(xml) if hides or strikes else None
    if root is None:
        return RowMarks()
    struck_rows: set[int] = set()
    hidden_rows: set[int] = set()
    number = 0
    for row in root.iter("{*}row"):
        number = _whole_number(row.get("r")) or number + 1
        if row.get("hidden", "0") not in _OFF:
            hidden_rows.add(number)
        filled = [cell for cell in row.iterchildren("{*}c") if _is_filled(cell)]
        if is_struck_out(sum(_is_struck(cell, struck) for cell in filled), len(filled)):
            struck_rows.add(number)
    return RowMarks(struck=frozenset(struck_rows), hidden=frozenset(hidden_rows))


def find_xlsb_row_marks(part: bytes) -> RowMarks:
    """Returns the hidden rows of a sheet of an .xlsb ([MS-XLSB] 2.4.723: fDyZero); struck-out rows are not searched."""
    return RowMarks(
        hidden=frozenset(
            struct.unpack_from("<I", body)[0] + 1
            for kind, body in binary_records(part)
            if kind == BRT_ROW and len(body) >= 12 and body[11] & _ZERO_HEIGHT_XLSB
        )
    )


def find_ods_row_marks(data: bytes) -> list[RowMarks]:
    """Returns the row marks of every sheet of an .ods; empty if its content cannot be read."""
    try:
        with share_zip_file(data) as package:
            if package.getinfo("content.xml").file_size > _MAX_PART_BYTES:
                return []
            xml = package.read("content.xml")
    except BROKEN_PACKAGE:
        return []
    if not any(hint in xml for hint in _ODS_HINTS):
        return []
    root = _parse(xml)
    if root is None:
        return []
    styles = {
        style.get(f"{_STYLE}name")
        for style in root.iter(f"{_STYLE}style")
        for text in style.iterchildren(f"{_STYLE}text-properties")
        if text.get(f"{_STYLE}text-line-through-style", "none") != "none"
    }
    return [_ods_marks(table, styles) for table in root.iter(f"{_TABLE}table")]


def _ods_marks(table: Element, struck_styles: set[str | None]) -> RowMarks:
    struck: set[int] = set()
    hidden: set[int] = set()
    merged: list[Merged] = []
    number = 1
    for row in table.iter(f"{_TABLE}table-row"):
        repeated = min(_whole_number(row.get(f"{_TABLE}number-rows-repeated")) or 1, _MAX_REPEATED)
        numbers = range(number, number + repeated)
        merged += _ods_merged(row, number)
        number += repeated
        filled = [
            cell for cell in row.iterchildren(f"{_TABLE}table-cell") if "".join(cell.itertext()).strip()
        ]
        if filled and row.get(f"{_TABLE}visibility", "visible") != "visible":
            hidden.update(numbers)
        if is_struck_out(
            sum(cell.get(f"{_TABLE}style-name") in struck_styles for cell in filled), len(filled)
        ):
            struck.update(numbers)
    return RowMarks(struck=frozenset(struck), hidden=frozenset(hidden), merged=tuple(merged))


def _ods_merged(row: Element, number: int) -> Iterator[Merged]:
    """Yields the merged areas that begin in row ``number``."""
    column = 1
    for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        down = _whole_number(cell.get(f"{_TABLE}number-rows-spanned")) or 1
        across = _whole_number(cell.get(f"{_TABLE}number-columns-spanned")) or 1
        if down > 1 or across > 1:
            yield number, column, number + down - 1, column + across - 1
        column += _whole_number(cell.get(f"{_TABLE}number-columns-repeated")) or 1


def _read_if_struck(package: zipfile.ZipFile, name: str) -> bytes:
    """Returns the part of this name if it may contain struck-out text; else empty."""
    part = next((part for part in package.namelist() if part.endswith("/" + name)), None)
    if part is None or package.getinfo(part).file_size > _MAX_PART_BYTES:
        return b""
    xml = package.read(part)
    return xml if b"strike" in xml else b""


def _struck_cell_styles(xml: bytes) -> Iterator[str]:
    """Yields the indices of cell formats with a struck-out font (ECMA-376 part 1, 18.8.10 and 18.8.45)."""
    root = _parse(xml)
    fonts = root.find("{*}fonts") if root is not None else None
    formats = root.find("{*}cellXfs") if root is not None else None
    if fonts is None or formats is None:
        return
    struck = {str(number) for number, font in enumerate(fonts.iterchildren("{*}font")) if _is_strike_on(font)}
    for number, style in enumerate(formats.iterchildren("{*}xf")):
        if style.get("fontId") in struck:
            yield str(number)


def _struck_texts(xml: bytes) -> Iterator[str]:
    root = _parse(xml)
    for number, text in enumerate(root.iterchildren("{*}si") if root is not None else ()):
        if _is_struck_text(text):
            yield str(number)


def _is_struck_text(text: Element) -> bool:
    """Returns whether a text in runs (18.4.8) is struck out in each run that is not blank."""
    runs = [run for run in text.iterchildren("{*}r") if "".join(run.itertext("{*}t")).strip()]
    return bool(runs) and all(
        any(_is_strike_on(properties) for properties in run.iterchildren("{*}rPr")) for run in runs
    )


def _is_strike_on(font: Element) -> bool:
    return any(strike.get("val", "1") not in _OFF for strike in font.iterchildren("{*}strike"))


def _is_filled(cell: Element) -> bool:
    return any(
        (text or "").strip() for child in cell.iterchildren("{*}v", "{*}is") for text in child.itertext()
    )


def _is_struck(cell: Element, struck: StruckStyles) -> bool:
    if cell.get("s", "0") in struck.styles:
        return True
    if cell.get("t") == "s":
        return any(value.text in struck.texts for value in cell.iterchildren("{*}v"))
    return any(_is_struck_text(text) for text in cell.iterchildren("{*}is"))


def _parse(xml: bytes) -> Element | None:
    try:
        return etree.fromstring(
            xml, etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=True)
        )
    except (etree.XMLSyntaxError, ValueError):
        return None


def _whole_number(text: str | None) -> int:
    return int(text) if text and re.fullmatch("[0-9]{1,7}", text) else 0
