"""Pictures in the cells of a workbook: floating ones, and those that WPS keeps in a cell."""

import io
import struct
import zipfile

import docx
import pytest
import xlwt

from parsers.formats.workbook import PICTURE_TEXT
from parsers.formats.workbooks.spreadsheets import read_workbook
from parsers.read_file import read_file
from parsers.records import FileKind
from tests.builders.files.shazi_register import HEAD, NAMES, ROWS, TITLE, ledger, png
from tests.builders.values.form_tables import NOTICE


def drawn_picture(row: int, column: int, down: int) -> bytes:
    """A record of a picture whose corner is in this cell, so far down in 1/256 of its height ([MS-ODRAW] 2.2.14)."""
    shape = b"\xb2\x04\x0a\xf0" + struct.pack("<3I", 8, 1025, 0xA00)
    anchor = b"\x00\x00\x10\xf0" + struct.pack("<I9H", 18, 0, column, 0, row, down, column + 1, 0, row + 1, 0)
    client = b"\x00\x00\x11\xf0" + bytes(4)
    container = shape + anchor + client
    body = b"\x0f\x00\x04\xf0" + struct.pack("<I", len(container)) + container
    return struct.pack("<HH", 0xEC, len(body)) + body


def old_ledger(down: int, row: int = 4) -> bytes:
    """The same as .xls, with a picture in the column for proofs; the first sheet has none."""
    book = xlwt.Workbook()
    book.add_sheet("说明").write(0, 0, "说明")
    page = book.add_sheet("台账")
    rows: list[list[object]] = [["附件4"], [TITLE], ["填报单位:沙子镇小学"], list(HEAD), *ROWS]
    for number, values in enumerate(rows):
        for column, value in enumerate(values):
            if value is not None:
                page.write(number, column, value)
    page._Worksheet__bmp_rec = drawn_picture(row, 5, down)  # where it keeps its pictures
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ledger_by_wps() -> bytes:
    """The same as WPS writes it: the cell's formula names the picture, which lies in a part of WPS's own."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(ledger("H1"))) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            if name == "xl/worksheets/sheet1.xml":
                formula = '<f>_xlfn.DISPIMG("ID_7F",1)</f><v>=DISPIMG("ID_7F",1)</v>'.replace('"', "&quot;")
                cell = f'<c r="F5" t="str">{formula}</c></row><row r="6"'.encode()
                data = data.replace(b'</row><row r="6"', cell)
            after.writestr(name, data)
        after.writestr("xl/cellimages.xml", '<etc:cellImages><xdr:pic><xdr:cNvPr id="2" name="ID_7F"/></xdr:pic></etc:cellImages>')  # fmt: skip
    return out.getvalue()


@pytest.mark.parametrize("data", [ledger("F5"), ledger_by_wps()], ids=["floating", "in the cell, by WPS"])
def test_a_picture_stands_in_its_cell(data):
    (sheet,) = read_workbook(data, FileKind.XLSX).sheets

    assert (5, 6) in sheet.pictures
    assert sheet.rows[4][5] == PICTURE_TEXT


@pytest.mark.parametrize(
    "data",
    [ledger("F5"), ledger_by_wps(), old_ledger(0), old_ledger(200, row=3)],
    ids=["floating", "in the cell, by WPS", ".xls", ".xls, low in the row above"],
)
def test_a_picture_in_the_cell_for_proofs_is_the_proof_of_its_row(data):
    (form,) = read_file(data, "附件4.xlsx", "报送", NOTICE, NAMES).forms

    assert [record.values.get("proof_pictures") for record in form.records] == [1, None]


def test_a_picture_in_the_cell_of_a_word_table_is_the_proof_of_its_row():
    document = docx.Document()
    for line in ("附件4", TITLE, "填报单位:沙子镇小学"):
        document.add_paragraph(line)
    table = document.add_table(rows=0, cols=len(HEAD))
    for values in (HEAD, *ROWS):
        for cell, value in zip(table.add_row().cells, values, strict=True):
            cell.text = str(value or "")
    table.rows[1].cells[5].paragraphs[0].add_run().add_picture(io.BytesIO(png()))
    out = io.BytesIO()
    document.save(out)

    (form,) = read_file(out.getvalue(), "附件4.docx", "报送", NOTICE, NAMES).forms

    assert [record.values.get("proof_pictures") for record in form.records] == [1, None]
    assert [record.values["name"] for record in form.records] == ["甲一", "乙二"]


@pytest.mark.parametrize(
    "anchor", ["B6", "G5", "C1"], ids=["over a name", "in the remarks", "over the title"]
)
def test_a_seal_that_floats_elsewhere_proves_nothing(anchor):
    (form,) = read_file(ledger(anchor), "附件4.xlsx", "报送", NOTICE, NAMES).forms

    assert [record.values.get("proof_pictures") for record in form.records] == [None, None]
    assert [record.values["name"] for record in form.records] == ["甲一", "乙二"]
