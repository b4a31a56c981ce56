"""Mails with a hostile structure: depth, number, length, or parts without end."""

import base64
from collections.abc import Callable
from random import Random

from bench.bombs.raw_mails import HEAD, TEXT, Bombs, file_part, mixed, single
from tests.builders.files.clerk_files import MIDDLE, dropout_row, register4, xlsx


def _nested_multiparts(depth: int, boundary: Callable[[int], bytes]) -> bytes:
    begin = b"".join(
        b'Content-Type: multipart/mixed; boundary="' + boundary(n) + b'"\r\n\r\n--' + boundary(n) + b"\r\n"
        for n in range(depth)
    )
    return HEAD + begin + TEXT + b"".join(b"--" + boundary(n) + b"--\r\n" for n in reversed(range(depth)))


def _nested_mails(depth: int) -> bytes:
    return HEAD + b"Subject: a\r\nContent-Type: message/rfc822\r\n\r\n" * depth + TEXT


def _many_parts(count: int) -> bytes:
    part = b'Content-Type: application/octet-stream; name="%d.csv"\r\nContent-Disposition: attachment\r\n\r\na,b,%d\r\n'
    return mixed(*(part % (number, number) for number in range(count)))


def _many_workbooks(count: int) -> bytes:
    book = xlsx(register4(dropout_row(), unit=MIDDLE))
    return mixed(TEXT, *(file_part(f"{number}.xlsx", book + b"%d" % number) for number in range(count)))


def _continuations(count: int) -> bytes:
    name = b"".join(b";\r\n filename*%d*=%%E7%%94%%B2" % number for number in range(count))
    part = (
        b"Content-Type: application/octet-stream\r\nContent-Disposition: attachment"
        + name
        + b"\r\n\r\na,b\r\n"
    )
    return mixed(TEXT, part)


def _header(line: bytes) -> bytes:
    return HEAD + line + b"\r\n" + TEXT


def _transferred(encoding: bytes, content: bytes, kind: bytes = b"application/octet-stream") -> bytes:
    return mixed(
        TEXT,
        b"Content-Type: "
        + kind
        + b'; name="a.xlsx"\r\nContent-Transfer-Encoding: '
        + encoding
        + b"\r\nContent-Disposition: attachment\r\n\r\n"
        + content,
    )


def _boundary_lines() -> bytes:
    """Returns a mail in which every line looks like a boundary of some multipart."""
    label = b"Content-Type: multipart/mixed; boundary=none\r\n\r\n"
    return (
        HEAD + label + b"".join(b"--%d\r\nContent-Type: text/plain\r\n\r\na\r\n" % n for n in range(200_000))
    )


def _garbage(size: int) -> bytes:
    return Random(6).randbytes(size)


_WORD = b"=?utf-8?B?" + base64.b64encode("甲".encode() * 10) + b"?="

BOMBS: Bombs = {
    "multiparts 1,000 deep": lambda: _nested_multiparts(1000, lambda n: b"B%d" % n),
    "multiparts 20,000 deep": lambda: _nested_multiparts(20_000, lambda n: b"B%d" % n),
    "multiparts 1,000 deep of one boundary": lambda: _nested_multiparts(1000, lambda n: b"B"),
    "multiparts whose boundaries begin alike": lambda: _nested_multiparts(600, lambda n: b"B" * (n + 1)),
    "mails in mails 1,000 deep": lambda: _nested_mails(1000),
    "mails in mails 200,000 deep": lambda: _nested_mails(200_000),
    "mail of 20,000 parts": lambda: _many_parts(20_000),
    "mail of 480 workbooks": lambda: _many_workbooks(480),
    "mail of 200,000 delimiters": _boundary_lines,
    "mail of delimiters alone": lambda: (
        HEAD + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n" + b"--B\r\n" * 2_000_000
    ),
    "multipart of a boundary that never comes": lambda: (
        HEAD + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n" + b"--C\r\n\r\n--\r\n" * 500_000
    ),
    "header of 10 MB": lambda: _header(b"Subject: " + b"a" * 10_000_000 + b"\r\n"),
    "header of 10 MB in folded lines": lambda: _header(b"Subject: a" + b"\r\n a" * 3_000_000 + b"\r\n"),
    "500,000 headers": lambda: _header(b"".join(b"X-%d: a\r\n" % n for n in range(500_000))),
    "header of 100,000 coded words": lambda: _header(
        b"Subject: " + b"\r\n ".join([_WORD] * 100_000) + b"\r\n"
    ),
    "From of 100,000 addresses": lambda: _header(
        b"From: " + b", ".join(b"a%d <a%d@example.org>" % (n, n) for n in range(100_000)) + b"\r\n"
    ),
    "From of brackets": lambda: _header(
        b"From: " + b"(" * 200_000 + b"<" * 200_000 + b'"' * 200_001 + b"\r\n"
    ),
    "Received of brackets": lambda: b"Received: " + b"(;" * 2_000_000 + b"\r\n" + HEAD + TEXT,
    "References to 200,000 mails": lambda: _header(
        b"References: " + b"\r\n ".join(b"<%d@example.org>" % n for n in range(200_000)) + b"\r\n"
    ),
    "Authentication-Results without end": lambda: _header(
        b"Authentication-Results: mx.qq.com; " + b"spf=fail (" * 100_000 + b";" * 100_000 + b"\r\n"
    ),
    "names in 100,000 pieces": lambda: _continuations(100_000),
    "Content-Type of 200,000 parameters": lambda: _header(
        b"Content-Type: text/plain" + b"".join(b';\r\n a%d="b"' % n for n in range(200_000)) + b"\r\n"
    ),
    "base64 of garbage": lambda: _transferred(b"base64", _garbage(20_000_000)),
    "base64 of signs of equality": lambda: _transferred(b"base64", b"QQ==" * 3_000_000),
    "quoted-printable without end": lambda: _transferred(b"quoted-printable", b"=\r\n" * 4_000_000),
    "quoted-printable of signs of equality": lambda: single(
        b"text/plain", b"=" * 20_000_000, more=b"Content-Transfer-Encoding: quoted-printable\r\n"
    ),
    "uuencode without end": lambda: single(b"text/plain", b"begin 644 a.xlsx\r\n" * 500_000),
    "uuencode of wrong lengths": lambda: single(
        b"text/plain", (b"begin 644 a.xlsx\r\n" + b"M\r\n" * 100 + b"end\r\n") * 20_000
    ),
    "gb18030 cut in its characters": lambda: single(
        b"text/plain; charset=gb18030", b"\x81\x30\x81" * 3_000_000 + b"\x81"
    ),
    "iso-2022 with switches alone": lambda: single(
        b"text/plain; charset=iso-2022-jp", b"\x1b$B\x1b(B" * 500_000
    ),
    "utf-7": lambda: single(b"text/plain; charset=utf-7", b"+AAAA-" * 1_000_000),
    "zero bytes, 20 MB": lambda: single(b"text/plain", bytes(20_000_000)),
    "one line of 30 MB": lambda: single(b"text/plain", b"a" * 30_000_000),
    "blank lines, 20 MB": lambda: b"\r\n" * 10_000_000 + HEAD + TEXT,
    "delivery report of 300,000 fields": lambda: single(
        b"multipart/report; boundary=B",
        b"--B\r\nContent-Type: message/delivery-status\r\n\r\n"
        + b"".join(
            b"Final-Recipient: rfc822; a%d@example.org\r\nAction: failed\r\n\r\n" % n for n in range(300_000)
        )
        + b"--B--\r\n",
    ),
    "digest of 50,000 mails": lambda: single(
        b"multipart/digest; boundary=B",
        b"--B\r\n\r\nFrom: a@example.org\r\nSubject: a\r\n\r\nhello\r\n" * 50_000 + b"--B--\r\n",
    ),
    "mail of 215 MB": lambda: mixed(TEXT, *(file_part(f"{n}.bin", _garbage(40 << 20)) for n in range(4))),
}
