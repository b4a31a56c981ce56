"""Kinds by content alone; every sample is made by the program that units use, or by its specification."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile

import docx
import openpyxl
import py7zr
import pytest
import xlwt

from parsers.formats.sniff import sniff
from parsers.records import FileKind


def zipped(*names: str, **contents: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
        for name in names:
            archive.writestr(name, b"x")
    return buffer.getvalue()


def xlsx() -> bytes:
    book, buffer = openpyxl.Workbook(write_only=True), io.BytesIO()
    book.create_sheet().append(["姓名"])
    book.save(buffer)
    return buffer.getvalue()


def docx_file() -> bytes:
    document, buffer = docx.Document(), io.BytesIO()
    document.add_paragraph("情况说明")
    document.save(buffer)
    return buffer.getvalue()


def xls() -> bytes:
    book, buffer = xlwt.Workbook(), io.BytesIO()
    book.add_sheet("台账").write(0, 0, "姓名")
    book.save(buffer)
    return buffer.getvalue()


def compound(*streams: str) -> bytes:
    """A compound file's head and its directory entries, in order ([MS-CFB] 2.6.1)."""
    entries = [
        name.encode("utf-16-le").ljust(64, b"\x00") + struct.pack("<H", 2 * len(name) + 2) + bytes(62)
        for name in streams
    ]
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"".join(entries)


def locked_xls() -> bytes:
    """The start of a workbook stream: BOF, then FILEPASS ([MS-XLS] 2.4.117)."""
    bof = b"\x09\x08\x10\x00\x00\x06\x05\x00" + bytes(12)
    return compound("Root Entry", "Workbook") + bof + struct.pack("<HH", 0x2F, 6) + bytes(6)


def seven_zip() -> bytes:
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w") as archive:
        archive.writestr(b"1", "a.txt")
    return buffer.getvalue()


def tarred() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = 1
        archive.addfile(info, io.BytesIO(b"1"))
    return buffer.getvalue()


TABLE = "<table><tr><td>姓名</td></tr></table>"
MSO_XML = '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
SAMPLES = {
    "workbook of openpyxl": (xlsx(), FileKind.XLSX),
    "workbook cut short": (xlsx()[:-200], FileKind.XLSX),
    "workbook with backslashes": (zipped("[Content_Types].xml", "xl\\workbook.xml"), FileKind.XLSX),
    "binary workbook": (zipped("[Content_Types].xml", "xl/workbook.bin"), FileKind.XLSB),
    "open document": (
        zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"),
        FileKind.ODS,
    ),
    "open text document": (zipped(mimetype=b"application/vnd.oasis.opendocument.text"), FileKind.UNKNOWN),
    "Word document": (docx_file(), FileKind.DOCX),
    "slides": (zipped("[Content_Types].xml", "ppt/presentation.xml"), FileKind.UNKNOWN),
    "OFD": (zipped("OFD.xml"), FileKind.UNKNOWN),
    "zip": (zipped("附件1.xlsx"), FileKind.ZIP),
    "empty zip": (zipped(), FileKind.ZIP),
    "zip head only": (b"PK\x03\x04" + bytes(30), FileKind.ZIP),
    "workbook of xlwt": (xls(), FileKind.XLS),
    "workbook without its container": (b"\x09\x08\x10\x00\x00\x06\x10\x00" + bytes(20), FileKind.XLS),
    "old Word": (compound("Root Entry", "WordDocument"), FileKind.DOC),
    "old Word with a workbook in it": (compound("Root Entry", "WordDocument", "Workbook"), FileKind.DOC),
    "workbook with a document in it": (compound("Root Entry", "Workbook", "WordDocument"), FileKind.XLS),
    "locked .xls": (locked_xls(), FileKind.ENCRYPTED),
    "locked .xlsx": (compound("Root Entry", "EncryptedPackage", "EncryptionInfo"), FileKind.ENCRYPTED),
    "Outlook mail": (compound("Root Entry", "__properties_version1.0"), FileKind.MSG),
    "other compound file": (compound("Root Entry", "PowerPoint Document"), FileKind.OLE),
    "winmail.dat": (b"\x78\x9f\x3e\x22" + bytes(20), FileKind.TNEF),
    "PDF": (b"%PDF-1.7\n", FileKind.PDF),
    "PDF behind junk": (b"\r\n\x00junk%PDF-1.4\n", FileKind.PDF),
    "JPEG": (b"\xff\xd8\xff\xe0" + bytes(20), FileKind.IMAGE),
    "PNG": (b"\x89PNG\r\n\x1a\n" + bytes(20), FileKind.IMAGE),
    "HEIC": (bytes(3) + b"\x18ftypheic" + bytes(12), FileKind.IMAGE),
    "WebP": (b"RIFF\x10\x00\x00\x00WEBPVP8 ", FileKind.IMAGE),
    "bitmap": (b"BM" + bytes(12) + b"\x28\x00\x00\x00" + bytes(36), FileKind.IMAGE),
    "rar": (b"Rar!\x1a\x07\x01\x00" + bytes(20), FileKind.ARCHIVE),
    "7z": (seven_zip(), FileKind.ARCHIVE),
    "tar": (tarred(), FileKind.ARCHIVE),
    "gz": (gzip.compress(b"1"), FileKind.ARCHIVE),
    "bz2": (bz2.compress(b"1"), FileKind.ARCHIVE),
    "xz": (lzma.compress(b"1"), FileKind.ARCHIVE),
    "web table in UTF-8": (TABLE.encode(), FileKind.HTML),
    "web table in GBK": (f"\r\n<html>{TABLE}".encode("gbk"), FileKind.HTML),
    "web table in UTF-16": (f"<html>{TABLE}".encode("utf-16"), FileKind.HTML),
    "XML of 2003": (MSO_XML.encode(), FileKind.XML_SHEET),
    "RTF": (b"{\\rtf1\\ansi", FileKind.RTF),
    "tabs in GBK": ("姓名\t性别\n甲一\t男\n".encode("gbk"), FileKind.TEXT),
    "commas with a mark": ("姓名,性别\n".encode("utf-8-sig"), FileKind.TEXT),
    "text in UTF-16": ("姓名\t性别".encode("utf-16"), FileKind.TEXT),
    "BM in words": (b"BMI,1\nBMI,2\n" + b"x" * 40, FileKind.TEXT),
    "a program": (b"MZ\x90\x00\x03\x00\x00\x00", FileKind.UNKNOWN),
    "noise": (bytes(range(256)) * 4, FileKind.UNKNOWN),
    "nothing": (b"", FileKind.EMPTY),
    "only zeros": (bytes(512), FileKind.EMPTY),
    "only blanks": (b" \r\n\t", FileKind.EMPTY),
}


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_kind_is_told_by_the_bytes(sample):
    data, kind = SAMPLES[sample]

    assert sniff(data) is kind


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
@pytest.mark.parametrize("shift", range(4))
def test_long_text_is_text_wherever_the_look_ends(codec, shift):
    assert sniff((" " * shift + "学" * 40_000).encode(codec)) is FileKind.TEXT


@pytest.mark.parametrize("size", [1, 4, 8, 27, 100, 600, 1500, 3000])
@pytest.mark.parametrize("make", [xlsx, docx_file, xls, seven_zip, locked_xls])
def test_what_is_cut_short_never_raises(make, size):
    assert isinstance(sniff(make()[:size]), FileKind)
