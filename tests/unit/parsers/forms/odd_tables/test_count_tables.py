"""Tables of counts, which are no lists of children."""

import pytest

from parsers.formats.clean_sheets import clean_workbook
from parsers.formats.workbook import Workbook
from parsers.forms.odd_tables.count_tables import is_count_table
from parsers.read_file import read_file
from tests.builders.files.clerk_files import SCHOOL, word, xlsx
from tests.builders.values.form_tables import NAMES, NOTICE, REGISTER_HEADING, id_number, sheet

MONTHLY = ["学校", "在籍学生数", "在校学生数", "本月新增辍学人数", "累计辍学人数", "备注"]


def is_counted(rows):
    (cleaned,) = clean_workbook(Workbook(sheets=(sheet(rows),))).sheets
    return is_count_table(cleaned, NOTICE)


@pytest.mark.parametrize(
    "rows",
    [
        [[f"{SCHOOL}2023年9月控辍保学月报表"], MONTHLY, [SCHOOL, 420, 420, 0, 0, "零报告"]],
        [["统计表"], MONTHLY, [SCHOOL, "420人", "420人", "0", "-", None]],
        [["年级", "男生人数", "女生人数"], ["五年级", 20, 21], ["合计", 20, 21]],
        [["年级", "应到人数(人)", "巩固率"], ["五年级", 41, "100%"]],
    ],
)
def test_numbers_below_headings_of_numbers_are_counts(rows):
    assert is_counted(rows)


@pytest.mark.parametrize(
    "rows",
    [
        [list(REGISTER_HEADING), [1, "甲一", "男", id_number(), "甲父", "13800000001", "辍学", None, "厌学"]],
        [["姓名", "劝返次数", "缺课天数"], ["甲一", "三次,未返", "很多"]],
        [["年级", "男生人数", "女生人数"]],
        [["年级", "人数"], ["五年级", 3]],
    ],
)
def test_a_list_of_children_is_no_table_of_counts(rows):
    assert not is_counted(rows)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("月报.xlsx", xlsx([["9月控辍保学月报表"], MONTHLY, [SCHOOL, 420, 420, 0, 0, "零报告"]])),
        ("月报.docx", word((["9月控辍保学月报表"], [MONTHLY, [SCHOOL, "420", "420", "0", "0", "零报告"]]))),
    ],
)
def test_a_file_of_counts_is_asked_about_as_what_it_is(name, data):
    result = read_file(data, name, "月报", NOTICE, NAMES)

    assert (result.outcome, result.reason_code) == ("quarantined", "no-table")
    assert result.reason is not None
    assert "只有人数" in result.reason
