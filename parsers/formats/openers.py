"""Holds the function that opens each kind of file as sheets."""

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module

from parsers.formats.clean_sheets import clean_workbook
from parsers.formats.sniff import sniff
from parsers.formats.workbook import (
    UnreadableWorkbook,
    Workbook,
    WorkbookTooLarge,
)
from parsers.formats.workbooks.spreadsheets import read_workbook, read_workbook_fallback
from parsers.formats.workbooks.xls import declares_other_codepage
from parsers.records import FileKind

WorkbookOpener = Callable[[bytes], Workbook]


def _make_spreadsheet_opener(kind: FileKind) -> WorkbookOpener:
    def open_workbook(data: bytes) -> Workbook:
        if kind is FileKind.XLS and declares_other_codepage(data):
            with suppress(UnreadableWorkbook):
                return read_workbook_fallback(data, kind)
        try:
            return read_workbook(data, kind)
        except UnreadableWorkbook:
            return read_workbook_fallback(data, kind)
        except WorkbookTooLarge:  # a stray cell far below makes calamine's area huge
            with suppress(UnreadableWorkbook):
                return read_workbook_fallback(data, kind)
            raise

    return open_workbook


def _make_lazy_opener(module: str, function: str) -> WorkbookOpener:
    """Returns a reader that imports its library on first use, because most files are workbooks."""

    def open_workbook(data: bytes) -> Workbook:
        opener: WorkbookOpener = getattr(import_module(module), function)
        return opener(data)

    return open_workbook


SPREADSHEETS = frozenset({FileKind.XLSX, FileKind.XLS, FileKind.XLSB, FileKind.ODS})
OPENERS: dict[FileKind, WorkbookOpener] = {
    **{kind: _make_spreadsheet_opener(kind) for kind in SPREADSHEETS},
    FileKind.DOCX: _make_lazy_opener("parsers.formats.documents.docx", "read_docx"),
    FileKind.DOC: _make_lazy_opener("parsers.formats.documents.doc", "read_doc"),
    FileKind.RTF: _make_lazy_opener("parsers.formats.documents.rtf", "read_rtf"),
    FileKind.PDF: _make_lazy_opener("parsers.formats.documents.pdf", "read_pdf"),
    FileKind.TEXT: _make_lazy_opener("parsers.formats.csv", "read_text"),
    FileKind.HTML: _make_lazy_opener("parsers.formats.html", "read_html"),
    FileKind.XML_SHEET: _make_lazy_opener("parsers.formats.html", "read_spreadsheet_xml"),
}


def read_sheets(data: bytes) -> Workbook:
    """Returns a file named on the command line as plain sheets, whatever its suffix.

    Raises:
        UnreadableWorkbook: it holds no table, or cannot be opened.
        WorkbookTooLarge: a sheet is larger than any table that a person types.
    """
    opener = OPENERS.get(sniff(data))
    if opener is None:
        raise UnreadableWorkbook("not a table")
    return clean_workbook(opener(data))
