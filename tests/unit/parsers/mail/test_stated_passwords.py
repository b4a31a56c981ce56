"""Passwords as mails say them."""

import pytest

from config.text.text_folding import clean_text
from parsers.mail.mime import parse_mail
from parsers.mail.stated_passwords import MAX_PASSWORDS, find_passwords


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("压缩包密码:123456", "123456"),
        ("解压密码\uff1aAb!2\u3002请查收", "Ab!2"),
        ("打开密码 sz2023", "sz2023"),
        ("密码为\u201c西沱2023\u201d", "西沱2023"),
        ("密码统一设置为xt@2023\uff0c请查收", "xt@2023"),
        ("123456是解压密码", "123456"),
        ("解压密码见下\n8866aa\n谢谢", "8866aa"),
        ("材料(密码123456).zip", "123456"),
        ("Password: abc123.", "abc123"),
    ],
)
def test_the_password_is_among_the_candidates(text, password):
    assert password in find_passwords(clean_text(text))


@pytest.mark.parametrize("text", ["请查收附件", "", "附件4共3页"])
def test_a_mail_that_speaks_of_none_names_none(text):
    assert find_passwords(text) == ()


def test_there_are_never_many():
    assert len(find_passwords("\n".join(f"密码{number}" for number in range(100)))) == MAX_PASSWORDS


@pytest.mark.parametrize(
    "raw",
    [
        "Subject: 密码123456\r\n\r\n请查收",
        "Subject: x\r\n\r\n密码123456",
        'Content-Type: application/zip\r\nContent-Disposition: attachment; filename="密码123456.zip"\r\n\r\nx',
    ],
)
def test_subject_body_and_file_name_are_looked_at(raw):
    assert "123456" in parse_mail(raw.encode()).passwords
