"""Headings that nobody listed."""

import pytest

from tests.builders.files.clerk_files import AWAY_HEADING, away_row, roll1
from tests.builders.values.form_tables import (
    NOTICE,
    id_number,
    problem_codes,
    read_one_form,
    read_register,
)

NUMBER = id_number()


def test_a_heading_nobody_listed_is_bound_by_its_words_and_its_cells_and_that_said():
    form = read_register(
        (1, "甲一", NUMBER, "辍学", "厌学"),
        heading=("序号", "姓名", "孩子有效身份证号", "目前失辍学类型", "原因"),
    )

    (record,) = form.records
    assert (record.values["id_number"], record.values["status"]) == (NUMBER, "辍学")
    assert problem_codes(record) == []
    assert [(p.code, p.value) for p in form.problems] == [
        ("heading-guessed", "孩子有效身份证号"),
        ("heading-guessed", "目前失辍学类型"),
    ]


def test_a_heading_whose_cells_say_something_else_is_one_question_with_the_candidate():
    form = read_register(
        (1, "甲一", NUMBER, "见附表", "厌学"), heading=("序号", "姓名", "身份证号", "目前失辍学类型", "原因")
    )

    assert [p.code for p in form.problems] == ["heading-missing"]
    assert "目前失辍学类型" in form.problems[0].message
    assert problem_codes(form.records[0]) == []


HEADING = ("序号", "姓名", "身份证号", "类别", "原因")
ROW = (1, "甲一", NUMBER, "辍学", "厌学")


@pytest.mark.parametrize(
    ("heading", "cell", "key", "value"),
    [
        ("学生现居家庭监护人姓名", "谭建国", "guardian", "谭建国"),
        ("孩子辍学前所读的年级", "七年级", "grade", "七年级"),
        ("本校统计的劝返次数", 2, "visits_made", 2),
        ("学生本人辍学时间", "2023-9-4", "since", "2023-09-04"),
        ("学校包保责任人名单", "冉老师", "responsible_person", "冉老师"),
    ],
)
def test_a_field_that_need_not_be_there_is_bound_in_the_same_way(heading, cell, key, value):
    form = read_register((*ROW, cell), heading=(*HEADING, heading))

    assert form.records[0].values[key] == value
    assert {problem.code for problem in form.problems} <= {"heading-guessed"}


@pytest.mark.parametrize(
    ("heading", "cell", "key"),
    [
        ("入学时间", "2020-9-1", "since"),
        ("现就读学校", "黄水中学", "previous_school"),
        ("监护人工作单位", "某公司", "guardian"),
        ("父亲身份证号码", id_number("19800304"), "birth_date"),
        ("审批日期时间", "2023-9-1", "since"),
        ("备用信息", "七年级", "grade"),
    ],
)
def test_a_heading_of_something_else_is_kept_under_its_own_words(heading, cell, key):
    (record,) = read_register((*ROW, cell), heading=(*HEADING, heading)).records

    assert record.values["id_number"] == NUMBER
    if key == "birth_date":
        assert record.values["birth_date"] == "2012-03-04"
    else:
        assert key not in record.values


@pytest.mark.parametrize(
    "whose", ["监护人身份证号", "家长身份证号码", "父亲身份证号", "户主身份证号", "班主任身份证号"]
)
def test_an_adult_s_number_is_never_the_child_s(whose):
    heading = ("序号", "姓名", whose, "类别", "原因")

    form = read_register((1, "甲一", id_number("19800304"), "辍学", "厌学"), heading=heading)

    assert "id_number" not in form.records[0].values
    assert [problem.code for problem in form.problems] == ["heading-missing"]


def test_a_filled_column_whose_heading_says_nothing_is_one_question():
    heading = ["在何校就读" if title == "就读学校" else title for title in AWAY_HEADING]

    form = read_one_form(roll1(away_row(), away_row("乙二", 125), heading=heading))

    assert [problem.code for problem in form.problems] == ["heading-missing"]
    assert "在何校就读" in form.problems[0].message
    assert [problem_codes(record) for record in form.records] == [[], []]


def test_a_table_of_few_columns_is_the_form_of_its_title():
    form = read_one_form(
        [
            ["石柱县2023年秋季学期义务教育学校“三保四包”责任体系细化表"],
            ["填报单位:西沱中学"],
            ["序号", "责任层级", "责任人", "责任范围", "联系电话"],
            [1, "校级", "谭建国", "全校", "13800000001"],
        ]
    )

    assert (form.form, len(form.records)) == ("附件7", 1)


RESPONSIBILITY = ["责任层级", "责任人", "责任范围", "联系电话"]
RESPONSIBLE_ROWS = [
    [1, "校级", "谭建国", "全校", "13800000001"],
    [2, "年级", "秦长江", "七年级", "13800000002"],
    [3, "班级", "向小明", "七年级一班", "13800000003"],
]
RESPONSIBLE_KEYS = ("layer", "responsible_person", "scope", "phone")


@pytest.mark.parametrize(
    ("place", "heading"),
    [
        (place, heading)
        for place, key in enumerate(RESPONSIBLE_KEYS)
        for heading in NOTICE.form("附件7").headings[key]
    ],
)
def test_what_clerks_write_above_the_columns_of_the_responsibility_table_is_known(place, heading):
    headings = [*RESPONSIBILITY[:place], heading, *RESPONSIBILITY[place + 1 :]]
    title = ["石柱县2023年秋季学期义务教育学校“三保四包”责任体系细化表"]

    form = read_one_form([title, ["填报单位:西沱中学"], ["序号", *headings], *RESPONSIBLE_ROWS])

    assert (form.form, form.problems) == ("附件7", ())
    assert [record.values.get(RESPONSIBLE_KEYS[place]) for record in form.records] == [
        row[place + 1] for row in RESPONSIBLE_ROWS
    ]


def test_a_name_in_another_form_is_still_the_student_s():
    assert "responsible_person" not in {
        key for record in read_one_form(roll1(away_row())).records for key in record.values
    }
