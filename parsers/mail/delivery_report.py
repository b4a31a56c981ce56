"""Reads a bounce: which mail could not be delivered, to whom, and why (RFC 3464)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_FAILED_ACTIONS = ("failed", "delayed")
_FIELD = re.compile(r"^([A-Za-z-]+)[ \t]*:[ \t]*(.*(?:\n[ \t].*)*)", re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>;:,\"'()\[\]]{1,64}@[A-Za-z0-9.\-]{1,250}[A-Za-z0-9]")
_BOUNCE_SUBJECT = re.compile(
    "退信|退回|投递失败|发送失败|未送达|无法送达|undeliver|delivery (?:status|failure|has failed)|returned mail|failure notice",
    re.IGNORECASE,
)
_POSTMASTERS = ("mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon")
_LONGEST_REASON = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """A bounce: the Message-IDs that it quotes, and each failed address with the server's words.

    A provider's own bounce (QQ's 系统退信) gives the address in running text; then all addresses of the text are
    listed.
    """

    message_ids: tuple[str, ...]
    failures: tuple[tuple[str, str], ...]


def read_delivery_report(
    *, sender: str, subject: str, fields: Sequence[str], message_ids: Iterable[str], text: str
) -> DeliveryReport | None:
    """Returns the bounce that a mail is; None if it is no bounce.

    Args:
        fields: the texts of its ``message/delivery-status`` parts.
        message_ids: those of the mails and headers that it quotes.
        text: the text of its body.
    """
    failures = [failure for each in fields for failure in _failed_recipients(each)]
    if not fields and not (
        sender.partition("@")[0].lower() in _POSTMASTERS or _BOUNCE_SUBJECT.search(subject)
    ):
        return None
    if not fields:
        reason = " ".join(text.split())[:_LONGEST_REASON]
        failures = [(address.lower(), reason) for address in dict.fromkeys(_ADDRESS.findall(text))]
    return DeliveryReport(message_ids=tuple(dict.fromkeys(message_ids)), failures=tuple(failures))


def _failed_recipients(text: str) -> list[tuple[str, str]]:
    """Returns (address, server's words) for each recipient; recipients are blocks between blank lines (RFC 3464, 2.1)."""
    failures = []
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")):
        fields = {name.lower(): " ".join(value.split()) for name, value in _FIELD.findall(block)}
        recipient = _ADDRESS.search(fields.get("original-recipient") or fields.get("final-recipient") or "")
        if recipient and fields.get("action", "failed").lower() in _FAILED_ACTIONS:
            reason = fields.get("diagnostic-code") or fields.get("status") or ""
            failures.append((recipient[0].lower(), reason.partition(";")[2].strip() or reason))
    return [(address, reason[:_LONGEST_REASON]) for address, reason in failures]
