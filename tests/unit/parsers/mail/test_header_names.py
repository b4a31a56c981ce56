"""Every way in which a Chinese attachment name arrives (``docs/mail-providers.md``); each must be read right."""

import base64
import quopri
from urllib.parse import quote

import pytest

from parsers.mail.mime import parse_mail

NAME = "西沱镇附件3(2023年秋季)台账.xlsx"
TRAIL = "石柱县乗場誠運表.xls"  # GBK trail bytes of 0x5C are what backslash handling breaks on
GBK, GB18030, UTF8 = NAME.encode("gbk"), NAME.encode("gb18030"), NAME.encode()


def b(text: bytes, label: str) -> bytes:
    return f"=?{label}?B?".encode() + base64.b64encode(text) + b"?="


def q(text: bytes, label: str) -> bytes:
    return (
        f"=?{label}?Q?".encode()
        + quopri.encodestring(text, header=True).replace(b"=\n", b"").replace(b"\n", b"")
        + b"?="
    )


def cut(text: bytes, label: str, sizes: int, glue: bytes) -> bytes:
    return glue.join(b(text[n : n + sizes], label) for n in range(0, len(text), sizes))


def disposition(value: bytes) -> bytes:
    return b"Content-Disposition: attachment; filename=" + value


def continued(charset: str, text: bytes, size: int) -> bytes:
    pieces = [text[n : n + size] for n in range(0, len(text), size)]
    lines = [f"filename*0*={charset}''{quote(pieces[0])}"]
    lines += [f"filename*{n}*={quote(piece)}" for n, piece in enumerate(pieces[1:], 1)]
    return ("Content-Disposition: attachment;\r\n " + ";\r\n ".join(lines)).encode()


WAYS = {
    "raw UTF-8, quoted": disposition(b'"' + UTF8 + b'"'),
    "raw UTF-8, bare": disposition(UTF8),
    "raw GBK, quoted": disposition(b'"' + GBK + b'"'),
    "raw GBK, bare": disposition(GBK),
    "raw GBK, folded": b"Content-Disposition: attachment;\r\n filename=" + b'"' + GBK + b'"',
    "RFC 2047 in quotes, GB18030": disposition(b'"' + b(GB18030, "GB18030") + b'"'),
    "RFC 2047 in quotes, UTF-8": disposition(b'"' + b(UTF8, "UTF-8") + b'"'),
    "RFC 2047 without quotes": disposition(b(UTF8, "utf-8")),
    "RFC 2047, Q": disposition(b'"' + q(UTF8, "utf-8") + b'"'),
    "RFC 2047, Q, GBK": disposition(b'"' + q(GBK, "gbk") + b'"'),
    "split inside a character": disposition(b'"' + cut(UTF8, "utf-8", 10, b" ") + b'"'),
    "split inside a character, GBK": disposition(b'"' + cut(GBK, "gb2312", 9, b"\r\n ") + b'"'),
    "no blank between words": disposition(b'"' + cut(UTF8, "utf-8", 12, b"") + b'"'),
    "label gb2312 on GBK": disposition(b'"' + b(GBK, "gb2312") + b'"'),
    "label gb2312 on GB18030": disposition(b'"' + b(GB18030, "gb2312") + b'"'),
    "label utf-8 on GBK": disposition(b'"' + b(GBK, "utf-8") + b'"'),
    "label x-gbk": disposition(b'"' + b(GBK, "x-gbk") + b'"'),
    "label cp936": disposition(b'"' + b(GBK, "cp936") + b'"'),
    "RFC 2231 with charset": b"Content-Disposition: attachment; filename*=UTF-8''" + quote(UTF8).encode(),
    "RFC 2231, GBK": b"Content-Disposition: attachment; filename*=gb18030''" + quote(GB18030).encode(),
    "RFC 2231 without charset": b"Content-Disposition: attachment; filename*=" + quote(UTF8).encode(),
    "RFC 2231 in continuations": continued("UTF-8", UTF8, 7),
    "RFC 2231 in continuations, GBK": continued("gbk", GBK, 5),
    "percent-encoded in filename": disposition(b'"' + quote(UTF8).encode() + b'"'),
    "good filename* beside a garbled filename": disposition(b'"????3(2023????)??.xlsx"') + b";\r\n filename*=UTF-8''" + quote(UTF8).encode(),
    "good filename beside a garbled filename*": disposition(b'"' + b(UTF8, "utf-8") + b"\"; filename*=utf-8''%3F%3F.xlsx"),
    "raw UTF-8, folded inside": disposition(b'"' + UTF8[:12] + b"\r\n " + UTF8[12:] + b'"'),
    "raw GBK, folded inside a character": disposition(b'"' + GBK[:5] + b"\r\n\t" + GBK[5:] + b'"'),
    "RFC 2047, two charsets": disposition(b'"' + b(NAME[:8].encode("gbk"), "gb2312") + b" " + b(NAME[8:].encode(), "utf-8") + b'"'),
    "RFC 2047 in filename*": b"Content-Disposition: attachment; filename*=" + b(UTF8, "utf-8"),
    "RFC 2231 in continuations, raw": b'Content-Disposition: attachment; filename*0="' + UTF8[:20] + b'"; filename*1="' + UTF8[20:] + b'"',
    "percent-encoded GBK in filename": disposition(b'"' + quote(GBK).encode() + b'"'),
    "UTF-8 taken for Latin-1": disposition(b'"' + UTF8.decode("latin-1").encode() + b'"'),
    "behind a Windows path": disposition(b'"C:\\\\Users\\\\' + UTF8 + b'"'),
    "only in Content-Type": b"Content-Disposition: attachment",
}  # fmt: skip


def arrived(headers: bytes, kind: bytes = b"application/octet-stream") -> str:
    raw = (
        b"From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: "
        + kind
        + b"\r\n"
        + headers
        + b"\r\nContent-Transfer-Encoding: base64\r\n\r\nUEsDBA==\r\n--b--\r\n"
    )
    (attachment,) = parse_mail(raw).attachments
    return attachment.path[-1]


@pytest.mark.parametrize("way", WAYS)
def test_the_name_is_read_right(way):
    kind = b"application/octet-stream"
    if way == "only in Content-Type":
        kind += b'; name="' + b(UTF8, "utf-8") + b'"'

    assert arrived(WAYS[way], kind) == NAME


@pytest.mark.parametrize("quoted", [b'"%s"', b"%s"])
def test_a_trail_byte_that_is_a_backslash_is_part_of_its_character(quoted):
    raw = TRAIL.encode("gbk")
    assert b"\\" in raw

    assert arrived(disposition(quoted % raw)) == TRAIL


def test_the_raw_bytes_are_kept():
    raw = (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: application/octet-stream\r\n"
        + disposition(b'"' + GBK + b'"')
        + b"\r\n\r\nx\r\n--b--\r\n"
    )

    assert parse_mail(raw).attachments[0].raw_name == GBK
