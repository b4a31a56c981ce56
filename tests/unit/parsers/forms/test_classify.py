"""Which form a table is when its title does not say so."""

import pytest

from config.notice import UnitRules
from parsers.forms.classify import find_form_by_title, find_twin_for_unit
from tests.builders.values.form_tables import NOTICE, TITLES, id_number, read_one_form, read_sheets, sheet

SYSTEM_LIST = ["学校名称", "学生名称", "辍学原因", "辍学时间", "是否复学"]
HEADING = ("序号", "姓名", "身份证号", "类别", "原因")
ROW = ["西沱中学", "甲一", "厌学", "2023-09-04", "否"]


@pytest.mark.parametrize(
    ("name", "subject", "form"),
    [
        ("列表.xlsx", "西沱中学 辍学学生", "附件4"),
        ("西沱中学列表.xlsx", "", "附件4"),
        ("列表.xlsx", "西沱镇 辍学学生", "附件3"),
    ],
)
def test_another_system_s_list_of_dropouts_is_the_register_of_the_unit(name, subject, form):
    (found,) = read_sheets(sheet([SYSTEM_LIST, ROW]), name=name, subject=subject).forms

    assert (found.form, [record.values["name"] for record in found.records]) == (form, ["甲一"])
    assert [problem.field for problem in found.problems] == ["id_number", "status"]


def test_a_list_that_nobody_is_named_for_waits_for_a_person():
    found = read_sheets(sheet([SYSTEM_LIST, ROW]), name="列表.xlsx")

    assert (found.forms, found.unrecognised_sheets) == ((), ("Sheet1",))


def test_a_list_of_another_notice_s_number_waits_for_a_person():
    heading = ["序号", "学校", "学生姓名", "身份证号", "未到校起始时间", "未到校原因", "家长姓名"]
    row = [1, "西沱中学", "甲一", id_number(), "2023-09-05", "厌学", "甲父"]
    title = ["附件2  石柱县义务教育阶段学生在家或在培训机构情况表"]

    found = read_sheets(sheet([title, ["填报单位:西沱中学"], heading, row]), name="附件2.xlsx")

    assert (found.forms, found.unrecognised_sheets) == ((), ("Sheet1",))


@pytest.mark.parametrize(
    "name", ["西沱中学附件2、4.xlsx", "附件2、附件4.xlsx", "附件1-6.xlsx", "附件2+4.xlsx"]
)
def test_a_file_named_for_several_forms_is_named_for_none_of_them(name):
    rows = [[TITLES["附件4"]], list(HEADING), [1, "甲一", id_number(), "辍学", "厌学"]]

    form = read_one_form(rows, name=name)

    assert (form.form, form.problems) == ("附件4", ())


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("西沱镇小学辍学学生劝返登记表", "附件6"),
        ("西沱镇中心小学校辍学学生劝返表", "附件6"),
        ("西沱镇失学、辍学学生劝返表", "附件5"),
        ("西沱镇人民政府失学、辍学学生劝返记录表", "附件5"),
    ],
)
def test_a_school_named_for_its_township_has_the_school_s_form(title, form):
    assert find_form_by_title([title], NOTICE) == form


@pytest.mark.parametrize("name", ["表2", "表二", "表 2"])
def test_a_sheet_that_is_only_numbered_is_the_form_of_its_number(name):
    rows = [["序号", "姓名", "身份证号", "学校"], [1, "甲一", id_number(), "西沱镇小学"]]

    forms = [form.form for form in read_sheets(sheet(rows, name=name), name="西沱镇小学.xlsx").forms]

    assert forms == ["附件2"]


def test_the_number_of_a_sheet_does_not_stand_against_its_title():
    rows = [[TITLES["附件4"]], HEADING, [1, "甲一", id_number(), "辍学", "厌学"]]

    assert [form.form for form in read_sheets(sheet(rows, name="表1")).forms] == ["附件4"]


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("失学、辍学学生劝返记录表", "附件6"),
        ("石门村失学、辍学学生劝返记录表", "附件5"),
        ("西沱学区失学、辍学学生劝返记录表", "附件5"),
        ("街道教育办失学、辍学学生劝返记录表", "附件5"),
    ],
)
def test_a_title_that_says_of_which_kind_its_unit_is_keeps_its_form(title: str, form: str):
    units = UnitRules(kinds={**NOTICE.units.kinds, "street_office": "街道教育办"})
    notice = NOTICE.model_copy(update={"units": units})

    assert find_twin_for_unit("附件5", [title], "school", notice) == form
