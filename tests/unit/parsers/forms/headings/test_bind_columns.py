"""Headings as clerks write them, bound to the fields they mean."""

import pytest

from tests.builders.values.form_tables import (
    TITLES,
    id_number,
    problem_codes,
    read_one_form,
    read_register,
)

NUMBER = id_number()


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


@pytest.mark.parametrize(
    "heading", ["辍学、休学时间", "失学/辍学/休学/延缓入学时间", "失学(辍学)、休学日期", "辍学和休学起止时间"]
)
def test_a_list_of_statuses_before_a_word_means_what_each_status_means_with_it(heading):
    form = read_register(
        (1, "甲一", NUMBER, "辍学", "厌学", "2023-9-4"),
        heading=("序号", "姓名", "身份证号", "类别", "原因", heading),
    )

    assert form.records[0].values["since"] == "2023-09-04"


@pytest.mark.parametrize("group", ["就学情况", "在读状态", "类别"])
def test_statuses_below_a_heading_for_another_choice_are_ticks_all_the_same(group):
    rows = [
        [TITLES["附件4"]],
        ["序号", "姓名", "身份证号", group, None, None, None, "原因"],
        [None, None, None, "失学", "辍学", "休学", "延缓入学", None],
        [1, "甲一", NUMBER, None, None, "√", None, "因病"],
    ]

    form = read_one_form(rows, merged=[(2, 4, 2, 7)])

    assert (form.records[0].values["status"], form.problems) == ("休学", ())


@pytest.mark.parametrize("between", [" ", "\n", "  "])
def test_days_of_visits_that_a_blank_parts_are_as_many_visits(between):
    written = between.join(("2023.9.6", "2023.9.11", "2023.9.16"))
    form = read_register(
        (1, "甲一", NUMBER, "辍学", "厌学", written),
        heading=("序号", "姓名", "身份证号", "类别", "原因", "劝返情况"),
    )

    visits = form.records[0].values["visits"]
    assert [visit["date"] for visit in visits] == ["2023-09-06", "2023-09-11", "2023-09-16"]


VISIT_TITLE = ["西沱镇失学、辍学学生劝返记录表"]


@pytest.mark.parametrize(
    "visit_heading",
    [
        ("次数", "时间", "地点", "劝返人", "劝返内容", "结果"),
        ("次数", "日期", "地点", "劝返人员", "情况", "劝返结果"),
        ("劝返次数", "劝返时间", "劝返地点", "劝返人员", "劝返情况", "劝返结果"),
    ],
)
@pytest.mark.parametrize("again", [("", "", "", ""), (1, "甲一", NUMBER, "2023.9.1")])
def test_one_visit_a_row_however_its_columns_are_headed(visit_heading, again):
    rows = [
        VISIT_TITLE,
        ["填报单位:西沱镇"],
        ["序号", "姓名", "身份证号", "辍学时间", *visit_heading],
        [1, "甲一", NUMBER, "2023.9.1", "第一次", "2023.9.5", "家中", "丙三", "动员返校", "未返校"],
        [*again, "第二次", "2023.9.10", "电话", "丙三", "谈心", "同意返校"],
        [
            2,
            "乙二",
            id_number(serial=125),
            "2023.9.2",
            "第一次",
            "2023.9.7",
            "家中",
            "丙三",
            "动员",
            "未返校",
        ],
    ]

    first, second = read_one_form(rows).records

    assert [(v["date"], v["place"], v["people"], v["result"]) for v in first.values["visits"]] == [
        ("2023-09-05", "家中", "丙三", "未返校"),
        ("2023-09-10", "电话", "丙三", "同意返校"),
    ]
    assert (first.values["since"], len(second.values["visits"])) == ("2023-09-01", 1)


def test_the_result_beside_visits_in_columns_of_their_own_is_the_students():
    rows = [
        [TITLES["附件4"]],
        ["序号", "姓名", "身份证号", "类别", "原因", "第一次劝返", None, "劝返结果"],
        [None, None, None, None, None, "劝返时间", "结果", None],
        [1, "甲一", NUMBER, "辍学", "厌学", "2023.9.5", "未返校", "否"],
    ]

    (record,) = read_one_form(rows, merged=[(2, 6, 2, 7), (2, 8, 3, 8)]).records

    assert record.values["outcome"] == "未返校"
    assert [visit["date"] for visit in record.values["visits"]] == ["2023-09-05"]


def test_a_grade_below_the_school_is_a_grade():
    rows = [
        [TITLES["附件1"]],
        ["序号", "姓名", "身份证号", "就读学校", None, None],
        [None, None, None, "学校所在地", "就读学校名称", "年级"],
        [1, "甲一", NUMBER, "广东省深圳市", "龙岗第一小学", "五年级"],
    ]

    form = read_one_form(rows, merged=[(2, 4, 2, 6)])

    assert (form.records[0].values["school"], form.records[0].values["grade"]) == ("龙岗第一小学", "五年级")
    assert form.problems == ()


@pytest.mark.parametrize("group", ["就读学校", "就读学校情况", "就读学校基本信息"])
def test_a_grade_below_the_school_s_group_is_no_school(group):
    rows = [
        [TITLES["附件2"]],
        ["填报单位:西沱中学"],
        ["序号", "姓名", "身份证号", group, None],
        [None, None, None, "年级", "班级"],
        [1, "甲一", NUMBER, "5年级", "二班"],
    ]

    (record,) = read_one_form(rows, merged=[(3, 4, 3, 5)]).records

    assert (record.values["grade"], record.values["class_name"]) == ("五年级", "2班")
    assert "school" not in record.values


def test_the_number_of_the_roll_is_not_the_school_number():
    heading = ("序号", "姓名", "身份证号", "学籍辅号", "班内学号", "全国学籍号", "入学方式")
    rows = [[TITLES["附件2"]], heading, (1, "甲一", NUMBER, "20230001", 1, f"G{NUMBER}", "就近入学")]

    (record,) = read_one_form(rows).records

    assert record.values["student_number"] == f"G{NUMBER}"
    assert problem_codes(record) == []


@pytest.mark.parametrize("heading", ["是否返校", "劝返成效", "返校情况", "劝返结果"])
def test_what_a_visit_s_own_result_leaves_over_is_the_outcome(heading):
    """结果 beside 劝返时间 is the visit's; the register's last columns say what came of it all."""
    rows = [
        ["西沱中学义务教育阶段辍学学生劝返登记表"],
        ["序号", "姓名", "身份证号", "劝返次数", "劝返时间", "劝返人员", "结果", heading, "返校时间"],
        [1, "甲一", NUMBER, 1, "2023-09-06", "马丽", "未返校", "已返校", "2023-09-07"],
    ]

    form = read_one_form(rows)

    (record,) = form.records
    assert (record.values["outcome"], record.values["returned_on"]) == ("已返校", "2023-09-07")
    (visit,) = record.values["visits"]
    assert (visit["date"], visit["result"]) == ("2023-09-06", "未返校")
    assert (problem_codes(record), form.problems) == ([], ())
