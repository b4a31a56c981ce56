"""Recognises personal names: a surname and one to three characters, or parts with a middle dot."""

import re

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江"
    "尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤冉瞿牟易常温康施文牛樊葛邢安齐伍颜庞章鲁庄喻翁聂"
    "殷代欧申骆阮柯祝柴蒲辛管植苗耿焦裴左游蓝刁甘岳包司柳解纪舒屈项古梅童隆池简卜冷晏秋吉尚宁路关边盛卓成洪乔霍尤涂詹桂滕"
)
_COMPOUND_SURNAMES = "欧阳|上官|司马|诸葛|司徒|夏侯|皇甫|尉迟|公孙|令狐|东方|慕容"
_NAME = re.compile(
    rf"(?:{_COMPOUND_SURNAMES})[\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}][\u4e00-\u9fff]{{1,3}}"
    r"|[\u4e00-\u9fff]{1,8}(?:·[\u4e00-\u9fff]{1,8})+"
)
PERSON_NAME = _NAME.pattern
"""The pattern, for use inside others."""
SURNAME = f"(?:{_COMPOUND_SURNAMES}|[{_SURNAMES}])"
"""The pattern of a surname, for use inside others."""


_COMMON_WORDS = re.compile(
    "方[式法案]|关[系爱注]|成[效绩功员]|安[置全徽]|高[中一二三职]|单[位亲]|江[苏西]|包[保村]|常[住年]|万元|石柱|云南|时[间长]|金额|路途|全[部勤]|"
    "白班|左右|项目|权限|简[述介]|管理|应届|广东|[海河湖]南|[河湖]北|宁夏|柳州|贺州|史料|毛病|温州|卢县|施工|武汉|文化|贾村"
)
_PLACE_ENDING = re.compile("[镇乡村县市区省组社校园班级年月日号户次表册栏科]$|学校|小学|中学|意见")

_BEHIND_NAME = "一直|[没未不休辍失转随跟因在已自从至于说同等系为到去(,、:\\]‘’0-9\\s]|外出|今|现|近|$"
_NAME_IN_SENTENCE = re.compile(
    rf"(?:(?:{_COMPOUND_SURNAMES})[\u4e00-\u9fff]{{1,2}}?|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}?)(?={_BEHIND_NAME})"
)


def looks_like_name(text: str) -> bool:
    """Returns whether a whole text, without its blanks, may be a person's name."""
    return (
        _NAME.fullmatch(text) is not None
        and not _COMMON_WORDS.fullmatch(text)
        and _PLACE_ENDING.search(text) is None
    )


def mask_names_in_sentence(text: str) -> str:
    """Returns a sentence with possible names masked after their first character: 谭**一直没来上学."""
    return _NAME_IN_SENTENCE.sub(
        lambda match: match[0] if _COMMON_WORDS.match(match[0]) else match[0][:1] + "*" * (len(match[0]) - 1),
        text,
    )
