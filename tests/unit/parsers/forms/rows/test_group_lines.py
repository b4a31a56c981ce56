"""What stands once for many rows: sheets, blocks and lines for a class, a village, a stage, a 教学点."""

import pytest

from tests.builders.values.form_tables import TITLES, id_number, read_one_form, read_sheets, sheet

FULL_COLON = "\uff1a"
PUPILS = [(1, "甲一", id_number()), (2, "乙二", id_number(serial=125))]
ROLL = [("序号", "姓名", "身份证号"), *PUPILS]
TITLE = [TITLES["附件2"]]
UNIT = ["填报单位:西沱镇小学"]


def values_of(records, *keys):
    return [tuple(record.values.get(key) for key in keys) for record in records]


@pytest.mark.parametrize(
    ("name", "grade", "class_name"),
    [
        ("7.2", "七年级", "2班"),
        ("七(2)班", "七年级", "2班"),
        ("3-1", "三年级", "1班"),
        ("大班", "大班", None),
    ],
)
def test_a_sheet_is_named_for_its_class(name, grade, class_name):
    form = read_sheets(sheet([TITLE, UNIT, *ROLL], name=name)).forms[0]

    assert values_of(form.records, "grade", "class_name") == [(grade, class_name)] * 2


def test_a_sheet_with_any_other_number_names_no_class():
    form = read_sheets(sheet([TITLE, UNIT, *ROLL], name="Sheet7")).forms[0]

    assert values_of(form.records, "grade") == [(None,)] * 2


@pytest.mark.parametrize(
    "line",
    [
        f"班级{FULL_COLON}三年级2班     班主任{FULL_COLON}丙三   人数{FULL_COLON}2人",
        "三年级(2)班学生花名册",
        "三年级2班",
    ],
)
def test_the_line_above_a_block_names_its_class(line):
    rows = [TITLE, UNIT, ["三年级1班"], *ROLL[:2], [line], ROLL[0], ROLL[2]]

    form = read_one_form(rows)

    assert values_of(form.records, "name", "grade", "class_name") == [
        ("甲一", "三年级", "1班"),
        ("乙二", "三年级", "2班"),
    ]


def test_lines_among_the_rows_name_class_after_class():
    rows = [TITLE, UNIT, ROLL[0], ["一年级1班"], ROLL[1], ["小学二年级(3)班"], ROLL[2]]

    form = read_one_form(rows)

    assert values_of(form.records, "name", "grade", "class_name") == [
        ("甲一", "一年级", "1班"),
        ("乙二", "二年级", "3班"),
    ]


def test_a_column_says_more_than_a_line():
    rows = [TITLE, UNIT, (*ROLL[0], "年级"), ["三年级1班"], (*ROLL[1], "四年级")]

    assert values_of(read_one_form(rows).records, "grade") == [("四年级",)]


def test_a_line_names_the_school_of_a_roll_of_several():
    rows = [TITLE, UNIT, ROLL[0], ["西沱镇小学"], ROLL[1], ["西沱中学"], ROLL[2]]

    assert values_of(read_one_form(rows).records, "school") == [("西沱镇小学",), ("西沱中学",)]


AWAY = ("序号", "姓名", "身份证号", "就读学校", "学校所在地")


def away(name, serial):
    return (1, name, id_number(serial=serial), "龙岗第一小学", "广东省深圳市")


@pytest.mark.parametrize("line", ["南坪村", f"南坪村{FULL_COLON}", "一、南坪村(12人)", "西沱镇南坪村"])
def test_a_line_names_the_village(line):
    rows = [[TITLES["附件1"]], ["填报单位:西沱镇"], AWAY, [line], away("甲一", 123)]

    assert values_of(read_one_form(rows).records, "household_village") == [("南坪村",)]


def test_a_line_names_the_stage_of_those_below_it():
    rows = [[TITLES["附件1"]], ["填报单位:西沱镇"], AWAY]
    rows += [["一、小学(1人)"], away("甲一", 123), ["二、初中"], away("乙二", 125)]

    assert values_of(read_one_form(rows).records, "stage") == [("小学",), ("初中",)]


def test_a_sheet_is_named_for_its_village():
    form = read_sheets(
        sheet([[TITLES["附件1"]], ["填报单位:西沱镇"], AWAY, away("甲一", 123)], name="南坪村")
    ).forms[0]

    assert values_of(form.records, "household_village") == [("南坪村",)]


@pytest.mark.parametrize(
    ("first", "second"),
    [("二、辍学", "三、休学"), ("(二)辍学学生", "(三)休学学生(1人)"), ("辍学学生名单", "休学学生名单")],
)
def test_lines_among_the_rows_of_a_register_name_status_after_status(first, second):
    heading = ("序号", "姓名", "身份证号", "发生时间", "原因")
    rows = [
        [TITLES["附件4"]],
        ["填报单位:西沱中学"],
        heading,
        ["一、失学学生"],
        [None, "无"],
        [first],
        (1, "甲一", id_number(), "2023-9-3", "厌学"),
        [second],
        (1, "乙二", id_number(serial=125), "2023-9-3", "因病"),
    ]

    form = read_one_form(rows)

    assert values_of(form.records, "name", "status") == [("甲一", "辍学"), ("乙二", "休学")]
    assert not form.nil
    assert [*form.problems, *(p for record in form.records for p in record.problems)] == []


def test_a_line_that_is_not_understood_gives_its_rows_no_status_of_another():
    heading = ("序号", "姓名", "身份证号", "发生时间", "原因")
    rows = [
        [TITLES["附件4"]],
        heading,
        ["一、失学"],
        (1, "甲一", id_number(), "2023-9-3", "残疾"),
        ["二、辍学或者长期没来的"],
        (1, "乙二", id_number(serial=125), "2023-9-3", "因病"),
    ]

    form = read_one_form(rows)

    assert values_of(form.records, "name", "status") == [("甲一", "失学"), ("乙二", None)]


def test_a_sheet_is_named_for_its_status():
    rows = [
        [TITLES["附件4"]],
        ["姓名", "身份证号", "发生时间", "原因"],
        ["甲一", id_number(), "2023-9-3", "因病"],
    ]

    form = read_sheets(sheet(rows, name="休学学生")).forms[0]

    assert values_of(form.records, "status") == [("休学",)]
    assert list(form.problems) == []
