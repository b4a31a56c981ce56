"""Finds the children that a text mentions: by identity number, or by name where they are said to be out of school.

A name is recognised by the words before it (a class, 学生, a mark) and after it (因, 未到校, a comma). Clauses that
instruct, set a condition or deny mention nobody; names of adults after their duty (班主任谭某) are not children.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from config.identity_numbers import read_identity
from config.notice import Notice
from config.text.text_folding import fold_text
from config.units.resolve_unit_names import UnitNames
from parsers.fields.person_names import PERSON_NAME, SURNAME
from parsers.forms.instructions import is_example, is_order

_ID_NUMBER = re.compile(
    r"(?<![0-9a-z])[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9x](?![0-9])"
)
_CLAUSE_BREAKS = re.compile("[。;!\n]|(?<=[^0-9])[.](?=[^0-9])")
_MASKED_NAME = "[\u4e00-\u9fff](?:某{1,2}|[×x*〇○]{1,2})[\u4e00-\u9fff]??|[\u4e00-\u9fff]{2}[×x*〇○]"
_NAME = (
    f"{SURNAME}[\u4e00-\u9fff]{{1,3}}?|[\u4e00-\u9fff]{{1,8}}(?:·[\u4e00-\u9fff]{{1,8}}?)+?|{_MASKED_NAME}"
)
_BEHIND = (
    "同学|学生|也|都|均|自|从|于|因|由于|已|现|尚|未|仍|还|在|正|至|一直|经|多次|长期|无故|不|没|拒|辍|失|休|缓|延|流|离|退|旷|逃|外出|打工|务工|厌|"
    r"患|生病|病|随|跟|和|与|及|等|两|[2二三3]|、|,|\(|\)|:|/|一[人名]|[0-9]{1,2}[人名]|身份证|学籍|目前|今|[0-9一]+[月日年岁]|男|女|的|是|"
    "(?:小学|初中)?[一二三四五六七八九][年(0-9]|初[一二三]|$"
)
"""The words that may follow a child's name in a sentence."""
_CLASS_BEFORE = r"[0-9一二三四五六七八九]\)?班\)?[的:]?|年级[的:]?|初[一二三]|(?:另|还|尚|仍|现)有:?"
_SURE_BEFORE = f"{_CLASS_BEFORE}|学生:?|孩子:?|被监护人:?|子女:?|儿童:?|少年:?|适龄生|之子|之女|同学:?|其中:?|分别[是为]:?"
_BEFORE = r"^|[、,:(/.)]|[0-9一两二三四五六七八九][名人个位]:?|[和与及有是为系的叫因报漏含缺除弟妹兄姐哥]|[村组社校镇乡]|长[子女]|[儿女]|该生"
_PLACES = re.compile(
    f"(?:{PERSON_NAME})(?:、(?:{PERSON_NAME}))*?等?(?:[各0-9两三四五六七八九几]个?)*"
    "(?:乡镇|镇|乡|村|片区|街道|学校|小学(?![一二三四五六])|中学|社区|等地)"
)
_NO_CHILD = re.compile(
    "(?:.*(?:老师|主任|校长|书记|镇长|乡长|同志|干部|家长|学校|中学|小学|学生|儿童|父母|家庭|县|省|市))"
    "|向(?:学校|家长|班主|上级|县|镇|有关)|童[少未]|温馨|尚[未在]|易辍|关[于心注]|安[排置全徽]|任[何课教]|成(?:绩|功|年[人后子])|管[教理]"
    "|常[年规因]|高[中一二三度]|方[式可能]|万元|康复|单[亲独位]|项目|全[部体校班年县镇家]|时[间常有]|马上|左右|许[多可]|石柱|严[重格]"
    "|解[决释除]|白天|于是|于[今本][年月]|费用|何时|程度|易地|路[途费]|盛[行夏]|毛病|金额|连续|计划|江[苏西]|云南|边[远缘]|包[保括]|周报(?:表|单|告|[统汇]|$)"
)
"""Matches words that begin like names and are none."""
_NO_NAME_CHAR = re.compile(
    "[学生班级人数况因校表证各所均都每的填单位乡镇无有等共其男女辍失休某些部分全体个别多少原须应请如若或未没不就现]"
)
_SHAPE = re.compile(f"{_NAME}")
_PLACE_ENDING = re.compile("[镇乡村县市区省组社校班级号户次表册栏科]$")
_LONGEST_NAME_WITHOUT_SURNAME = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildMention:
    """A child in a text: the name or number, and the clause around it."""

    child: str
    words: str


def is_unit_in_title(mention: ChildMention, names: UnitNames, notice: Notice) -> bool:
    """Returns whether a mention is really the bare name of a unit at the start of a title: 冷水失学、辍学学生劝返记录表."""
    behind = mention.words.partition(mention.child)[2]
    titles = (*notice.wording.list_titles, *notice.wording.zero_report, "记录", "情况")
    rest = _rest_of_title("".join(sorted(set("".join(notice.known("status"))))), titles)
    return rest.match(behind) is not None and names.resolve(mention.child) is not None


@lru_cache(maxsize=8)
def _rest_of_title(status_letters: str, titles: tuple[str, ...]) -> re.Pattern[str]:
    ends = "|".join(titles)
    return re.compile(
        f"[{re.escape(status_letters)}、和及与]*(?:适龄)?(?:学生|儿童|少年)?[^,。;:]{{0,16}}(?:{ends})"
    )


def holds_id_number(text: str) -> bool:
    """Returns whether a text contains an identity number that is valid or at least has a possible birth date."""
    return len(text) >= 18 and _ID_NUMBER.search(fold_text(text)) is not None


def is_id_number(cell: object) -> bool:
    """Returns whether a cell is an identity number and nothing else, as text or as a number that lost digits."""
    if isinstance(cell, str):
        return 15 <= len(cell) <= 24 and read_identity(cell).fault is None
    return isinstance(cell, float | int) and not isinstance(cell, bool) and 10**16 < cell < 10**18


def find_absent_children(text: str, notice: Notice) -> tuple[ChildMention, ...]:
    """Returns the children that a text names as out of school; rules and denials name nobody."""
    if not notice.absence_words:
        return ()
    return find_children_with(text, notice.absence_words, notice)


def find_children_with(text: str, words: tuple[str, ...], notice: Notice) -> tuple[ChildMention, ...]:
    """Returns the children that a text names together with one of ``words``."""
    wording = notice.wording
    patterns = _compile_patterns(words, wording.duties, wording.denials.in_cells, wording.signatures.seals)
    return tuple(
        ChildMention(child=name, words=clause)
        for clause in map(fold_text, _CLAUSE_BREAKS.split(text))
        for name in _find_names(clause, patterns, notice)
    )


def find_id_numbers(text: str) -> tuple[ChildMention, ...]:
    """Returns each identity number in a text as the mention of a child."""
    if len(text) < 18:
        return ()
    folded = fold_text(text)
    return tuple(ChildMention(child=match[0].upper(), words=folded) for match in _ID_NUMBER.finditer(folded))


@dataclass(frozen=True, slots=True)
class _Patterns:
    adult: re.Pattern[str]
    absent: re.Pattern[str]
    denied: re.Pattern[str]
    sure: re.Pattern[str]
    likely: re.Pattern[str]
    unusual: re.Pattern[str]


@lru_cache(maxsize=8)
def _compile_patterns(
    absence_words: tuple[str, ...],
    duties: tuple[str, ...],
    denials: tuple[str, ...],
    seals: tuple[str, ...],
) -> _Patterns:
    absent = "|".join(map(re.escape, absence_words))
    behind = f"(?={_BEHIND}|{absent})"
    return _Patterns(
        adult=re.compile(
            rf"(?:{'|'.join(duties)})(?:\((?:{'|'.join(seals)})\))?:?"
            rf"(?:{PERSON_NAME}(?=[、,:(和与及对多到家前已]|$))(?:[、和](?:{PERSON_NAME})(?=[、,:(对多到家前已]|$))*"
        ),
        absent=re.compile(absent),
        denied=re.compile(f"(?:{'|'.join(denials)})[^,、]{{0,8}}(?:{absent})(?:、?(?:{absent}))*"),
        sure=re.compile(f"(?:{_SURE_BEFORE})(?P<name>{_NAME}){behind}|(?P<classmate>{PERSON_NAME})同学"),
        likely=re.compile(f"(?:{_BEFORE})(?P<name>{_NAME}){behind}"),
        unusual=re.compile(
            f"(?:{_CLASS_BEFORE})(?P<name>[\u4e00-\u9fff]{{2,{_LONGEST_NAME_WITHOUT_SURNAME}}}?)"
            f"(?=因|自[0-9从]|自今|于[0-9]|已|尚|未|仍|同学|{absent})"
        ),
    )


def _find_names(clause: str, patterns: _Patterns, notice: Notice) -> tuple[str, ...]:
    """Returns the names of children in one clause, if the clause has one of the words looked for."""
    if patterns.absent.search(patterns.denied.sub("", clause)) is None:
        return ()
    children = _PLACES.sub("", patterns.adult.sub("", clause))
    sure = [match["name"] or match["classmate"] for match in patterns.sure.finditer(children)]
    sure = [name for name in sure if _may_be_name(name)]
    likely = [match["name"] for match in patterns.likely.finditer(children)]
    likely = [name for name in likely if _may_be_name(name) and not _PLACE_ENDING.search(name)]
    unusual = [match["name"] for match in patterns.unusual.finditer(children)]
    unusual = [name for name in unusual if _NO_NAME_CHAR.search(name) is None]
    rest = children
    for name in (*sure, *likely):
        rest = rest.replace(name, "")
    if is_example(rest, notice):
        return ()
    if is_order(rest, notice):  # 请核实八年级谭某未到校的情况 mentions a child, 请安排人员 does not
        return tuple(dict.fromkeys((*sure, *likely))) if sure else ()
    return tuple(dict.fromkeys((*sure, *likely, *unusual)))


def _may_be_name(text: str) -> bool:
    return _SHAPE.fullmatch(text) is not None and _NO_CHILD.match(text) is None
