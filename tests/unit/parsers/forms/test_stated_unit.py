"""Whose table it is, as the lines around it say."""

import pytest

from parsers.forms.stated_unit import find_signing_unit, find_stated_unit, is_left_open
from tests.builders.values.form_tables import NAMES, NOTICE


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("填报单位(盖章):西沱镇小学   填报人:丙三", "西沱镇小学"),
        ("学校名称:西沱中学", "西沱中学"),
        ("报送乡镇:西沱镇,联系电话:13800000001", "西沱镇"),
        ("填报单位(盖章):", None),
        ("填报单位:××学校", None),
        ("填报单位:○○小学", None),
        ("填报单位:某某乡镇", None),
        ("填报单位:______", None),
        ("填报单位:乡镇(盖章)", None),
        ("审核人:丁四", None),
    ],
)
def test_what_stands_behind_the_label(line: str, unit: str | None):
    assert find_stated_unit([line], NOTICE) == unit


def test_a_notice_has_labels_of_its_own():
    wording = NOTICE.wording
    labels = wording.stated_unit.model_copy(update={"labels": (*wording.stated_unit.labels, "村\\(社区\\)")})
    notice = NOTICE.model_copy(update={"wording": wording.model_copy(update={"stated_unit": labels})})

    assert find_stated_unit(["填报村(社区):石门村"], NOTICE) is None
    assert find_stated_unit(["填报村(社区):石门村"], notice) == "石门村"


@pytest.mark.parametrize("text", ["附件4-零报告", "二〇二三年零报告", "西沱中学"])
def test_a_name_is_no_blank(text: str):
    assert not is_left_open(text, NOTICE)


def test_who_seals_is_whose_it_is():
    assert find_signing_unit(["西沱中学(盖章)"], NAMES, NOTICE) == "西沱中学"
    assert find_signing_unit(["西沱中学", "2023年9月20日"], NAMES, NOTICE) == "西沱中学"
    assert find_signing_unit(["西沱中学"], NAMES, NOTICE) is None
