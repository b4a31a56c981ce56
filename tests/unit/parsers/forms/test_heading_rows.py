"""Headings of several rows, and what stands between a heading and the first student."""

import pytest

from tests.builders.values.form_tables import (
    REGISTER_HEADING,
    TITLES,
    id_number,
    read_one_form,
    read_sheets,
    sheet,
)

TITLE6 = "西沱中学义务教育阶段辍学学生劝返登记表"
UNIT = ["填报单位:西沱中学"]
PARTS = ["时间", "人员", "结果"]
NUMBER = id_number()
VISITS = ["2023-9-5", "谭老师", "未返校", "9月10日", "冉老师", "未见到人"]

LEVELS_6 = [
    ["序号", "姓名", "身份证号", "辍学原因", "劝返情况", *[None] * 5, "备注"],
    [None, None, None, None, "第一次", None, None, "第二次", None, None, None],
    [None, None, None, None, *PARTS, *PARTS, None],
]
MERGED_6 = [
    *((4, column, 6, column) for column in (1, 2, 3, 4, 11)),
    (4, 5, 4, 10),
    (5, 5, 5, 7),
    (5, 8, 5, 10),
]
LEVELS_4 = [
    ["序号", "学生基本信息", None, "类别", "原因", "劝返情况", *[None] * 5, "备注"],
    [None, "姓名", "身份证号", None, None, "第一次", None, None, "第二次", None, None, None],
    [None, None, None, None, None, *["劝返时间", "劝返人员", "劝返结果"] * 2, None],
]
MERGED_4 = [
    *((4, column, 6, column) for column in (1, 4, 5, 12)),
    *((4, 2, 4, 3), (5, 2, 6, 2), (5, 3, 6, 3), (4, 6, 4, 11), (5, 6, 5, 8), (5, 9, 5, 11)),
]
ROW_6 = [1, "甲一", NUMBER, "厌学", *VISITS, "再去"]
ROW_4 = [1, "甲一", NUMBER, "辍学", "厌学", *VISITS, "再去"]

THREE_LEVELS = [
    pytest.param(["附件6"], TITLE6, LEVELS_6, ROW_6, MERGED_6, id="附件6"),
    pytest.param(["附件6"], TITLE6, LEVELS_6, ROW_6, [(1, 1, 1, 11)], id="附件6-only-its-title-merged"),
    pytest.param(["附件4"], TITLES["附件4"], LEVELS_4, ROW_4, MERGED_4, id="附件4"),
    pytest.param(["附件4"], TITLES["附件4"], LEVELS_4, ROW_4, [], id="附件4-not-merged"),
]


def visits_of(record):
    return [(v["number"], v["date"], v["people"], v["result"]) for v in record.values["visits"]]


TOLD = [(1, "2023-09-05", "谭老师", "未返校"), (2, "2023-09-10", "冉老师", "未见到人")]


@pytest.mark.parametrize(("label", "title", "levels", "row", "merged"), THREE_LEVELS)
def test_a_heading_of_three_levels_is_read_with_visits_by_their_ordinal(label, title, levels, row, merged):
    form = read_one_form([label, [title], UNIT, *levels, row], merged=merged)

    (record,) = form.records
    assert (record.row, record.values["name"], record.values["id_number"]) == (7, "甲一", NUMBER)
    assert visits_of(record) == TOLD
    assert record.values["remark"] == "再去"
    assert ("extra" in record.values, form.problems) == (False, ())


@pytest.mark.parametrize(
    "numbers",
    [
        list(range(1, 12)),
        [str(number) for number in range(1, 12)],
        [f"({number})" for number in range(1, 12)],
        ["甲", "乙", "丙", *range(1, 9)],
        ["甲", "乙", None, *range(1, 9)],
        ["栏次", *range(1, 9)],
        [f"第{n}栏" for n in range(1, 9)],
        list(range(9)),
        list("ABCDEFGH"),
        ["栏次", "甲", "乙", *range(1, 7)],
    ],
)
def test_a_row_that_numbers_the_columns_is_no_student(numbers):
    form = read_one_form([["附件6"], [TITLE6], UNIT, *LEVELS_6, numbers, ROW_6], merged=MERGED_6)

    assert [(record.row, record.values["name"]) for record in form.records] == [(8, "甲一")]


def test_a_student_s_row_of_words_below_one_heading_row_is_no_sub_heading():
    heading = ["序号", "姓名", "类别", "原因", "身份证号"]
    row = [None, "甲一", "辍学", "厌学", NUMBER]

    form = read_one_form([[TITLES["附件4"]], UNIT, heading, row])

    assert [record.values["name"] for record in form.records] == ["甲一"]


@pytest.mark.parametrize(
    "between",
    [
        pytest.param([], id="heading-only"),
        pytest.param([["第2页 共2页"]], id="page-number"),
        pytest.param([["附件4"], [TITLES["附件4"]], UNIT], id="title"),
        pytest.param(
            [
                ["填报人:谭建国", None, "审核人:冉建国"],
                ["附件4"],
                [TITLES["附件4"]],
                [*UNIT, None, "填报人:谭建国"],
            ],
            id="signed-and-title",
        ),
    ],
)
@pytest.mark.parametrize("merged", [MERGED_4, []], ids=["merged", "not-merged"])
def test_a_heading_repeated_on_every_page_is_one_table(between, merged):
    second = [2, "乙二", id_number(serial=125), "辍学", "厌学", *VISITS, None]
    top = [["附件4"], [TITLES["附件4"]], [*UNIT, None, "填报人:谭建国"] if len(between) == 4 else UNIT]

    form = read_one_form([*top, *LEVELS_4, ROW_4, *between, *LEVELS_4, second], merged=merged)

    assert [record.values["name"] for record in form.records] == ["甲一", "乙二"]
    assert [visits_of(record) for record in form.records] == [TOLD, TOLD]


def test_the_same_heading_below_another_title_is_another_table():
    rows = [
        [TITLES["附件4"]],
        UNIT,
        list(REGISTER_HEADING),
        [1, "甲一", None, NUMBER, None, None, "辍学", None, "厌学"],
        ["西沱镇辖区县外失学、辍学、休学、延缓入学信息台账"],
        ["填报单位:西沱镇"],
        list(REGISTER_HEADING),
        [1, "乙二", None, id_number(serial=125), None, None, "辍学", None, "厌学"],
    ]

    forms = read_sheets(sheet(rows)).forms

    assert [(form.form, [record.values["name"] for record in form.records]) for form in forms] == [
        ("附件4", ["甲一"]),
        ("附件3", ["乙二"]),
    ]


def test_a_heading_merged_over_four_rows_is_read():
    blank = [None] * len(REGISTER_HEADING)
    row = [1, "甲一", None, NUMBER, None, None, "辍学", None, "厌学"]

    form = read_one_form(
        [[TITLES["附件4"]], UNIT, list(REGISTER_HEADING), blank, blank, blank, row],
        merged=[(3, column, 6, column) for column in range(1, 10)],
    )

    assert [(record.row, record.values["name"]) for record in form.records] == [(7, "甲一")]


def test_words_that_only_merging_makes_headings_are_headings():
    rows = [
        ["附件6"],
        [TITLE6],
        UNIT,
        ["序号", "学生情况", None, "劝返情况", None, None, None],
        [None, "姓名", "身份证号", "第一次", None, "第二次", None],
        [None, None, None, "入户", None, "入户", None],
        [None, None, None, "时间", "结果", "时间", "结果"],
        [1, "甲一", NUMBER, "2023-9-5", "未返校", "9月10日", "未见到人"],
    ]
    merged = [(4, 1, 7, 1), (4, 2, 4, 3), (5, 2, 7, 2), (5, 3, 7, 3), (4, 4, 4, 7)]
    merged += [(row, column, row, column + 1) for row in (5, 6) for column in (4, 6)]

    (record,) = read_one_form(rows, merged=merged).records

    assert visits_of(record) == [(1, "2023-09-05", None, "未返校"), (2, "2023-09-10", None, "未见到人")]


def test_blanks_and_line_breaks_in_a_heading_are_nothing():
    heading = ["序\n号", "姓  名", "身 份\n证 号 码", "类\n\n别", "发 生 时 间", "原\u3000因"]

    (record,) = read_one_form(
        [[TITLES["附件4"]], UNIT, heading, [1, "甲一", NUMBER, "辍学", "2023-9-10", "厌学"]]
    ).records

    assert (record.values["name"], record.values["status"], record.values["since"]) == (
        "甲一",
        "辍学",
        "2023-09-10",
    )


def test_a_title_of_two_lines_is_one_title():
    lines = [
        ["附件4"],
        ["石柱县2023年秋季学期西沱中学6-16周岁义务教育适龄学生县内"],
        ["失学、辍学、休学、延缓入学信息台账"],
    ]
    row = [1, "甲一", None, NUMBER, None, None, "辍学", None, "厌学"]

    form = read_one_form([*lines, UNIT, list(REGISTER_HEADING), row])

    assert (form.form, len(form.records)) == ("附件4", 1)


@pytest.mark.parametrize("between", [[], [None, None], ["", " "], [None], [1, None]])
def test_a_blank_row_above_a_heading_is_nothing(between):
    row = [1, "甲一", None, NUMBER, None, None, "辍学", None, "厌学"]

    form = read_one_form([[TITLES["附件4"]], UNIT, between, list(REGISTER_HEADING), row])

    assert [record.values["name"] for record in form.records] == ["甲一"]


def test_ticks_below_a_heading_that_lost_its_merging_are_ticks():
    rows = [
        [TITLES["附件2"]],
        ["序号", "姓名", "性别", None, "身份证号", "家庭类别", None, "就读学校", "年级"],
        [None, None, "男", "女", None, "一般户", "脱贫户", None, None],
        [1, "甲一", "\u221a", None, NUMBER, None, "\u221a", "西沱中学", "五年级"],
    ]

    (record,) = read_one_form(rows).records

    assert (record.values["sex"], record.values["household_category"]) == ("男", "脱贫户")
    assert record.problems == ()
