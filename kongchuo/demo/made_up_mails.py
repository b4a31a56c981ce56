"""Writes mails as units send them: names in several encodings, forwarded, zipped, with and without text."""

import io
import struct
import zipfile
import zlib
from base64 import b64encode, encodebytes
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from random import Random
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class MadeUpMail:
    """A raw message and its time of arrival."""

    raw: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class MadeUpAttachment:
    """A file of a made-up mail; an inline one is shown in the body."""

    name: str
    data: bytes
    inline: bool = False


@dataclass(frozen=True, slots=True)
class MadeUpSender:
    """The address of a made-up mail, with the name that its program shows."""

    address: str
    name: str = ""


def make_mail(
    random: Random,
    *,
    sender: MadeUpSender,
    subject: str,
    body: str,
    attachments: Sequence[MadeUpAttachment],
    received_at: datetime,
    extra: str = "",
) -> MadeUpMail:
    """Returns a whole message, with encodings drawn from those of QQ, Foxmail and Outlook."""
    boundary = f"----=_NextPart_{random.getrandbits(64):016X}"
    charset = random.choice(("utf-8", "gb18030"))
    head = (
        f"Received: from mail.example.org (unknown [192.0.2.1])\r\n\tby newmx.example.org; {format_datetime(received_at)}\r\n"
        f"From: {encode_word(sender.name, charset)} <{sender.address}>\r\nTo: office@example.org\r\nSubject: {encode_word(subject, charset)}\r\n"
        f"Date: {format_datetime(received_at)}\r\nMessage-ID: <{random.getrandbits(80):020X}@example.org>\r\n{extra}MIME-Version: 1.0\r\n"
    ).encode()
    text = _part(f'Content-Type: text/plain; charset="{charset}"', body.encode(charset))
    if not attachments:
        return MadeUpMail(head + text, received_at)
    parts = [text, *(_attachment_part(random, attachment) for attachment in attachments)]
    mark = boundary.encode()
    inner = b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in parts)
    kind = f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'.encode()
    return MadeUpMail(head + kind + inner + b"--" + mark + b"--\r\n", received_at)


def forward(random: Random, original: MadeUpMail, *, sender: str, received_at: datetime) -> MadeUpMail:
    """Returns a mail with the original inside as message/rfc822."""
    boundary = f"----=_Fwd_{random.getrandbits(64):016X}"
    head = (
        f"From: {sender}\r\nTo: office@example.org\r\nSubject: {encode_word('转发:报送材料', 'utf-8')}\r\n"
        f"Date: {format_datetime(received_at)}\r\nMessage-ID: <{random.getrandbits(80):020X}@example.org>\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n--{boundary}\r\n'
        "Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n"
    ).encode()
    return MadeUpMail(head + original.raw + f"\r\n--{boundary}--\r\n".encode(), received_at)


def make_zip(members: Sequence[tuple[str, bytes]]) -> bytes:
    """Returns a zip with UTF-8 names and no timestamps."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, (2023, 9, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def make_locked_zip(name: str, data: bytes) -> bytes:
    """Returns a zip whose one member needs a password."""
    archive = bytearray(make_zip([(name, data)]))
    for offset in (6, archive.rindex(b"PK\x01\x02") + 8):  # the flags, at the member and in the directory
        archive[offset] |= 1
    return bytes(archive)


def make_picture(random: Random, size: int = 40_000) -> bytes:
    """Returns a PNG of noise, as large as a small photograph (``size`` bytes)."""
    side = max(int((size / 3) ** 0.5), 2)
    rows = b"".join(b"\x00" + random.randbytes(side * 3) for _ in range(side))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 1))
        + chunk(b"IEND", b"")
    )


def encode_word(text: str, charset: str) -> str:
    """Returns text as an RFC 2047 encoded word in base64."""
    return f"=?{charset}?B?{b64encode(text.encode(charset)).decode()}?=" if text else ""


def _attachment_part(random: Random, attachment: MadeUpAttachment) -> bytes:
    name_style = random.randrange(3)
    if name_style == 0:  # RFC 2231
        name = f"filename*=UTF-8''{quote(attachment.name)}"
    elif name_style == 1:  # RFC 2047 in quotes, as QQ does
        name = f'filename="{encode_word(attachment.name, "gb18030")}"'
    else:
        name = f'filename="{encode_word(attachment.name, "utf-8")}"'
    kind = "inline" if attachment.inline else "attachment"
    more = "\r\nContent-ID: <logo@example.org>" if attachment.inline else ""
    return _part(
        f"Content-Type: application/octet-stream\r\nContent-Disposition: {kind}; {name}{more}",
        attachment.data,
    )


def _part(headers: str, data: bytes) -> bytes:
    return f"{headers}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode() + encodebytes(data).replace(
        b"\n", b"\r\n"
    )
