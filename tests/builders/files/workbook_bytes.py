"""Workbooks as bytes: those of openpyxl, and .xlsb, which no library writes, record by record ([MS-XLSB])."""

import io
import struct
import zipfile

import openpyxl


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def record(kind: int, body: bytes = b"") -> bytes:
    """[MS-XLSB] 2.1.4."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(body) & 0x7F | 0x80, len(body) >> 7]) + body


def counted(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(*cells: bytes) -> bytes:
    """An .xlsb whose only sheet has these cells in its fourth row."""
    book = (
        record(131) + record(143) + record(156, struct.pack("<II", 0, 1) + counted("rId1") + counted("台账"))
    )
    sheet = record(129) + record(148, struct.pack("<IIII", 3, 3, 0, 9)) + record(145) + record(0, struct.pack("<I", 3) + bytes(13))  # fmt: skip
    package_schema = "http://schemas.openxmlformats.org/package/2006"
    office_schema = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    types = (
        f'<Types xmlns="{package_schema}/content-types"><Override PartName="/xl/workbook.bin"'
        ' ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
    )
    relations = (
        f'<Relationships xmlns="{package_schema}/relationships"><Relationship Id="rId1"'
        f' Type="{office_schema}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", types)
        package.writestr("xl/workbook.bin", book + record(144) + record(132))
        package.writestr("xl/_rels/workbook.bin.rels", relations)
        package.writestr("xl/worksheets/sheet1.bin", sheet + b"".join(cells) + record(146) + record(130))
    return out.getvalue()
