"""A zero report beside a child who is named only in the mail's words is a question, never nothing."""

import io
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import docx
import pytest

from config.mail.file_ids import file_ids, words_id
from config.units.resolve_unit_names import UnitNames
from config.units.roster import Unit
from store.stored_values import StoredAssignment
from tests.builders.files.clerk_files import (
    CONTEXT,
    MIDDLE,
    PNG,
    MailOutcome,
    dropout_row,
    mail,
    process_mail,
    register3,
    register4,
    xlsx,
    zipped,
)
from tests.builders.values.form_tables import id_number

REGISTER = "西沱中学附件4.xlsx"
ABSENT = "八年级2班谭晓雨一直没来上学。"
NUMBER = id_number(serial=321)


def nil_file(unit: str = MIDDLE) -> bytes:
    return xlsx(register4(["无"], unit=unit))


def attach(outer: bytes, inner: bytes) -> bytes:
    """A mail with another attached to it, as programs attach mails."""
    message = message_from_bytes(outer, policy=default)
    assert isinstance(message, EmailMessage)
    attached = message_from_bytes(inner, policy=default)
    assert isinstance(attached, EmailMessage)
    if message.get_content_type() != "multipart/mixed":
        message.make_mixed()
    message.add_attachment(attached)
    return message.as_bytes()


def letter(*lines: str) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def codes(came: MailOutcome) -> list[tuple[str, str | None]]:
    return [(outcome, code) for _, outcome, code in came.files]


HELD = ("quarantined", "child-not-listed")


@pytest.mark.parametrize(
    "raw",
    [
        mail({REGISTER: nil_file()}, body=ABSENT),
        mail({REGISTER: nil_file()}, body=f"八年级2班谭晓雨一直没来上学,身份证号{NUMBER}"),
        mail({REGISTER: nil_file()}, body=f"见附件\n{NUMBER}"),
        mail({REGISTER: nil_file()}, subject="西沱中学附件4,另八年级2班谭晓雨未到校"),
        mail({REGISTER: nil_file()}, body="我校有一名学生未到校,正在劝返"),
        mail({REGISTER: nil_file()}, body="我校谭晓雨已返校"),
        attach(mail(body="请查收"), mail({REGISTER: nil_file()}, body=ABSENT)),
        attach(mail({REGISTER: nil_file()}, body="请查收"), mail(subject="情况", body=ABSENT)),
        mail({"材料.zip": zipped({"a.eml": mail({REGISTER: nil_file()}, body=ABSENT)})}),
        mail({REGISTER: nil_file(), "材料.zip": zipped({"a.eml": mail(subject="情况", body=ABSENT)})}),
        mail({REGISTER: nil_file()}, subject="转发:附件4", body=f"\n-----原始邮件-----\n发件人:谭老师\n\n{ABSENT}"),
        mail({REGISTER: nil_file()}, subject="附件4", body=f"\n---------- 转发邮件 ----------\n发件人:谭老师\n{ABSENT}"),
        mail({REGISTER: nil_file(), "情况说明.txt": ABSENT.encode()}),
        mail({REGISTER: nil_file(), "情况说明.docx": letter("情况说明", ABSENT)}),
        mail({REGISTER: nil_file(), "八年级谭晓雨未到校.jpg": PNG}),
        mail({REGISTER: nil_file(), "谭晓雨休学证明.jpg": PNG}),
        mail({"西沱中学附件4(八年级谭晓雨未到校).xlsx": nil_file()}),
    ],
)  # fmt: skip
def test_a_child_in_the_words_of_a_mail_holds_its_zero_report(raw: bytes) -> None:
    came = process_mail(raw)

    assert came.nil == frozenset()
    assert HELD in codes(came)


def test_the_question_shows_the_sentence_with_its_child_masked() -> None:
    came = process_mail(mail({REGISTER: nil_file()}, body=f"八年级2班谭晓雨一直没来上学,身份证号{NUMBER}"))

    (file,) = came.draft.files
    assert file.reason is not None
    assert "八年级2班谭**一直没来上学" in file.reason
    assert NUMBER not in file.reason
    assert (file.unit_hint, file.form_hint) == (MIDDLE, "附件4")


def test_a_person_s_word_that_it_is_nothing_counts() -> None:
    raw = mail({REGISTER: nil_file()}, body=ABSENT)
    (key,) = file_ids("0" * 64, process_mail(raw).draft.files)
    context = replace(CONTEXT, assignments={key: StoredAssignment(unit=MIDDLE, form=None)})

    came = process_mail(raw, context)

    assert came.nil == {(MIDDLE, "附件4")}
    assert codes(came) == [("forms", None)]


@pytest.mark.parametrize(
    "raw",
    [
        mail({REGISTER: nil_file()}, body="我校无辍学学生,零报告。联系人谭建国13800000001"),
        mail({REGISTER: nil_file()}, body="没有学生未到校"),
        mail({REGISTER: nil_file()}, body=f"收到\n\n-----原始邮件-----\n发件人:县教委\n\n{ABSENT}"),
        mail({REGISTER: nil_file()}, subject="回复:八年级谭晓雨未到校的情况请核实", body="零报告"),
        mail({REGISTER: nil_file(), "学校照片.jpg": PNG}),
        mail({REGISTER: nil_file()}, subject="转发:通知", body="\n-----原始邮件-----\n发件人:县教委\n\n请报送辍学学生登记表,没有的零报告"),
        mail({REGISTER: nil_file(), "谭建国盖章扫描件.jpg": PNG}),
    ],
)  # fmt: skip
def test_words_that_tell_of_no_child_leave_the_zero_report_alone(raw: bytes) -> None:
    assert process_mail(raw).nil == {(MIDDLE, "附件4")}


def test_quoted_words_of_our_own_mails_hold_nothing() -> None:
    ours = (
        f"我校零报告\n\n---------- 转发邮件 ----------\n发件人:县教委\n{ABSENT}\n--\n本邮件由程序自动发出。"
    )

    assert process_mail(mail({REGISTER: nil_file()}, subject="转发:回执", body=ours)).nil == {
        (MIDDLE, "附件4")
    }


def test_a_mail_that_this_program_sent_holds_nothing_from_inside() -> None:
    ours = mail(body=ABSENT, extra={"Message-ID": f"<kongchuo.{'0' * 32}@example.org>"})

    assert process_mail(attach(mail({REGISTER: nil_file()}), ours)).nil == {(MIDDLE, "附件4")}


def test_a_child_with_a_row_beside_its_sentence_is_told() -> None:
    raw = mail({REGISTER: xlsx(register4(dropout_row("谭晓雨")))}, body=ABSENT)

    assert codes(process_mail(raw)) == [("forms", None)]


def test_a_child_without_a_row_beside_the_sentence_is_asked_about() -> None:
    came = process_mail(mail({REGISTER: xlsx(register4(dropout_row("马佳怡")))}, body=ABSENT))

    assert codes(came) == [("forms", None), HELD]
    assert came.draft.files[1].reason == (
        "邮件里说“八年级2班谭**一直没来上学”,附件里没有登记这名学生:请核实有没有漏报,漏报的请对方补报"
    )


def test_a_person_settles_the_question_beside_rows() -> None:
    raw = mail({REGISTER: xlsx(register4(dropout_row("马佳怡")))}, body=ABSENT)
    key = words_id("0" * 64)
    context = replace(CONTEXT, assignments={key: StoredAssignment(unit=MIDDLE, form=None)})

    assert codes(process_mail(raw, context)) == [("forms", None), ("ignored", None)]


def test_what_a_school_s_mail_says_holds_its_own_zero_report_only() -> None:
    inner = attach(mail(subject="两校", body="请查收"), mail({REGISTER: nil_file()}, body=ABSENT))
    two = attach(inner, mail({"黄水中学附件4.xlsx": nil_file("黄水中学")}, subject="黄水中学", body="零报告"))

    assert {unit for unit, _ in process_mail(two).nil} == {"黄水中学"}


def test_a_unit_that_the_sentence_names_is_the_one_held() -> None:
    raw = mail(
        {REGISTER: nil_file(), "黄水中学附件4.xlsx": nil_file("黄水中学")},
        body="领导好\n" * 8 + "西沱中学八年级谭晓雨未到校,其余学校零报告\n" + "祝好\n" * 8,
    )

    assert {unit for unit, _ in process_mail(raw).nil} == {"黄水中学"}


def test_what_stands_recorded_beside_a_held_zero_report_stays() -> None:
    raw = mail(
        {"两表.xlsx": xlsx(register3(dropout_row("马佳怡")), register4(["无"]))}, body=ABSENT, subject="报送"
    )

    came = process_mail(raw)

    assert came.nil == frozenset()
    assert [names for (_, form), names in came.submissions.items() if form == "附件3"] == [("马佳怡",)]


@pytest.mark.parametrize("inner", ["以前一份为准", "此件作废"])
def test_an_inner_mail_says_which_version_counts_of_its_own_files(inner: str) -> None:
    raw = attach(mail(), mail({REGISTER: xlsx(register4(dropout_row()))}, body=inner))

    assert codes(process_mail(raw))[0] == ("quarantined", "version-unclear")


def test_an_inner_mail_replaces_and_links_and_withdraws() -> None:
    table = {REGISTER: xlsx(register4(dropout_row()))}
    replacing = process_mail(attach(mail(), mail(table, body="以此为准")))
    linking = process_mail(attach(mail(), mail(table, body="另见https://pan.baidu.com/s/1abc")))
    withdrawing = process_mail(attach(mail(), mail(table, body="撤回")))

    assert replacing.draft.files[0].submissions[0].replaces
    assert codes(linking)[1:] == [("quarantined", "linked-attachment")]
    assert codes(withdrawing)[1:] == [("quarantined", "version-unclear")]


def test_the_words_of_an_inner_mail_say_nothing_of_files_beside_it() -> None:
    raw = attach(mail({REGISTER: xlsx(register4(dropout_row()))}), mail(subject="旧", body="以前一份为准"))

    assert codes(process_mail(raw))[0] == ("forms", None)


def test_a_unit_whose_name_begins_like_a_childs_is_none():
    """马鞍九年制学校流失学生情况: 马鞍 is no child, and no question waits beside the form."""
    roster = replace(
        CONTEXT.roster,
        units=(
            *CONTEXT.roster.units,
            Unit(
                name="马鞍九年制学校",
                kind="school",
                stage="九年一贯制",
                township="西沱镇",
                emails=("ma@example.org",),
            ),
        ),
    )
    context = replace(CONTEXT, roster=roster, names=UnitNames(roster, CONTEXT.notice))
    rows = register4(dropout_row(), unit="马鞍九年制学校")

    def outcomes(subject: str) -> list[str]:
        raw = mail({"附件4.xlsx": xlsx(rows)}, subject=subject, sender="ma@example.org")
        return [outcome for _, outcome, _ in process_mail(raw, context=context).files]

    assert outcomes("马鞍九年制学校辍学学生情况") == ["forms"]
    assert outcomes("马鞍九年制学校八年级马鞍辍学") == ["forms", "quarantined"]
