"""Reads a raw message, byte for byte, into its head, its text and its attachments."""

import binascii
import logging
import mimetypes
import quopri
import re
from dataclasses import dataclass, replace
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from config.text_folding import clean_text
from parsers.mail.header_names import decode_bytes, decode_header, find_attachment_name, parse_sender
from parsers.mail.html_text import html_to_text

log = logging.getLogger(__name__)

MAX_DEPTH = 10  # parts inside parts; real mail stays below 6
_TOO_DEEP = ("unreadable", "邮件层层嵌套超过10层,未再拆开:请人工查看,或请对方把表格直接作为附件重发")
_UNREADABLE = ("unreadable", "邮件的这一部分已损坏,拆不开(原件已存档):请人工查看,或请对方重发")
_REPORT_TYPES = ("message/delivery-status", "message/disposition-notification", "text/rfc822-headers")
_MAIL_START = re.compile(rb"(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*){2}")
_BOUNDARY = re.compile(rb"(?m)^--([^\s\"]{1,70})[ \t]*\r?$")
_FORM_IN_BODY = re.compile(
    r"<table(?:(?!</table).)*姓\s*名(?:(?!</table).)*身份证", re.DOTALL | re.IGNORECASE
)
_EXTENSIONS = {
    "application/octet-stream": ".bin",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "image/jpeg": ".jpg",
    "text/plain": ".txt",
    "text/html": ".html",
    "message/rfc822": ".eml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailHead:
    """Who wrote and what about; decoded, never trusted for time."""

    sender: str
    sender_name: str
    subject: str  # as written; searched as clean_subject
    message_id: str | None
    automatic: bool  # RFC 3834 Auto-Submitted, bounces, lists

    @property
    def clean_subject(self) -> str:
        return clean_text(self.subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One file inside a message: an attachment, or a member of an archive or forwarded message."""

    path: tuple[str, ...]  # ("材料.zip", "附件4.xlsx"), outermost first, as written; searched as clean_path
    data: bytes
    inline: bool  # shown inside the body (cid:), not attached
    raw_name: bytes | None = None
    failure: tuple[str, str] | None = None  # (problem code, Chinese reason) where it could not be unpacked

    @property
    def clean_path(self) -> tuple[str, ...]:
        return tuple(map(clean_text, self.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    head: MailHead
    body: str  # cleaned
    attachments: tuple[Attachment, ...]


_EMPTY_HEAD = MailHead(sender="", sender_name="", subject="", message_id=None, automatic=False)


def parse_mail(raw: bytes) -> Mail:
    """The message taken apart. Never raises: what cannot be read becomes a leaf with its failure."""
    try:
        message = _parse_message(raw)
        head = _read_head(message)
    except Exception:  # the parser meets hostile input here, and a mail must never be lost for it
        log.exception("message of %d bytes could not be parsed", len(raw))
        return Mail(head=_EMPTY_HEAD, body="", attachments=(_unreadable_attachment(("整封邮件.eml",), raw),))
    collector = _PartCollector()
    try:
        collector.collect(message, (), 0)
    except Exception:  # as above; what was found so far is given up for the whole
        log.exception("parts of a message of %d bytes could not be walked", len(raw))
        return Mail(head=head, body="", attachments=(_unreadable_attachment(("整封邮件.eml",), raw),))
    return Mail(
        head=head,
        body=clean_text("\n".join(filter(None, collector.texts))),
        attachments=collector.list_attachments(),
    )


def _parse_message(raw: bytes) -> Message:
    return BytesParser(policy=compat32).parsebytes(raw)


def raw_header(message: Message, name: str) -> bytes | None:
    """The first header of this name as the bytes that came."""
    for key, value in message.raw_items():
        if key.lower() == name:
            return (
                str(value).encode("ascii", "surrogateescape")
                if isinstance(value, str)
                else str(value).encode()
            )
    return None


def _read_head(message: Message) -> MailHead:
    sender = name = ""
    for key in ("from", "sender", "reply-to", "return-path"):
        address, shown = parse_sender(raw_header(message, key) or b"")
        sender, name = sender or address, name or shown
        if sender:
            break
    subject = decode_header(raw_header(message, "subject") or b"")
    message_id = decode_header(raw_header(message, "message-id") or b"")
    return MailHead(
        sender=sender,
        sender_name=name,
        subject=subject,
        message_id=message_id or None,
        automatic=_is_automatic(message, sender, subject),
    )


def _is_automatic(message: Message, sender: str, subject: str) -> bool:
    """RFC 3834, bounces (RFC 3464), lists, and the out-of-office notes of QQ mail, which say it in the subject."""

    def header_text(name: str) -> str:
        return decode_header(raw_header(message, name) or b"").lower()

    return (
        header_text("auto-submitted") not in ("", "no")
        or header_text("precedence") in ("bulk", "junk", "list", "auto_reply")
        or bool(header_text("list-id") or header_text("x-autoreply") or header_text("x-autorespond"))
        or header_text("return-path") == "<>"
        or message.get_content_type() == "multipart/report"
        or sender.split("@")[0] in ("mailer-daemon", "postmaster")
        or clean_text(subject).startswith(("自动回复", "系统退信", "Automatic reply"))
    )


class _PartCollector:
    """Collects what a tree of parts holds, in the order of the message."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._attachments: list[Attachment] = []
        self._content_ids: list[str] = []
        self._html_bodies: list[str] = []
        self._bodies_with_form: list[bytes] = []  # bodies with a form typed into them
        self._unnamed = 0

    def list_attachments(self) -> tuple[Attachment, ...]:
        """Leaves; inline is a picture that an HTML body shows by its Content-ID."""
        html = "\n".join(self._html_bodies)
        attachments = [
            replace(
                attachment, inline=bool(content_id) and (attachment.inline or f"cid:{content_id}" in html)
            )
            for attachment, content_id in zip(self._attachments, self._content_ids, strict=True)
        ]
        from_body = [
            Attachment(path=("正文表格.html",), data=data, inline=False) for data in self._bodies_with_form
        ]
        return (*attachments, *from_body)

    def collect(self, part: Message, prefix: tuple[str, ...], depth: int) -> None:
        kind = part.get_content_type()
        if depth > MAX_DEPTH:
            self._add_attachment(part, (*prefix, self._make_name(kind)), part.as_bytes(), failure=_TOO_DEEP)
        elif kind == "message/rfc822" or (kind == "message/global" and part.is_multipart()):
            self._collect_forwarded(part, prefix, depth)
        elif kind == "multipart/alternative":
            self._collect_alternative(part, prefix, depth)
        elif kind.startswith("multipart/"):
            for child in _child_parts(part):
                self.collect(child, prefix, depth + 1)
        elif kind in _REPORT_TYPES:
            payload = part.get_payload()
            shown = payload if isinstance(payload, list) else [part]
            self.texts += [_part_as_text(item) for item in shown if isinstance(item, Message)]
        else:
            self._collect_single(part, prefix, depth, kind)

    def _collect_single(self, part: Message, prefix: tuple[str, ...], depth: int, kind: str) -> None:
        disposition = raw_header(part, "content-disposition")
        name = find_attachment_name(disposition, raw_header(part, "content-type"))
        attached = (disposition or b"").strip().lower().startswith(b"attachment")
        if kind in ("text/plain", "text/html") and name is None and not attached:
            self.texts.append(self._read_body(part, kind))
            return
        try:
            data = _decode_content(part)
        except (ValueError, TypeError, LookupError, AttributeError, AssertionError) as error:
            log.warning("part %s could not be decoded: %s", kind, error)
            self._add_attachment(
                part, (*prefix, name.text if name else self._make_name(kind)), b"", failure=_UNREADABLE
            )
            return
        shown = name.text if name else self._make_name(kind)
        if clean_text(shown).lower().endswith(".eml") and _MAIL_START.match(data):
            self._collect_message(_parse_message(data), shown, prefix, depth)
            return
        self._add_attachment(part, (*prefix, shown), data, raw_name=name.raw if name else None)

    def _read_body(self, part: Message, kind: str) -> str:
        text = decode_bytes(_decode_content(part), part.get_param("charset") if _has_charset(part) else None)  # type: ignore[arg-type]
        if kind == "text/plain":
            return text.replace("\r\n", "\n").strip()
        self._html_bodies.append(text)
        if _FORM_IN_BODY.search(text):
            self._bodies_with_form.append(text.encode())
        words, links = html_to_text(text)
        return "\n".join((words, *links))

    def _collect_alternative(self, part: Message, prefix: tuple[str, ...], depth: int) -> None:
        """The plain text where it says something; of the HTML beside it the links it hides."""
        before = len(self.texts)
        for child in _child_parts(part):
            self.collect(child, prefix, depth + 1)
        texts = self.texts[before:]
        plain = next((text for text in texts if text.strip()), "")
        links = [
            line
            for text in texts
            for line in text.split("\n")
            if line.startswith("http") and line not in plain
        ]
        self.texts[before:] = ["\n".join((plain, *dict.fromkeys(links))).strip()]

    def _collect_forwarded(self, part: Message, prefix: tuple[str, ...], depth: int) -> None:
        payload = part.get_payload()
        inner = payload[0] if isinstance(payload, list) and payload else None
        if not isinstance(inner, Message):
            self._add_attachment(part, (*prefix, self._make_name("message/rfc822")), _decode_content(part))
            return
        if not inner.keys() and isinstance(
            text := inner.get_payload(), str
        ):  # base64, though RFC 2046 forbids it
            inner = _parse_message(_decode_transfer(text.encode("ascii", "surrogateescape"), part))
        name = find_attachment_name(raw_header(part, "content-disposition"), raw_header(part, "content-type"))
        self._collect_message(inner, name.text if name else "", prefix, depth)

    def _collect_message(self, inner: Message, name: str, prefix: tuple[str, ...], depth: int) -> None:
        head = _read_head(inner)
        shown = head.subject.replace("/", "\uff0f").strip() or name.removesuffix(".eml") or "转发邮件"
        self.texts.append(f"主题:{head.subject}\n发件人:{head.sender_name} <{head.sender}>")
        self.collect(inner, (*prefix, f"{shown}.eml"), depth + 1)

    def _make_name(self, kind: str) -> str:
        self._unnamed += 1
        extension = _EXTENSIONS.get(kind) or (mimetypes.guess_extension(kind, strict=False) or ".bin")
        return f"未命名{self._unnamed}{extension}"

    def _add_attachment(
        self,
        part: Message,
        path: tuple[str, ...],
        data: bytes,
        *,
        raw_name: bytes | None = None,
        failure: tuple[str, str] | None = None,
    ) -> None:
        disposition = (raw_header(part, "content-disposition") or b"").strip().lower()
        content_id = decode_header(raw_header(part, "content-id") or b"").strip("<> ")
        inline = disposition.startswith(b"inline")
        self._attachments.append(
            Attachment(path=path, data=data, inline=inline, raw_name=raw_name, failure=failure)
        )
        self._content_ids.append(content_id)


def _child_parts(part: Message) -> list[Message]:
    """The parts of a multipart; where its boundary is wrong or missing, by the first line that looks like one."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return [child for child in payload if isinstance(child, Message)]
    raw = payload.encode("ascii", "surrogateescape") if isinstance(payload, str) else b""
    if (match := _BOUNDARY.search(raw)) is None:
        return [_parse_message(b"Content-Type: text/plain\r\n\r\n" + raw)] if raw.strip() else []
    boundary = match.group(1)
    reparsed = _parse_message(b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n' + raw)
    children = reparsed.get_payload()
    if isinstance(children, list):
        return [child for child in children if isinstance(child, Message)]
    return [_parse_message(b"Content-Type: text/plain\r\n\r\n" + raw)]


def _decode_content(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    return b"".join(child.as_bytes() for child in part.get_payload() if isinstance(child, Message))


def _decode_transfer(raw: bytes, part: Message) -> bytes:
    encoding = (raw_header(part, "content-transfer-encoding") or b"").strip().lower()
    if encoding == b"quoted-printable":
        return quopri.decodestring(raw)
    try:
        return binascii.a2b_base64(raw)
    except binascii.Error:
        return raw


def _has_charset(part: Message) -> bool:
    return isinstance(part.get_param("charset"), str)


def _part_as_text(part: Message) -> str:
    return decode_bytes(part.as_bytes()).strip()


def _unreadable_attachment(path: tuple[str, ...], raw: bytes) -> Attachment:
    return Attachment(path=path, data=raw, inline=False, failure=_UNREADABLE)
