"""Whose a file beside a unit's tables is, and what files nothing: bounces and copies of our own mail."""

import hashlib
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from config.mail.file_ids import file_ids
from ingest.drafting.draft_message import draft_message
from parsers.mail.mime import parse_mail
from parsers.records import FileKind, ParsedFile
from store.stored_values import StoredAssignment
from tests.builders.files.clerk_files import (
    CONTEXT,
    DAY,
    MIDDLE,
    SCHOOL,
    TOWN,
    dropout_row,
    files_of,
    mail,
    process_mail,
    pupil_row,
    register3,
    register4,
    roll2,
    word,
    xlsx,
    zipped,
)
from tests.builders.values.form_tables import REGISTER_HEADING, id_number

PHOTO = b"\xff\xd8\xff\xe0" + bytes(20_000)
OF_MIDDLE = {"附件4.xlsx": xlsx(register4(dropout_row())), "休学证明.jpg": PHOTO}
OF_SCHOOL = {"附件2.xlsx": xlsx(roll2(pupil_row("乙二"))), "休学证明.jpg": PHOTO + b"2"}
OUR_ID = f"<kongchuo.{'0' * 32}@example.org>"
MARKED = xlsx(register4(dropout_row()))


def units_of_photos(raw: bytes) -> list[str | None]:
    return [
        file.proof_for[0] if file.proof_for else file.unit_hint
        for file in files_of(process_mail(raw))
        if file.path and file.path[-1].endswith(".jpg")
    ]


def forwarded(*inner: bytes, sender: str) -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"] = sender, f"{TOWN}转报材料"
    made.set_content("转上。")
    for each in inner:
        made.add_attachment(message_from_bytes(each, policy=default))
    return made.as_bytes()


def test_photographs_in_an_inner_mail_are_the_unit_s_whose_forms_lie_there():
    raw = forwarded(
        mail(OF_MIDDLE, subject="一", sender="a@example.net"),
        mail(OF_SCHOOL, subject="二", sender="b@example.net"),
        sender="xituo@example.org",
    )

    assert units_of_photos(raw) == [MIDDLE, SCHOOL]


def test_photographs_in_a_folder_are_the_unit_s_whose_forms_lie_there():
    members = {f"一/{name}": data for name, data in OF_MIDDLE.items()} | {
        f"二/{name}": data for name, data in OF_SCHOOL.items()
    }

    assert units_of_photos(mail({"材料.zip": zipped(members)}, subject=f"{TOWN}转报")) == [MIDDLE, SCHOOL]


def test_a_photograph_named_for_another_unit_is_that_unit_s():
    files = {**OF_MIDDLE, f"{SCHOOL}休学证明.jpg": PHOTO + b"3"}

    assert units_of_photos(mail(files)) == [MIDDLE, SCHOOL]


@pytest.mark.parametrize(
    ("name", "outcome"), [("微信图片_1.jpg", "quarantined"), ("劝返图片.jpg", "evidence")]
)
def test_a_photograph_alone_is_a_proof_where_somebody_named_it_for_one(name, outcome):
    came = process_mail(mail({name: PHOTO}, subject=MIDDLE))

    assert came.outcomes == (outcome,)


@pytest.mark.parametrize("name", ["说明.txt", "证明.txt", "情况说明.txt"])
def test_a_text_file_proves_nothing(name):
    came = process_mail(mail({"附件4.xlsx": OF_MIDDLE["附件4.xlsx"], name: "内含附件4一份".encode("gbk")}))

    assert [(outcome, code) for _, outcome, code in came.files] == [
        ("forms", None),
        ("quarantined", "no-table"),
    ]


@pytest.mark.parametrize(
    ("name", "outcome"), [("情况说明.jpg", "quarantined"), ("休学证明说明.jpg", "evidence")]
)
def test_an_explanation_proves_nothing(name, outcome):
    came = process_mail(mail({"附件4.xlsx": OF_MIDDLE["附件4.xlsx"], name: PHOTO}))

    assert came.files[1][1] == outcome


def test_a_file_named_for_one_unit_that_holds_another_s_table_is_a_conflict():
    rows = roll2(pupil_row("乙二"))

    came = process_mail(mail({f"{MIDDLE}附件2.xlsx": xlsx(rows)}))

    assert (came.submissions, came.files[0][1:]) == ({}, ("quarantined", "unit-conflict"))


def test_a_township_s_folder_around_a_school_s_table_is_none():
    came = process_mail(mail({"材料.zip": zipped({f"{TOWN}/附件4.xlsx": xlsx(register4(dropout_row()))})}))

    assert list(came.submissions) == [(MIDDLE, "附件4")]


def test_a_township_s_own_table_named_for_it_is_none():
    came = process_mail(mail({f"{TOWN}附件3.xlsx": xlsx(register3(dropout_row()))}))

    assert list(came.submissions) == [(TOWN, "附件3")]


def our_mail() -> EmailMessage:
    """A receipt as it went out, with the unit's own workbook marked."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "office@example.org", "xtcz@example.org", "回执:附件4"
    made["Message-ID"] = OUR_ID
    made.set_content("已收到,请更正。")
    made.add_attachment(MARKED, maintype="application", subtype="octet-stream", filename="西沱中学附件4.xlsx")
    return made


def bounce(recipient: str = "xtcz@example.org", action: str = "failed") -> bytes:
    """RFC 3464: words, the delivery status, the mail that came back."""
    returned = our_mail().as_bytes()
    status = (
        f"Reporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; {recipient}\r\nAction: {action}\r\n"
        "Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 Mailbox not found\r\n"
    ).encode()
    parts = (
        b"Content-Type: text/plain\r\n\r\nSorry",
        b"Content-Type: message/delivery-status\r\n\r\n" + status,
        b"Content-Type: message/rfc822\r\n\r\n" + returned,
    )
    return (
        b"From: MAILER-DAEMON@example.org\r\nSubject: Undelivered Mail\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="R"\r\n\r\n'
        + b"".join(b"--R\r\n" + part + b"\r\n" for part in parts)
        + b"--R--\r\n"
    )


def test_a_bounced_receipt_files_nothing_and_says_whose_address_failed():
    came = process_mail(bounce())

    assert (came.submissions, came.outcomes) == ({}, ("ignored",))
    assert came.draft.bounce is not None
    assert came.draft.bounce.outgoing_ids == (OUR_ID,)
    assert came.draft.bounce.reasons == {"xtcz@example.org": "550 Mailbox not found"}


def test_a_report_that_a_mail_was_delivered_marks_nobody():
    came = process_mail(bounce(action="delivered"))

    assert came.submissions == {}
    assert came.draft.bounce is None or not came.draft.bounce.reasons


def test_a_provider_s_bounce_in_words_names_the_address_too():
    made = mail(
        subject="系统退信",
        body="抱歉,您的邮件被退回来了。收件人 xtcz@example.org 不存在。",
        sender="postmaster@qq.com",
        extra={"In-Reply-To": OUR_ID},
    )

    came = process_mail(made)

    assert came.outcomes == ("ignored",)
    assert came.draft.bounce is not None
    assert "xtcz@example.org" in came.draft.bounce.reasons


def test_a_bounce_of_somebody_else_s_mail_marks_nothing_here():
    came = process_mail(bounce().replace(b"kongchuo.", b"other."))

    assert (came.submissions, came.draft.bounce) == ({}, None)


def test_a_copy_of_our_mail_attached_to_an_answer_files_nothing():
    made = EmailMessage()
    made["From"], made["Subject"] = "xtcz@example.org", "回复:回执"
    made.set_content("已更正,见附件。")
    made.add_attachment(our_mail())
    made.add_attachment(
        xlsx(register4(dropout_row("乙二", 124))),
        maintype="application",
        subtype="octet-stream",
        filename="附件4.xlsx",
    )

    came = process_mail(made.as_bytes())

    assert list(came.submissions.values()) == [("乙二",)]
    assert came.outcomes == ("ignored", "forms")


@pytest.mark.parametrize("is_ours", [True, False])
def test_a_file_that_comes_back_unchanged_in_an_answer_files_nothing(is_ours):
    raw = mail({"西沱中学附件4.xlsx": MARKED}, extra={"In-Reply-To": OUR_ID})
    parsed = parse_mail(raw)
    reading = ParsedFile(kind=FileKind.XLSX, outcome="quarantined", reason_code="unreadable", reason="x")
    sent = {hashlib.sha256(MARKED if is_ours else b"other").hexdigest()}

    draft = draft_message(
        "0" * 64, DAY, parsed, [a.describe() for a in parsed.attachments], [reading], CONTEXT, sent
    )

    assert parsed.answers_kongchuo
    assert [file.outcome for file in draft.files] == ["ignored" if is_ours else "quarantined"]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("甲一劝返照片.jpg", "附件6"),
        ("甲一劝返记录照片.jpg", "附件6"),  # 劝返记录 is a township's form
        ("走访甲一.jpg", "附件6"),
        ("甲一休学证明.jpg", "附件4"),
        ("甲一诊断证明.jpg", "附件4"),
        ("甲一照片.jpg", "附件4"),
    ],
)
def test_a_proof_supports_the_form_that_its_name_speaks_of(name, form):
    files = {"附件4.xlsx": xlsx(register4(dropout_row())), name: PHOTO}

    (proof,) = [file for file in files_of(process_mail(mail(files, subject=MIDDLE))) if file.proof_for]

    assert proof.proof_for is not None
    assert proof.proof_for[:2] == (MIDDLE, form)


@pytest.mark.parametrize(("status", "form"), [("辍学", "附件6"), ("休学", "附件4")])
def test_a_proof_without_a_word_supports_the_form_whose_child_owes_one(status, form):
    on_register = [*dropout_row()]
    on_register[6] = status
    visits = [
        [f"{MIDDLE}义务教育阶段辍学学生劝返登记表"],
        ["序号", "姓名", "身份证号", "劝返次数", "劝返时间", "劝返人员", "结果"],
        [1, "乙二", id_number(serial=125), 1, "2023-09-06", "马丽", "未返校"],
    ]
    files = {"附件4.xlsx": xlsx(register4(on_register)), "附件6.xlsx": xlsx(visits), "IMG_1.jpg": PHOTO}

    (proof,) = [file for file in files_of(process_mail(mail(files, subject=MIDDLE))) if file.proof_for]

    assert proof.proof_for is not None
    assert proof.proof_for[:2] == (MIDDLE, form)


@pytest.mark.parametrize("name", ["诊断证明.docx", "附件/残疾证.docx", "一生一案.docx"])
def test_a_document_tells_in_its_text_whose_proof_it_is(name):
    """The file's name says nobody's: the child stands in the sentence only."""
    paper = word((["诊断证明", "兹证明谭晓雨因病需要治疗,建议休养。"], []))
    files = {"附件4.xlsx": xlsx(register4(dropout_row())), name: paper}

    (proof,) = [file for file in files_of(process_mail(mail(files, subject=MIDDLE))) if file.proof_for]

    assert proof.proof_for is not None
    assert "谭晓雨" in proof.proof_for[2]


def test_a_person_s_word_on_a_file_stays_with_it_when_more_files_come_out_of_the_mail():
    """A later version of the program may open what an earlier one did not, or in another order."""
    nobody_s, sheet4 = (
        xlsx([["附件4"], REGISTER_HEADING, dropout_row("丙三")]),
        xlsx(register4(dropout_row())),
    )
    before = process_mail(mail({"台账.xlsx": nobody_s}))
    (assigned,) = file_ids("0" * 64, before.draft.files)
    decided = replace(CONTEXT, assignments={assigned: StoredAssignment(unit=SCHOOL, form="附件4")})

    after = process_mail(mail({"附件4.xlsx": sheet4, "台账.xlsx": nobody_s}), decided)
    replaced = process_mail(mail({"台账.xlsx": sheet4}), decided)

    assert before.outcomes == ("quarantined",)
    assert {unit: names for (unit, _), names in after.submissions.items()} == {
        MIDDLE: ("甲一",),
        SCHOOL: ("丙三",),
    }
    assert set(replaced.submissions) == {(MIDDLE, "附件4")}
