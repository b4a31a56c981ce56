"""What came of a persuasion, in the words of clerks: only a return that has happened is one."""

import pytest

from config.notice import Notice
from config.units.resolve_unit_names import UnitNames
from parsers.fields.normalise import VocabularyMatcher, build_normalisers
from tests.builders.values.form_tables import NOTICE, ROSTER

OUTCOME = VocabularyMatcher(NOTICE.vocabularies["outcome"], NOTICE.placeholders)
VISIT_RESULT = VocabularyMatcher(NOTICE.vocabularies["visit_result"], NOTICE.placeholders)
STUDY_STATUS = VocabularyMatcher(NOTICE.vocabularies["study_status"], NOTICE.placeholders)


@pytest.mark.parametrize(
    "text",
    [
        "返校",
        "返校了",
        "已返校",
        "已于9月20日返校",
        "9月20日返校就读",
        "2023.9.20返校",
        "孩子已返校",
        "已复学",
        "9月返校",
    ],
)
@pytest.mark.parametrize("matcher", [OUTCOME, VISIT_RESULT])
def test_a_return_that_has_happened(matcher, text):
    assert matcher.match(text) == "已返校"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "同意返校",
            "不同意返校",
            "家长同意返校",
            "承诺9月20日返校",
            "答应下周返校",
            "预计国庆后返校",
            "争取返校",
        ),
        *(
            "无法返校",
            "暂时不能返校",
            "不肯返校",
            "不想返校",
            "待返校",
            "要求返校",
            "督促返校",
            "限期返校",
            "还没返校",
        ),
        *("不愿意返校就读", "已劝返3次", "尚未返校", "拒绝复学"),
    ],
)
@pytest.mark.parametrize("matcher", [OUTCOME, VISIT_RESULT])
def test_the_word_for_a_return_inside_others_is_none(matcher, text):
    assert matcher.match(text) != "已返校"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("不同意返校", "未返校"), ("同意返校", "同意返校"), ("承诺返校", "同意返校"), ("无法返校", "未返校")],
)
def test_what_a_visit_came_to(text, expected):
    assert VISIT_RESULT.match(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("长期请假", "未到校"),
        ("因病长期请假", "未到校"),
        ("长期病假", "未到校"),
        ("请假", "请假"),
        ("病假三天", "请假"),
    ],
)
def test_a_long_absence_is_more_than_a_day_s_leave(text, expected):
    assert STUDY_STATUS.match(text) == expected


def test_what_stands_for_nothing_is_the_notice_s_own():
    wording = NOTICE.wording.model_dump() | {"placeholders": ("查无",)}
    own = Notice.model_validate(NOTICE.model_dump() | {"wording": wording})
    names = UnitNames(ROSTER, NOTICE)

    assert build_normalisers(NOTICE, names)["remark"]("暂无").value is None
    assert build_normalisers(own, names)["remark"]("查无").value is None
    assert build_normalisers(own, names)["remark"]("暂无").value == "暂无"
