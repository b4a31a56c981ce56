"""Knows the lines that units sign: 填表人, 审核人, 校长, 盖章, 联系电话, 填报日期, in one cell or split over several."""

import re
from collections.abc import Sequence

from config.text.text_folding import fold_text
from parsers.fields.person_names import PERSON_NAME
from parsers.forms.left_over.child_mentions import holds_id_number, is_id_number

_DUTY = (
    "填报|填表|填写|填|报送|上报|制表|制作|编制|审核|复核|审批|审签|核实|校对|经办|统计|录入|汇总|联系|负责"
)
_OFFICE = "(?:主要|分管|单位|学校|部门|年级|具体)?(?:负责人|领导|责任人)|(?:分管|副)?(?:校长|园长|书记|镇长|乡长|主任)"
_SEAL = "(?:加盖|盖|签)?(?:公章|盖章|签字|签名|签章|印章)"
_LABEL = re.compile(
    rf"(?:(?:{_DUTY})(?:人|者|人员|领导|老师|教师|单位|学校|日期|时间)|{_OFFICE}|(?:联系|办公)?(?:电话|手机)(?:号码)?|联系方式|日期|单位)"
    rf"(?:及)?(?:联系|办公)?(?:电话|手机号?码?|姓名)?\(?(?:{_SEAL})?(?:、|或|并|及)?(?:{_SEAL})?\)?"
    rf"|\(?(?:单位|学校)?(?:{_SEAL})\)?"
)
_LABELLED = re.compile(rf"(?:{_LABEL.pattern})(?::.*|(?:{PERSON_NAME})$)|.{{2,20}}\((?:{_SEAL})\):?")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_DATE = re.compile("(?:20[0-9]{2})?(?:[-./年][0-9]{0,2}){1,2}[月日号]?[0-9]{0,2}[日号]?|[年_]{1,9}月_{0,9}日")
_UNIT_ENDING = re.compile(".{2,20}(?:小学|中学|学校|中心校|幼儿园|教学点|政府|办事处|责任区)")


def is_signature_row(texts: Sequence[str]) -> bool:
    """Whether a row's filled cells are a unit's signatures, the labels and the names in cells of their own or in one.

    Known by the first cell, which is a label and no child; a row of one date or one unit is signed too. A row
    with an identity number never is.
    """
    if not texts or any(is_id_number(text) or holds_id_number(text) for text in texts):
        return False
    folded = [fold_text(text) for text in texts]
    words = [text for text in folded if not text.isdigit()] or folded
    if len(set(words)) == 1 and (_DATE.fullmatch(words[0]) or _UNIT_ENDING.fullmatch(words[0])):
        return True
    first = words[0]
    if not _CHINESE.search(first):
        return False
    return _LABEL.fullmatch(first.rstrip(":")) is not None or _LABELLED.match(first) is not None
