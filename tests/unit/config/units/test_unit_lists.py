"""Lists of units as offices have them, turned into the lines of units.csv; what is not said is asked about."""

import csv
from io import StringIO

from config.units.unit_lists import UnitList, find_unit_column, make_unit_list


def listed(*rows: dict[str, str]) -> UnitList:
    return make_unit_list([(f"第{number}行", row) for number, row in enumerate(rows, 2)])


def lines(*rows: dict[str, str]) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(listed(*rows).text, newline="")))


def test_headings_are_known_in_the_words_of_offices():
    headings = ("名称", "类别", "学段", "所在乡镇\uff08街道\uff09", "别名", "E-mail", "联系电话", "序号")

    assert [find_unit_column(heading) for heading in headings] == [
        "unit", "kind", "stage", "township", "aliases", "emails", "phone", None,
    ]  # fmt: skip


def test_what_a_unit_is_stands_in_its_line_or_in_its_name():
    units = lines(
        {"unit": "西沱镇"},
        {"unit": "南宾街道办事处"},
        {"unit": "西沱镇小学"},
        {"unit": "红星幼儿园"},
        {"unit": "石柱中学", "stage": "完全中学"},
        {"unit": "民族学校", "kind": "九年制学校"},
        {"unit": "县残联", "kind": "部门"},
    )

    assert [(unit["kind"], unit["stage"]) for unit in units] == [
        ("township", ""), ("township", ""), ("school", "小学"), ("school", "幼儿园"), ("school", "完全中学"),
        ("school", "九年一贯制"), ("department", ""),
    ]  # fmt: skip


def test_a_stage_that_nobody_says_is_asked_about_and_not_guessed():
    found = listed({"unit": "石柱中学"}, {"unit": "县残联"})

    assert ",school,," in found.text
    assert [remark for remark in found.remarks if "石柱中学" in remark and "stage" in remark]
    assert [remark for remark in found.remarks if "县残联" in remark and "kind" in remark]


def test_several_stages_are_asked_about_and_none_is_chosen():
    """高中 alone would free a school from every form."""
    found = listed(
        {"unit": "石柱高级中学", "stage": "初中、高中"},
        {"unit": "民族学校", "stage": "小学、初中"},
        {"unit": "石柱一中(高中、初中)"},
    )

    assert found.text.count(",school,,") == 3
    assert [remark.count("第") for remark in found.remarks if "stage" in remark] == [3]


def test_a_name_is_of_the_stage_that_it_ends_in():
    units = lines(
        {"unit": "西沱小学附属幼儿园"}, {"unit": "石柱职业高中"}, {"unit": "石柱中学", "stage": "职业高中"}
    )

    assert [unit["stage"] for unit in units] == ["幼儿园", "职业学校", "职业学校"]


def test_several_addresses_and_names_stand_apart_however_they_were_joined():
    (unit,) = lines(
        {
            "unit": "西沱镇小学",
            "aliases": "西沱小学、西小",
            "emails": "a@qq.com\uff1bb@163.com c\uff20126.com",
        }
    )

    assert unit["aliases"] == "西沱小学;西小"
    assert unit["emails"] == "a@qq.com;b@163.com;c@126.com"


def test_an_address_that_is_none_is_told_and_left_out():
    found = listed({"unit": "西沱镇小学", "emails": "xt.qq.com office@qq,com"})

    assert "qq" not in found.text
    assert found.remarks == ("第2行西沱镇小学的邮箱不是地址,没有写进去",)


def test_a_township_is_found_by_its_short_name():
    _, school, other = lines(
        {"unit": "西沱镇人民政府", "kind": "乡镇"},
        {"unit": "西沱镇小学", "township": "西沱"},
        {"unit": "枫木小学", "township": "枫木镇"},
    )

    assert (school["township"], other["township"]) == ("西沱镇人民政府", "")


def test_a_unit_twice_is_one_and_told():
    found = listed({"unit": "西沱镇小学", "emails": "a@qq.com"}, {"unit": "西沱镇小学"})

    assert found.units == 1
    assert found.remarks == ("第3行又是“西沱镇小学”(第2行已有):只留第一次的",)
