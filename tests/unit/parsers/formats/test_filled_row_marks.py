"""The marks of rows that were filled in, taken out before a sheet is read."""

from parsers.formats.filled_row_marks import HEADING, take_row_marks, write_row_mark
from parsers.formats.workbook import Cell, Sheet, Workbook

ONE, TWO = write_row_mark("a1b2c3d4e5f6-0"), write_row_mark("a1b2c3d4e5f6-11")


def a_workbook(*rows: list[Cell], first_row: int = 1) -> Workbook:
    sheet = Sheet(name="附件4", hidden=False, rows=rows, first_row=first_row, first_col=1, merged=())
    return Workbook(sheets=(sheet,))


def test_marks_are_known_by_sheet_and_row_and_leave_nothing_behind():
    workbook, marks = take_row_marks(
        a_workbook(
            ["姓名", "性别", HEADING], ["甲一", "男", ONE], ["新来", "女"], ["乙二", None, TWO], first_row=4
        )
    )

    assert marks == {("附件4", 5): "a1b2c3d4e5f6-0", ("附件4", 7): "a1b2c3d4e5f6-11"}
    assert [list(row) for row in workbook.sheets[0].rows] == [
        ["姓名", "性别"],
        ["甲一", "男"],
        ["新来", "女"],
        ["乙二"],
    ]


def test_the_column_may_have_moved_and_lost_its_heading():
    workbook, marks = take_row_marks(a_workbook(["姓名", "", "性别"], ["甲一", ONE, "男"]))

    assert marks == {("附件4", 2): "a1b2c3d4e5f6-0"}
    assert list(workbook.sheets[0].rows[1]) == ["甲一", None, "男"]


def test_a_row_with_two_marks_has_none():
    workbook, marks = take_row_marks(a_workbook(["甲一", ONE, TWO], ["乙二", TWO]))

    assert marks == {("附件4", 2): "a1b2c3d4e5f6-11"}
    assert [list(row) for row in workbook.sheets[0].rows] == [["甲一"], ["乙二"]]


def test_what_only_looks_like_a_mark_stays():
    workbook = a_workbook(["kc:没有", HEADING], ["kc:a1b2c3d4e5f6", "甲一"])

    assert take_row_marks(workbook) == (workbook, {})
