"""A clerk's own workbook back: marked, and otherwise as it was."""

import io
from datetime import UTC, datetime

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from notify.units.problem_marks import (
    ERROR_FILL,
    SUMMARY,
    WARNING_FILL,
    add_problem_marks,
    build_problem_list,
)
from parsers.formats.clean_sheets import clean_workbook
from parsers.formats.workbook import Sheet, Workbook
from parsers.formats.workbooks.spreadsheets import read_workbook
from parsers.records import FileKind
from tests.builders.values.sample_digests import a_problem

DAY = datetime(2023, 9, 24, tzinfo=UTC)


def sheet_of(data: bytes | None, name: str = "附件4") -> Worksheet:
    assert data is not None
    sheet = openpyxl.load_workbook(io.BytesIO(data))[name]
    assert isinstance(sheet, Worksheet)
    return sheet


@pytest.fixture
def theirs() -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "附件4"
    sheet.append(["台账"])
    sheet.append(["姓名", "身份证号"])
    sheet.append(["甲一", "5099992012"])
    sheet.merge_cells("A1:B1")
    sheet["A3"].font = Font(bold=True, color="0000FF")
    sheet["A2"].fill = PatternFill("solid", fgColor="DDDDDD")
    sheet.column_dimensions["B"].width = 33
    workbook.create_sheet("说明")
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def problem(cell: str | None = "B3", **more: object):
    return a_problem(
        **{"sheet": "附件4", "row": 3, "cell": cell, "message": "身份证号不是18位:请核对", **more}
    )


def test_the_wrong_cell_is_coloured_and_says_what_to_do(theirs: bytes) -> None:
    sheet = sheet_of(add_problem_marks(theirs, [problem()], DAY))

    assert sheet["B3"].fill.fgColor.rgb == ERROR_FILL.fgColor.rgb
    assert sheet["B3"].comment is not None
    assert sheet["B3"].comment.text == "【回执】身份证号不是18位\uff1a请核对"
    assert sheet["B3"].value == "5099992012"


def test_everything_else_stays_as_it_was(theirs: bytes) -> None:
    sheet = sheet_of(add_problem_marks(theirs, [problem()], DAY))

    assert (sheet["A3"].font.bold, sheet["A3"].font.color.rgb) == (True, "000000FF")
    assert sheet["A2"].fill.fgColor.rgb == "00DDDDDD"
    assert sheet.column_dimensions["B"].width == 33
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A1:B1"]
    assert sheet.parent is not None
    assert sheet.parent.sheetnames == [SUMMARY, "附件4", "说明"]


def test_a_first_sheet_lists_the_problems_and_leads_to_their_cells(theirs: bytes) -> None:
    found = [
        problem("A3", severity="warning", message="请核对甲", value="甲一"),
        problem(message="身份证号不是18位:请核对", value="5099992012"),
    ]

    sheet = sheet_of(add_problem_marks(theirs, found, DAY), SUMMARY)

    assert sheet["A1"].value == "1处必须更正\uff08标红\uff09、1处请核对\uff08标黄\uff09"
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert rows == [
        [1, "附件4!B3", "5099992012", "身份证号不是18位\uff1a请核对"],
        [2, "附件4!A3", "甲一", "请核对甲"],
    ]
    assert sheet["B4"].hyperlink.location == "'附件4'!B3"
    assert sheet.parent is not None
    assert sheet.parent.active is sheet


def test_the_list_names_the_child_beside_its_cell_and_is_passed_over_all_the_same(theirs: bytes) -> None:
    found = [
        problem(record_id="r1"),
        problem("A3", record_id="r2"),
        problem(cell=None, row=None, record_id=None),
    ]

    marked = add_problem_marks(theirs, found, DAY, {"r1": "甲*"})

    listed = [row[1].value for row in sheet_of(marked, SUMMARY).iter_rows(min_row=4)]
    assert listed == ["附件4!B3 甲*", "附件4!A3", "附件4!A1"]
    assert marked is not None
    back = clean_workbook(read_workbook(marked, FileKind.XLSX))
    assert [sheet.name for sheet in back.sheets] == ["附件4", "说明"]


def test_a_later_receipt_lists_only_what_is_wrong_then(theirs: bytes) -> None:
    first = add_problem_marks(theirs, [problem(), problem("A3", message="请改")], DAY)
    assert first is not None

    sheet = sheet_of(add_problem_marks(first, [problem()], DAY), SUMMARY)

    assert sheet.max_row == 4
    assert sheet.parent is not None
    assert sheet.parent.sheetnames == [SUMMARY, "附件4", "说明"]


def test_readers_pass_over_the_list_when_it_comes_back(theirs: bytes) -> None:
    marked = add_problem_marks(theirs, [problem()], DAY)
    assert marked is not None

    assert [sheet.name for sheet in clean_workbook(read_workbook(marked, FileKind.XLSX)).sheets] == [
        "附件4",
        "说明",
    ]


def test_two_faults_of_one_cell_are_one_note_and_an_error_outweighs_a_warning(theirs: bytes) -> None:
    found = [problem(severity="warning", message="请核对甲"), problem(message="请改乙")]

    sheet = sheet_of(add_problem_marks(theirs, found, DAY))

    assert sheet["B3"].comment is not None
    assert sheet["B3"].comment.text == "【回执】请核对甲\n请改乙"
    assert sheet["B3"].fill.fgColor.rgb == ERROR_FILL.fgColor.rgb


def test_a_fault_of_a_row_or_of_the_table_stands_at_its_beginning(theirs: bytes) -> None:
    found = [problem(cell=None, severity="warning"), problem(cell=None, row=None, sheet=None)]

    sheet = sheet_of(add_problem_marks(theirs, found, DAY))

    assert sheet["A3"].fill.fgColor.rgb == WARNING_FILL.fgColor.rgb
    assert sheet["A1"].comment is not None


def test_inside_a_merged_area_its_first_cell_is_marked(theirs: bytes) -> None:
    sheet = sheet_of(add_problem_marks(theirs, [problem(cell="B1", row=1)], DAY))

    assert sheet["A1"].comment is not None


def test_the_same_file_gives_the_same_bytes(theirs: bytes) -> None:
    assert add_problem_marks(theirs, [problem()], DAY) == add_problem_marks(theirs, [problem()], DAY)


def test_what_cannot_be_written_back_is_listed_instead() -> None:
    assert add_problem_marks(b"\xd0\xcf\x11\xe0 an old workbook", [problem()], DAY) is None

    sheet = sheet_of(build_problem_list("附件4.xls", [problem()], DAY), "需更正")
    assert [cell.value for cell in sheet[2]][2:4] == [3, "B3"]


def test_a_mended_workbook_comes_back_without_the_old_marks(theirs: bytes) -> None:
    workbook = openpyxl.load_workbook(
        io.BytesIO(add_problem_marks(theirs, [problem(), problem(cell="A3")], DAY) or b"")
    )
    workbook["附件4"]["B3"] = "509999201203041231"
    out = io.BytesIO()
    workbook.save(out)

    sheet = sheet_of(add_problem_marks(out.getvalue(), [problem(cell="A3", message="请改名字")], DAY))

    assert (sheet["B3"].comment, sheet["B3"].fill.fill_type) == (None, None)
    assert sheet["A3"].comment is not None
    assert sheet["A3"].comment.text == "【回执】请改名字"


def test_what_the_unit_noted_itself_stays(theirs: bytes) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(theirs))
    workbook["附件4"]["B3"].comment = Comment("家长还没有找到户口本", "校长")
    out = io.BytesIO()
    workbook.save(out)
    once = add_problem_marks(out.getvalue(), [problem()], DAY)
    assert once is not None

    marked, mended = sheet_of(once)["B3"].comment, sheet_of(add_problem_marks(once, [], DAY))["B3"].comment

    assert marked is not None
    assert marked.text == "家长还没有找到户口本\n【回执】身份证号不是18位\uff1a请核对"
    assert mended is not None
    assert mended.text == "家长还没有找到户口本"


def test_a_fault_of_a_sheet_that_is_gone_stands_on_the_first(theirs: bytes) -> None:
    assert sheet_of(add_problem_marks(theirs, [problem(sheet="别的")], DAY))["B3"].comment is not None


def test_a_problem_of_several_cells_is_marked_at_the_first(theirs: bytes) -> None:
    marked = add_problem_marks(theirs, [problem(cell="B3:C4")], DAY)

    assert sheet_of(marked)["B3"].comment is not None


def test_our_list_is_passed_over_until_somebody_writes_a_child_into_it() -> None:
    def sheets(*rows: tuple[str | int, ...]) -> int:
        head: list[tuple[str | int, ...]] = [
            ("1处必须更正",),
            ("本页由程序生成",),
            ("序号", "位置", "填的是", "问题与改法"),
        ]
        listed = Sheet(name=SUMMARY, hidden=False, rows=[*head, *rows], first_row=1, first_col=1, merged=())
        theirs = Sheet(name="附件4", hidden=False, rows=[("姓名",)], first_row=1, first_col=1, merged=())
        return len(clean_workbook(Workbook(sheets=(listed, theirs))).sheets)

    place = (1, "附件4!D7 甲*", "509999201203", "身份证号不是18位")

    assert sheets(place) == 1
    assert sheets(place, (2, "甲一", "509999201203041231")) == 2
    assert sheets(place, (2, "", "甲一 509999201203041231 也辍学了")) == 2
    assert sheets((*place, "", "509999201203041231")) == 2
    assert sheets((*place, "已改")) == 1
    assert sheets(place, ("", "", "都改好了", "2023.9.20")) == 1
