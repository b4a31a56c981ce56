"""All letters on one page: each as its reader sees it, under its subject, its addresses and its attachments."""

from datetime import datetime
from zoneinfo import ZoneInfo

from notify.mail.compose import AttachedFile, MailBody, MailHeaders, compose_mail
from notify.mail.letters_page import Letter, render_letters

AS_OF = datetime(2023, 9, 26, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def a_letter(subject: str, body: str, *attached: AttachedFile, chart: bytes | None = None) -> Letter:
    headers = MailHeaders(subject=subject, office="县教委", as_of=AS_OF, copies=("area@example.org",))
    page = f'<html><head><title>x</title></head><body style="margin: 0">{body}</body></html>'
    raw = compose_mail(
        headers, MailBody(page, "text", chart), attached, key=subject, sender="o@example.org", recipients=("c@example.org",)
    )  # fmt: skip
    return Letter("等待发送", raw)


def test_each_letter_stands_below_what_its_reader_sees_in_the_list_of_mails() -> None:
    one = a_letter("回执:附件4已收到", "<p>第5行</p>", AttachedFile("表(改),新.xlsx", b"x", "xlsx"))
    page = render_letters("9月26日的信", [one, a_letter("催报:西沱镇", "<p>还没有报</p>")])

    assert page.index("<p>第5行</p>") < page.index("<p>还没有报</p>")
    for said in ("c@example.org", "area@example.org", "表(改),新.xlsx", "等待发送", "催报\uff1a西沱镇"):
        assert said in page
    assert page.count("<body") == 1


def test_a_picture_is_in_the_page_itself() -> None:
    page = render_letters("信", [a_letter("简报", '<img src="cid:progress@kongchuo">', chart=b"\x89PNG")])

    assert "cid:" not in page
    assert "data:image/png;base64,iVBORw==" in page


def test_a_day_without_letters_says_so() -> None:
    assert "没有要发的信" in render_letters("信", [])
