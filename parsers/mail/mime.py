"""Reads a raw message into its head, its text and its attachments.

Everything in a mail that is named, attached or not text is a leaf, judged by its bytes and not by its label, so no
file is lost.
"""

import logging
import mimetypes
import re
from dataclasses import dataclass, field, replace

from config.text.text_folding import clean_text
from parsers.formats.sniff import sniff
from parsers.mail.authentication import read_authentication, read_author
from parsers.mail.charsets import decode_bytes
from parsers.mail.delivery_report import read_delivery_report
from parsers.mail.header_names import (
    AttachmentName,
    decode_header,
    find_attachment_name,
    parse_sender,
)
from parsers.mail.html_text import holds_form, html_to_text
from parsers.mail.mail_budget import BODY_TOO_LONG, MAX_BODY_BYTES, MAX_BODY_LENGTH, MailBudget
from parsers.mail.mail_contents import (
    EMPTY_HEAD,
    WHOLE_MAIL,
    InnerMail,
    LoadedAttachment,
    LoadedMail,
    Mail,
    MailHead,
)
from parsers.mail.message_parts import (
    MessagePart,
    decode_bare_base64,
    decode_content,
    extract_uuencoded,
    parse_part,
    split_multipart,
    starts_with_headers,
)
from parsers.mail.shown_words import shown_words
from parsers.records import FileKind

log = logging.getLogger(__name__)

MAX_DEPTH = 10  # parts inside parts; real mail stays below 6
_TOO_DEEP = ("unreadable", "邮件层层嵌套超过10层,未再拆开:请人工查看,或请对方把表格直接作为附件重发")
_UNREADABLE = ("unreadable", "邮件的这一部分已损坏,拆不开(原件已存档):请人工查看,或请对方重发")
_REPORT_TYPES = ("message/delivery-status", "message/disposition-notification", "text/rfc822-headers")
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")
_MAX_LINKS = 200  # that an HTML part adds to the plain text beside it
_SHOWN_ID = re.compile(r"cid:([^\s\"'<>)]+)")
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
_EXTENSIONS_OF_BYTES = {
    FileKind.XLSX: ".xlsx",
    FileKind.XLS: ".xls",
    FileKind.XLSB: ".xlsb",
    FileKind.ODS: ".ods",
    FileKind.DOCX: ".docx",
    FileKind.DOC: ".doc",
    FileKind.OLE: ".ole",
    FileKind.MSG: ".msg",
    FileKind.TNEF: ".dat",
    FileKind.RTF: ".rtf",
    FileKind.ENCRYPTED: ".xlsx",
    FileKind.PDF: ".pdf",
    FileKind.ZIP: ".zip",
    FileKind.ARCHIVE: ".rar",
    FileKind.XML_SHEET: ".xml",
}
"""The extensions of kinds that the bytes alone identify, whatever the label says."""
_CONTROL_SHARE = 200
"""The number of bytes in which more than one control character, or any zero byte, shows that they are not text."""


def parse_mail(raw: bytes, budget: MailBudget | None = None) -> LoadedMail:
    """Returns the message taken apart; archives in it stay packed.

    A part that cannot be read becomes a leaf with its failure; only MemoryError is raised.
    """
    budget = budget or MailBudget()
    try:
        message = parse_part(raw)
        head = _read_head(message)
    except MemoryError:
        raise
    except Exception:  # the parser meets hostile input here, and a mail must never be lost for it
        log.exception("message of %d bytes could not be parsed", len(raw))
        return LoadedMail(head=EMPTY_HEAD, body="", attachments=(_unreadable_attachment(WHOLE_MAIL, raw),))
    collector = _PartCollector(budget)
    try:
        collector.collect(message, (), 0)
    except MemoryError:
        raise
    except Exception:  # as above; what was found so far is given up for the whole
        log.exception("parts of a message of %d bytes could not be walked", len(raw))
        return LoadedMail(head=head, body="", attachments=(_unreadable_attachment(WHOLE_MAIL, raw),))
    body, inner = collector.join_texts()
    shown, hides_words = collector.join_shown()
    return LoadedMail(
        head=head,
        body=body,
        inner=inner,
        attachments=collector.list_attachments(),
        left_out=budget.left_out,
        shown=shown,
        hides_words=hides_words,
        delivery_report=read_delivery_report(
            sender=head.sender,
            subject=head.subject,
            fields=collector.delivery_fields,
            message_ids=(*collector.quoted_ids, *head.references),
            text=Mail(head=head, body=body, inner=inner).whole_body,
        )
        if head.automatic
        else None,
    )


def read_mail_head(start: bytes) -> MailHead:
    """Returns the head of a mail from its first bytes alone; never raises."""
    try:
        return _read_head(parse_part(start))
    except Exception:
        log.exception("headers could not be read")
        return EMPTY_HEAD


def _read_head(message: MessagePart) -> MailHead:
    sender = name = ""
    for key in (b"from", b"sender", b"reply-to", b"return-path"):
        address, shown = parse_sender(message.header(key) or b"")
        sender, name = sender or address, name or shown
        if sender:
            break
    subject = decode_header(message.header(b"subject") or b"")
    message_id = decode_header(message.header(b"message-id") or b"")
    return MailHead(
        sender=sender,
        sender_name=name,
        subject=subject,
        message_id=message_id or None,
        automatic=_is_automatic(message, sender, subject),
        references=tuple(
            dict.fromkeys(
                reference
                for name in (b"in-reply-to", b"references")
                for reference in _MESSAGE_ID.findall(decode_header(message.header(name) or b""))
            )
        ),
        author=read_author(message.all_headers(b"from")),
        authentication=read_authentication(message.all_headers(b"authentication-results")),
    )


def _is_automatic(message: MessagePart, sender: str, subject: str) -> bool:
    """Returns whether a mail is automatic: RFC 3834, bounces (RFC 3464), lists, out-of-office notes of QQ mail by subject."""

    def header_text(name: bytes) -> str:
        return decode_header(message.header(name) or b"").lower()

    return (
        header_text(b"auto-submitted") not in ("", "no")
        or header_text(b"precedence") in ("bulk", "junk", "list", "auto_reply")
        or bool(header_text(b"list-id") or header_text(b"x-autoreply") or header_text(b"x-autorespond"))
        or header_text(b"return-path") == "<>"
        or message.kind == "multipart/report"
        or sender.split("@")[0] in ("mailer-daemon", "postmaster")
        or subject.startswith(
            ("自动回复", "系统退信", "退信", "Automatic reply", "Undelivered", "Undeliverable")
        )
    )


@dataclass(slots=True)
class _OpenMail:
    """A mail whose parts are being collected, with its own texts."""

    path: tuple[str, ...]
    head: MailHead
    texts: list[str] = field(default_factory=list)


class _PartCollector:
    """Collects the contents of a tree of parts, in the order of the message."""

    def __init__(self, budget: MailBudget) -> None:
        self._budget = budget
        self._texts: list[str] = []  # of the mail at hand
        self._own_texts = self._texts  # of the outermost
        self._inner_mails: list[_OpenMail] = []
        self.delivery_fields: list[str] = []
        self.quoted_ids: list[str] = []  # Message-IDs of the mails and headers inside
        self._inner_heads: list[MailHead] = []  # of the mails around the part at hand
        self._attachments: list[LoadedAttachment] = []
        self._content_ids: list[str] = []
        self._html_bodies: list[str] = []
        self._bodies_with_form: list[bytes] = []  # bodies with a form typed into them
        self._plain_texts: list[str] = []  # of the outermost mail
        self._pages: list[str] = []
        self._unnamed = 0
        self._overlong: LoadedAttachment | None = None

    def list_attachments(self) -> tuple[LoadedAttachment, ...]:
        """Returns the leaves; those that an HTML body shows by their Content-ID are marked inline."""
        shown_ids = {shown for html in self._html_bodies for shown in _SHOWN_ID.findall(html)}
        attachments = [
            replace(attachment, inline=bool(content_id) and (attachment.inline or content_id in shown_ids))
            for attachment, content_id in zip(self._attachments, self._content_ids, strict=True)
        ]
        from_body = [
            LoadedAttachment(path=("正文表格.html",), data=data, inline=False)
            for data in self._bodies_with_form
        ]
        overlong = (self._overlong,) if self._overlong is not None else ()
        return (*attachments, *from_body, *overlong)

    def join_texts(self) -> tuple[str, tuple[InnerMail, ...]]:
        """Returns the mail's text and the mails inside it.

        The text is cut to the length that regular expressions may see; a cut is an entry of the mail.
        """
        texts = [
            "\n".join(filter(None, texts))
            for texts in (self._own_texts, *(mail.texts for mail in self._inner_mails))
        ]
        rest = MAX_BODY_LENGTH
        for number, text in enumerate(texts):
            texts[number] = text[:rest]
            if len(text) > rest:
                self._add_overlong_body(text[rest:].encode("utf-8", "replace"))
            rest -= len(texts[number])
        own, *bodies = map(clean_text, texts)
        inner = [
            InnerMail(path=mail.path, head=mail.head, body=body)
            for mail, body in zip(self._inner_mails, bodies, strict=True)
        ]
        return own, tuple(inner)

    def join_shown(self) -> tuple[str, bool]:
        """Returns the outermost mail's text as a person sees it, and whether its HTML hides other words.

        Plain text, if there is any, is what the sender wrote; the HTML beside it says the same.
        """
        plain = "\n".join(text for text in self._plain_texts if text.strip())
        if plain:
            return clean_text(plain[:MAX_BODY_LENGTH]), False
        shown = [shown_words(page[:MAX_BODY_LENGTH]) for page in self._pages]
        return clean_text("\n".join(words for words, _ in shown)), any(hides for _, hides in shown)

    def _add_overlong_body(self, data: bytes) -> None:
        if self._overlong is None:
            self._overlong = LoadedAttachment(
                path=("正文的其余部分.txt",), data=data, inline=False, failure=BODY_TOO_LONG
            )

    def collect(self, part: MessagePart, prefix: tuple[str, ...], depth: int) -> None:
        kind = part.kind
        if depth > MAX_DEPTH:
            self._add_attachment(part, (*prefix, self._make_name(kind, b"")), part.content, failure=_TOO_DEEP)
        elif kind.startswith("multipart/") and (pieces := split_multipart(part)):
            before = len(self._texts)
            for piece in pieces:
                self.collect(_child_part(piece, kind), prefix, depth + 1)
            if kind == "multipart/alternative":
                self._texts[before:] = [_join_alternatives(self._texts[before:])]
        else:
            self._collect_single(part, prefix, depth, kind)

    def _collect_single(self, part: MessagePart, prefix: tuple[str, ...], depth: int, kind: str) -> None:
        name = find_attachment_name(part.header(b"content-disposition"), part.header(b"content-type"))
        if (inner := _inner_mail(part, kind, name)) is not None:
            self._collect_message(inner, name.text if name else "", prefix, depth)
            return
        data = _decode_file(part)
        if kind == "message/delivery-status":
            self.delivery_fields.append(decode_bytes(data[:MAX_BODY_LENGTH], part.charset))
        elif kind == "text/rfc822-headers" and (message_id := _read_head(parse_part(data)).message_id):
            self.quoted_ids.append(message_id)
        if name is None and not _is_attached(part) and _may_be_body(kind) and _is_text(data, part.charset):
            self._collect_text(data, part, prefix, kind)
            return
        shown = name.text if name else self._make_name(kind, data)
        self._add_attachment(part, (*prefix, shown), data, raw_name=name.raw if name else None)

    def _collect_text(self, data: bytes, part: MessagePart, prefix: tuple[str, ...], kind: str) -> None:
        """Collects the text of a body without the files that are uuencoded into it."""
        files, words = extract_uuencoded(data)
        self._texts.append(self._read_body(words, part.charset, kind))
        for raw_name, file in files:
            name = decode_header(raw_name) or self._make_name(kind, file)
            self._add_attachment(part, (*prefix, name), file, raw_name=raw_name)

    def _read_body(self, data: bytes, charset: str | None, kind: str) -> str:
        if len(data) > MAX_BODY_BYTES:
            self._add_overlong_body(data[MAX_BODY_BYTES:])
            data = data[:MAX_BODY_BYTES]
        text = decode_bytes(data, charset)
        if kind != "text/html" and (kind in _REPORT_TYPES or sniff(data) is not FileKind.HTML):
            words = text.replace("\r\n", "\n").strip()
            if not self._inner_heads:
                self._plain_texts.append(words)
            return words
        self._html_bodies.append(text)
        if not self._inner_heads:
            self._pages.append(text)
        if holds_form(text):
            self._bodies_with_form.append(text.encode())
        page_words, links = html_to_text(text)
        return "\n".join((page_words, *links))

    def _collect_message(self, inner: MessagePart, name: str, prefix: tuple[str, ...], depth: int) -> None:
        head = _read_head(inner)
        shown = head.subject.replace("/", "\uff0f").strip() or name.removesuffix(".eml") or "转发邮件"
        self.quoted_ids += [head.message_id] if head.message_id else []
        path = (*prefix, f"{shown}.eml")
        opened = _OpenMail(path, head)
        self._inner_mails.append(opened)
        self._inner_heads.append(head)
        around, self._texts = self._texts, opened.texts
        self.collect(inner, path, depth + 1)
        self._texts = around
        self._inner_heads.pop()

    def _make_name(self, kind: str, data: bytes) -> str:
        self._unnamed += 1
        extension = _EXTENSIONS_OF_BYTES.get(sniff(data)) or _EXTENSIONS.get(kind)
        return f"未命名{self._unnamed}{extension or mimetypes.guess_extension(kind, strict=False) or '.bin'}"

    def _add_attachment(
        self,
        part: MessagePart,
        path: tuple[str, ...],
        data: bytes,
        *,
        raw_name: bytes | None = None,
        failure: tuple[str, str] | None = None,
    ) -> None:
        if not self._budget.take_entry():
            return
        disposition = (part.header(b"content-disposition") or b"").strip().lower()
        content_id = decode_header(part.header(b"content-id") or b"").strip("<> ")
        inline = disposition.startswith(b"inline")
        self._attachments.append(
            LoadedAttachment(
                path=path,
                data=data,
                inline=inline,
                raw_name=raw_name,
                failure=failure,
                inner_heads=tuple(self._inner_heads),
            )
        )
        self._content_ids.append(content_id)


def _child_part(piece: bytes, kind: str) -> MessagePart:
    """Returns a part of a multipart; parts of a digest are mails by default (RFC 2046, 5.1.5)."""
    child = parse_part(piece)
    if kind == "multipart/digest" and child.header(b"content-type") is None:
        return replace(child, headers=(*child.headers, (b"content-type", b"message/rfc822")))
    return child


def _join_alternatives(texts: list[str]) -> str:
    """Returns the plain text if it is not empty, with the links of the HTML beside it."""
    plain = next((text for text in texts if text.strip()), "")
    lines = dict.fromkeys(line for text in texts for line in text.split("\n") if line.startswith("http"))
    links = [line for line in list(lines)[:_MAX_LINKS] if line not in plain[:MAX_BODY_LENGTH]]
    return "\n".join((plain, *links)).strip()


def _inner_mail(part: MessagePart, kind: str, name: AttachmentName | None) -> MessagePart | None:
    """Returns the mail that a part holds, if it is labelled or named so and begins with a mail's headers."""
    named = name is not None and clean_text(name.text).lower().endswith(".eml")
    if not named and kind not in ("message/rfc822", "message/global"):
        return None
    for data in (part.content, decode_content(part), decode_bare_base64(part.content)):
        if data is not None and starts_with_headers(data):
            return parse_part(data)
    return None


def _decode_file(part: MessagePart) -> bytes:
    """Returns the bytes of a part; if its transfer encoding is declared wrongly, the decoding that gives a known file."""
    decoded = decode_content(part)
    for data in (decoded, decode_bare_base64(decoded), part.content):
        if data is not None and sniff(data) not in _KINDS_OF_WORDS:
            return data
    return decoded


_KINDS_OF_WORDS = frozenset({FileKind.TEXT, FileKind.HTML, FileKind.EMPTY, FileKind.UNKNOWN})


def _is_attached(part: MessagePart) -> bool:
    return (part.header(b"content-disposition") or b"").strip().lower().startswith(b"attachment")


def _may_be_body(kind: str) -> bool:
    """Returns whether a media type may be the text of a mail; every other type is a file."""
    return (
        kind in ("text/plain", "text/html")
        or kind in _REPORT_TYPES
        or kind.startswith(("multipart/", "message/"))
    )


def _is_text(data: bytes, charset: str | None) -> bool:
    kind = sniff(data)
    if kind is not FileKind.UNKNOWN:
        return kind in _KINDS_OF_WORDS
    if b"\0" in data:
        return charset is not None and "\0" not in decode_bytes(data, charset)
    controls = sum(byte < 32 and byte not in b"\t\n\v\f\r\x1a\x1b" for byte in data)
    return controls * _CONTROL_SHARE <= len(data)


def _unreadable_attachment(path: tuple[str, ...], raw: bytes) -> LoadedAttachment:
    return LoadedAttachment(path=path, data=raw, inline=False, failure=_UNREADABLE)
