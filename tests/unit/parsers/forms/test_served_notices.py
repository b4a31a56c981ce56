"""送达书 and its kin as running text, alone and above a 登记表."""

import pytest

from tests.builders.files.clerk_files import MIDDLE, SCHOOL, mail, process_mail, word
from tests.builders.values.form_tables import id_number, read_sheets, sheet

LETTER = [
    "谭某:(监护人姓名)",
    "你(们)的被监护人 谭晓雨 于2023年9月5日辍学,请你们在接到本通知书7日内,送被监护人(学生)复学。",
    "西沱中学",
    "2023年9月12日",
]
RECEIPT = [
    "义务教育阶段学生劝学通知书送达回证",
    "送达文书名称及文号:义务教育阶段学生劝学通知书(义劝通字[2023]第3号)",
    "受送达人:谭某(学生家长)",
    "送达地点:西沱镇南坪村三组    送达时间:2023年9月12日",
]
VISITS = [
    ["次数", "时间", "地点", "劝返人员", "情况", "结果"],
    ["1", "2023.9.12", "家中", "乙老师", "家访", "未返校"],
    ["2", "2023.9.17", "电话", "乙老师", "电话", "同意返校"],
]


@pytest.mark.parametrize(
    "title",
    ["劝学通知书", "限期返校通知书", "责令送被监护人接受义务教育通知书", "劝返学生送达书", "催学通知书"],
)
def test_a_letter_by_any_of_its_names_is_the_child_s_letter_and_not_the_notice(title):
    result = process_mail(
        mail({f"{title}.docx": word(([f"义务教育阶段学生{title}", *LETTER], []))}, subject=MIDDLE)
    )

    assert result.submissions == {(MIDDLE, "附件6"): ("谭晓雨",)}


def test_the_receipt_behind_a_letter_tells_when_and_to_whom_it_was_served():
    lines = ["义务教育阶段学生劝学通知书", *LETTER[:3], *RECEIPT]

    found = read_sheets(sheet([[line] for line in lines]), name="劝学通知书.docx", subject=MIDDLE)

    (record,) = found.forms[0].records
    assert (record.values["name"], record.values["since"]) == ("谭晓雨", "2023-09-05")
    assert (record.values["notice_served_on"], record.values["notice_received_by"]) == ("2023-09-12", "谭某")


@pytest.mark.parametrize("name", ["邓志书", "谭书瑶", "马书", "秦芸书"])
def test_a_child_may_have_the_word_of_a_letter_in_its_name(name):
    lines = [
        "劝返学生送达书",
        "谭建国家长:",
        f"您的孩子{name},系我校七年级学生,自2023年9月4日起未到校上课。",
        "送达时间:2023年9月8日",
    ]

    found = read_sheets(sheet([[line] for line in lines]), name=f"{name}送达书.docx", subject=MIDDLE)

    (record,) = found.forms[0].records
    assert (record.values.get("name"), record.problems) == (name, ())


def test_a_register_whose_labels_stand_several_a_line_is_one_child():
    lines = [
        "西沱中学义务教育阶段辍学学生劝返登记表",
        f"学生姓名:谭晓雨  性别:女  身份证号:{id_number()}",
        "辍学时间:2023年9月4日  辍学原因:厌学",
    ]

    found = read_sheets(sheet([*([line] for line in lines), *VISITS]), name="附件6.docx")

    (record,) = found.forms[0].records
    values = record.values
    assert (values["name"], values["id_number"], values["since"]) == ("谭晓雨", id_number(), "2023-09-04")
    assert [visit["date"] for visit in values["visits"]] == ["2023-09-12", "2023-09-17"]
    assert found.left_over == ()


def test_a_letter_and_a_register_as_paragraphs_are_one_record():
    lines = [
        "劝返学生送达书",
        "谭建国家长:",
        f"    您的孩子谭晓雨(身份证号:{id_number()})系我校七年级1班学生,于2023年9月4日起未到校就读。",
        "家长(监护人)签收:谭建国        送达时间:2023年9月8日",
        "西沱中学",
        "西沱中学义务教育阶段辍学学生劝返登记表",
        f"学生姓名:谭晓雨  性别:女  身份证号:{id_number()}",
        "监护人:谭建国  联系电话:13800000001  家庭住址:西沱镇南坪村三组",
        "辍学时间:2023年9月4日  辍学原因:厌学",
        "第一次劝返:2023年9月8日,马老师到家中动员,未返校。",
        "第二次劝返:2023年9月13日,马老师电话劝返,未返校。",
    ]

    found = read_sheets(sheet([[line] for line in lines]), name="附件6.docx")

    (record,) = found.forms[0].records
    values = record.values
    assert (values["notice_served_on"], values["guardian_phone"]) == ("2023-09-08", "13800000001")
    assert [visit["date"] for visit in values["visits"]] == ["2023-09-08", "2023-09-13"]
    assert found.left_over == ()


def test_a_letter_says_by_its_signature_whose_it_is():
    (form,) = read_sheets(
        sheet([[line] for line in ["劝返学生送达书", *LETTER]]), name="附件6送达书.docx"
    ).forms

    assert form.stated_unit == MIDDLE


def test_a_letter_that_two_units_sign_is_not_said_to_be_of_one():
    lines = ["劝返学生送达书", *LETTER, SCHOOL, "2023年9月12日"]

    (form,) = read_sheets(sheet([[line] for line in lines]), name="附件6送达书.docx").forms

    assert form.stated_unit is None


def test_a_letter_and_a_table_for_the_next_child_are_of_two_children():
    letter = [
        ["劝返学生送达书"],
        ["甲父家长:"],
        [f"您的孩子甲一(身份证号:{id_number()}),系我校七年级1班学生,自2023年9月1日起未到校。"],
        ["受送达人签字:甲父   送达人:丙三"],
        ["送达时间:2023年9月16日   送达地点:南坪村家中"],
    ]
    table = [
        ["劝返学生送达书"],
        ["学校(盖章):西沱中学"],
        ["学生姓名", "乙二", "身份证号", id_number(serial=125)],
        ["年级班级", "七年级2班", "受送达人", "乙母"],
        ["送达时间", "2023年9月12日", "送达地点", "家中"],
    ]

    (form,) = read_sheets(sheet([*letter, *table]), name="附件6.docx", subject=MIDDLE).forms

    assert {
        (r.values.get("name"), r.values["notice_served_on"], r.values["notice_received_by"])
        for r in form.records
    } == {("甲一", "2023-09-16", "甲父"), ("乙二", "2023-09-12", "乙母")}


@pytest.mark.parametrize("signature", [["西沱中学(盖章)"], ["西沱中学(公章)", "受送达人:谭某"]])
def test_a_school_that_seals_a_letter_without_a_day_is_its_unit(signature):
    lines = ["劝返学生送达书", LETTER[1], "送达时间:2023年9月12日", *signature]

    (form,) = read_sheets(sheet([[line] for line in lines]), name="送达书.docx").forms

    assert form.stated_unit == "西沱中学"


def test_a_letter_that_two_units_seal_names_neither():
    lines = ["劝返学生送达书", LETTER[1], "西沱中学(盖章)", "西沱镇人民政府(盖章)"]

    (form,) = read_sheets(sheet([[line] for line in lines]), name="送达书.docx").forms

    assert form.stated_unit is None
