"""Documents, pages and pictures that nest, repeat or unpack without end."""

import struct
import zlib
from collections.abc import Callable

from bench.bombs.raw_mails import Bombs, attached
from bench.bombs.workbooks import FOREIGN, LAUGHS, with_doctype
from tests.builders.files.clerk_files import MIDDLE, dropout_row, register4, word
from tests.builders.files.inserted_objects import with_members
from tests.builders.files.outlook_files import compound_file

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _document() -> bytes:
    return word((["附件4"], register4(dropout_row(), unit=MIDDLE)))


def _docx(body: str, doctype: str = "") -> bytes:
    document = f'{doctype}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    return with_members(_document(), {"word/document.xml": document})


def _cell(words: str, more: str = "") -> str:
    return f"<w:tc><w:tcPr>{more}</w:tcPr><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:tc>"


def _nested_tables(depth: int) -> str:
    return "<w:tbl><w:tr><w:tc>" * depth + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * depth


def _pdf(objects: dict[int, bytes], root: int = 1) -> bytes:
    out = bytearray(b"%PDF-1.5\n")
    offsets = {}
    for number, body in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offsets[number] for number in sorted(offsets))
    out += b"trailer<</Root %d 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (root, len(objects) + 1, start)
    return bytes(out)


def _stream(data: bytes, more: bytes = b"", filters: int = 1) -> bytes:
    for _ in range(filters):
        data = zlib.compress(data, 9)
    names = b"/FlateDecode" * filters
    return b"<<%s/Filter[%s]/Length %d>>stream\n" % (more, names, len(data)) + data + b"\nendstream"


def _page(
    content: bytes, *, more: bytes = b"", filters: int = 1, count: int = 1, box: bytes = b"0 0 600 800"
) -> bytes:
    """Returns a PDF with the same page so many times."""
    return _pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, b"3 0 R " * count),
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>%s>>>>"
            % (box, more),
            4: _stream(content, filters=filters),
            5: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            6: _stream(
                b"/X Do /X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>"
            ),
        }
    )


def _page_loop() -> bytes:
    return _pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Count 1000000/Kids[2 0 R 2 0 R 3 0 R]/Parent 3 0 R>>",
            3: b"<</Type/Pages/Count 1000000/Kids[2 0 R 3 0 R]/Parent 2 0 R>>",
        }
    )


def _object_stream() -> bytes:
    """Returns a PDF with objects in a stream of 600 MB."""
    inside = b"<</Type/Catalog/Pages 2 0 R>>".ljust(600 << 20)
    return _pdf({1: _stream(b"7 0 " + inside, b"/Type/ObjStm/N 1000000/First 4"), 2: b"<<>>"}, root=7)


def _drawn_words(count: int) -> bytes:
    return b"".join(
        b"BT /F1 9 Tf 1 0 0 1 %d %d Tm (a) Tj ET\n" % (n % 600, n // 600 % 800) for n in range(count)
    )


def _lines(count: int) -> bytes:
    return b"".join(
        b"%d 0 m %d 800 l S 0 %d m 600 %d l S\n" % ((n % 600,) * 2 + (n % 800,) * 2) for n in range(count)
    )


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    squeeze = zlib.compressobj(9)
    row = bytes(width // 8 + 1)
    data = b"".join(squeeze.compress(row * 100) for _ in range(height // 100)) + squeeze.flush()
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
        + chunk(b"IDAT", data)
        + chunk(b"IEND", b"")
    )


def _jpeg_header(width: int, height: int) -> bytes:
    frame = struct.pack(">HBHHB", 17, 8, height, width, 3) + b"\1\x22\0\2\x11\1\3\x11\1"
    tables = b"\xff\xdb" + struct.pack(">HB", 67, 0) + bytes([1]) * 64
    return (
        b"\xff\xd8"
        + tables
        + b"\xff\xc0"
        + frame
        + b"\xff\xda"
        + struct.pack(">HB", 12, 3)
        + b"\1\0\2\x11\3\x11\0\x3f\0"
        + bytes(1 << 20)
        + b"\xff\xd9"
    )


def _tiff_ring() -> bytes:
    tag = struct.pack("<HHII", 256, 4, 1, 60_000) + struct.pack("<HHII", 257, 4, 1, 60_000)
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 2) + tag + struct.pack("<I", 8)


def _bmp(width: int, height: int) -> bytes:
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + head + bytes(20_000)


def _gif(frames: int) -> bytes:
    frame = b"\x21\xf9\4\0\0\0\0\0\x2c" + struct.pack("<HHHHB", 0, 0, 0xFFFF, 0xFFFF, 0) + b"\2\2\x4c\1\0"
    return b"GIF89a" + struct.pack("<HHBBB", 0xFFFF, 0xFFFF, 0x80, 0, 0) + bytes(6) + frame * frames + b";"


def _page_of_html(body: bytes) -> Callable[[], bytes]:
    return lambda: attached("a.html", b"<html><body>" + body + b"</body></html>")


_TABLE = "<table><tr><td>姓名</td><td>身份证号</td></tr>".encode()

BOMBS: Bombs = {
    "docx with tables 1,000 deep": lambda: attached("a.docx", _docx(_nested_tables(1000))),
    "docx with tables 60,000 deep": lambda: attached("a.docx", _docx(_nested_tables(60_000))),
    "docx with a billion laughs": lambda: attached(
        "a.docx", _docx("<w:p><w:r><w:t>&j;</w:t></w:r></w:p>", LAUGHS)
    ),
    "docx with a billion laughs in its types": lambda: attached(
        "a.docx", with_doctype(_document(), "[Content_Types].xml", LAUGHS)
    ),
    "docx with a billion laughs in its styles": lambda: attached(
        "a.docx", with_doctype(_document(), "word/styles.xml", LAUGHS)
    ),
    "docx with a foreign entity": lambda: attached(
        "a.docx", _docx("<w:p><w:r><w:t>&j;</w:t></w:r></w:p>", FOREIGN)
    ),
    "docx of a million paragraphs": lambda: attached(
        "a.docx", _docx("<w:p><w:r><w:t>甲</w:t></w:r></w:p>" * 1_000_000)
    ),
    "docx of 200,000 rows": lambda: attached(
        "a.docx", _docx("<w:tbl>" + f"<w:tr>{_cell('姓名')}{_cell('甲')}</w:tr>" * 200_000 + "</w:tbl>")
    ),
    "docx with a cell over a billion columns": lambda: attached(
        "a.docx",
        _docx(
            "<w:tbl>"
            + ("<w:tr>" + _cell("姓名", '<w:gridSpan w:val="999999999"/>') + "</w:tr>") * 50
            + "</w:tbl>"
        ),
    ),
    "docx with 60,000 cells in a row": lambda: attached(
        "a.docx", _docx("<w:tbl><w:tr>" + _cell("甲") * 60_000 + "</w:tr></w:tbl>")
    ),
    "docx of 30,000 tables": lambda: attached(
        "a.docx", _docx(f"<w:tbl><w:tr>{_cell('姓名')}{_cell('甲')}</w:tr></w:tbl><w:p/>" * 30_000)
    ),
    "rtf with groups a million deep": lambda: attached("a.rtf", b"{\\rtf1" + b"{" * 1_000_000),
    "rtf of a million rows": lambda: attached(
        "a.rtf", b"{\\rtf1" + b"\\trowd\\cellx999 a\\cell\\row" * 1_000_000 + b"}"
    ),
    "rtf with cells at a billion": lambda: attached(
        "a.rtf", b"{\\rtf1\\trowd" + b"\\cellx999999999" * 300_000 + b"a\\cell\\row}"
    ),
    "rtf with a picture without end": lambda: attached(
        "a.rtf", b"{\\rtf1{\\pict\\bin2147483647 " + b"00" * 5_000_000 + b"}"
    ),
    "rtf of a million characters by number": lambda: attached(
        "a.rtf", b"{\\rtf1\\uc1000" + b"\\u30002?\\'b0" * 1_000_000 + b"}"
    ),
    "doc of zeros": lambda: attached(
        "a.doc",
        compound_file({"WordDocument": b"\xec\xa5\xc1\0" + b"\xff" * 60_000, "1Table": b"\1\2" * 200_000}),
    ),
    "pdf with a ring of pages": lambda: attached("a.pdf", _page_loop()),
    "pdf with an object stream of 600 MB": lambda: attached("a.pdf", _object_stream()),
    "pdf with a page of 500 MB": lambda: attached("a.pdf", _page(bytes(500 << 20))),
    "pdf deflated twice": lambda: attached("a.pdf", _page(bytes(800 << 20), filters=2)),
    "pdf with a million words on a page": lambda: attached("a.pdf", _page(_drawn_words(1_000_000))),
    "pdf with 300,000 lines on a page": lambda: attached("a.pdf", _page(_lines(300_000))),
    "pdf of 20,000 pages": lambda: attached("a.pdf", _page(_drawn_words(50), count=20_000)),
    "pdf with a form in itself": lambda: attached("a.pdf", _page(b"/X Do", more=b"/XObject<</X 6 0 R>>")),
    "pdf with a page of 200,000 inches": lambda: attached(
        "a.pdf", _page(b"q Q", box=b"0 0 14400000 14400000")
    ),
    "pdf with arrays a million deep": lambda: attached(
        "a.pdf", _pdf({1: b"<</Type/Catalog/Pages " + b"[" * 1_000_000 + b">>"})
    ),
    "jpeg of 65,500 times 65,500": lambda: attached("附件3.jpg", _jpeg_header(65_500, 65_500)),
    "jpeg of 10,900 times 10,900": lambda: attached("附件3.jpg", _jpeg_header(10_900, 10_900)),
    "png of 60,000 times 60,000": lambda: attached("附件3.png", _png(60_000, 60_000)),
    "png of 10,900 times 10,900": lambda: attached("附件3.png", _png(10_900, 10_900)),
    "gif of 1,000 large frames": lambda: attached("附件3.gif", _gif(1000)),
    "tiff with a ring of pages": lambda: attached("附件3.tif", _tiff_ring()),
    "bmp of a billion points": lambda: attached("附件3.bmp", _bmp(40_000, 40_000)),
    "html with tables 100,000 deep": _page_of_html(b"<table><tr><td>" * 100_000 + b"x"),
    "html with a cell over a billion rows": _page_of_html(
        _TABLE + b"<tr><td rowspan=999999999 colspan=999999999>x</td></tr>" * 200
    ),
    "html of a million cells": _page_of_html(_TABLE + b"<tr>" + b"<td>x" * 1_000_000),
    "html of 300,000 tables": _page_of_html(_TABLE * 300_000),
    "html with 10 MB of styles": _page_of_html(
        b"<style>" + b"p.a{margin:0cm}\n" * 600_000 + b"</style>" + _TABLE
    ),
}
