"""Builds one mail as bytes; the same input gives the same bytes and the same Message-ID."""

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

from config.answers.reply_codes import write_code
from config.text.punctuation import set_punctuation

CHART_CONTENT_ID = "progress@kongchuo"
"""Content-ID of the digest's picture; its address in the page is ``cid:`` and this (RFC 2392)."""


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file attached to a mail."""

    name: str
    data: bytes
    kind: Literal["xlsx", "docx", "zip"]


_SUBTYPES = {
    "xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "vnd.openxmlformats-officedocument.wordprocessingml.document",
    "zip": "zip",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailHeaders:
    """Header fields of a mail."""

    subject: str
    office: str
    as_of: datetime
    copies: tuple[str, ...] = ()
    code: str | None = None
    """The reply code, in a mail to one person (:mod:`config.answers.reply_codes`)."""
    in_reply_to: str | None = None
    """The Message-ID of the mail that this one answers, empty where it has none; then it is ``auto-replied``
    (RFC 3834, 3.1.7)."""


@dataclass(frozen=True, slots=True)
class MailBody:
    """The words of a mail, as a page and as plain text."""

    page: str
    text: str
    chart: bytes | None = None
    """The PNG that the page shows as ``cid:progress@kongchuo``."""


def compose_mail(
    headers: MailHeaders,
    body: MailBody,
    attachments: Sequence[AttachedFile],
    *,
    key: str,
    sender: str,
    recipients: tuple[str, ...],
) -> bytes:
    """Returns multipart/mixed of (text and HTML with its picture as alternatives) and the files; only the body without files.

    Args:
        key: the outbox key; Message-ID and boundaries are derived from it.
        sender: the bare address, equal to the login (QQ: 550 The "From" header is missing or invalid).
    """
    key_hash = sha256(key.encode()).hexdigest()[:32]
    mail = EmailMessage(policy.SMTP)
    subject = one_line(set_punctuation(headers.subject))
    mail["Subject"] = f"{subject} [{write_code(headers.code)}]" if headers.code else subject
    mail["From"] = Address(one_line(headers.office), addr_spec=sender)
    mail["To"] = ", ".join(recipients)
    mail["Date"] = format_datetime(headers.as_of)
    code = f".{headers.code}" if headers.code else ""
    mail["Message-ID"] = f"<kongchuo.{key_hash}{code}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = (
        "auto-generated" if headers.in_reply_to is None else "auto-replied"
    )  # keeps holiday replies away
    if headers.copies:
        mail["Cc"] = ", ".join(headers.copies)
    if headers.in_reply_to:
        mail["In-Reply-To"] = mail["References"] = one_line(headers.in_reply_to)
    mail.set_content(body.text, cte="base64")
    mail.add_alternative(body.page, subtype="html", cte="base64")
    if body.chart is not None:
        page = _part(mail, 1)
        page.add_related(
            body.chart, maintype="image", subtype="png", cid=f"<{CHART_CONTENT_ID}>", filename="progress.png"
        )
        page.set_boundary(f"=_kongchuo_{key_hash}_page")
    for each in attachments:
        mail.add_attachment(
            each.data,
            maintype="application",
            subtype=_SUBTYPES[each.kind],
            filename=one_line(each.name),
        )
    words = _part(mail, 0) if attachments else mail
    words.set_boundary(f"=_kongchuo_{key_hash}_body")
    if attachments:
        mail.set_boundary(f"=_kongchuo_{key_hash}_mixed")
    return mail.as_bytes()


def _part(mail: EmailMessage, number: int) -> EmailMessage:
    part = mail.get_payload(number)
    assert isinstance(part, EmailMessage)
    return part


def sender_address(sender: str, username: str | None) -> str:
    """Returns the sender's address: the login if it is an address, else the configured one."""
    return username if username and "@" in username else sender


def one_line(text: str) -> str:
    """Returns text for a header, without line breaks and control characters."""
    return re.sub(r"[\x00-\x1f\x7f\s]+", " ", text).strip()
