"""The search by which other tests say that no text stands in an office's bytes finds a text in each way it may stand there."""

import base64
import gzip
import io
import json
import os
import quopri
import sqlite3
import urllib.parse
import zipfile
import zlib
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from store.sealing.packed_mail import pack
from tests.builders.files.raw_search import find_texts

Way = Callable[[str], bytes]
NAME, LONGER, NUMBER = "谌霁", "欧阳霁月", "500240201203047818"
TEXTS = frozenset({NAME, LONGER, NUMBER})
NOISE = os.urandom(4000)


def a_line(text: str) -> str:
    return f"填报单位:西沱镇,姓名,{text},女"


def zipped(raw: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("xl/sharedStrings.xml", raw)
    return file.getvalue()


def bare_deflate(raw: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(raw) + stream.flush()


def a_mail(subject: str, words: str, encoding: str) -> bytes:
    mail = EmailMessage()
    mail["Subject"] = subject
    mail.set_content(words, charset="utf-8", cte=encoding)
    return mail.as_bytes()


def in_code(code: str) -> Way:
    return lambda text: a_line(text).encode(code)


def in_base64(before: int) -> Way:
    return lambda text: base64.b64encode(b"x" * before + f"的{text},女".encode())


CODES = ("utf-8", "gbk", "gb18030", "utf-16-le", "utf-16-be")
WAYS: dict[str, Way] = {
    **{f"{code} in a line": in_code(code) for code in CODES},
    "JSON": lambda text: json.dumps({"name": text}).encode(),
    "JSON in upper case": lambda text: json.dumps({"name": text}).upper().replace("\\U", "\\u").encode(),
    "decimal entities": lambda text: b"<t>" + text.encode("ascii", "xmlcharrefreplace") + b"</t>",
    "hexadecimal entities": lambda text: "".join(f"&#x{ord(one):x};" for one in text).encode(),
    **{f"base 64, {before} bytes before": in_base64(before) for before in range(3)},
    "base 64 of GBK, after a word": lambda text: b"x=" + base64.b64encode(f"姓名:{text},同学".encode("gbk")),
    "base 64 for addresses": lambda text: b"?t=" + base64.urlsafe_b64encode(f"~~~{text}???".encode()),
    "base 64 in lines": lambda text: base64.encodebytes(f"{'字' * 17}{text}{'字' * 40}".encode()),
    "percent escapes": lambda text: urllib.parse.quote(text).encode(),
    "percent escapes of GBK": lambda text: urllib.parse.quote(a_line(text), encoding="gbk").encode(),
    "hexadecimal digits": lambda text: text.encode().hex().encode(),
    "quoted-printable": lambda text: quopri.encodestring(f"{'字' * 23}{text}".encode()),
    "quoted-printable of GBK": lambda text: quopri.encodestring(f"{'字' * 11}{text}家长".encode("gbk")),
    "a mail's subject": lambda text: a_mail(f"{text}的材料" * 9, "x", "7bit"),
    "a mail's words in base 64": lambda text: a_mail("x", f"{'字' * 17}{text}", "base64"),
    "a mail's words in quoted-printable": lambda text: a_mail("x", f"{'字' * 17}{text}", "quoted-printable"),
    "zlib": lambda text: zlib.compress(f"{text},女".encode()),
    "zlib, cut off": lambda text: zlib.compress((text * 9).encode() + os.urandom(9000))[:6000],
    "Zstandard": lambda text: b"".join(pack([f"{text},女".encode()])),
    "gzip": lambda text: gzip.compress(f"{text},女".encode()),
    "a zip file": lambda text: zipped(f"<t>{text}</t>".encode()),
    "a zip file, stored": lambda text: zipped(text.encode(), zipfile.ZIP_STORED),
    "a workbook in a mail in a zip file": lambda text: zipped(base64.encodebytes(zipped(text.encode() * 30))),
}  # fmt: skip


@pytest.mark.parametrize("text", sorted(TEXTS))
@pytest.mark.parametrize("way", WAYS)
def test_a_planted_text_is_found_in_noise(way: str, text: str) -> None:
    planted = WAYS[way](text)

    assert find_texts(TEXTS, NOISE + b"\0" + planted + b"\0" + NOISE) == {text}
    assert find_texts(TEXTS, planted) == {text}


def test_a_file_that_is_one_bare_stream_is_inflated() -> None:
    assert find_texts(TEXTS, bare_deflate(f"{NAME},女".encode())) == {NAME}


def test_a_file_that_is_one_short_name_is_found() -> None:
    assert find_texts(TEXTS, NAME.encode("gbk")) == {NAME}


def test_a_text_of_a_database_is_found(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("CREATE TABLE row (name TEXT, body BLOB)")
        connection.execute("INSERT INTO row VALUES (?, ?)", (NAME, zlib.compress(LONGER.encode())))
    connection.close()

    assert find_texts(TEXTS, (tmp_path / "a.db").read_bytes()) == {NAME, LONGER}


def test_noise_with_the_bytes_of_a_short_name_is_no_name() -> None:
    for code in ("gbk", "utf-16-le", "utf-16-be"):
        assert find_texts(TEXTS, NOISE + NAME.encode(code) + NOISE) == set()


def test_nothing_is_found_in_noise_or_in_other_text() -> None:
    names = frozenset(f"谌{chr(0x9701 + number)}" for number in range(300))

    assert find_texts(names, os.urandom(1 << 20)) == set()
    assert find_texts(names, base64.b64encode(os.urandom(1 << 20))) == set()
    assert find_texts(names, ("姓名,谭小雨,女;" * 50_000).encode("gbk")) == set()
