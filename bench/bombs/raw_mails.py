"""Writes mails byte for byte, as no mail library would produce hostile ones."""

import base64
import io
import zipfile
from collections.abc import Callable, Mapping

Bombs = Mapping[str, Callable[[], bytes]]
"""By name, a function that makes the mail when it is needed, as some take seconds and many megabytes."""

HEAD = (
    b"Received: from a by b; Thu, 21 Sep 2023 10:00:00 +0800\r\n"
    b"From: nobody@example.net\r\nTo: office@example.org\r\nMIME-Version: 1.0\r\n"
)
TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nhello\r\n"


def mixed(*parts: bytes, boundary: bytes = b"BB", head: bytes = HEAD) -> bytes:
    """Returns a multipart of these parts, each with its headers."""
    inside = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    label = b'Subject: files\r\nContent-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n'
    return head + label + inside + b"--" + boundary + b"--\r\n"


def file_part(name: str, data: bytes) -> bytes:
    """Returns an attachment in base64."""
    return (
        f'Content-Type: application/octet-stream; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
    ).encode() + base64.encodebytes(data)


def attached(name: str, data: bytes, *, body: str = "hello") -> bytes:
    """Returns a mail with one file."""
    return mixed(plain_part(body), file_part(name, data))


def plain_part(body: str) -> bytes:
    """Returns a text part."""
    return f"Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n".encode()


def single(content_type: bytes, content: bytes, *, more: bytes = b"") -> bytes:
    """Returns a mail of one part with this content, unencoded."""
    return HEAD + b"Subject: words\r\nContent-Type: " + content_type + b"\r\n" + more + b"\r\n" + content


def packed(members: Mapping[str, bytes]) -> bytes:
    """Returns a zip of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()
