"""A mail to the office: the same input gives the same bytes, so a mail can be had again and is told once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from typing import Literal

CHART = "progress@kongchuo"
"""Content-ID of the digest's picture; its address in the page is ``cid:`` and this (RFC 2392)."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes with a mail."""

    name: str
    data: bytes
    kind: Literal["xlsx", "docx", "zip"]


_TYPES = {
    "xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "vnd.openxmlformats-officedocument.wordprocessingml.document",
    "zip": "zip",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What the head of a mail says."""

    subject: str
    office: str
    as_of: datetime
    copies: tuple[str, ...] = ()
    answers: str | None = None
    """The Message-ID of the mail that this one answers, empty where it has none; then it is ``auto-replied``
    (RFC 3834, 3.1.7)."""


def compose(
    cover: Cover,
    html: str,
    text: str,
    attached: Sequence[Attached],
    *,
    key: str,
    sender: str,
    recipients: tuple[str, ...],
    chart: bytes | None = None,
) -> bytes:
    """multipart/mixed of (text, and html with its picture, as alternatives) and the files; the body alone without.

    Args:
        key: the outbox key; Message-ID and boundaries are made from it.
        sender: the bare address, equal to the login (QQ: 550 The "From" header is missing or invalid).
        chart: the PNG that the page shows as ``cid:progress@kongchuo``.
    """
    mark = sha256(key.encode()).hexdigest()[:32]
    mail = EmailMessage(policy.SMTP)
    mail["Subject"] = one_line(cover.subject)
    mail["From"] = Address(one_line(cover.office), addr_spec=sender)
    mail["To"] = ", ".join(recipients)
    mail["Date"] = format_datetime(cover.as_of)
    mail["Message-ID"] = f"<kongchuo.{mark}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = (
        "auto-generated" if cover.answers is None else "auto-replied"
    )  # keeps holiday replies away
    if cover.copies:
        mail["Cc"] = ", ".join(cover.copies)
    if cover.answers:
        mail["In-Reply-To"] = mail["References"] = one_line(cover.answers)
    mail.set_content(text, cte="base64")
    mail.add_alternative(html, subtype="html", cte="base64")
    if chart is not None:
        page = _part(mail, 1)
        page.add_related(chart, maintype="image", subtype="png", cid=f"<{CHART}>", filename="progress.png")
        page.set_boundary(f"=_kongchuo_{mark}_page")
    for each in attached:
        mail.add_attachment(
            each.data,
            maintype="application",
            subtype=_TYPES[each.kind],
            filename=one_line(each.name),
        )
    body = _part(mail, 0) if attached else mail
    body.set_boundary(f"=_kongchuo_{mark}_body")
    if attached:
        mail.set_boundary(f"=_kongchuo_{mark}_mixed")
    return mail.as_bytes()


def _part(mail: EmailMessage, number: int) -> EmailMessage:
    part = mail.get_payload(number)
    assert isinstance(part, EmailMessage)
    return part


def login_address(sender: str, username: str | None) -> str:
    """The address to send as: the login where that is an address, else what the office configured."""
    return username if username and "@" in username else sender


def one_line(text: str) -> str:
    """Header text: no line breaks or control characters."""
    return re.sub(r"[\x00-\x1f\x7f\s]+", " ", text).strip()
