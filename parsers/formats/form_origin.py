"""Reads from a file's properties for which unit, form and notice this program made it (``kongchuo forms``).

The mark is plain ASCII in a custom property (``KongchuoForm``), which Excel, WPS and LibreOffice keep when they
save in another format. It gives what a file was made as, and proves nothing about who sent it.
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

import olefile

from parsers.records import FileKind
from parsers.zip_files import share_zip_file

PROPERTY = "KongchuoForm"
_MARK = re.compile(
    rb"kongchuo-form:([A-Za-z0-9%_.~-]{1,300}):([A-Za-z0-9%_.~-]{1,300}):([A-Za-z0-9%_.~-]{1,600})"
    rb"(?::([A-Za-z0-9-]{4,20}))?"
)
_PART_BY_KIND = {
    FileKind.XLSX: "docProps/custom.xml",
    FileKind.XLSB: "docProps/custom.xml",
    FileKind.DOCX: "docProps/custom.xml",
    FileKind.ODS: "meta.xml",
}
_STREAM = "\x05DocumentSummaryInformation"  # [MS-OLEPS] 2.23: the property sets that users fill
_COMPOUND = frozenset({FileKind.XLS, FileKind.DOC})
_MOST_BYTES = 1 << 18
"""The most bytes of the properties that are read; ordinary ones have some hundred."""
_RTF_HEAD = 1 << 16
"""The number of bytes at the beginning of an RTF document that contain its properties."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormOrigin:
    """The origin of a form made by this program: the id of its notice, the key of its form, the name of its unit.

    ``period`` is the key of its period; None where the form is owed once.
    """

    notice: str
    form: str
    unit: str
    period: str | None = None


def write_mark(origin: FormOrigin) -> str:
    """Returns the value of the property, in ASCII whatever the names are."""
    parts = (origin.notice, origin.form, origin.unit, *([origin.period] if origin.period else ()))
    return "kongchuo-form:" + ":".join(quote(each, safe="") for each in parts)


def find_form_origin(data: bytes, kind: FileKind) -> FormOrigin | None:
    """Returns what a file was made as; None if it is not made from our template or its properties cannot be read."""
    match = _MARK.search(_read_properties(data, kind))
    if match is None:
        return None
    notice, form, unit = (
        unquote_to_bytes(each.decode("ascii")).decode("utf-8", "replace") for each in match.groups()[:3]
    )
    period = match[4].decode("ascii") if match[4] is not None else None
    return FormOrigin(notice=notice, form=form, unit=unit, period=period)


def _read_properties(data: bytes, kind: FileKind) -> bytes:
    """Returns the bytes that may hold the mark, without the zeros of UTF-16; empty if the file has no properties."""
    if kind is FileKind.RTF:
        return data[:_RTF_HEAD]
    try:
        if (part := _PART_BY_KIND.get(kind)) is not None:
            with share_zip_file(data) as package:
                return package.read(part) if package.getinfo(part).file_size <= _MOST_BYTES else b""
        if kind in _COMPOUND:
            with olefile.OleFileIO(io.BytesIO(data)) as file:
                return bytes(file.openstream(_STREAM).read(_MOST_BYTES)).replace(b"\0", b"")
    except (
        zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, KeyError, ValueError, OSError, EOFError, RuntimeError,
        IndexError, TypeError, NotImplementedError,
    ):  # fmt: skip
        return b""
    return b""
