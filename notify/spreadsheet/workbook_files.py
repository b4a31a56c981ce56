"""Workbooks as files: set up for A4 landscape, and the same bytes for the same values."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from types import MappingProxyType
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from config.text.punctuation import set_punctuation
from notify.spreadsheet.long_table import LongTable
from parsers.own_workbooks import PROPERTIES, add_keyword, mark_properties

_COMPRESSION = 3
"""The level of zlib's compression: long sheets get a tenth larger than by the usual level, in a third of the time."""


def _set_up_page(sheet: Worksheet, footer_text: str) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    if sheet.page_setup.scale is None:  # a wide form says itself how large it is and where its pages end
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.6, 0.7, 0.35
    footer = HeaderFooterItem(
        left=_HeaderFooterPart(text=footer_text.replace("&", "&&")),
        right=_HeaderFooterPart(text="第 &P 页\uff0c共 &N 页"),
    )
    sheet.HeaderFooter.oddFooter = footer


def save_workbook(
    workbook: Workbook, *, title: str, author: str, as_of: datetime, long_tables: Sequence[LongTable] = ()
) -> bytes:
    """Returns the workbook with page setup, ``title`` at the foot of each page and ``as_of`` as its only timestamp.

    Args:
        long_tables: the long tables of its sheets, whose rows are written here.
    """
    title = set_punctuation(title)
    for sheet in workbook.worksheets:
        _set_up_page(sheet, title)
    workbook.properties.creator, workbook.properties.title = author, title
    out = BytesIO()
    ExcelWriter(workbook, ZipFile(out, "w", ZIP_STORED)).save()  # compressed when it is finished
    return finish_workbook(
        out.getvalue(), as_of, {table.sheet.path.lstrip("/"): table for table in long_tables}
    )


def finish_workbook(
    data: bytes, as_of: datetime, long_tables: Mapping[str, LongTable] = MappingProxyType({})
) -> bytes:
    """Returns the workbook with ``as_of`` in place of the current time, and marked as ours (:mod:`parsers.own_workbooks`).

    openpyxl writes the current time into the properties and every member.

    Args:
        long_tables: maps a member to the table whose rows end it.
    """
    stamp = f"{as_of:%Y-%m-%dT%H:%M:%SZ}".encode()
    out = BytesIO()
    digests: dict[str, bytes] = {}
    with (
        ZipFile(BytesIO(data)) as old,
        ZipFile(out, "w", ZIP_DEFLATED, compresslevel=_COMPRESSION) as new,
    ):
        for name in old.namelist():
            if name == PROPERTIES:
                continue
            digest = hashlib.sha256()
            with new.open(_dateless(name), "w") as file:
                for piece in _pieces(old.read(name), long_tables.get(name)):
                    file.write(piece)
                    digest.update(piece)
            digests[name] = digest.digest()
        properties = re.sub(
            rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + stamp, old.read(PROPERTIES)
        )
        new.writestr(_dateless(PROPERTIES), mark_properties(properties, as_of.date(), digests))
    return out.getvalue()


def with_keyword(data: bytes, keyword: str) -> bytes:
    """Returns the workbook with one more keyword in its properties; all other bytes stay."""
    out = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(_dateless(name), add_keyword(content, keyword) if name == PROPERTIES else content)
    return out.getvalue()


def _dateless(name: str) -> ZipInfo:
    member = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    member.compress_type = ZIP_DEFLATED
    return member


def _pieces(content: bytes, table: LongTable | None) -> Iterator[bytes]:
    """Yields a member's bytes, with the rows of its long table."""
    if table is None:
        yield content
        return
    head, end, tail = content.partition(b"</sheetData>")
    yield re.sub(rb'(<dimension ref=")[^"]*', rb"\g<1>" + table.used_range.encode(), head)
    yield from table.xml()
    yield end + tail
