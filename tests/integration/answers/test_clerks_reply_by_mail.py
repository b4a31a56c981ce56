"""Clerks reply to receipts and reminders in words: a question to the officer, a sign, a new submission; never a decision on a case."""

from email.message import EmailMessage
from typing import Any

import pytest

from tests.builders.answers.answering_office import (
    FAIL,
    OFFICER,
    TOWN_CLERK,
    AnsweringOffice,
    a_reply,
    body_of,
)
from tests.builders.files.clerk_files import dropout_row, register3, xlsx
from tests.builders.values.form_tables import id_number

CHILD = "谭小明"
ODD = (1, CHILD, None, id_number(serial=123), "甲父", "138000", "辍学", "2023-9-10", "厌学")


@pytest.fixture
def office(answering_office: AnsweringOffice) -> AnsweringOffice:
    """An office that got a register with a row that is asked about, and answered it with a receipt."""
    answering_office.give_current_notice()
    answering_office.configure("\n[units]\nreceipts = true\nreminders = true\n")
    answering_office.put_register(ODD)
    answering_office.poll()
    return answering_office


def letters(office: AnsweringOffice) -> tuple[EmailMessage, EmailMessage]:
    """The clerk's receipt and the officer's digest."""
    assert office.run("receipts", "--queue") == 0
    mails = office.digests()
    return mails[TOWN_CLERK], mails[OFFICER]


def problems(office: AnsweringOffice) -> list[Any]:
    return [one for one in office.asked("problems") if one["explained"] is None]


def row_of(office: AnsweringOffice) -> int:
    (problem,) = [one for one in problems(office) if one["severity"] == "warning"]
    return int(problem["row"])


def test_an_explanation_is_a_question_and_settles_its_row_at_an_officers_word(
    office: AnsweringOffice,
) -> None:
    row = row_of(office)
    receipt, digest = letters(office)
    office.put(a_reply(receipt, f"情况属实 第{row}行 已核实", sender=TOWN_CLERK, quoted=body_of(receipt)))
    office.poll()

    (number,) = [key for key, one in office.questions().items() if one["kind"] == "explained"]
    assert office.questions()[number]["unit"] == "西沱镇"
    assert f"第{row}行" in office.questions()[number]["about"]
    assert office.changed() == []
    office.put(a_reply(digest, f"{number} 情况属实"))
    (told,) = office.poll()

    assert "不再计数" in body_of(told)
    assert [one for one in problems(office) if one["severity"] == "warning"] == []
    assert number not in office.questions()
    office.put(a_reply(told, f"撤回 {number}"))
    office.poll()
    assert number in office.questions()
    assert row_of(office) == row


def test_where_the_office_trusts_its_units_an_explanation_is_taken(office: AnsweringOffice) -> None:
    office.configure("trust_explanations = true\n")
    row, (receipt, _) = row_of(office), letters(office)
    office.put(a_reply(receipt, f"情况属实 第{row}行 已核实", sender=TOWN_CLERK, authentication=FAIL))
    office.put(a_reply(receipt, f"情况属实 第{row}行 已核实", sender="thief@example.net"))
    office.poll()
    assert office.changed() == []

    office.put(a_reply(receipt, f"第{row}行情况属实,已核实", sender=TOWN_CLERK))
    office.poll()
    office.poll()

    assert sorted(one[0] for one in office.decisions()) == ["explain", "settle"]
    assert {one[2] for one in office.decisions()} == {f"西沱镇 <{TOWN_CLERK}>"}
    assert [one for one in problems(office) if one["severity"] == "warning"] == []


@pytest.mark.parametrize(
    ("words", "answer", "until"),
    [
        ("我镇停电,申请延期到12月31日报送附件4。", "同意", True),
        ("我镇停电,希望能晚几天报送。", "同意", False),
        ("我镇停电,申请延期到12月31日。", "不同意", False),
    ],
)
def test_an_extension_that_a_unit_asks_for_is_a_question(
    office: AnsweringOffice, words: str, answer: str, until: bool
) -> None:
    receipt, digest = letters(office)
    office.put(a_reply(receipt, words, sender=TOWN_CLERK))
    office.poll()

    status = {one["unit"]: one for one in office.asked("status")["units"]}
    states = {one["form"]: one["state"] for one in status["西沱镇"]["forms"]}
    assert states["附件1"] == "missing"
    assert [one["under_review"] for one in office.asked("gaps") if one["form"] == "附件1"] == [0]
    (number,) = [key for key, one in office.questions().items() if one["kind"] == "extension"]
    office.put(a_reply(digest, f"{number} {answer}"))
    (told,) = office.poll()

    kinds = sorted(one[0] for one in office.decisions())
    assert ("extend" in kinds) == until
    if until:
        assert "西沱镇附件4宽限到12月31日" in body_of(told)
    elif answer == "同意":
        assert kinds == []
        assert "宽限 西沱镇 到" in body_of(told)


def test_a_corrected_file_in_a_reply_is_a_new_submission(office: AnsweringOffice) -> None:
    mended = xlsx(register3(dropout_row(CHILD)))
    reply = a_reply(
        letters(office)[0],
        "已更正,请查收。",
        sender=TOWN_CLERK,
        attached=("西沱镇附件3(已标注).xlsx", mended),
    )
    office.put(reply)

    office.poll()

    assert [one for one in problems(office) if one["severity"] == "warning"] == []
    (case,) = office.asked("cases")
    assert (case["name"], case["state"]) == (CHILD, "open")


def test_nothing_new_this_month_is_a_sign(office: AnsweringOffice) -> None:
    receipt, _ = letters(office)
    office.put(a_reply(receipt, "本月无变化", sender=TOWN_CLERK))
    office.put(a_reply(receipt, "本月无变化", sender="thief@example.net", extra=[("X-Copy", "1")]))
    office.poll()

    files = [one for one in office.asked("files") if not one["path"]]
    dispositions = {(one["from"], one["disposition"]) for one in files}
    assert (TOWN_CLERK, "evidence") in dispositions
    assert office.changed() == []


@pytest.mark.parametrize(
    "words",
    [
        f"{CHILD}已返校",
        "第7行的学生材料稍后报送",
        f"{CHILD}已于9月20日复学,请结案",
        "12 同意",
        "1 情况属实\n同意发送",
    ],
)
def test_no_word_of_a_clerk_closes_a_case_or_decides(office: AnsweringOffice, words: str) -> None:
    receipt, _ = letters(office)
    office.put(a_reply(receipt, words, sender=TOWN_CLERK, quoted=body_of(receipt)))

    assert office.poll() == []

    assert office.changed() == []
    (case,) = office.asked("cases")
    assert case["state"] == "open"
    waiting = [
        one for one in office.asked("files") if not one["path"] and one["disposition"] == "quarantined"
    ]
    assert all(one["unit_hint"] == "西沱镇" for one in waiting)
