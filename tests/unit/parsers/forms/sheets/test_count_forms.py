"""Forms of numbers are read as numbers, whatever their layout, and are neither rolls nor zero reports."""

import tempfile
from importlib import resources
from pathlib import Path

import pytest

from config.notice import Notice
from config.read_notice import load_notice
from config.units.resolve_unit_names import UnitNames
from parsers.formats.workbook import Workbook
from parsers.forms.sheet_reader import SheetReader
from parsers.forms.sheets.workbook_content import WorkbookContent
from tests.builders.values.form_tables import ROSTER, id_number, sheet

MONTHLY = """
[[forms]]
key = "月报"
title = "控辍保学情况月报表"
title_patterns = ["月报"]
role = "counts"
sender = "school"
due = "每月25日"
fields = ["seq", "school", "enrolled_count", "new_out_count", "returned_count", "remark"]
columns = ["new_out_count"]
unit_field = "school"

[fields.enrolled_count]
heading = "在校学生数"
kind = "int"
counts = "in-school"

[fields.new_out_count]
heading = "新增辍学"
kind = "int"
counts = "out"
new = true

[fields.returned_count]
heading = "劝返人数"
kind = "int"
counts = "returned"
"""
TITLE = ["西沱镇小学2023年10月控辍保学情况月报表"]
HEADINGS = ["序号", "就读学校", "在校学生数", "新增辍学", "劝返人数", "备注"]


def with_monthly() -> Notice:
    text = (resources.files("config") / "notices" / "2023-autumn.toml").read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "notice.toml"
        file.write_text(text + MONTHLY, "utf-8")
        return load_notice(file)


NOTICE = with_monthly()
READER = SheetReader(NOTICE, UnitNames(ROSTER, NOTICE))


def read(*rows: list[object]) -> WorkbookContent:
    return READER.read(Workbook(sheets=(sheet([TITLE, *rows]),)), "月报.xlsx", "")  # type: ignore[list-item]


def values(*rows: list[object]) -> list[dict[str, object]]:
    (form,) = read(*rows).forms
    assert (form.form, form.nil) == ("月报", False)
    return [dict(record.values) for record in form.records]


def test_each_row_is_numbers():
    (row,) = values(HEADINGS, [1, "西沱镇小学", "300人", 1, 0, None])

    assert row == {"school": "西沱镇小学", "enrolled_count": 300, "new_out_count": 1, "returned_count": 0}


@pytest.mark.parametrize("nought", ["无", 0, "0人", "/", "零"])
def test_nought_is_a_number_and_no_zero_report(nought: object):
    (row,) = values(["在校学生数", "新增辍学", "劝返人数"], [300, nought, nought])

    assert (row["new_out_count"], row["returned_count"]) == (0, 0)


def test_numbers_beside_their_headings_are_one_row():
    (row,) = values(["在校学生数", 300], ["新增辍学", 1], ["劝返人数", 0])

    assert row == {"enrolled_count": 300, "new_out_count": 1, "returned_count": 0}


def test_a_total_counts_only_where_nothing_else_does():
    assert len(values(HEADINGS, [1, "甲小学", 300, 1, 0, None], ["合计", None, 300, 1, 0, None])) == 1
    assert len(values(HEADINGS, ["合计", None, 300, 1, 0, None])) == 1


def test_one_without_a_number_says_so():
    (form,) = read(HEADINGS).forms

    assert (form.nil, [problem.code for problem in form.problems]) == (False, ["empty-form"])


def test_a_child_in_a_remark_is_asked_about():
    content = read(HEADINGS, [1, "西沱镇小学", 300, 1, 0, f"谭小样{id_number()}辍学在家"])

    assert content.left_over


def test_a_column_in_which_every_row_names_a_unit_says_whose_the_numbers_are():
    heading = ["单位", "在校学生数", "新增辍学", "劝返人数"]
    content = read(heading, ["西沱镇小学", 420, 1, 0], ["西沱中学", 300, 0, 0], ["合计", 720, 1, 0])

    assert [record.values["school"] for record in content.forms[0].records] == ["西沱镇小学", "西沱中学"]
    assert content.left_over == ()


def test_a_remark_is_left_over_only_where_a_child_stands_in_it():
    plain = read(HEADINGS, [1, "西沱镇小学", 300, 1, 0, "含下设两个教学点的全部学生"])
    child = read(HEADINGS, [1, "西沱镇小学", 300, 1, 0, "八年级谭晓雨未到校"])

    assert (len(plain.left_over), len(child.left_over)) == (0, 1)
