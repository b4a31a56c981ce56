"""Rows that are struck out or hidden, in every format that can show it."""

import io
import re
import struct
import zipfile

import openpyxl
import pytest
import xlwt
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from parsers.formats.openers import read_sheets
from parsers.formats.workbooks.row_marks import is_struck_out
from parsers.read_file import read_file
from tests.builders.files.shazi_register import NAMES, ledger
from tests.builders.files.word_xml import cell, document, paragraph, row, run, table, texts
from tests.builders.files.workbook_bytes import record, saved, xlsb
from tests.builders.values.form_tables import NOTICE

ROWS = (("序号", "姓名", "备注"), (1, "甲一", "转走"), (2, "乙二", "在家"), (3, "丙三", "外出"))


def xlsx(change) -> bytes:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for values in ROWS:
        page.append(values)
    change(page)
    return saved(book)


def strike_cells(page) -> None:
    for one in page[2]:
        one.font = Font(strike=True)
    page["B3"].font = Font(strike=True)  # one word of three: a slip that was mended
    for letter in "ABC":
        page[f"{letter}4"].font = Font(strike=False)


def strike_letters(page) -> None:
    for address in ("B2", "C2"):
        page[address] = CellRichText(TextBlock(InlineFont(strike=True), page[address].value))


def with_shared_texts(data: bytes) -> bytes:
    """The same texts in the part that Excel keeps them in."""
    texts: list[bytes] = []

    def share(found: re.Match[bytes]) -> bytes:
        texts.append(found[1])
        return b't="s"><v>%d</v></c>' % (len(texts) - 1)

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = re.sub(rb't="inlineStr"><is>(.*?)</is></c>', share, part)
            after.writestr(name, part)
        items = b"".join(b"<si>%s</si>" % text for text in texts)
        schema = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        after.writestr("xl/sharedStrings.xml", b'<sst xmlns="%s">%s</sst>' % (schema, items))
    return out.getvalue()


def hide_row(page) -> None:
    page.auto_filter.ref = "A1:C4"
    page.row_dimensions[3].hidden = True


def elsewhere(data: bytes) -> bytes:
    """The package with its parts in another folder than xl/: only the second reader opens it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            part = before.read(name).replace(b"/xl/", b"/book/").replace(b'"xl/', b'"book/')
            after.writestr(name.replace("xl/", "book/"), part)
    return out.getvalue()


def xls() -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("台账")
    struck = xlwt.easyxf("font: struck_out on")
    for number, values in enumerate(ROWS):
        for column, value in enumerate(values):
            page.write(number, column, value, *([struck] if number == 1 else []))
    page.row(2).hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods() -> bytes:
    def line(values, style: str = "", attributes: str = "") -> str:
        cells = "".join(
            f'<table:table-cell office:value-type="string" {style}><text:p>{value}</text:p></table:table-cell>'
            for value in values
        )
        return f"<table:table-row {attributes}>{cells}</table:table-row>"

    return ods_of(
        line(ROWS[0])
        + line(ROWS[1], 'table:style-name="ce1"')
        + line(ROWS[2], attributes='table:visibility="filter"')
        + line(ROWS[3])
    )


def ods_of(lines: str) -> bytes:
    namespaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "style", "text")
    )

    style = '<style:style style:name="ce1" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    content = (
        f"<office:document-content {namespaces}><office:automatic-styles>{style}</office:automatic-styles><office:body>"
        f'<office:spreadsheet><table:table table:name="台账">{lines}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("META-INF/manifest.xml", "<manifest/>")
        package.writestr("content.xml", content)
    return out.getvalue()


def word() -> bytes:
    struck = row(*(cell(paragraph(run(str(value), "<w:strike/>"))) for value in ROWS[1]))
    unstruck = row(*(cell(paragraph(run(str(value), '<w:strike w:val="0"/>'))) for value in ROWS[2]))
    return document(table(texts("序号", "姓名", "备注"), struck, unstruck))


def xml_sheet() -> bytes:
    lines = "".join(
        ('<Row ss:Hidden="1">' if number == 2 else "<Row>")
        + "".join(f'<Cell><Data ss:Type="String">{value}</Data></Cell>' for value in values)
        + "</Row>"
        for number, values in enumerate(ROWS)
    )
    return (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="台账"><Table>{lines}</Table></Worksheet></Workbook>'
    ).encode()


@pytest.mark.parametrize(
    ("data", "struck", "hidden"),
    [
        (xlsx(strike_cells), {2}, set()),
        (xlsx(strike_letters), {2}, set()),
        (with_shared_texts(xlsx(strike_letters)), {2}, set()),
        (xlsx(hide_row), set(), {3}),
        (elsewhere(xlsx(strike_cells)), {2}, set()),
        (xlsx(lambda page: None), set(), set()),
        (xls(), {2}, {3}),
        (ods(), {2}, {3}),
        (word(), {2}, set()),
        (xml_sheet(), set(), {3}),
    ],
    ids=[
        "struck cells", "struck letters", "struck letters of shared texts", "filtered", "parts elsewhere", "neither", ".xls",
        ".ods", ".docx", "XML of 2003",
    ],
)  # fmt: skip
def test_marks_of_rows_are_kept(data, struck, hidden):
    (sheet,) = read_sheets(data).sheets

    assert (set(sheet.struck_rows), set(sheet.hidden_rows)) == (struck, hidden)
    assert any("乙二" in values for values in sheet.rows)


def test_the_areas_that_an_ods_merges_are_kept():
    """A title over three columns; a blank column twice; a school over two rows."""
    covered = "<table:covered-table-cell/>"

    def told(text: str, spans: str = "") -> str:
        return (
            f'<table:table-cell office:value-type="string" {spans}><text:p>{text}</text:p></table:table-cell>'
        )

    lines = [
        told("台账", 'table:number-columns-spanned="3"') + covered * 2,
        '<table:table-cell table:number-columns-repeated="2"/>'
        + told("西沱中学", 'table:number-rows-spanned="2"'),
        told("1") + told("甲一") + covered,
    ]

    (sheet,) = read_sheets(
        ods_of("".join(f"<table:table-row>{line}</table:table-row>" for line in lines))
    ).sheets

    assert sheet.merged == ((1, 1, 1, 3), (2, 3, 3, 3))


def test_a_hidden_row_of_an_xlsb_is_marked():
    hidden = record(0, struct.pack("<IIH", 4, 0, 300) + bytes([0, 0x10]) + bytes(5))

    (sheet,) = read_sheets(
        xlsb(record(5, struct.pack("<IId", 0, 0, 7.0)), hidden, record(5, struct.pack("<IId", 0, 0, 8.0)))
    ).sheets

    assert set(sheet.hidden_rows) == {5}


@pytest.mark.parametrize(
    ("struck", "filled", "out"), [(3, 3, True), (2, 4, True), (1, 4, False), (0, 0, False)]
)
def test_a_row_is_struck_out_where_most_of_it_is(struck, filled, out):
    assert is_struck_out(struck, filled) is out


def test_a_child_in_a_marked_row_is_recorded_and_asked_about():
    book = openpyxl.load_workbook(io.BytesIO(ledger()))
    for one in book.worksheets[0][5]:
        one.font = Font(strike=True)
    hide = book.worksheets[0].row_dimensions[6]
    hide.hidden = True

    (form,) = read_file(saved(book), "附件4.xlsx", "报送", NOTICE, NAMES).forms
    told = [{problem.code for problem in one.problems} for one in form.records]

    assert [one.values["name"] for one in form.records] == ["甲一", "乙二"]
    assert ["row-struck-out" in codes for codes in told] == [True, False]
    assert ["row-hidden" in codes for codes in told] == [False, True]
