"""Real workbooks through both readers; odd ones are written as XML, since no library writes them."""

import io
import struct
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
import xlwt

from parsers.formats.openers import read_sheets
from parsers.formats.sniff import sniff
from parsers.formats.workbook import CellError, UnreadableWorkbook, WorkbookTooLarge
from parsers.formats.workbooks.lost_cells import UNCALCULATED
from parsers.formats.workbooks.spreadsheets import read_workbook, read_workbook_fallback
from parsers.formats.workbooks.xls import declares_other_codepage
from parsers.records import FileKind
from tests.builders.files.workbook_bytes import record, saved, xlsb

NUMBER = "509999201203041234"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
READERS = [read_workbook, read_workbook_fallback]


def xlsx(*rows) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet()
    for row in rows:
        page.append(row)
    return saved(book)


def written(sheet_data: str, before: str = "") -> bytes:
    """An .xlsx whose only sheet has this XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx())) as plain, zipfile.ZipFile(out, "w") as package:
        for name in plain.namelist():
            data = plain.read(name)
            if name.endswith("sheet1.xml"):
                data = f'<worksheet xmlns="{MAIN}">{before}<sheetData>{sheet_data}</sheetData></worksheet>'.encode()
            package.writestr(name, data)
    return out.getvalue()


def xls(*rows) -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("台账")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            page.write(number, column, cell)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def filled(row) -> list[object]:
    """Without the blanks at the end, whose spelling is the reader's own."""
    cells = list(row)
    while cells and cells[-1] in ("", None):
        cells.pop()
    return cells


def first_cell(data: bytes, read=read_workbook):
    return read(data, FileKind.XLSX).sheets[0].rows[0][0]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(("make", "kind"), [(xlsx, FileKind.XLSX), (xls, FileKind.XLS)])
def test_both_readers_give_the_same_cells(read, make, kind):
    rows = [["序号", "身份证号", "备注"], [1, NUMBER, "𠮷\n䶮"], [2, NUMBER, 2.5]]

    (sheet,) = read(make(*rows), kind).sheets

    assert [filled(row) for row in sheet.rows] == rows
    assert (sheet.first_row, sheet.first_col, sheet.hidden) == (1, 1, False)


@pytest.mark.parametrize("read", READERS)
def test_whole_numbers_are_ints_and_others_are_not(read):
    (row,) = read(xlsx([7, 13800000000, 2.5, True, date(2026, 3, 5)]), FileKind.XLSX).sheets[0].rows

    assert [type(cell) for cell in row[:4]] == [int, int, float, bool]
    assert row[4] in (date(2026, 3, 5), datetime(2026, 3, 5))


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "cell",
    [
        f'<c r="A1"><v>{NUMBER}</v></c>',
        f'<c r="A1" t="n"><v>{NUMBER}</v></c>',
        f'<c t="n" s="0" r="A1"><v>{NUMBER}</v></c>',
        f'<c r="A1"><f>B1+0</f><v>{NUMBER}</v></c>',
    ],
)
def test_a_long_number_that_the_file_holds_in_full_keeps_every_digit(read, cell):
    assert first_cell(written(f'<row r="1">{cell}</row>'), read) == int(NUMBER)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("text", ["5.09999201203041E+17", f"{NUMBER}.0"])
def test_a_long_number_that_the_file_rounds_is_never_made_whole(read, text):
    cell = first_cell(written(f'<row r="1"><c r="A1"><v>{text}</v></c></row>'), read)

    assert isinstance(cell, float)


def test_digits_stored_as_text_stay_text():
    cells = f'<c r="A1" t="str"><v>{NUMBER}</v></c><c r="B1"><v>1e20</v></c>'

    assert first_cell(written(f'<row r="1">{cells}</row>')) == NUMBER


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1" t="e"><v>#N/A</v></c>',
        '<c t="e" r="A1"><f>VLOOKUP(B1,C:D,2,0)</f><v>#N/A</v></c>',
    ],
)
def test_an_error_is_told_from_a_blank(read, cell):
    found = first_cell(written(f'<row r="1">{cell}<c r="B1"><v>1</v></c></row>'), read)

    assert isinstance(found, CellError)
    assert found == "#N/A"


def test_an_error_without_a_value_does_not_take_its_neighbour_s():
    cells = '<c r="A1" t="e"/><c r="B1"><v>7</v></c><c r="C1" t="e"><v>#REF!</v></c>'

    row = read_workbook(written(f'<row r="1">{cells}</row>'), FileKind.XLSX).sheets[0].rows[0]

    assert list(row)[-2:] == [7, CellError("#REF!")]


def test_an_error_is_put_in_its_own_sheet():
    book = openpyxl.Workbook()
    book.active.append(["甲"])
    book.create_sheet("乙").append(["#REF!"])

    first, second = read_workbook(saved(book), FileKind.XLSX).sheets

    assert list(first.rows[0]) == ["甲"]
    assert list(second.rows[0]) == [CellError("#REF!")]


def test_a_sheet_that_starts_further_down_tells_where():
    book = openpyxl.Workbook()
    book.active["C4"] = "姓名"
    book.active["D5"] = "甲一"

    (sheet,) = read_workbook(saved(book), FileKind.XLSX).sheets

    assert (sheet.first_row, sheet.first_col) == (4, 3)
    assert [filled(row) for row in sheet.rows] == [["姓名"], ["", "甲一"]]


def test_an_error_below_the_start_lands_in_its_cell():
    cells = '<row r="4"><c r="C4"><v>1</v></c></row><row r="5"><c r="D5" t="e"><v>#N/A</v></c></row>'

    (sheet,) = read_workbook(written(cells), FileKind.XLSX).sheets

    assert sheet.rows[5 - sheet.first_row][4 - sheet.first_col] == CellError("#N/A")


def test_merged_ranges_are_counted_from_one():
    book = openpyxl.Workbook()
    book.active.append(["标题"])
    book.active.append(["姓名", "性别", "年龄"])
    book.active.merge_cells("A1:C1")

    assert read_workbook(saved(book), FileKind.XLSX).sheets[0].merged == ((1, 1, 1, 3),)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheets_are_read_and_say_so(read, state):
    book = openpyxl.Workbook()
    book.active.append(["看得见"])
    page = book.create_sheet("底表")
    page.append(["看不见"])
    page.sheet_state = state

    sheets = read(saved(book), FileKind.XLSX).sheets

    assert [(sheet.name, sheet.hidden) for sheet in sheets] == [("Sheet", False), ("底表", True)]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("claim", ["A1", "A1:XFD1048576"])
def test_a_wrong_dimension_loses_nothing(read, claim):
    cells = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="3"><c r="A3"><v>3</v></c></row>'
    )

    (sheet,) = read(written(cells, f'<dimension ref="{claim}"/>'), FileKind.XLSX).sheets

    assert [filled(row) for row in sheet.rows] == [[1, 2], [], [3]]


@pytest.mark.parametrize("read", READERS)
def test_formatted_rows_without_content_are_dropped(read):
    book = openpyxl.Workbook()
    book.active.append(["姓名"])
    book.active["B50000"].number_format = "@"

    assert len(read(saved(book), FileKind.XLSX).sheets[0].rows) == 1


def test_an_area_that_is_too_wide_is_refused():
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="9000"><c r="ZZ9000"><v>1</v></c></row>'

    with pytest.raises(WorkbookTooLarge):
        read_workbook(written(cells), FileKind.XLSX)


def test_the_second_reader_keeps_to_the_form_where_a_stray_cell_is_far_off():
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="9000"><c r="ZZ9000"><v>1</v></c></row>'

    rows = read_workbook_fallback(written(cells), FileKind.XLSX).sheets[0].rows

    assert list(rows[0]) == [1]
    assert max(map(len, rows)) <= 512


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("kind", [FileKind.XLSX, FileKind.XLS])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04" + bytes(100),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        xlsx(["甲"])[:-300],
        xls(["甲"])[:700],
    ],
    ids=["empty", "zip head", "compound head", "cut .xlsx", "cut .xls"],
)
def test_what_is_damaged_is_unreadable_and_nothing_else(read, kind, data):
    with pytest.raises(UnreadableWorkbook):
        read(data, kind)


def test_there_is_no_second_reader_for_other_kinds():
    with pytest.raises(UnreadableWorkbook):
        read_workbook_fallback(b"", FileKind.ODS)


@pytest.mark.parametrize("read", READERS)
def test_an_empty_workbook_has_an_empty_sheet(read):
    (sheet,) = read(xlsx(), FileKind.XLSX).sheets

    assert list(sheet.rows) == []


def renamed(data: bytes, rename, change=lambda part: part) -> bytes:
    """The same package with its parts under other names."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            after.writestr(rename(name), change(before.read(name)))
    return out.getvalue()


ROWS = [["序号", "身份证号"], [1, NUMBER]]


@pytest.mark.parametrize(
    "data",
    [
        renamed(xlsx(*ROWS), lambda name: name.replace("xl/", "data/", 1), lambda part: part.replace(b"/xl/", b"/data/").replace(b'"xl/', b'"data/')),
        renamed(xlsx(*ROWS), lambda name: name.removeprefix("xl/"), lambda part: part.replace(b"/xl/", b"/").replace(b'"xl/', b'"')),
        renamed(xlsx(*ROWS), lambda name: name.replace("workbook.xml", "book2.xml"), lambda part: part.replace(b"workbook.xml", b"book2.xml")),
        renamed(xlsx(*ROWS), lambda name: name.replace("/", "\\")),
        renamed(xlsx(*ROWS), str.upper),
        renamed(xlsx(*ROWS), lambda name: "lost" if name == "_rels/.rels" else name),
    ],
    ids=["another folder", "no folder", "another name", "backslashes", "capitals", "no relations"],
)  # fmt: skip
def test_a_package_with_its_parts_elsewhere_is_read(data):
    assert sniff(data) is FileKind.XLSX
    assert [filled(row) for row in read_sheets(data).sheets[0].rows] == ROWS


@pytest.mark.parametrize("page", [936, 950, 1252, 0, 65001])
def test_the_code_page_of_a_unicode_workbook_changes_nothing(page):
    data = xls(*ROWS)
    offset = data.index(struct.pack("<HHH", 0x42, 2, 1200))
    data = data[: offset + 4] + struct.pack("<H", page) + data[offset + 6 :]

    assert declares_other_codepage(data)
    assert [filled(row) for row in read_sheets(data).sheets[0].rows] == ROWS


def test_errors_of_an_xlsb_are_no_blanks():
    number = record(5, struct.pack("<IId", 0, 0, 7.0))
    error = record(3, struct.pack("<IIB", 1, 0, 0x2A))
    formula_error = record(11, struct.pack("<IIB", 3, 0, 0x17) + bytes(10))

    (sheet,) = read_workbook(xlsb(number, error, formula_error), FileKind.XLSB).sheets

    assert list(sheet.rows[4 - sheet.first_row]) == [7, "#N/A", None, "#REF!"]
    assert all(type(sheet.rows[0][column]) is CellError for column in (1, 3))


def test_errors_of_an_xls_are_no_blanks():
    book = xlwt.Workbook()
    page = book.add_sheet("台账")
    page.write(0, 0, "序号")
    page.row(1).set_cell_number(0, 1)
    page.row(1).set_cell_error(1, 0x2A)
    buffer = io.BytesIO()
    book.save(buffer)

    (sheet,) = read_workbook(buffer.getvalue(), FileKind.XLS).sheets

    assert sheet.rows[1][1] == CellError("#N/A")


@pytest.mark.parametrize(
    "formula",
    [
        '<c r="D1"><f>MID(C1,7,8)</f></c>',
        '<c r="D1"><f>MID(C1,7,8)</f><v></v></c>',
        '<c r="D1"><f>MID(C1,7,8)</f><v/></c>',
        '<c r="D1" s="3"><f t="shared" si="0"/></c>',
    ],
)
def test_a_formula_that_was_never_worked_out_says_so(formula):
    cells = f'<c r="A1"><v>1</v></c><c r="B1" t="inlineStr"><is><t>甲一</t></is></c><c r="C1"><v>7</v></c>{formula}'

    row = read_workbook(written(f'<row r="1">{cells}</row>'), FileKind.XLSX).sheets[0].rows[0]

    assert list(row)[3:] == [CellError(UNCALCULATED)]


def test_a_formula_behind_many_words_is_found():
    words = '<c r="B1" t="inlineStr"><is><t>of of</t></is></c>' * 100
    cells = f'<c r="A1"><v>1</v></c>{words}<c r="C1"><v>7</v></c><c r="D1"><f>MID(C1,7,8)</f></c>'

    row = read_workbook(written(f'<row r="1">{cells}</row>'), FileKind.XLSX).sheets[0].rows[0]

    assert row[3] == CellError(UNCALCULATED)


def test_formulas_of_a_row_that_waits_for_its_student_say_nothing():
    cells = '<c r="A1"><v>1</v></c><c r="D1"><f>MID(C1,7,8)</f></c>'

    row = read_workbook(written(f'<row r="1">{cells}</row>'), FileKind.XLSX).sheets[0].rows[0]

    assert filled(row) == [1]
