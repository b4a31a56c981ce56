"""What was done to a file is what is said about it."""

import io
import struct
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
import xlwt
from openpyxl.drawing.image import Image as SheetImage
from PIL import Image

from config.read_notice import load_notice
from config.units.resolve_unit_names import UnitNames
from parsers.read_file import read_file
from tests.builders.files.pdf_pages import pdf, text
from tests.builders.values import small_roster

NOTICE, NAMES = small_roster.notice(), small_roster.names()


ROWS = (("序号", "姓名"), *((number, f"甲{number}") for number in range(300)))


def xlsx(rows=ROWS) -> bytes:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in rows:
        page.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def xls() -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("台账")
    for number in range(300):
        page.write(number, 0, f"甲{number}")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def word() -> bytes:
    buffer = io.BytesIO()
    docx.Document().save(buffer)
    return buffer.getvalue()


def with_member(data: bytes, name: str, change) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for member in before.namelist():
            after.writestr(member, change(before.read(member)) if member == name else before.read(member))
    return out.getvalue()


def flipped(data: bytes, name: str) -> bytes:
    """One byte of a stored member is another one: its check sum no longer fits."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for member in before.namelist():
            after.writestr(member, before.read(member))
        offset = after.getinfo(name).header_offset + 200
    stored = bytearray(out.getvalue())
    stored[offset] ^= 0xFF
    return bytes(stored)


def slides() -> bytes:
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/ppt/presentation.xml"'
        ' ContentType="application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"/></Types>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", types)
        package.writestr("ppt/presentation.xml", "<p/>")
    return out.getvalue()


def locked_sheet() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr(
            "META-INF/manifest.xml", "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
        )
        package.writestr("content.xml", b"\x00\x01")
    return out.getvalue()


def old_workbook(*names: str) -> bytes:
    book = xlwt.Workbook()
    for name in names:
        book.add_sheet(name)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def with_picture(book_or_document) -> bytes:
    """A file of nothing but a photograph."""
    picture = io.BytesIO()
    Image.new("RGB", (600, 500), "white").save(picture, "PNG")
    out = io.BytesIO()
    if isinstance(book_or_document, openpyxl.Workbook):
        book_or_document.worksheets[0].add_image(SheetImage(picture), "B2")
    else:
        book_or_document.add_paragraph().add_run().add_picture(picture)
    book_or_document.save(out)
    return out.getvalue()


def package(mimetype: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("mimetype", mimetype)
    return out.getvalue()


CUT_OFF, DAMAGED, EMPTY = "不完整", "已损坏", "什么也没有填"


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"", "unreadable", "0字节"),
        (b" \r\n\x00" * 50, "unreadable", "只有空白"),
        (xlsx()[:-900], "unreadable", CUT_OFF),
        (xls()[: len(xls()) // 2], "unreadable", CUT_OFF),
        (word()[:-900], "unreadable", CUT_OFF),
        (b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n", "unreadable", CUT_OFF),
        (flipped(xlsx(), "xl/workbook.xml"), "unreadable", DAMAGED),
        (flipped(word(), "word/document.xml"), "unreadable", DAMAGED),
        (with_member(xlsx(), "xl/workbook.xml", lambda xml: b"<workbook"), "unreadable", DAMAGED),
        (xlsx(()), "no-table", EMPTY),
        (word(), "no-table", EMPTY),
        (xlsx((("今天", "天气"), ("很", "好"))), "no-table", "没有找到可读的表格"),
        (slides(), "unsupported", "演示文稿"),
        (locked_sheet(), "encrypted", "加了密码"),
        (b"MZ\x90\x00" + bytes(range(256)), "unsupported", "电脑程序"),
        (bytes(range(256)) * 4, "unsupported", "认不出是哪种文件"),
        (rb"{\rtf1\ansi", "unreadable", CUT_OFF),
        (rb"{\rtf1\ansi\pard\par}", "no-table", EMPTY),
        (rb"{\rtf1\ansi hello}", "no-table", "没有找到可读的表格"),
        (old_workbook("台账"), "no-table", EMPTY),
        (pdf([]), "no-table", EMPTY),
        (pdf([text(40, 700, "关于报送材料的几点想法和建议以及其他说明事项")]), "no-table", "没有找到可读的表格"),
        (with_picture(docx.Document()), "scanned-only", "文件里只有图片"),
        (with_picture(openpyxl.Workbook()), "scanned-only", "文件里只有图片"),
        (b"<html><body>hello</body></html>", "no-table", "没有找到可读的表格"),
        ("今天天气很好".encode("gb18030"), "no-table", "没有找到可读的表格"),
        (package("application/vnd.oasis.opendocument.text"), "unsupported", "ODT文档"),
        (package("application/vnd.oasis.opendocument.graphics"), "unsupported", "绘图文件"),
        (b"\0\0\0\x20ftypisom" + bytes(range(256)), "unsupported", "视频或录音"),
        (b"ID3\x03" + bytes(range(256)), "unsupported", "录音"),
        (b"#!AMR\n" + bytes(range(256)), "unsupported", "录音"),
        (b"RIFF\x24\0\0\0WAVE" + bytes(range(256)), "unsupported", "视频或录音"),
        (b"AC1027" + bytes(range(256)), "unsupported", "CAD图纸"),
        (b"L\0\0\0\x01\x14\x02\0" + bytes(range(256)), "unsupported", "桌面快捷方式"),
        (xls()[:700], "unreadable", CUT_OFF),
        (flipped(xlsx(), "xl/worksheets/sheet1.xml"), "unreadable", DAMAGED),
        (with_member(xlsx(), "xl/workbook.xml", lambda xml: b""), "unreadable", DAMAGED),
    ],
    ids=[
        "nothing sent", "only blanks", "cut .xlsx", "cut .xls", "cut .docx", "cut .pdf", "byte changed in .xlsx",
        "byte changed in .docx", "workbook part rubbish", "empty workbook", "empty document", "another table",
        "slides", "locked .ods", "program", "rubbish", "cut RTF", "empty RTF", "RTF of words", "empty .xls", "blank PDF",
        "PDF of words", "photo in .docx", "photo in .xlsx", "page of words", "text of words", "ODT", "drawing", "video", "music",
        "voice", "sound", "CAD", "shortcut", "start of .xls", "byte changed in a sheet", "workbook part empty",
    ],
)  # fmt: skip
def test_the_reason_says_what_was_done_to_the_file(data, code, words):
    result = read_file(data, "材料", "报送", NOTICE, NAMES)

    assert (result.outcome, result.reason_code) == ("quarantined", code)
    assert words in result.reason
    assert all(other not in result.reason for other in {CUT_OFF, DAMAGED, EMPTY} - {words})


def test_a_whole_file_that_one_library_alone_reads_is_not_called_damaged():
    data = with_member(locked_sheet(), "META-INF/manifest.xml", lambda xml: b"<manifest/>")

    result = read_file(data, "材料.ods", "报送", NOTICE, NAMES)

    assert "打不开" in result.reason
    assert DAMAGED not in result.reason


def test_leftover_names_of_deleted_streams_say_nothing():
    """A workbook whose free directory entry still reads EncryptedPackage opens as a workbook."""
    data = xls()
    free = struct.pack("<H", 0) + bytes(62)
    entry = data.rindex("Workbook".encode("utf-16-le"))
    leftover = "EncryptedPackage".encode("utf-16-le").ljust(64, b"\x00") + struct.pack("<H", 34) + bytes(62)
    offset = data.find(bytes(64) + free[:2], entry)

    result = read_file(data[:offset] + leftover + data[offset + 128 :], "材料.xls", "报送", NOTICE, NAMES)

    assert (result.kind, result.reason_code) == ("xls", "no-table")


def test_a_document_of_photographs_is_a_proof_by_its_name():
    notice = load_notice(Path("config/notices/2023-autumn.toml"))
    names = UnitNames(small_roster.roster(), notice)

    result = read_file(with_picture(docx.Document()), "甲一休学证明.docx", "报送", notice, names)

    assert (result.outcome, result.reason) == ("evidence", None)
