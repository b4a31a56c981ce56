"""The digest as a mail client gets it: put into Dovecot, read back by imapclient, part by part."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO

import openpyxl
import pytest
from imapclient import IMAPClient

from config.text.punctuation import set_punctuation
from notify.course_chart import draw_course
from notify.digest.digest_workbook import render_workbook
from notify.digest.render_digest import render_digest_html, render_digest_text
from notify.mail.compose import CHART_CONTENT_ID, AttachedFile, MailBody, MailHeaders, compose_mail
from tests.builders.servers.dovecot import PASSWORD, USER, dovecot
from tests.builders.values.sample_digests import a_busy_county

DIGEST = a_busy_county()


@pytest.fixture(scope="module")
def fetched() -> EmailMessage:
    chart = draw_course(DIGEST.course) or b"\x89PNG"
    raw = compose_mail(
        MailHeaders(subject=DIGEST.subject, office=DIGEST.office, as_of=DIGEST.as_of),
        MailBody(render_digest_html(DIGEST, f"cid:{CHART_CONTENT_ID}"), render_digest_text(DIGEST), chart),
        [AttachedFile("石柱县控辍保学简报-2023-09-26.xlsx", render_workbook(DIGEST), "xlsx")],
        key="digest:x",
        sender="office@example.org",
        recipients=("a@example.org",),
    )
    with dovecot() as server:
        server.deliver(raw, DIGEST.as_of)
        client = IMAPClient("127.0.0.1", server.plain_port, ssl=False)
        client.login(USER, PASSWORD)
        client.select_folder("INBOX", readonly=True)
        (uid,) = client.search("ALL")
        data = client.fetch([uid], ["BODY.PEEK[]", "ENVELOPE", "BODYSTRUCTURE"])[uid]
        client.logout()
    found = message_from_bytes(data[b"BODY[]"], policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_the_head_is_as_it_was_written(fetched: EmailMessage) -> None:
    assert fetched["Subject"] == set_punctuation(DIGEST.subject)
    assert fetched["From"].addresses[0].display_name == DIGEST.office
    assert fetched.defects == []


def test_both_texts_say_the_same_numbers(fetched: EmailMessage) -> None:
    page, text = fetched.get_body(("html",)), fetched.get_body(("plain",))
    assert page is not None
    assert text is not None

    for said in (page.get_content(), text.get_content()):
        assert DIGEST.sum_line in said
        for section in DIGEST.action_items:
            assert section.title in said


def test_the_picture_is_the_one_that_the_page_shows(fetched: EmailMessage) -> None:
    page = fetched.get_body(("html",))
    assert page is not None
    (picture,) = [part for part in fetched.walk() if part.get_content_type() == "image/png"]

    assert f"cid:{picture['Content-ID'].strip('<>')}" in page.get_content()
    assert picture.get_content().startswith(b"\x89PNG")


def test_the_workbook_opens_under_its_chinese_name(fetched: EmailMessage) -> None:
    (attachment,) = fetched.iter_attachments()

    assert attachment.get_filename() == "石柱县控辍保学简报-2023-09-26.xlsx"
    assert openpyxl.load_workbook(BytesIO(attachment.get_content())).sheetnames[0] == "待您决定"
