"""Sentences about children out of school, made by a generator, beside sentences that instruct or deny."""

import random

import pytest

from parsers.forms.left_over.child_mentions import find_absent_children
from tests.builders.values.form_tables import NOTICE

SURNAMES = "王李张刘陈杨黄赵吴周谭马冉向秦陆罗何牟汪江崔任余蒋管万康方高"
GIVEN = "晓雨子轩欣怡俊杰梓涵浩然思佳明辉勇国强红宇航诗曦春华才嘉豪艺芳婷"
CLASSES = ["八年级2班", "七年级", "九年级(3)班", "八(1)班", "初二3班", "三年级二班", "初一(4)班"]
REASONS = ["因病", "因厌学", "因随父母外出", "无故", "长期", "自9月4日起", "于2023年9月1日起", "至今", ""]
ABSENCES = [
    "未到校",
    "辍学",
    "辍学在家",
    "未返校",
    "休学",
    "没有来上学",
    "尚在劝返中",
    "劝返未果",
    "未报到",
    "失联",
]
NOTES = [
    "注:另有{where}{name}{why}{absent}。",
    "备注:{where}{name}{why}{absent}",
    "备注:1.{name}({where}){why}{absent}",
    "注:{where}学生{name}{why}{absent},学校正在跟进",
    "另有学生{name}({where}){why}{absent}",
    "说明:{name}{why}{absent},正在联系家长",
    "我校{where}{name}同学{why}{absent}",
    "注:{name},{where},{why}{absent}",
    "此外,{where}{name}{why}{absent},班主任已多次家访",
    "经排查,无其他失学辍学学生,仅{where}{name}{why}{absent}",
    "请教办知悉:{where}{name}{why}{absent}",
    "注: {name}   {where}  {why}{absent}",
    "特别说明:天星村3组{name}{why}{absent}",
]


def make_name(chance: random.Random) -> str:
    return chance.choice(SURNAMES) + "".join(chance.choice(GIVEN) for _ in range(chance.choice((1, 2, 2))))


def find(text: str) -> list[str]:
    return [mention.child for mention in find_absent_children(text, NOTICE)]


@pytest.mark.parametrize("note", NOTES)
def test_a_note_about_a_child_names_the_child(note):
    chance = random.Random(note)
    for _ in range(40):
        name = make_name(chance)
        text = note.format(
            name=name,
            where=chance.choice(CLASSES),
            why=chance.choice(REASONS),
            absent=chance.choice(ABSENCES),
        )
        assert any(name.startswith(child) for child in find(text)), text


@pytest.mark.parametrize(
    ("text", "children"),
    [
        ("注:另有八年级2班某某因病未到校", ["某某"]),
        ("备注:七年级张某某尚在劝返中", ["张某某"]),
        ("说明:马子轩、谭晓雨两名学生开学未报到", ["马子轩", "谭晓雨"]),
        ("备注:谭晓雨之弟谭晓明也未到校", ["谭晓明"]),
        ("该表漏报谭晓雨一人,已辍学", ["谭晓雨"]),
        ("我班学生麦买提·艾力未返校", ["麦买提·艾力"]),
        ("说明:学生欧阳雨桐因抑郁症在家休养", ["欧阳雨桐"]),
        ("八年级2班乙二因厌学辍学", ["乙二"]),
        ("注:因谭晓雨身份证号不详,未填入表内,该生已辍学", ["谭晓雨"]),
        ("注:秦小芳,女,七年级1班,9月1日至今没来上学", ["秦小芳"]),
    ],
)
def test_every_child_of_a_note_is_named(text, children):
    assert find(text) == children


@pytest.mark.parametrize(
    "text",
    [
        "注:辍学原因请填厌学、因病、家庭困难、外出务工等。",
        "填表说明:1.失学指适龄儿童少年未入学。2.辍学指未完成义务教育而离校。3.休学须附休学审批表。",
        "备注:家长签字确认后,学校留存一份,未到校学生由班主任负责劝返。",
        "说明:学生姓名、身份证号与户口簿一致,未返校的填写未返校原因。",
        "1.类别填“失学、辍学、休学、延缓入学”;2.辍学时间填年月日;3.劝返结果填“已返校、未返校”。",
        "要求:每5天劝返1次,连续劝返3次仍未返校的,由乡镇人民政府下达劝返通知书。",
        "经排查,我校无失学、辍学、休学、延缓入学学生。",
        "备注:包保责任人马主任负责劝返工作,每周家访不少于一次,防止学生流失。",
        "填表人:李小红  审核人:王大明  说明:我校无辍学学生",
        "例如:张三,八年级2班,因病未到校",
        "如:八年级张某某因病休学,填“休学”",
        "注:向学校申请休学的学生,须由家长提出书面申请。",
        "说明:成绩差、厌学的学生易辍学,要重点关注。",
        "备注:未到校原因:①因病 ②厌学 ③务工 ④其他",
        "班主任签字:谭晓雨   家长签字:   学生未到校情况记录",
        "校长王大明对辍学学生信息的真实性负责。",
        "包村干部冉明、马强已入户核实辍学学生情况",
        "注:毛坝、马武、黄水、王场等乡镇未返校学生较多,重点督查",
        "温馨提示:学生连续旷课3天即启动劝返",
        "注:高中阶段学生辍学不在统计范围。",
        "石柱县2023年秋季学期西沱中学6-16周岁义务教育适龄学生县内失学、辍学、休学、延缓入学信息台账",
        "劝返学生送达书、西沱中学义务教育阶段辍学学生劝返登记表",
        "说明:本学期我校休学3人,辍学2人,详见上表。",
        "注:常住人口中的适龄儿童未入学的,由所在村(社区)登记",
    ],
)
def test_a_note_on_filling_in_the_form_names_nobody(text):
    assert find(text) == []


def test_the_titles_of_the_notice_name_nobody():
    assert [form.key for form in NOTICE.forms if find(form.title)] == []


@pytest.mark.parametrize("title", ["白沙县流失学生周报表", "辍学学生周报", "失学辍学学生周报统计表"])
def test_a_weekly_report_is_no_child_called_zhou(title: str) -> None:
    assert find_absent_children(title, NOTICE) == ()


def test_a_child_called_zhou_bao_is_heard() -> None:
    (found,) = find_absent_children("另有学生周报国未到校", NOTICE)

    assert found.child == "周报国"
