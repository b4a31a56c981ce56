"""Grids of labels and values."""

import pytest

from tests.builders.values.form_tables import TITLES, id_number, read_one_form


@pytest.mark.parametrize("label", ["家访情况", "班主任家访情况", "入户劝返情况", "学校劝返情况", "走访记录"])
def test_visits_told_beside_one_label_are_visits(label):
    rows = [
        ["义务教育阶段辍学学生情况报告表"],
        ["填报学校:西沱中学"],
        ["学校名称", "西沱中学", "班级", "八(1)班"],
        ["学生姓名", "甲一", "身份证号", id_number()],
        ["辍学原因", "厌学", "辍学去向", "外出打工"],
        [label, "9月8日家访,家长同意送返;9月12日仍未到校"],
    ]

    (record,) = read_one_form(rows, name="报告表.docx").records

    visits = [(visit["date"], visit["result"]) for visit in record.values["visits"]]
    assert visits == [("2023-09-08", "同意返校"), ("2023-09-12", "未返校")]


def test_a_label_that_a_pdf_joined_to_the_line_before_is_a_label():
    rows = [
        ["西沱中学义务教育阶段辍学学生劝返登记表"],
        ["姓名", "甲一", "身份证号", id_number()],
        ["辍学时间", "2023.9.1", "原因", "厌学"],
        [
            "第一次劝返情况",
            "时间:2023-09-13 地点:电话 劝返人员:乙二、丙三劝返情况:孩子不愿上学劝返结果:未返校",
        ],
    ]

    (record,) = read_one_form(rows).records

    (visit,) = record.values["visits"]
    assert (visit["date"], visit["result"]) == ("2023-09-13", "未返校")


def test_a_value_with_a_colon_is_no_label():
    rows = [
        ["西沱镇失学、辍学学生劝返记录表"],
        ["姓名", "甲一", "身份证号", id_number()],
        ["辍学时间", "2023.9.1", "辍学原因", "其他:监护人失联"],
        ["第一次劝返情况", "9月5日入户,未返校"],
    ]

    (record,) = read_one_form(rows).records

    assert (record.values["reason"], record.values["reason_text"]) == ("其他", "其他:监护人失联")
    assert "remark" not in record.values


@pytest.mark.parametrize("reason", ["残疾", "其它", "其它:监护人失联"])
def test_a_word_that_heads_another_field_may_be_the_value_asked_for(reason):
    rows = [
        [TITLES["附件3"]],
        ["填报单位:西沱镇"],
        ["姓名", "甲一", "性别", "男"],
        ["身份证号", id_number(), "类别", "辍学"],
        ["辍学时间", "2023.9.1", "原因", reason],
        ["原因详情", "", "监护人", "乙二"],
    ]

    (record,) = read_one_form(rows, name="台账.docx").records

    assert (record.values["reason_text"], record.problems) == (reason, ())
    assert "disability" not in record.values


@pytest.mark.parametrize("line", [["原因", "", "残疾", "", "监护人", "乙二"], ["原因", "残疾", "肢体四级"]])
def test_the_label_of_a_field_is_no_value_of_the_blank_one_before_it(line):
    rows = [
        [TITLES["附件3"]],
        ["填报单位:西沱镇"],
        ["姓名", "甲一", "性别", "女"],
        ["身份证号", id_number(), "类别", "辍学"],
        line,
    ]

    (record,) = read_one_form(rows, name="台账.docx").records

    assert "reason" not in record.values
