"""The mail around the digest."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from config.text.punctuation import set_punctuation
from notify.mail.compose import (
    CHART_CONTENT_ID,
    AttachedFile,
    MailBody,
    MailHeaders,
    compose_mail,
    sender_address,
)
from tests.builders.values.sample_digests import a_busy_county

OFFICE = "office@example.org"


def a_mail(
    key: str = "digest/2023-autumn/2023-09-26",
    office: str = "石柱县教委乡村教育振兴办",
    chart: bytes | None = None,
) -> bytes:
    digest = a_busy_county()
    return compose_mail(
        MailHeaders(subject=digest.subject, office=office, as_of=digest.as_of),
        MailBody("<p>正文</p>", "正文\n", chart),
        [AttachedFile("石柱县控辍保学简报-2023-09-26.xlsx", b"PK-workbook", "xlsx")],
        key=key,
        sender=OFFICE,
        recipients=("a@example.org", "b@example.org"),
    )


def parsed(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_it_is_text_and_page_as_alternatives_with_the_workbook_beside() -> None:
    mail = parsed(a_mail())

    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]
    attachment = next(iter(mail.iter_attachments()))
    assert attachment.get_filename() == "石柱县控辍保学简报-2023-09-26.xlsx"
    assert attachment.get_content() == b"PK-workbook"
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "正文"


def test_a_picture_comes_with_the_page_and_is_found_by_its_id() -> None:
    mail = parsed(a_mail(chart=b"PNG"))

    (picture,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert picture["Content-ID"] == f"<{CHART_CONTENT_ID}>"
    assert [part.get_content_type() for part in mail.walk()][3:6] == [
        "multipart/related",
        "text/html",
        "image/png",
    ]
    assert a_mail(chart=b"PNG") == a_mail(chart=b"PNG")


def test_the_same_digest_gives_the_same_bytes() -> None:
    assert a_mail() == a_mail()


def test_message_id_follows_the_key() -> None:
    first, second = parsed(a_mail("a")), parsed(a_mail("b"))

    assert first["Message-ID"] != second["Message-ID"]
    assert re.fullmatch(r"<kongchuo\.[0-9a-f]{32}@example\.org>", first["Message-ID"])


def test_headers_are_ascii_and_only_the_display_name_of_from_is_encoded() -> None:
    raw = a_mail()
    head = raw.split(b"\r\n\r\n")[0]

    assert head.isascii()
    assert re.search(rb"^From: =\?utf-8\?[^\r\n]+\?=(\r\n)? <office@example\.org>", head, re.M)
    mail = parsed(raw)
    assert mail["From"].addresses[0].addr_spec == OFFICE
    assert mail["From"].addresses[0].display_name == "石柱县教委乡村教育振兴办"
    assert mail["Subject"] == set_punctuation(a_busy_county().subject)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["To"] == "a@example.org, b@example.org"
    assert mail["Date"].datetime == a_busy_county().as_of


def test_a_display_name_with_a_line_break_adds_no_header() -> None:
    mail = parsed(a_mail(office="县教委\r\nBcc: x@example.org"))

    assert mail["Bcc"] is None


def test_no_line_is_longer_than_smtp_allows() -> None:
    assert max(len(line) for line in a_mail().split(b"\r\n")) <= 998


def test_the_sender_is_the_login_where_that_is_an_address() -> None:
    assert sender_address("alias@example.org", OFFICE) == OFFICE
    assert sender_address(OFFICE, "office") == OFFICE
    assert sender_address(OFFICE, None) == OFFICE
