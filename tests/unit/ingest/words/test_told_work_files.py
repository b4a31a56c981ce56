"""Work files (一生一案): heard in a mail's words and in files so named, and nothing else is proved by them."""

import pytest

from tests.builders.files.clerk_files import dropout_row, mail, process_mail, register4, xlsx

REGISTER = "西沱中学附件4.xlsx"


def came(subject, body, files=None):
    return [
        (outcome, code) for _, outcome, code in process_mail(mail(files, subject=subject, body=body)).files
    ]


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("西沱中学一生一案", "劝返复学学生谭甲一已建立一生一案。"),
        ("西沱中学情况说明", "我校返校学生已全部建立一生一案工作档案。"),
        ("西沱中学", "返校学生一生一案均已建好,请查收。"),
    ],
)
def test_words_that_say_so_are_evidence(subject, body):
    assert came(subject, body) == [("evidence", None)]


@pytest.mark.parametrize(
    "body",
    [
        "谭甲一的一生一案正在建立,尚未完成。",
        "返校学生的一生一案将于10月建好。",
        "返校学生已建立一生一案。另有学生谭甲一未到校。",
        "请问一生一案怎么建?",
    ],
)
def test_what_is_planned_or_stands_beside_a_child_is_not_heard(body):
    assert came("西沱中学情况说明", body)[0][0] != "evidence"


def test_words_beside_a_form_are_heard_too():
    body = "附件4见附件。返校学生已全部建立一生一案。"

    assert [one for one, _ in came("西沱中学附件4", body, {REGISTER: xlsx(register4(dropout_row()))})] == [
        "forms",
        "evidence",
    ]


def test_a_workbook_so_named_is_evidence():
    rows = [
        ["谭甲一一生一案工作档案"],
        ["姓名", "谭甲一"],
        ["帮扶教师", "李老师"],
        ["帮扶措施", "每周谈心一次"],
    ]

    assert came("西沱中学", "见附件。", {"谭甲一一生一案.xlsx": xlsx(rows)}) == [("evidence", None)]


def test_a_list_of_children_so_named_is_looked_at():
    rows = [["姓名", "身份证号"], *([f"甲{n}", f"50999920120304{n}012"] for n in (1, 2, 3))]

    assert came("西沱中学", "见附件。", {"一生一案台账.xlsx": xlsx(rows)})[0][0] != "evidence"
