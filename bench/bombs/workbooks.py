"""Workbooks that declare more cells than they have, or are larger than they look."""

import io
import struct
import zipfile
from collections.abc import Callable
from random import Random

from bench.bombs.raw_mails import Bombs, attached, packed
from tests.builders.files.clerk_files import MIDDLE, dropout_row, register4, xls, xlsx
from tests.builders.files.inserted_objects import with_members
from tests.builders.files.outlook_files import compound_file

_WIDE = 'table:number-columns-repeated="16384"'
_FAR = 'ss:Index="999999999"'
_MERGED = 'ss:MergeAcross="999999999" ss:MergeDown="999999999"'


def _with_entities(entities: str) -> str:
    return f"<!DOCTYPE x [{entities}]>"


LAUGHS = _with_entities(
    '<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefghi", "bcdefghij", strict=True)
    )
)
"""A document type whose entity ``&j;`` expands to a billion words."""
ONE_LARGE_ENTITY = _with_entities(f'<!ENTITY j "{"a" * 500_000}">')
FOREIGN = _with_entities('<!ENTITY j SYSTEM "file:///etc/passwd">')
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET = f'<worksheet xmlns="{_MAIN}">{{before}}<sheetData>{{rows}}</sheetData>{{after}}</worksheet>'
_TABLE = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    '<office:body><office:spreadsheet><table:table table:name="a">{}</table:table></office:spreadsheet></office:body>'
    "</office:document-content>"
)


def book() -> bytes:
    return xlsx(register4(dropout_row(), unit=MIDDLE))


def with_sheet(rows: str = "", before: str = "", after: str = "", doctype: str = "") -> bytes:
    """Returns a workbook whose first sheet is written by hand."""
    sheet = _SHEET.format(before=before, rows=rows, after=after)
    return with_members(book(), {"xl/worksheets/sheet1.xml": f"{doctype}{sheet}"})


def with_doctype(data: bytes, member: str, doctype: str) -> bytes:
    """Returns a package with a document type before a member's root, and its entity in the first text or attribute."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = archive.read(member).decode()
    declaration, root = text.split("?>", 1) if text.startswith("<?xml") else ("", text)
    name, rest = root.strip()[1:].replace("/>", "></x>", 0).split(">", 1)
    changed = f"{declaration}?>" if declaration else ""
    changed += f"{doctype}<{name}>&j;{rest}" if not name.endswith("/") else f"{doctype}<{name}>"
    return with_members(data, {member: changed})


def _text_cell(place: str, words: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{words}</t></is></c>'


def _shared_strings(strings: str, rows: str) -> bytes:
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    data = with_sheet(rows)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        types = archive.read("[Content_Types].xml").decode()
        relations = archive.read("xl/_rels/workbook.xml.rels").decode()
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{content_type}"/></Types>'
    link = f'<Relationship Id="rS" Type="{relation}" Target="sharedStrings.xml"/></Relationships>'
    return with_members(
        data,
        {
            "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{strings}</sst>',
            "[Content_Types].xml": types if "sharedStrings" in types else types.replace("</Types>", override),
            "xl/_rels/workbook.xml.rels": relations
            if "sharedStrings" in relations
            else relations.replace("</Relationships>", link),
        },
    )


def _references(count: int, index: Callable[[int], int]) -> str:
    return "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{index(n)}</v></c></row>' for n in range(1, count + 1))


def _sheets(count: int) -> bytes:
    """Returns a workbook that lists one sheet under so many names."""
    sheets = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, count + 1))
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    workbook = f'<workbook xmlns="{_MAIN}" xmlns:r="{relations}"><sheets>{sheets}</sheets></workbook>'
    return with_members(book(), {"xl/workbook.xml": workbook})


def _inserted(depth: int, width: int) -> bytes:
    data = book()
    for _ in range(depth):
        data = with_members(data, {f"xl/embeddings/{n}.xlsx": data for n in range(width)})
    return data


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _biff(sheet: bytes, sheets: int = 1, extra: bytes = b"") -> bytes:
    """Returns a stream of BIFF8 records with each of the sheets at the same offset."""
    begin = struct.pack("<HHHHII", 0x600, 5, 0xDBB, 0x7CC, 0, 6)

    def head(offset: int) -> bytes:
        listed = b"".join(
            _record(0x85, struct.pack("<IBBBB", offset, 0, 0, 6, 0) + b"%06d" % number)
            for number in range(sheets)
        )
        return _record(0x809, begin) + extra + listed + _record(0x0A, b"")

    body = (
        _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0xDBB, 0x7CC, 0, 6)) + sheet + _record(0x0A, b"")
    )
    return compound_file({"Workbook": head(len(head(0))) + body})


def _label(row: int, column: int, words: str) -> bytes:
    data = (
        struct.pack("<HHH", row, column, 15) + struct.pack("<HB", len(words), 1) + words.encode("utf-16-le")
    )
    return _record(0x204, data)


def _ods(rows: str, doctype: str = "") -> bytes:
    return packed(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": b'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
            "content.xml": (doctype + _TABLE.format(rows)).encode(),
        }
    )


def _ods_cell(words: str, more: str = "") -> str:
    return f"<table:table-cell {more}><text:p>{words}</text:p></table:table-cell>"


def _sheet_2003(rows: str, doctype: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{doctype}<?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="a"><Table>{rows}</Table></Worksheet></Workbook>'
    ).encode()


def _cell_2003(more: str, words: str = "甲") -> str:
    return f'<Cell {more}><Data ss:Type="String">{words}</Data></Cell>'


def _merges(count: int, area: Callable[[int], str]) -> str:
    return (
        "<mergeCells>"
        + "".join(f'<mergeCell ref="{area(n)}"/>' for n in range(1, count + 1))
        + "</mergeCells>"
    )


def _comments(count: int) -> bytes:
    noted = "".join(
        f'<comment ref="A{n}" authorId="0"><text><t>八年级2班某某未到校</t></text></comment>'
        for n in range(count)
    )
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    return with_members(
        book(),
        {
            "xl/comments1.xml": f'<comments xmlns="{_MAIN}"><commentList>{noted}</commentList></comments>',
            "xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships xmlns="{package}"><Relationship Id="rC"'
            f' Type="{relation}" Target="../comments1.xml"/></Relationships>',
        },
    )


def _laughing(part: str) -> Callable[[], bytes]:
    return lambda: attached("a.xlsx", with_doctype(book(), part, LAUGHS))


_PARTS = (
    "xl/workbook.xml",
    "xl/worksheets/sheet1.xml",
    "xl/styles.xml",
    "[Content_Types].xml",
    "docProps/core.xml",
)

BOMBS: Bombs = {
    **{f"xlsx with a billion laughs in {part}": _laughing(part) for part in _PARTS},
    "xlsx with a billion laughs in its strings": lambda: attached(
        "a.xlsx",
        with_members(
            _shared_strings("", _references(10, lambda n: 0)),
            {"xl/sharedStrings.xml": f'{LAUGHS}<sst xmlns="{_MAIN}"><si><t>&j;</t></si></sst>'},
        ),
    ),
    "xlsx with an entity 10,000 times": lambda: attached(
        "a.xlsx",
        with_sheet(
            "".join(f'<row r="{n}">{_text_cell(f"A{n}", "&j;")}</row>' for n in range(1, 10_001)),
            doctype=ONE_LARGE_ENTITY,
        ),
    ),
    "xlsx with a foreign entity": lambda: attached(
        "a.xlsx", with_sheet(f'<row r="1">{_text_cell("A1", "&j;")}</row>', doctype=FOREIGN)
    ),
    "xlsx of a million empty rows": lambda: attached(
        "a.xlsx",
        with_sheet("".join(f'<row r="{n}" s="1" customFormat="1" ht="14"/>' for n in range(1, 1_048_577))),
    ),
    "xlsx of two million styled blanks": lambda: attached(
        "a.xlsx",
        with_sheet(
            "".join(
                f'<row r="{n}">' + "".join(f'<c r="{c}{n}" s="1"/>' for c in "ABCDEFGHIJ") + "</row>"
                for n in range(1, 200_001)
            )
        ),
    ),
    "xlsx of a form above a million rows of twelve styled blanks": lambda: attached(
        "a.xlsx",
        with_sheet(
            f'<row r="1">{_text_cell("A1", "姓名")}{_text_cell("B1", "身份证号")}</row>'
            f'<row r="2">{_text_cell("A2", "甲一")}{_text_cell("B2", "不详")}</row>'
            + "".join(
                f'<row r="{n}">' + "".join(f'<c r="{c}{n}" s="1"/>' for c in "ABCDEFGHIJKL") + "</row>"
                for n in range(3, 1_040_001)
            )
        ),
    ),
    "xlsx that says to be the whole grid": lambda: attached(
        "a.xlsx",
        with_sheet(f'<row r="1">{_text_cell("A1", "姓名")}</row>', '<dimension ref="A1:XFD1048576"/>'),
    ),
    "xlsx with its first and its last cell": lambda: attached(
        "a.xlsx",
        with_sheet(
            f'<row r="1">{_text_cell("A1", "姓名")}</row><row r="1048576">{_text_cell("XFD1048576", "甲")}</row>'
        ),
    ),
    "xlsx of 16,384 columns, merged": lambda: attached(
        "a.xlsx",
        with_sheet(
            "".join(
                f'<row r="{n}">{_text_cell(f"A{n}", "姓名")}{_text_cell(f"XFD{n}", "甲")}</row>'
                for n in range(1, 101)
            ),
            after=_merges(1000, lambda n: f"A{n}:XFD{n + 40}"),
        ),
    ),
    "xlsx of 300,000 merged areas": lambda: attached(
        "a.xlsx",
        with_sheet(
            f'<row r="1">{_text_cell("A1", "姓名")}</row>', after=_merges(300_000, lambda n: f"A{n}:J{n}")
        ),
    ),
    "xlsx merged over all, 20,000 times": lambda: attached(
        "a.xlsx",
        with_sheet(
            f'<row r="1">{_text_cell("A1", "姓名")}</row>', after=_merges(20_000, lambda n: "A1:XFD1048576")
        ),
    ),
    "xlsx with a string of 20 MB, 5,000 times": lambda: attached(
        "a.xlsx", _shared_strings(f"<si><t>{'甲' * 7_000_000}</t></si>", _references(5000, lambda n: 0))
    ),
    "xlsx of a million strings": lambda: attached(
        "a.xlsx",
        _shared_strings(
            "".join(f"<si><t>{n}</t></si>" for n in range(1_000_000)), _references(10, lambda n: n)
        ),
    ),
    "xlsx with a string of a million runs": lambda: attached(
        "a.xlsx",
        _shared_strings(
            "<si>" + "<r><rPr><b/></rPr><t>甲</t></r>" * 1_000_000 + "</si>", _references(10, lambda n: 0)
        ),
    ),
    "xlsx of 5,000 sheets": lambda: attached("a.xlsx", _sheets(5000)),
    "xlsx with elements 200,000 deep": lambda: attached("a.xlsx", with_sheet("<row>" * 200_000)),
    "xlsx with an attribute of 30 MB": lambda: attached(
        "a.xlsx", with_sheet(f'<row r="1" spans="{"1:1 " * 7_500_000}"/>')
    ),
    "xlsx of a million styles": lambda: attached(
        "a.xlsx",
        with_members(
            book(),
            {
                "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs>'
                + "<xf numFmtId='0'/>" * 1_000_000
                + "</cellXfs></styleSheet>"
            },
        ),
    ),
    "xlsx of 200,000 comments": lambda: attached("a.xlsx", _comments(200_000)),
    "xlsx of 100,000 columns' widths": lambda: attached(
        "a.xlsx",
        with_sheet(
            before="<cols>" + '<col min="1" max="16384" hidden="1"/>' * 100_000 + "</cols>",
            rows=f'<row r="1">{_text_cell("A1", "姓名")}</row>',
        ),
    ),
    "xlsx in xlsx in xlsx": lambda: attached("a.xlsx", _inserted(5, 4)),
    "xlsx of 300,000 rows": lambda: attached(
        "a.xlsx",
        with_sheet(
            "".join(
                f'<row r="{n}">{_text_cell(f"A{n}", str(n))}{_text_cell(f"B{n}", "甲某某")}</row>'
                for n in range(1, 300_001)
            )
        ),
    ),
    "xls of 3,000 sheets at one place": lambda: attached(
        "a.xls", _biff(_label(0, 0, "姓名") * 400, sheets=3000)
    ),
    "xls that says to be four billion rows": lambda: attached(
        "a.xls",
        _biff(_record(0x200, struct.pack("<IIHHH", 0, 0xFFFFFFFF, 0, 0xFFFF, 0)) + _label(65535, 255, "甲")),
    ),
    "xls of a million blanks": lambda: attached(
        "a.xls",
        _biff(
            b"".join(
                _record(0xBE, struct.pack("<HH", row, 0) + bytes(2 * 250) + struct.pack("<H", 249))
                for row in range(12_000)
            )
        ),
    ),
    "xls with strings without number": lambda: attached(
        "a.xls",
        _biff(
            _label(0, 0, "甲"),
            extra=_record(0xFC, struct.pack("<II", 0x7FFFFFFF, 0x7FFFFFFF) + bytes(8000))
            + _record(0x3C, bytes(8000)) * 800,
        ),
    ),
    "xls of empty records": lambda: attached("a.xls", _biff(_record(0, b"") * 1_600_000)),
    "xls of merged areas": lambda: attached(
        "a.xls",
        _biff(
            _label(0, 0, "姓名")
            + _record(0xE5, struct.pack("<H", 1000) + struct.pack("<HHHH", 0, 65535, 0, 255) * 1000) * 100
        ),
    ),
    "xls cut in the middle of its records": lambda: attached(
        "a.xls", xls(register4(dropout_row(), unit=MIDDLE))[:3000] + Random(5).randbytes(200_000)
    ),
    "ods of a million repeated rows": lambda: attached(
        "a.ods",
        _ods(
            f'<table:table-row table:number-rows-repeated="1048576">{_ods_cell("甲", _WIDE)}</table:table-row>'
        ),
    ),
    "ods of 2,000 times 1,000 repeated cells": lambda: attached(
        "a.ods",
        _ods(
            (
                "<table:table-row>"
                + _ods_cell("甲", 'table:number-columns-repeated="1000"')
                + "</table:table-row>"
            )
            * 2000
        ),
    ),
    "ods with a billion laughs": lambda: attached(
        "a.ods", _ods(f"<table:table-row>{_ods_cell('&j;')}</table:table-row>", LAUGHS)
    ),
    "table of 2003 with an index of a billion": lambda: attached(
        "a.xml", _sheet_2003(f'<Row ss:Index="999999999">{_cell_2003(_FAR)}</Row>' * 10)
    ),
    "table of 2003 merged a billion times": lambda: attached(
        "a.xml", _sheet_2003(f"<Row>{_cell_2003(_MERGED)}</Row>" * 10)
    ),
    "table of 2003 with a billion laughs": lambda: attached(
        "a.xml", _sheet_2003(f"<Row>{_cell_2003('', '&j;')}</Row>", LAUGHS)
    ),
    "csv of a line of a million commas": lambda: attached("a.csv", b"a,b\n" + b"," * 1_000_000 + b"\nc,d\n"),
    "csv of 10,000 times 1,000 cells": lambda: attached("a.csv", (b"1," * 1000 + b"\n") * 10_000),
    "csv with a quote that never ends": lambda: attached(
        "a.csv", "姓名,身份证号\n".encode() + b'"a\n' * 3_000_000
    ),
    "csv of 5 MB of zero bytes": lambda: attached("a.csv", "姓名,身份证号\n".encode() + bytes(5_000_000)),
    "csv of 30 MB in one cell": lambda: attached(
        "a.csv", "姓名,身份证号\n".encode() + "甲".encode() * 10_000_000
    ),
}
