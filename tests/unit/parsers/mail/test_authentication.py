"""The one address in From, and what Authentication-Results say, from raw headers."""

import pytest

from parsers.mail.authentication import read_authentication, read_author


@pytest.mark.parametrize(
    ("headers", "author"),
    [
        ([b"a@Example.org"], "a@example.org"),
        ([b"\xce\xf7\xcd\xd9\xd5\xf2 <a@example.org>"], "a@example.org"),
        ([b"=?GB18030?B?zvfN2dXy?= <a@example.org>"], "a@example.org"),
        ([b'"b@example.net" <a@example.org>'], "a@example.org"),
        ([b"a@example.org, b@example.net"], ""),
        ([b"<a@example.org> <b@example.net>"], ""),
        ([b"=?utf-8?B?PGFAZXhhbXBsZS5vcmc+?= <b@example.net>"], ""),
        ([b"a@example.org", b"a@example.org"], ""),
        ([b"nobody"], ""),
        ([b"x" * 5_000 + b" <a@example.org>"], ""),
        ([], ""),
    ],
)
def test_the_author_is_the_only_address_of_the_only_from(headers: list[bytes], author: str) -> None:
    assert read_author(headers) == author


@pytest.mark.parametrize(
    ("header", "server", "failed"),
    [
        (b"mx.qq.com; spf=fail smtp.mailfrom=x; dkim=none; dmarc=none", "mx.qq.com", True),
        (b"mx.qq.com; spf=pass; dkim=fail (bad signature); dmarc=pass", "mx.qq.com", True),
        (b"mx.qq.com; spf=none; dkim=none; dmarc=fail(permerror) header.from=x", "mx.qq.com", True),
        (b"MX.QQ.COM 1; SPF=HardFail", "mx.qq.com", True),
        (b"mx.qq.com;\r\n spf=pass smtp.mailfrom=x;\r\n\tdmarc = fail", "mx.qq.com", True),
        (b"mx38; spf=pass smtp.mail=x; dk\r\n\tim=fa\r\n\til header.i=@x", "mx38", True),
        (b"mx38; spf=pass smtp.mail=1@qq.com; dki\n        m=pass header.i=@qq.com", "mx38", False),
        (b'"mx.qq.com"; spf=pass', "mx.qq.com", False),
        (b"(c) mx.qq.com; spf=pass", "mx.qq.com", False),
        (b"mx.qq.com; spf=softfail; dkim=neutral; dmarc=none", "mx.qq.com", False),
        (b"mx.qq.com; spf=pass smtp.mailfrom=dkim=failure@x", "mx.qq.com", False),
        (b"mx.qq.com; x-spf=fail; arc=fail; iprev=fail", "mx.qq.com", False),
        (
            b"mx.qq.com; spf=pass smtp.mailfrom=a(b@x; dkim=fail; dmarc=fail header.from=c)d",
            "mx.qq.com",
            True,
        ),
        (b"", "", False),
        (b"; spf=fail", "", True),
    ],
)
def test_one_header(header: bytes, server: str, failed: bool) -> None:
    (result,) = read_authentication([header])
    assert (result.server, result.failed) == (server, failed)


def test_of_very_many_headers_both_ends_are_kept() -> None:
    read = read_authentication(
        [b"mx.qq.com; spf=fail", *[b"x.example; spf=pass"] * 10_000, b"mx38; spf=fail"]
    )

    assert len(read) < 100
    assert (read[0].server, read[-1].server) == ("mx.qq.com", "mx38")


@pytest.mark.parametrize(
    ("header", "domains"),
    [
        (
            b"mx.qq.com; spf=pass smtp.mailfrom=a@example.org; dkim=pass header.d=example.org",
            ("example.org",),
        ),
        (b"mx.qq.com; spf=pass (x.y: 1.2.3.4 is ok) smtp.mailfrom=Example.ORG", ("example.org",)),
        (b"mx.qq.com; dmarc=pass (p=none) header.from=example.org", ("example.org",)),
        (b"mx38; spf=pass smtp.mail=a@example.org; dkim=none", ("example.org",)),
        (b"mx.qq.com; spf=pass smtp.mailfrom=evil.example; dkim=none", ("evil.example",)),
        (b"mx.qq.com; spf=none smtp.mailfrom=a;dmarc=pass@evil.example", ()),
        (b"mx.qq.com; spf=none smtp.mailfrom=a;dmarc=pass;dkim=pass@evil.example", ()),
        (b'mx.qq.com; spf=none smtp.mailfrom="a; dmarc=pass header.from=example.org"@evil.example', ()),
        (b"mx.qq.com; spf=none smtp.mailfrom=a(; dmarc=pass header.from=example.org)@evil.example", ()),
        (b"mx.qq.com; spf=none (a\\) ; dmarc=pass header.from=example.org", ()),
        (b"mx.qq.com; dmarc=pass", ()),
        (b"mx.qq.com; spf=softfail smtp.mailfrom=example.org", ()),
        (b"mx.qq.com; dkim=pass (good) header.i=@example.org header.s=s", ("example.org",)),
        ("mx.qq.com; dkim=pass header.d=ex\u00e4mple.org".encode(), ()),
    ],
)
def test_only_what_reads_in_one_way_vouches(header: bytes, domains: tuple[str, ...]) -> None:
    (result,) = read_authentication([header])

    assert result.domains == domains
