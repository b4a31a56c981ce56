"""Rows and columns that clerks make and templates do not have."""

import pytest

from tests.builders.clerk_files import AWAY_HEADING, MIDDLE, away_row, dropout_row, register4, roll1, roll2
from tests.builders.form_tables import (
    REGISTER_HEADING,
    ROLL_HEADING,
    TITLES,
    id_number,
    problem_codes,
    read_one_form,
    read_register,
    read_sheets,
    sheet,
)

NUMBER = id_number()


def names(form):
    return [record.values.get("name") for record in form.records]


@pytest.mark.parametrize(
    "row",
    [
        (None, "双坝村小计", "3人"),
        (None, "3人", None, "双坝村小计"),
        (None, None, None, "长岭村", "合计", 3),
        (None, "6", None, "全镇总计"),
        ("合计:3人",),
    ],
)
def test_a_subtotal_anywhere_in_a_row_is_no_student(row):
    form = read_one_form(roll1(away_row(), row, away_row("乙二", 125)))

    assert names(form) == ["甲一", "乙二"]


def test_a_child_whose_reason_counts_something_is_a_child():
    row = [*dropout_row()[:-1], "累计旷课30天"]

    assert names(read_one_form(register4(row))) == ["甲一"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("1.谭晓雨", "谭晓雨"),
        ("2、马子轩", "马子轩"),
        ("(3)冉欣怡", "冉欣怡"),
        ("①谭晓雨", "谭晓雨"),
        ("1·谭晓雨", "谭晓雨"),
        ("谭晓雨*", "谭晓雨"),
        ("谭晓雨(一班)", "谭晓雨"),
        ("(五1班)谭晓雨", "谭晓雨"),
        ("谭晓雨(女)", "谭晓雨"),
        ("甲依·买买提", "甲依·买买提"),
        (f"谭晓雨{NUMBER}", "谭晓雨"),
    ],
)
def test_what_stands_with_a_name_comes_off_it(written, name):
    assert names(read_register((1, written, None, NUMBER, None, None, "辍学", None, "厌学"))) == [name]


def test_a_remark_behind_a_name_and_the_remark_column_are_both_kept():
    form = read_register(
        (1, "谭晓雨(已返校)", None, NUMBER, None, None, "辍学", None, "厌学", "家访两次"),
        heading=(*REGISTER_HEADING, "备注"),
    )

    assert form.records[0].values["remark"] == "已返校;家访两次"


@pytest.mark.parametrize(
    "heading", ["姓名及身份证号", "姓名、身份证号码", "学生姓名/身份证号", "姓名(身份证号)"]
)
@pytest.mark.parametrize("written", [f"谭晓雨{NUMBER}", f"谭晓雨\n{NUMBER}", f"谭晓雨({NUMBER})"])
def test_name_and_number_in_one_cell_are_two_values(heading, written):
    form = read_register((1, written, "辍学", "厌学"), heading=("序号", heading, "类别", "原因"))

    (record,) = form.records
    assert (record.values["name"], record.values["id_number"]) == ("谭晓雨", NUMBER)
    assert (problem_codes(record), form.problems) == ([], ())


def test_guardian_and_phone_in_one_cell_are_two_values():
    heading = ("序号", "姓名", "身份证号", "类别", "原因", "监护人及联系电话")

    (record,) = read_register(
        (1, "甲一", NUMBER, "辍学", "厌学", "谭建国13800000001"), heading=heading
    ).records

    assert (record.values["guardian"], record.values["guardian_phone"]) == ("谭建国", "13800000001")


def test_a_group_word_that_says_nothing_does_not_hide_whose_the_column_is():
    rows = [
        [TITLES["附件4"]],
        ["序号", "学生基本情况", None, "监护人信息", None, "类别", "原因"],
        [None, "姓名", "身份证号", "姓名", "电话", None, None],
        [1, "甲一", NUMBER, "谭建国", "13800000001", "辍学", "厌学"],
    ]

    (record,) = read_one_form(rows, merged=[(2, 2, 2, 3), (2, 4, 2, 5)]).records

    assert record.values["name"] == "甲一"
    assert (record.values["guardian"], record.values["guardian_phone"]) == ("谭建国", "13800000001")


def test_choices_below_one_heading_are_columns_of_ticks():
    rows = [
        [TITLES["附件4"]],
        ["序号", "姓名", "身份证号", "类别", None, None, None, "原因"],
        [None, None, None, "失学", "辍学", "休学", "延缓入学", None],
        [1, "甲一", NUMBER, None, None, "√", None, "因病"],
        [2, "乙二", id_number(serial=125), None, None, None, None, "因病"],
    ]

    sick, unticked = read_one_form(rows, merged=[(2, 4, 2, 7)]).records

    assert sick.values["status"] == "休学"
    assert "status" not in unticked.values
    assert problem_codes(unticked) == ["required-missing"]


def test_a_column_s_own_heading_goes_before_its_group_s():
    rows = [
        [TITLES["附件4"]],
        ["序号", "姓名", "身份证号", "类别", "原因", "劝返情况", None, None, None],
        [None, None, None, None, None, "劝返次数", "包保责任人", "返校时间", "劝返结果"],
        [1, "甲一", NUMBER, "辍学", "厌学", 2, "谭老师", "2023-9-20", "已返校"],
    ]

    (record,) = read_one_form(rows, merged=[(2, 6, 2, 9)]).records

    assert "visits" not in record.values
    assert record.values["visits_made"] == 2
    assert record.values["responsible_person"] == "谭老师"
    assert (record.values["returned_on"], record.values["outcome"]) == ("2023-09-20", "已返校")


def test_words_about_visits_without_date_or_number_are_no_visit_and_are_kept():
    (record,) = read_register(
        (*dropout_row()[:-1], "厌学", "多次劝返无效"), heading=(*REGISTER_HEADING, "劝返情况")
    ).records

    assert "visits" not in record.values
    assert record.values["extra"] == {"劝返情况": "多次劝返无效"}


def test_what_stands_below_the_signatures_is_no_student_without_name_and_number():
    rows = [
        [1],
        ["填表人:谭老师", None, None, None, "审核人:马主任"],
        ["联系电话:023-73330000", None, None, None, None, None, None, "2023年9月22日"],
    ]

    form = read_register(*rows)

    assert (form.records, form.nil) == ((), True)


def test_a_child_below_the_signatures_is_read():
    form = read_register(dropout_row(), ["填表人:谭老师"], dropout_row("乙二", 125))

    assert names(form) == ["甲一", "乙二"]


def test_a_number_in_two_cells_below_one_heading_is_one_number():
    heading = (*REGISTER_HEADING[:4], None, *REGISTER_HEADING[4:])
    row = (1, "甲一", None, NUMBER[:10], NUMBER[10:], None, None, "辍学", None, "厌学")

    form = read_one_form([[TITLES["附件4"]], heading, row], merged=[(2, 4, 2, 5)])

    (record,) = form.records
    assert (record.values["id_number"], problem_codes(record), form.problems) == (NUMBER, [], ())


def test_nothing_and_a_student_in_one_table_contradict_each_other():
    form = read_register([1, "无"], dropout_row())

    assert names(form) == ["甲一"]
    assert [problem.code for problem in form.problems] == ["nil-contradicted"]


def test_strokes_in_the_empty_lines_below_the_students_contradict_nothing():
    assert read_register(dropout_row(), [2, "/", "/"], [3, "无"]).problems == ()


def test_last_semester_s_sheet_in_the_book_is_said_and_not_counted():
    old = [
        [TITLES["附件4"].replace("秋季", "春季")],
        [f"填报单位:{MIDDLE}"],
        REGISTER_HEADING,
        dropout_row("乙二", 125),
    ]

    found = read_sheets(sheet(register4(dropout_row()), name="2023年秋"), sheet(old, name="2023年春"))

    (form,) = found.forms
    assert names(form) == ["甲一"]
    assert [problem.code for problem in form.problems] == ["old-sheet"]


def test_grade_and_class_are_the_sheet_s_where_no_column_says_them():
    heading = [title for title in ROLL_HEADING if title not in ("年级", "班级")]
    number = id_number()
    row = [
        1,
        "甲一",
        "男" if int(number[16]) % 2 else "女",
        "土家族",
        number,
        "甲父",
        "13800000001",
        "西沱镇小学",
        "否",
    ]

    (form,) = read_sheets(sheet(roll2(row, heading=heading), name="五年级2班")).forms

    assert (form.records[0].values["grade"], form.records[0].values["class_name"]) == ("五年级", "2班")


def test_an_ordinary_sheet_name_is_no_grade():
    heading = [title for title in AWAY_HEADING if title != "年级"]

    (form,) = read_sheets(sheet(roll1(away_row()[:-1], heading=heading), name="1")).forms

    assert "grade" not in form.records[0].values


def test_a_heading_nobody_listed_is_bound_by_its_words_and_its_cells_and_that_said():
    form = read_register(
        (1, "甲一", NUMBER, "辍学", "厌学"),
        heading=("序号", "姓名", "学生本人身份证号", "目前失辍学类型", "原因"),
    )

    (record,) = form.records
    assert (record.values["id_number"], record.values["status"]) == (NUMBER, "辍学")
    assert problem_codes(record) == []
    assert [(p.code, p.value) for p in form.problems] == [
        ("heading-guessed", "学生本人身份证号"),
        ("heading-guessed", "目前失辍学类型"),
    ]


def test_a_heading_whose_cells_say_something_else_is_one_question_with_the_candidate():
    form = read_register(
        (1, "甲一", NUMBER, "见附表", "厌学"), heading=("序号", "姓名", "身份证号", "目前失辍学类型", "原因")
    )

    assert [p.code for p in form.problems] == ["heading-missing"]
    assert "目前失辍学类型" in form.problems[0].message
    assert problem_codes(form.records[0]) == []
