"""Text whose charset is missing, wrong or half right."""

import base64
import random
from collections.abc import Callable
from urllib.parse import quote

import pytest

from parsers.mail.charsets import decode_bytes
from parsers.mail.header_names import find_attachment_name
from parsers.mail.mime import parse_mail

HEADS = b"From: a@example.org\r\nMIME-Version: 1.0\r\n"
STYLE = "<html><head><style>" + "p.MsoNormal {margin:0cm; font-size:10.5pt;}\n" * 20 + "</style></head><body>"
EXTENSIONS = (".xlsx", ".xls", ".docx", ".zip", ".jpg", ".et")
MARKS = "\uff08\uff09·、《》—αβⅠ①0123456789abcXYZ-_()"


def hanzi(leads: range) -> list[str]:
    """The characters of these rows of GB 2312, as far as they are assigned."""
    pairs = (bytes((lead, trail)) for lead in leads for trail in range(0xA1, 0xFF))
    return [text for pair in pairs if (text := pair.decode("gb2312", "ignore"))]


COMMON, RARE = hanzi(range(0xB0, 0xD8)), hanzi(range(0xD8, 0xF8))
ONLY_IN_GBK = "喆镕犇堃翀昇珺旸乗場誠運䶮𬭚"


def generate_names(count: int) -> list[str]:
    """Names as clerks and their programs might write them: mostly common characters, some rare, marks between."""
    chance = random.Random(11)
    names = []
    for _ in range(count):
        letters = [chance.choice(COMMON) for _ in range(chance.randint(3, 12))]
        for _ in range(chance.randint(0, 3)):
            letters.insert(chance.randrange(len(letters)), chance.choice((*RARE[:40], *ONLY_IN_GBK, *MARKS)))
        names.append("".join(letters) + chance.choice(EXTENSIONS))
    return names


def quoted(value: bytes) -> bytes:
    return b'attachment; filename="' + value + b'"'


def word(text: bytes, label: str) -> bytes:
    return quoted(f"=?{label}?B?".encode() + base64.b64encode(text) + b"?=")


def extended(text: bytes, label: str) -> bytes:
    return f"attachment; filename*={label}{quote(text)}".encode()


WAYS: dict[str, Callable[[str], bytes]] = {
    "raw UTF-8": lambda name: quoted(name.encode()),
    "raw GBK": lambda name: quoted(name.encode("gb18030")),
    "GBK labelled gb2312": lambda name: word(name.encode("gb18030"), "gb2312"),
    "GBK labelled UTF-8": lambda name: word(name.encode("gb18030"), "utf-8"),
    "GBK labelled Latin-1": lambda name: word(name.encode("gb18030"), "iso-8859-1"),
    "GBK labelled Windows-1252": lambda name: word(name.encode("gb18030"), "windows-1252"),
    "UTF-8 labelled UTF-8": lambda name: word(name.encode(), "utf-8"),
    "UTF-8 labelled GBK": lambda name: word(name.encode(), "gbk"),
    "UTF-8 labelled Latin-1": lambda name: word(name.encode(), "iso-8859-1"),
    "UTF-8 labelled ASCII": lambda name: word(name.encode(), "us-ascii"),
    "RFC 2231 in GBK": lambda name: extended(name.encode("gb18030"), "gb18030''"),
    "RFC 2231 in GBK, labelled UTF-8": lambda name: extended(name.encode("gb18030"), "utf-8''"),
    "RFC 2231 without a charset": lambda name: extended(name.encode(), ""),
    "percent-encoded GBK": lambda name: quoted(quote(name.encode("gb18030")).encode()),
    "UTF-8 read as Latin-1": lambda name: quoted(name.encode().decode("latin-1").encode()),
    "GBK read as Latin-1": lambda name: quoted(name.encode("gb18030").decode("latin-1").encode()),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_of_500_generated_names_is_read(way):
    names = generate_names(500)

    read = [name.text if (name := find_attachment_name(WAYS[way](sent), None)) else None for sent in names]

    assert [pair for pair in zip(names, read, strict=True) if pair[0] != pair[1]] == []


@pytest.mark.parametrize("name", ["α.xlsx", "βeta-表.xlsx", "é.xlsx", "★.jpg"])
@pytest.mark.parametrize("label", [None, "utf-8", "us-ascii"])
def test_a_name_with_few_letters_beside_ascii_stays_what_it_is(name, label):
    assert decode_bytes(name.encode(), label) == name


def test_one_chinese_character_behind_a_long_ascii_name_is_read():
    name = "Attachment4-xituo-zhen-xiaoxue-2023-09-20-final-version-张.xlsx"

    assert decode_bytes(name.encode("gb18030")) == name


def test_a_name_in_big5_is_read_by_its_label():
    assert decode_bytes("西沱鎮附件".encode("big5"), "big5") == "西沱鎮附件"


@pytest.mark.parametrize("label", ["gb2312", "gb18030", "x-gbk", "iso-8859-1", "us-ascii", "nonsense", ""])
def test_a_form_in_gbk_behind_a_long_style_sheet_is_a_leaf(label):
    page = f"{STYLE}<table><tr><td>姓名</td><td>身份证号</td></tr></table><p>我校零报告</p></body></html>"
    head = f'Content-Type: text/html; charset="{label}"\r\n\r\n'.encode()

    mail = parse_mail(HEADS + head + page.encode("gb18030"))

    assert [attachment.path for attachment in mail.attachments] == [("正文表格.html",)]
    assert mail.attachments[0].data.decode() == page
    assert "我校零报告" in mail.body


def test_what_was_cut_inside_a_character_keeps_all_before_it():
    text = "西沱镇小学零报告"

    assert decode_bytes(text.encode()[:-1]) == f"{text[:-1]}\ufffd"
    assert decode_bytes(text.encode("gb18030")[:-1], "gb18030") == f"{text[:-1]}\ufffd"


def test_one_broken_byte_costs_no_more_than_itself():
    data = bytearray("西沱镇小学今年秋季学期没有失学、辍学学生,实行零报告".encode("gb18030"))
    data[10:12] = b"\xff"

    assert "没有失学、辍学学生" in decode_bytes(bytes(data), "gb2312")
