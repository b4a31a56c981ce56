"""Bounces and copies of our own mail are never filings."""

import hashlib
from email.message import EmailMessage

import pytest

from ingest.draft_message import draft_message
from parsers.mail.mime import parse_mail
from parsers.records import FileKind, ParsedFile
from tests.builders.clerk_files import CONTEXT, DAY, dropout_row, mail, process_mail, register4, xlsx

OUR_ID = f"<kongchuo.{'0' * 32}@example.org>"
MARKED = xlsx(register4(dropout_row()))


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

    draft = draft_message("0" * 64, DAY, parsed, parsed.attachments, [reading], CONTEXT, sent)

    assert parsed.answers_kongchuo
    assert [file.outcome for file in draft.files] == ["ignored" if is_ours else "quarantined"]
