"""Registers without a table: a grid of labels, or a line of labels, for each child."""

import pytest

from config.text.text_folding import clean_text
from config.units.resolve_unit_names import UnitNames
from config.units.roster import Roster, Unit
from parsers.formats.clean_sheets import clean_workbook
from parsers.formats.workbook import Workbook
from parsers.forms.sheet_reader import SheetReader
from tests.builders.values.form_tables import (
    NOTICE,
    ROSTER,
    TITLES,
    id_number,
    read_one_form,
    read_sheets,
    sheet,
)

NUMBER, OTHER = id_number(), id_number(serial=125)
COLON, COMMA = "\uff1a", "\uff0c"
HEAD = [[TITLES["附件4"]], [f"填报单位{COLON}西沱中学"]]


def line(seq, name, number, status):
    pairs = {"姓名": name, "身份证号": number, "类别": status, "发生时间": "2023年9月3日", "原因": "厌学"}
    return [f"{seq}{COMMA.join(f'{label}{COLON}{value}' for label, value in pairs.items())}。"]


def values_of(form, *keys):
    return [tuple(record.values.get(key) for key in keys) for record in form.records]


def test_a_register_of_one_grid_a_child_is_read_as_its_title_says():
    rows = [
        *HEAD,
        ["姓名", "甲一", "性别", "男"],
        ["身份证号", NUMBER, "民族", "汉族"],
        ["类别", "休学", "发生时间", "2023年8月3日"],
        ["原因", "因病", "监护人", "甲父"],
        [],
        [f"姓名{COLON}", "乙二", f"性别{COLON}", "男"],
        ["身份证号", OTHER],
        ["类别", "辍学", "发生时间", "2023年9月6日"],
        ["原因", "外出打工"],
    ]

    form = read_one_form(rows, name="台账.docx")

    assert (form.form, form.stated_unit) == ("附件4", "西沱中学")
    assert values_of(form, "name", "id_number", "status", "since") == [
        ("甲一", NUMBER, "休学", "2023-08-03"),
        ("乙二", OTHER, "辍学", "2023-09-06"),
    ]


def test_a_register_of_one_numbered_line_a_child_is_read():
    form = read_one_form([*HEAD, line("1.", "甲一", NUMBER, "辍学"), line("(二)", "乙二", OTHER, "休学")])

    assert values_of(form, "name", "id_number", "status") == [
        ("甲一", NUMBER, "辍学"),
        ("乙二", OTHER, "休学"),
    ]


def test_a_child_told_of_below_such_lines_in_other_words_is_left_over():
    rows = [*HEAD, line("1.", "甲一", NUMBER, "辍学"), ["另有学生马春明从9月1日起一直没来上学。"]]

    (left_over,) = read_sheets(sheet(rows)).left_over

    assert [mention.child for mention in left_over.mentions] == ["马春明"]


def test_a_heading_without_students_is_no_grid():
    rows = [*HEAD, ["序号", "姓名", "身份证号", "类别", "原因"], ["无"]]

    assert read_one_form(rows).nil


def test_a_grid_in_a_table_of_its_own_below_a_titled_one_is_of_the_same_register():
    first = [*HEAD, ["姓名", "甲一"], ["身份证号", NUMBER], ["类别", "休学", "原因", "因病"]]
    second = [["姓名", "乙二"], ["身份证号", OTHER], ["类别", "辍学", "原因", "厌学"]]

    content = read_sheets(sheet(first, name="表1"), sheet(second, name="表2"), name="台账.docx")

    assert content.unrecognised_sheets == ()
    children = [child for form in content.forms for child in values_of(form, "name", "status")]
    assert children == [("甲一", "休学"), ("乙二", "辍学")]


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("西沱镇卧龙教学点辍学学生劝返记录表", "附件6"),
        ("西沱镇辍学学生劝返记录表", "附件5"),
        ("西沱镇卧龙教学点乡镇辍学学生劝返记录表", "附件5"),
    ],
)
def test_the_unit_in_the_title_of_a_record_of_visits_says_whose_form_it_is(title, form):
    point = Unit(name="西沱镇卧龙教学点", kind="school", stage="小学", township="西沱镇")
    reader = SheetReader(NOTICE, UnitNames(Roster((*ROSTER.units, point)), NOTICE))
    rows = [
        [title],
        ["姓名", "甲一", "性别", "男"],
        ["身份证号", NUMBER, "民族", "汉族"],
        ["监护人", "甲父", "联系电话", "13900000001"],
        ["第一次劝返时间", "2023年9月5日", "劝返结果", "未返校"],
    ]

    content = reader.read(clean_workbook(Workbook(sheets=(sheet(rows),))), clean_text("表.docx"), "")

    assert [one.form for one in content.forms] == [form]
