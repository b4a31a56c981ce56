"""Raw messages as mail programs write them, and as they arrive broken."""

import base64
from email.message import EmailMessage

import pytest

from parsers.mail.mime import parse_mail

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
HEADERS = b"From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n"


def message(subject: str = "西沱镇报送") -> EmailMessage:
    made = EmailMessage()
    made["From"] = "西沱镇 <xituo@example.org>"
    made["Subject"] = subject
    return made


def attached(made: EmailMessage, name: str, data: bytes = b"1") -> EmailMessage:
    made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return made


def with_table(name: str = "附件3.xlsx", subject: str = "西沱镇报送") -> EmailMessage:
    made = message(subject)
    made.set_content("请查收。")
    return attached(made, name)


def paths(raw: bytes) -> list[tuple[str, ...]]:
    return [attachment.path for attachment in parse_mail(raw).attachments]


def multipart(*parts: bytes, kind: bytes = b"mixed", boundary: bytes = b"b") -> bytes:
    inner = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return (
        HEADERS
        + b"Content-Type: multipart/"
        + kind
        + b"; boundary="
        + boundary
        + b"\r\n\r\n"
        + inner
        + b"--b--\r\n"
    )


def part(kind: bytes, body: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join((b"Content-Type: " + kind, *headers, b"", body))


def test_a_plain_mail_with_a_table_gives_head_body_and_leaf():
    mail = parse_mail(with_table().as_bytes())

    assert (mail.head.sender, mail.head.sender_name) == ("xituo@example.org", "西沱镇")
    assert (mail.head.subject, mail.body) == ("西沱镇报送", "请查收。")
    assert [(attachment.path, attachment.data, attachment.failure) for attachment in mail.attachments] == [
        (("附件3.xlsx",), b"1", None)
    ]


def test_attachments_keep_their_order():
    made = with_table("附件4.xlsx")
    for name in ("附件1.xlsx", "附件3.xlsx"):
        attached(made, name)

    assert [path[0] for path in paths(made.as_bytes())] == ["附件4.xlsx", "附件1.xlsx", "附件3.xlsx"]


@pytest.mark.parametrize(
    ("header", "address", "name"),
    [
        ("西沱镇 <XiTuo@Example.org>", "xituo@example.org", "西沱镇"),
        ('"西沱镇,教办" <a@example.org>', "a@example.org", "西沱镇,教办"),
        ("a@example.org", "a@example.org", ""),
        ("西沱镇", "", "西沱镇"),
        ("", "", ""),
    ],
)
@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_the_sender_is_read_though_the_header_is_raw(header, address, name, codec):
    head = parse_mail(b"From: " + header.encode(codec) + b"\r\n\r\nx").head

    assert (head.sender, head.sender_name) == (address, name)


@pytest.mark.parametrize(
    "written",
    [
        "西沱镇2023年秋季控辍保学报表".encode(),
        "西沱镇2023年秋季控辍保学报表".encode("gbk"),
        b"=?gb2312?B?" + base64.b64encode("西沱镇2023年秋季控辍保学报表".encode("gbk")) + b"?=",
        b"=?utf-8?B?" + base64.b64encode("西沱镇2023年".encode()) + b"?=\r\n =?utf-8?B?"
        + base64.b64encode("秋季控辍保学报表".encode()) + b"?=",
    ],
    ids=["raw UTF-8", "raw GBK", "GBK called gb2312", "two words"],
)  # fmt: skip
def test_the_subject_is_read_in_each_spelling(written):
    assert parse_mail(b"Subject: " + written + b"\r\n\r\nx").head.subject == "西沱镇2023年秋季控辍保学报表"


@pytest.mark.parametrize(
    "header",
    [
        b"Auto-Submitted: auto-replied",
        b"Precedence: bulk",
        b"List-Id: <all.example.org>",
        b"Return-Path: <>",
        b"From: MAILER-DAEMON@example.org",
        "Subject: 自动回复:报表".encode(),
    ],
)
def test_what_machines_send_is_known(header):
    assert parse_mail(header + b"\r\n\r\nx").head.automatic


@pytest.mark.parametrize("header", [b"Auto-Submitted: no", b"Subject: hello"])
def test_what_people_send_is_not_taken_for_a_machine_s(header):
    assert not parse_mail(header + b"\r\n\r\nx").head.automatic


@pytest.mark.parametrize("charset", [b"gb2312", b"gb18030", b"utf-8", b"x-unknown", b""])
def test_the_body_is_read_though_its_label_is_wrong(charset):
    raw = HEADERS + b"Content-Type: text/plain; charset=" + charset + b"\r\n\r\n" + "零报告".encode("gbk")

    assert parse_mail(raw).body == "零报告"


def test_of_two_spellings_of_a_body_the_plain_one_counts():
    made = message()
    made.set_content("见附件。")
    made.add_alternative("<p>见附件。</p>", subtype="html")

    assert parse_mail(made.as_bytes()).body == "见附件。"


def test_a_link_that_only_the_html_body_has_is_kept():
    made = message()
    made.set_content("文件太大,已发网盘")
    made.add_alternative('<p>文件太大,<a href="https://mail.example.org/big/1">下载</a></p>', subtype="html")

    assert parse_mail(made.as_bytes()).body.split("\n") == [
        "文件太大,已发网盘",
        "https://mail.example.org/big/1",
    ]


def test_a_body_that_is_only_html_is_read_as_text():
    made = message()
    made.set_content("<p>本校<b>零报告</b></p>", subtype="html")

    assert "本校零报告" in parse_mail(made.as_bytes()).body


def test_a_form_typed_into_the_body_becomes_a_leaf():
    made = message()
    made.set_content("<table><tr><td>姓 名</td><td>身份证号</td></tr></table>", subtype="html")

    assert paths(made.as_bytes()) == [("正文表格.html",)]


def test_a_picture_that_the_body_shows_is_inline_and_one_sent_beside_it_is_not():
    shown = part(b"image/png", PNG.hex().encode(), b"Content-ID: <logo>")
    sent = part(b'image/png; name="a.png"', PNG.hex().encode(), b"Content-Disposition: attachment")
    html = part(b"text/html", b'<img src="cid:logo">')

    attachments = parse_mail(multipart(html, shown, sent, kind=b"related")).attachments

    assert [attachment.inline for attachment in attachments] == [True, False]


def test_a_table_marked_inline_is_still_an_attachment():
    raw = multipart(part(b"application/octet-stream", b"1", b"Content-Disposition: inline; filename=a.xlsx"))

    assert [(attachment.path, attachment.inline) for attachment in parse_mail(raw).attachments] == [
        (("a.xlsx",), False)
    ]


def test_a_text_file_that_is_attached_is_a_leaf_and_no_body():
    raw = multipart(
        part(b"text/plain", b"body"),
        part(b"text/plain", b"1,2", b'Content-Disposition: attachment; filename="a.csv"'),
    )

    mail = parse_mail(raw)

    assert (mail.body, [attachment.path for attachment in mail.attachments]) == ("body", [("a.csv",)])


def test_a_part_without_a_name_gets_one_that_fits_its_kind():
    raw = multipart(part(b"application/vnd.ms-excel", b"1"), part(b"image/jpeg", b"2"))

    assert paths(raw) == [("未命名1.xls",), ("未命名2.jpg",)]


def test_a_forwarded_mail_is_opened_under_its_subject():
    made = message("转发")
    made.set_content("转发如下")
    made.add_attachment(with_table(subject="西沱小学报送"))

    mail = parse_mail(made.as_bytes())

    assert [attachment.path for attachment in mail.attachments] == [("西沱小学报送.eml", "附件3.xlsx")]
    assert "主题:西沱小学报送" in mail.whole_body


def test_a_mail_saved_as_a_file_is_opened_too():
    inner = with_table(subject="西沱小学报送").as_bytes()

    assert paths(attached(message(), "原邮件.eml", inner).as_bytes()) == [("西沱小学报送.eml", "附件3.xlsx")]


def test_a_forwarded_mail_in_base64_is_opened_though_the_rules_forbid_it():
    body = base64.encodebytes(with_table(subject="里面").as_bytes())
    raw = multipart(part(b"message/rfc822", body, b"Content-Transfer-Encoding: base64"))

    assert paths(raw) == [("里面.eml", "附件3.xlsx")]


def test_mails_inside_mails_are_followed_to_a_depth_and_then_say_so():
    made = with_table(subject="最里")
    for _ in range(15):
        outer = message("外层")
        outer.add_attachment(made)
        made = outer

    (attachment,) = parse_mail(made.as_bytes()).attachments

    assert attachment.failure is not None
    assert attachment.failure[0] == "unreadable"
    assert attachment.data


def test_a_boundary_that_does_not_fit_is_found_in_the_text():
    raw = multipart(
        part(b"text/plain", b"body"),
        part(b"application/octet-stream", b"1", b"Content-Disposition: attachment; filename=a.xlsx"),
        boundary=b"wrong",
    )

    assert paths(raw) == [("a.xlsx",)]


def test_a_mail_cut_off_in_an_attachment_keeps_what_came():
    raw = with_table().as_bytes()
    cut = raw[: raw.rindex(b"--==")]

    assert paths(cut) == [("附件3.xlsx",)]


def test_base64_with_junk_in_it_is_read():
    body = base64.encodebytes(b"PK" + bytes(200)).replace(b"\n", b"\r\n!\r\n")
    raw = multipart(
        part(
            b"application/octet-stream",
            body,
            b"Content-Transfer-Encoding: base64",
            b"Content-Disposition: attachment; filename=a.xlsx",
        )
    )

    assert parse_mail(raw).attachments[0].data == b"PK" + bytes(200)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe" * 50,
        b"no header at all",
        b"\r\n\r\n",
        HEADERS + b"Content-Type: multipart/mixed\r\n\r\nnothing",
        HEADERS + b"Content-Type: message/rfc822\r\n\r\n",
        HEADERS + b"Content-Type: ;;;=\r\nContent-Disposition: =;*0=\r\n\r\nx",
        HEADERS + b"Content-Transfer-Encoding: base64\r\nContent-Type: application/pdf\r\n\r\n=",
        b"From: =?utf-8?B?!!!?=\r\nSubject: =?rot13?Q?=?=\r\n\r\n",
        b"Subject: " + b"=?utf-8?Q?" * 2000 + b"\r\n\r\n",
    ],
)
def test_nothing_that_arrives_makes_it_raise(raw):
    assert isinstance(parse_mail(raw).body, str)


def test_a_mail_cut_off_anywhere_is_still_taken_apart():
    made = message("转发")
    made.add_attachment(with_table())
    raw = made.as_bytes()

    for end in range(0, len(raw), 7):
        parse_mail(raw[:end])


def test_a_full_width_at_sign_folds_in_the_sender_s_address():
    head = parse_mail("From: 张 <zhang\uff20Example.org>\r\n\r\nx".encode()).head

    assert head.sender == "zhang@example.org"
