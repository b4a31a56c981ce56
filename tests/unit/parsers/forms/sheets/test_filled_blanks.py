"""A blank template is told from a form on which somebody has written, in each of the seven forms."""

import pytest

from parsers.read_file import read_file
from tests.builders.files.clerk_files import AWAY_HEADING, MIDDLE, SCHOOL, TOWN, word, xlsx
from tests.builders.values.form_tables import NAMES, NOTICE, REGISTER_HEADING, ROLL_HEADING

VISITS = ["序号", "姓名", "身份证号", "原就读学校", "辍学时间", "劝返情况", "劝返结果"]
HEADINGS = {
    "附件1": AWAY_HEADING,
    "附件2": ROLL_HEADING,
    "附件3": REGISTER_HEADING,
    "附件4": REGISTER_HEADING,
    "附件5": VISITS,
    "附件6": VISITS,
    "附件7": ["序号", "责任层级", "责任人", "责任范围", "联系电话"],
}
UNITS = {"附件1": TOWN, "附件2": SCHOOL, "附件3": TOWN, "附件5": TOWN}
GRID_TITLES = {
    "附件5": "××乡镇(街道)失学、辍学学生劝返记录表",
    "附件6": "××学校义务教育阶段辍学学生劝返登记表",
}
FORMS = pytest.mark.parametrize("form", HEADINGS)
GRIDS = pytest.mark.parametrize("form", GRID_TITLES)


def register(form, signed, *rows, below=()):
    title = [NOTICE.form(form).title]
    numbers = [[number] for number in range(1, 4)]
    return xlsx([[form], title, signed, list(HEADINGS[form]), *rows, *numbers, *below])


def grid(form, unit="", **values):
    labels = [
        ["学生姓名", "name", "性别", "sex", "出生年月", "birth"],
        ["身份证号", "id", "家庭住址", "address", "联系电话", "phone"],
        ["监护人", "guardian", "辍学时间", "since", "辍学原因", "reason"],
        ["第一次劝返", "时间", "date", "人员", "", "结果", "result"],
    ]
    keys = {"name", "sex", "birth", "id", "address", "phone", "guardian", "since", "reason", "date", "result"}
    rows = [[values.get(cell, "") if cell in keys else cell for cell in row] for row in labels]
    return word(([form, GRID_TITLES[form], f"填报单位:{unit}"], rows))


def read(data, name):
    return read_file(data, name, "报送材料", NOTICE, NAMES)


@FORMS
@pytest.mark.parametrize(
    "signed", [["填报单位(盖章):"], ["填报单位(盖章):", "填报人:", "审核人:", "填报时间:    年  月  日"]]
)
def test_the_template_is_ignored(form, signed):
    result = read(
        register(form, signed, below=[["填表说明:1.如无此类学生请填零报告;2.请于9月25日前报送。"]]), "表.xlsx"
    )

    assert (result.outcome, result.reason_code) == ("ignored", "blank-template")


@FORMS
@pytest.mark.parametrize(
    ("signed", "below"),
    [
        (["填报单位(盖章):", "填报人:谭建国"], []),
        (["填报单位(盖章):", "填报时间:2023年9月20日"], []),
        (["填报单位(盖章):"], [["填表人:谭建国", "审核人:", "2023年9月20日"]]),
    ],
)
def test_a_signed_form_without_rows_and_unit_is_a_question(form, signed, below):
    result = read(register(form, signed, below=below), "表.xlsx")

    assert result.outcome == "quarantined"
    assert result.reason is not None
    assert "谭建国" in result.reason or "9月20日" in result.reason


@FORMS
def test_a_form_without_rows_that_names_its_unit_is_that_unit_s(form):
    (found,) = read(register(form, [f"填报单位(盖章):{UNITS.get(form, MIDDLE)}"]), "表.xlsx").forms

    assert (found.form, found.records) == (form, ())
    assert found.nil is NOTICE.form(form).nil_allowed


def test_a_place_in_a_row_of_an_unnamed_form_is_a_question():
    row = [1, None, None, TOWN, None, None, None]

    result = read(register("附件1", ["填报单位(盖章):"], row), "表.xlsx")

    assert (result.outcome, result.reason_code) == ("quarantined", "left-over")


@GRIDS
def test_a_blank_grid_is_ignored(form):
    assert read(grid(form), "表.docx").outcome == "ignored"


@GRIDS
def test_a_blank_grid_with_a_unit_is_its_zero_report(form):
    (found,) = read(grid(form, UNITS.get(form, MIDDLE)), "表.docx").forms

    assert (found.form, found.nil) == (form, True)


@GRIDS
@pytest.mark.parametrize(
    "values",
    [
        {"reason": "厌学"},
        {"address": "西沱镇玉石村3组"},
        {"date": "9月5日"},
        {"since": "2023年9月4日"},
        {"phone": "13800000001"},
    ],
)
@pytest.mark.parametrize("named", [True, False])
def test_a_grid_in_which_anything_of_a_child_stands_is_neither_ignored_nor_nil(form, values, named):
    result = read(grid(form, UNITS.get(form, MIDDLE) if named else "", **values), "表.docx")

    assert result.outcome == "quarantined"
    assert not any(found.nil for found in result.forms)


@GRIDS
def test_a_grid_with_a_name_is_a_record(form):
    (found,) = read(grid(form, name="谭晓雨"), "表.docx").forms

    assert [record.values["name"] for record in found.records] == ["谭晓雨"]
