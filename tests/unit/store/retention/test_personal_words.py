"""Names and numbers are found in what people typed and in what was sent, also in workbooks and in what is locked."""

import io
import zipfile
from email.message import EmailMessage

import openpyxl
import pytest

from store.retention.personal_words import PersonalWords

NAME, NUMBER = "谭小雨", "509999201203041231"
WORDS = PersonalWords({NAME, NUMBER, "谭小雨儿", "王"})


def a_mail(text: str = "各位好", attached: bytes = b"", called: str = "a.xlsx") -> bytes:
    mail = EmailMessage()
    mail["Subject"] = "简报"
    mail.set_content(text)
    if attached:
        mail.add_attachment(attached, maintype="application", subtype="octet-stream", filename=called)
    return mail.as_bytes()


def a_workbook(text: str) -> bytes:
    book, written = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    book.active["B2"] = text
    book.save(written)
    return written.getvalue()


def a_zip(content: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("inside.xlsx", content)
    return written.getvalue()


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("奶奶说谭小雨去了广东", "奶奶说〔已清理〕去了广东"),
        (f"身份证{NUMBER}已核", "身份证〔已清理〕已核"),
        ("谭小雨儿和谭小雨", "〔已清理〕和〔已清理〕"),
        ("王老师说情况属实", "王老师说情况属实"),
        ("", ""),
    ],
)
def test_words_are_hidden_the_longest_first_and_one_letter_is_no_name(text: str, hidden: str) -> None:
    assert WORDS.hidden_in(text) == hidden
    assert WORDS.are_in(text) == (hidden != text)


def test_a_name_within_another_childs_is_none() -> None:
    words = PersonalWords({"谭小", NAME}, of_others={"谭小雨儿", NAME})

    assert words.hidden_in("谭小雨儿和谭小雨说谭小来过") == "谭小雨儿和谭小雨说〔已清理〕来过"


@pytest.mark.parametrize(
    "raw",
    [
        a_mail("请核对谭小雨的住址"),
        a_mail(attached=a_workbook(NUMBER)),
        a_mail(attached=a_zip(a_workbook(NAME))),
        a_mail(attached=a_workbook("甲"), called="谭小雨.xlsx"),
        a_mail(attached=b"PK\x03\x04 damaged, so that nobody can look"),
    ],
    ids=["words", "workbook", "workbook in a zip", "name of a file", "closed"],
)
def test_a_mail_that_names_somebody_is_found(raw: bytes) -> None:
    assert WORDS.are_in_mail(raw)


def test_a_mail_that_names_nobody_is_left_alone() -> None:
    assert not WORDS.are_in_mail(a_mail("本周已报33个单位", a_workbook("西沱镇小学")))
