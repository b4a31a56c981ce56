"""Finds files that were inserted into a .docx or .xlsx as objects, such as a workbook in a letter.

The data of a chart is stored in the same way and is left out, like formulas and drawings.
"""

import io
import posixpath
import re
import struct
import zipfile
from collections.abc import Iterator

import olefile

from parsers.formats.sniff import sniff
from parsers.formats.workbooks.lost_cells import BROKEN_PACKAGE
from parsers.mail.mail_budget import MailBudget
from parsers.records import FileKind
from parsers.zip_files import open_zip_file

_FOLDER = b"/embeddings/"  # names stand in plain letters in a package
_CHART_TARGET = re.compile(rb'Target="[^"]*/embeddings/([^"/]+)"')
_EXTENSIONS = {
    FileKind.XLSX: ".xlsx",
    FileKind.XLS: ".xls",
    FileKind.XLSB: ".xlsb",
    FileKind.ODS: ".ods",
    FileKind.DOCX: ".docx",
    FileKind.DOC: ".doc",
    FileKind.RTF: ".rtf",
    FileKind.PDF: ".pdf",
    FileKind.ENCRYPTED: ".xlsx",
    FileKind.ZIP: ".zip",
    FileKind.ARCHIVE: ".rar",
    FileKind.MSG: ".msg",
}
"""Extensions by kind of file that people insert; other embedded objects (formulas, drawings) are no files."""
_PACKAGED = "\x01Ole10Native"  # [MS-OLEDS] 2.3.6: a file of any kind behind an icon
_WHOLE_FILES = ("Package", "CONTENTS")
_BROKEN_OBJECT = (*BROKEN_PACKAGE, IndexError)


def find_embedded_files(data: bytes, budget: MailBudget) -> Iterator[tuple[str, bytes]]:
    """Returns name and bytes of each embedded file; none where the package has an unusual structure.

    A damaged file is left out and counted.
    """
    if _FOLDER not in data:
        return
    try:
        with open_zip_file(data) as package:
            names = [name for name in package.namelist() if _FOLDER.decode() in name]
            of_charts = _find_chart_data(package)
            for name in names:
                base = posixpath.basename(name)
                if not base or base in of_charts:
                    continue
                if not budget.take_entry():
                    continue
                size = package.getinfo(name).file_size
                if size > budget.unfolded_bytes:
                    budget.left_out += 1
                    continue
                budget.unfolded_bytes -= size
                try:
                    objects = tuple(_read_object(base, package.read(name)))
                except _BROKEN_OBJECT:  # it may have been a list: that one is missing is told
                    budget.left_out += 1
                    continue
                yield from objects
    except BROKEN_PACKAGE:
        return


def _find_chart_data(package: zipfile.ZipFile) -> set[str]:
    return {
        target.decode("utf-8", "replace")
        for name in package.namelist()
        if "/charts/_rels/" in name
        for target in _CHART_TARGET.findall(package.read(name))
    }


def _read_object(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Returns the file that an object holds, under its own name where the object gives one."""
    kind = sniff(data)
    if kind in (FileKind.OLE, FileKind.UNKNOWN) and olefile.isOleFile(data):
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            if file.exists(_PACKAGED):
                own_name, data = _read_packaged(file.openstream(_PACKAGED).read())
                name = own_name or name
            else:
                stream = next((stream for stream in _WHOLE_FILES if file.exists(stream)), None)
                data = file.openstream(stream).read() if stream else b""
        kind = sniff(data)
    if kind in _EXTENSIONS:
        stem = name.rpartition(".")[0] or name
        yield f"{stem}{_EXTENSIONS[kind]}", data


def _read_packaged(stream: bytes) -> tuple[str, bytes]:
    """Returns label and bytes. The layout is: size, type, label and path as C strings, eight bytes, a counted path, counted bytes."""
    label_end = stream.index(b"\0", 6)
    path_end = stream.index(b"\0", label_end + 1)
    (path_size,) = struct.unpack_from("<I", stream, path_end + 5)
    start = path_end + 9 + path_size
    (size,) = struct.unpack_from("<I", stream, start)
    label = stream[6:label_end].decode("gb18030", "replace")
    return label.replace("\\", "/").rpartition("/")[2], stream[start + 4 : start + 4 + size]
