"""Defines the parts of a mail: its head, its text, and its attachments with or without their bytes."""

import hashlib
import re
from dataclasses import dataclass

from config.mail.mail_providers import AuthenticationResult
from config.text.text_folding import clean_text
from parsers.mail.delivery_report import DeliveryReport
from parsers.mail.stated_passwords import find_passwords

_KONGCHUO_MESSAGE_ID = re.compile(r"\s*<?kongchuo\.[0-9a-f]{32}(?:\.[a-z2-7]{16})?@")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailHead:
    """The decoded headers of a mail; they are never trusted for the time of arrival."""

    sender: str
    sender_name: str
    subject: str  # as written; searched as clean_subject
    message_id: str | None
    automatic: bool  # RFC 3834 Auto-Submitted, bounces, lists
    references: tuple[str, ...] = ()  # Message-IDs of the mails that it answers or forwards
    author: str = ""  # the only address in From; empty where there is not exactly one
    authentication: tuple[AuthenticationResult, ...] = ()
    """The servers' results on the author, in the mail's order."""

    @property
    def clean_subject(self) -> str:
        """The subject without what people cannot see."""
        return clean_text(self.subject)


EMPTY_HEAD = MailHead(sender="", sender_name="", subject="", message_id=None, automatic=False)
"""The head of a mail whose headers cannot be read."""
WHOLE_MAIL = ("整封邮件.eml",)
"""The path of the one file of a mail that could not be taken apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentPlace:
    """The position of a file in a message, and its description without its bytes."""

    path: tuple[str, ...]  # ("材料.zip", "附件4.xlsx"), outermost first, as written; searched as clean_path
    inline: bool  # shown inside the body (cid:), not attached
    raw_name: bytes | None = None
    failure: tuple[str, str] | None = None  # (problem code, Chinese reason) where it could not be unpacked
    inner_heads: tuple[MailHead, ...] = ()  # of the mails inside this message that hold it, outermost first
    litter: bool = False  # what a system adds to an archive by itself; nobody sent it

    @property
    def clean_path(self) -> tuple[str, ...]:
        """The path without what people cannot see."""
        return tuple(map(clean_text, self.path))

    @property
    def containers(self) -> tuple[str, ...]:
        """The mails, archives and folders around the file, outermost first."""
        return split_path(self.path)[:-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment(AttachmentPlace):
    """One file in a message, attached or inside an archive or forwarded message, without its bytes."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedAttachment(AttachmentPlace):
    """One file in a message with its bytes; used in the process that takes the message apart."""

    data: bytes

    def describe(self) -> Attachment:
        """Returns the attachment without its bytes, with their number and SHA-256."""
        return Attachment(
            path=self.path,
            inline=self.inline,
            raw_name=self.raw_name,
            failure=self.failure,
            inner_heads=self.inner_heads,
            litter=self.litter,
            size=len(self.data),
            sha256=hashlib.sha256(self.data).hexdigest(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InnerMail:
    """The text of a mail inside another mail, attached or saved and packed."""

    path: tuple[str, ...]  # of what lies in it: ("材料.zip", "转发.eml"), outermost first
    head: MailHead
    body: str  # cleaned; without the words of the mails inside it

    @property
    def containers(self) -> tuple[str, ...]:
        """The mails, archives and folders around its files, outermost first, ending with the mail itself."""
        return split_path(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """The head and text of a mail."""

    head: MailHead
    body: str  # cleaned; without the words of the mails inside it
    inner: tuple[InnerMail, ...] = ()
    delivery_report: DeliveryReport | None = None
    shown: str = ""
    """Its own text as a person sees it, cleaned; unmarked quotations are still in it."""
    hides_words: bool = False
    """Whether its HTML contains words that a person does not see."""

    @property
    def whole_body(self) -> str:
        """The text of the mail, followed by that of the mails inside it, each below its subject and sender."""
        inner = [text for mail in self.inner for text in (describe_inner_mail(mail.head), mail.body)]
        return "\n".join(filter(None, (self.body, *inner)))

    @property
    def answers_kongchuo(self) -> bool:
        """Returns whether it replies to or forwards a mail that this program sent."""
        return any(is_from_kongchuo(reference) for reference in self.head.references)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedMail(Mail):
    """A mail with the bytes of its attachments."""

    attachments: tuple[LoadedAttachment, ...]
    left_out: int = 0  # files and parts beyond the budget of a mail

    @property
    def passwords(self) -> tuple[str, ...]:
        """Passwords given in the body, the subject or a file's name."""
        names = [name for attachment in self.attachments for name in attachment.clean_path]
        return find_passwords("\n".join((self.whole_body, self.head.clean_subject, *names)))

    def without_attachments(self) -> Mail:
        """Returns the mail's head and text alone."""
        return Mail(
            head=self.head,
            body=self.body,
            inner=self.inner,
            delivery_report=self.delivery_report,
            shown=self.shown,
            hides_words=self.hides_words,
        )


def split_path(path: tuple[str, ...]) -> tuple[str, ...]:
    """Returns each mail, archive and folder of a path as a separate element."""
    return tuple(piece for name in path for piece in re.split(r"[/\\]", name))


def describe_inner_mail(head: MailHead) -> str:
    """Returns the lines shown above the text of a mail inside another."""
    return f"主题:{head.clean_subject}\n发件人:{clean_text(head.sender_name)} <{head.sender}>"


def is_from_kongchuo(message_id: str) -> bool:
    """Returns whether a Message-ID has the form that :mod:`notify.mail.compose` generates."""
    return _KONGCHUO_MESSAGE_ID.match(message_id) is not None
