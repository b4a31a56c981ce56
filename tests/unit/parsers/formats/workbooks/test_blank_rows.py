"""A form above thousands of styled, blank rows is read as the form alone, from each writer."""

import io
import zipfile

import openpyxl
import pytest
import xlwt
from openpyxl.styles import PatternFill

from parsers.formats.workbooks import blank_rows
from parsers.formats.workbooks.blank_rows import without_blank_rows
from parsers.formats.workbooks.spreadsheets import read_workbook, read_workbook_fallback
from parsers.records import FileKind

ROWS = 2_000
HEADING, CHILD = ["姓名", "身份证号", "备注"], ["甲一", "500240201001011234", "随父母外出"]


@pytest.fixture(autouse=True)
def _short_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blank_rows, "LONG_PART_BYTES", 10_000)


def styled_xlsx(last_value: tuple[int, str] | None = None) -> bytes:
    """Two filled rows, and whole columns in yellow."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(HEADING)
    page.append(CHILD)
    for number in range(3, ROWS):
        for column in range(1, 9):
            page.cell(number, column).fill = PatternFill("solid", fgColor="FFFF00")
    if last_value is not None:
        page.cell(last_value[0], 2, last_value[1])
    page.merge_cells("C5:D6")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def prefixed(data: bytes) -> bytes:
    """The same with a prefix on every element of the sheet, as some programs write it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            if name.startswith("xl/worksheets/"):
                part = part.replace(b"</", b"\0").replace(b"<", b"<x:").replace(b"\0", b"</x:")
                part = part.replace(b"<x:worksheet xmlns=", b"<x:worksheet xmlns:x=")
            after.writestr(name, part)
    return out.getvalue()


def sheet_bytes(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.getinfo("xl/worksheets/sheet1.xml").file_size


@pytest.mark.parametrize("data", [styled_xlsx(), prefixed(styled_xlsx())], ids=["plain", "prefixed"])
def test_blank_rows_below_the_form_are_passed_over(data: bytes) -> None:
    trimmed = without_blank_rows(data)

    assert sheet_bytes(trimmed) < sheet_bytes(data) / 20
    (sheet,) = read_workbook(trimmed, FileKind.XLSX).sheets
    (whole,) = read_workbook(data, FileKind.XLSX).sheets
    assert sheet == whole
    assert [list(row)[:3] for row in sheet.rows if any(row)] == [HEADING, CHILD]
    assert (5, 3, 6, 4) in sheet.merged


def test_both_readers_read_the_same() -> None:
    (sheet,) = read_workbook_fallback(styled_xlsx(), FileKind.XLSX).sheets

    assert [list(row) for row in sheet.rows if any(row)] == [HEADING, CHILD]


@pytest.mark.parametrize("row", [3, 900, ROWS + 50])
def test_a_value_far_below_is_never_passed_over(row: int) -> None:
    (sheet,) = read_workbook(without_blank_rows(styled_xlsx((row, "甲二"))), FileKind.XLSX).sheets

    assert "甲二" in sheet.rows[row - 1]


@pytest.mark.parametrize("formula", ["=A2", '="甲"&"三"'])
def test_a_formula_far_below_is_never_passed_over(formula: str) -> None:
    data = styled_xlsx((900, formula))

    assert b"<f>" in zipfile.ZipFile(io.BytesIO(without_blank_rows(data))).read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("cut", [100, 5_000, -200])
def test_a_damaged_package_stays_as_it_is(cut: int) -> None:
    damaged = styled_xlsx()[:cut]

    assert without_blank_rows(damaged) == damaged


def test_a_styled_xls_is_read() -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("附件3")
    yellow = xlwt.easyxf("pattern: pattern solid, fore_colour yellow")
    for number, row in enumerate((HEADING, CHILD)):
        for column, text in enumerate(row):
            page.write(number, column, text)
    for number in range(2, 40_000):
        page.write(number, 0, "", yellow)
    out = io.BytesIO()
    book.save(out)

    (sheet,) = read_workbook(out.getvalue(), FileKind.XLS).sheets

    assert [list(row) for row in sheet.rows if any(row)] == [HEADING, CHILD]


def test_a_styled_ods_is_read() -> None:
    def cells(texts: list[str]) -> str:
        return "".join(
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
            for text in texts
        )

    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="a"><table:table-row>{cells(HEADING)}</table:table-row>'
        f"<table:table-row>{cells(CHILD)}</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048574" table:style-name="ro1">'
        '<table:table-cell table:style-name="ce1" table:number-columns-repeated="1024"/></table:table-row>'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
        package.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )

    (sheet,) = read_workbook(out.getvalue(), FileKind.ODS).sheets

    assert [list(row) for row in sheet.rows if any(row)] == [HEADING, CHILD]
