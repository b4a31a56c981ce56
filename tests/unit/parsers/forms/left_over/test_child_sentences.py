"""Sentences of mails and letters that speak of a child out of school, and those that speak of none."""

import random

import pytest

from parsers.forms.left_over.child_sentences import find_child_sentences
from tests.builders.values.form_tables import NOTICE, id_number

_SURNAMES = "谭马冉向秦陈刘周黎罗彭张王李杨牟何邓崔余江"
_GIVEN = [
    "晓雨",
    "建国",
    "佳怡",
    "浩然",
    "子涵",
    "小梅",
    "明",
    "俊杰",
    "思琪",
    "世华",
    "红",
    "梓萱",
    "天佑",
    "玉兰",
    "家豪",
]
_CLASSES = (
    "八年级2班",
    "八年级(2)班",
    "五年级一班",
    "七年级",
    "初二3班",
    "六(1)班",
    "我校九年级4班的",
    "西沱中学八年级2班",
)
_ABSENCES = (
    "一直没来上学", "至今未到校", "未返校", "没有来上学", "已辍学", "辍学在家", "随父亲外出务工,联系不上", "因病休学", "不愿上学", "9月4日起没来上学",
    "没到校报到", "拒绝返校", "从9月1日开始旷课", "在外打工", "不读了", "没去上学",
)  # fmt: skip
_FRAMES = (
    "{school_class}{name}{absence}。",
    "领导好!{school_class}{name}{absence},请知悉。谢谢!",
    "{name}({school_class}){absence}",
    "另有{school_class}学生{name}{absence}。",
    "附件请查收。另外{school_class}{name}同学{absence}。\n联系人:谭建国 13800000001",
    "各位领导:\n  我校除{school_class}{name}{absence}外,其余学生均已到校。",
    "{school_class}{name}。该生{absence}。",
    "{school_class}{name}\n一直在家,{absence}",
    "{school_class}{name},{absence}",
    "情况说明\n学生{name},{school_class},{absence}。",
)


def sentences_in(text: str) -> list[str]:
    return [sentence.text for sentence in find_child_sentences(text, NOTICE)]


def test_a_child_named_as_absent_is_found_however_it_is_said() -> None:
    dice = random.Random(11)
    missed = []
    for frame in _FRAMES:
        for absence in _ABSENCES:
            name = dice.choice(_SURNAMES) + dice.choice(_GIVEN)
            text = frame.format(name=name, school_class=dice.choice(_CLASSES), absence=absence)
            if not find_child_sentences(text, NOTICE):
                missed.append(text)

    assert missed == []


@pytest.mark.parametrize(
    "text",
    [
        "八年级2班谭晓雨一直没来上学。",
        "我校谭晓雨已返校",
        "谭晓雨、马佳怡两名学生未到校",
        "八年级2班有一名学生一直没来上学",
        "我校有2名学生未到校,正在劝返",
        "还有个别学生没有返校",
        "辍学学生1人,正在劝返",
        "八年级2班有学生未到校",
        "辍学学生名单:谭晓雨",
        "谭晓雨无故旷课",
        "除谭晓雨休学外零报告",
        "零报告,五年级谭某某休学",
        f"谭晓雨{id_number()}",
        id_number(),
        "另:马小梅,女,八年级2班,9月4日起没来上学,其监护人马建国电话打不通",
    ],
)
def test_a_child_a_class_a_count_or_a_number_is_found(text: str) -> None:
    assert sentences_in(text)


QUIET = (
    "无辍学学生",
    "没有学生未到校",
    "我校没有一名学生辍学",
    "我校无失学、辍学、休学、延缓入学学生。",
    "经全面摸排,我校学生均已到校,无失学辍学情况,特此报告。",
    "附件4失学辍学休学学生登记表,零报告。填报人:谭建国 13800000001",
    "西沱中学失学辍学休学延缓入学学生登记表-谭建国-零报告",
    "附件4 辍学学生台账 谭建国 13800000001",
    "各位领导好,附件为我校控辍保学材料,请查收。联系人谭建国,电话13800000001。",
    "我校应到320人,实到320人,辍学0人。",
    "辍学学生:无",
    "八年级辍学学生人数:0",
    "八年级2班至4班均未出现辍学现象",
    "不让一名学生辍学是我们的责任",
    "严防学生流失,确保一个学生都不辍学",
    "如有学生未到校,请及时劝返并填报附件6",
    "请各班核实有无学生辍学",
    "向主任您好,我校无辍学学生。",
    "李老师:收到通知,我校零报告。\n谭建国\n西沱中学\n2023年9月20日",
    "八年级2班班主任谭建国负责控辍保学工作",
    "您要的失学、辍学学生信息已填好。西沱中学 谭建国",
    "上周因下雨学校停电,材料报晚了,请谅解。",
    "马校长已返校,材料由他签字",
    "全校320名学生已返校",
    "高度重视控辍保学工作,防止学生辍学,成效明显。",
    "我校辍学率为0,巩固率100%",
    "周五学生离校时间为16时,来件请在此之前发。",
    "失学儿童少年情况统计表见附件,本月无变化,周老师填",
    "收到您关于辍学学生名单的邮件,已核对无误。",
    "附件3、附件4、附件6均为零报告,有问题请联系谭老师",
    "本学期开学以来,我校没有失学、辍学、休学学生,也没有延缓入学的适龄儿童。",
    "经核实,我校未发现有学生失学辍学,延缓入学、休学学生也没有。",
    "关于报送2023年秋季失学辍学学生登记表的报告",
    "何主任:现将西沱中学辍学学生登记表(零报告)报上,请审核",
)


@pytest.mark.parametrize("text", QUIET)
def test_a_zero_report_a_title_a_clerk_and_an_instruction_name_nobody(text: str) -> None:
    assert sentences_in(text) == []


def test_clerks_in_chatty_zero_reports_are_no_children() -> None:
    dice = random.Random(12)
    found = []
    for start in QUIET:
        name = dice.choice(_SURNAMES) + dice.choice(_GIVEN)
        for text in (
            f"{start}\n联系人:{name}\n电话:13800000001",
            f"{start}\n{name}",
            f"{name}:{start}",
            f"我是西沱中学{name}。{start}",
            f"{start},请查收。{name}老师,139{dice.randint(10**7, 10**8 - 1)}",
            f"{start}填报人{name} 审核人{dice.choice(_SURNAMES)}校长",
            f"{name}老师您好,{start}",
        ):
            found += [(text, sentence) for sentence in sentences_in(text)]

    assert found == []


def test_a_sentence_is_told_by_rows_that_hold_its_children() -> None:
    (sentence,) = find_child_sentences("八年级2班谭晓雨一直没来上学", NOTICE)
    (two,) = find_child_sentences("谭晓雨、马佳怡两名学生未到校", NOTICE)
    (numbered,) = find_child_sentences(f"另有{id_number()}", NOTICE)

    assert sentence.is_told_by({"谭晓雨"})
    assert not sentence.is_told_by({"谭晓"})
    assert not sentence.is_told_by(set())
    assert two.is_told_by({"谭晓雨", "马佳怡"})
    assert not two.is_told_by({"谭晓雨"})
    assert numbered.is_told_by({id_number()})


def test_the_number_of_a_grown_up_is_no_child_s() -> None:
    assert sentences_in("填报人谭建国509999198001012345") == []


def test_who_came_back_is_no_absence() -> None:
    (sentence,) = find_child_sentences("我校谭晓雨已返校", NOTICE)

    assert not sentence.is_absence
