"""Renders all letters of a day on one page, as their readers will see them, for a check before sending."""

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from notify.mail.compose import CHART_CONTENT_ID
from notify.templates import render_html

_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)
_PLACE = "\ufdd5{}\ufdd6"
"""The place of a letter's body, which has its punctuation already and is inserted unchanged."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it is sent, and its state."""

    state: str
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLetter:
    """The lines above a letter's body."""

    state: str
    subject: str
    to: str
    copies: str
    attachments: tuple[str, ...]
    place: str


def render_letters(title: str, letters: Sequence[Letter]) -> str:
    """Returns the page: how many letters there are, a list of them, and then each."""
    shown, bodies = [], {}
    for number, letter in enumerate(letters, start=1):
        mail = BytesParser(policy=policy.default).parsebytes(letter.raw)
        assert isinstance(mail, EmailMessage)
        place = _PLACE.format(number)
        bodies[place] = _body(mail)
        shown.append(
            ShownLetter(
                state=letter.state,
                subject=str(mail["Subject"] or ""),
                to=str(mail["To"] or ""),
                copies=str(mail["Cc"] or ""),
                attachments=tuple(_attachments(mail)),
                place=place,
            )
        )
    page = render_html("notify.mail", "letters", {"title": title, "letters": shown})
    for place, body in bodies.items():
        page = page.replace(place, body)
    return page


def _body(mail: EmailMessage) -> str:
    """Returns the body of a mail's HTML, with its picture included."""
    part = mail.get_body(("html",))
    page = part.get_content() if part is not None else ""
    inside = _BODY.search(page)
    body = inside[1] if inside else page
    for each in mail.walk():
        if each.get_content_maintype() == "image" and isinstance(
            data := each.get_payload(decode=True), bytes
        ):
            image = f"data:{each.get_content_type()};base64,{b64encode(data).decode()}"
            body = body.replace(f"cid:{CHART_CONTENT_ID}", image)
    return body


def _attachments(mail: EmailMessage) -> Iterator[str]:
    for part in mail.iter_attachments():
        if (name := part.get_filename()) is not None:
            yield name
