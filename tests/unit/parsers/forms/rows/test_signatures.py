import pytest

from parsers.forms.rows.signatures import is_signature_row
from tests.builders.counties.full_width import widen
from tests.builders.values.form_tables import NOTICE, id_number

WORDS = NOTICE.wording.signatures

SIGNED = [
    ["填表人:", "李小红", "审核人:", "王大明"],
    ["填 表 人", "李小红", "审 核 人", "王大明"],
    ["填表人:李小红", "审核人:王大明"],
    ["填表人李小红", "审核人王大明"],
    ["校长", "王大明", "负责人", "马主任", "联系电话", "13900000000"],
    ["单位负责人(签字):", "王大明"],
    ["学校负责人(签字盖章)"],
    ["分管校长:"],
    ["填报日期", "2023年9月22日"],
    ["联系人及电话", "李小红", "73330000"],
    ["盖章"],
    ["(公章)"],
    ["西沱中学(盖章)", "填表人", "李小红"],
    ["2023年9月22日"],
    ["西沱镇人民政府"],
    ["1", "填表人", "李小红"],
]


@pytest.mark.parametrize("texts", SIGNED)
def test_a_row_that_begins_with_a_duty_is_signed(texts):
    assert is_signature_row(texts, WORDS)
    assert is_signature_row([widen(text) for text in texts], WORDS)


@pytest.mark.parametrize(
    "texts",
    [
        ["1", "甲一", "男", "辍学"],
        ["谭晓雨", "西沱中学", "2023年9月4日"],
        ["填表人", "李小红", id_number()],
        ["2", "主任务", "辍学"],
        ["日月潭村", "谭晓雨"],
        ["1", "2", "3"],
        ["谭晓雨"],
    ],
)
def test_a_child_s_row_is_not_signed(texts):
    assert not is_signature_row(texts, WORDS)
