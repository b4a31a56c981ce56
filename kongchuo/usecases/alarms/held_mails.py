"""Tells the office in a short mail, without the content, that a digest or 通报 to it was held by the check of leaving mail."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parseaddr

from config.settings import SmtpSettings
from kongchuo.access.mail_recipients import MailRecipients
from kongchuo.office import Office
from notify.answers.answer_letters import held_letter, render_answer_letter
from notify.mail.compose import MailBody, MailHeaders, compose_mail
from notify.mail.leaving_gate import HELD_AT_THE_GATE, HELD_NOTICE, Reader
from store.outbox import MailDraft
from store.stored_values import DeliveryStatus, OutboxMail

_NAMES = {"digest": "简报", "weekly": "周通报", "monthly": "月通报"}
_TOLD_FOR = timedelta(days=2)
"""Of an older mail the office has learned otherwise, by the digest after it."""


def queue_held_notices(office: Office, smtp: SmtpSettings, now: datetime) -> int:
    """Queues one notice for each mail to the office that the check holds, once; returns their number."""
    return sum(
        office.store.outbox.queue(
            key=draft.key, purpose=draft.purpose, raw=draft.raw, sender=draft.sender, recipients=draft.recipients, when=now
        )
        for draft in _compose(office, smtp, now)
    )  # fmt: skip


def _compose(office: Office, smtp: SmtpSettings, now: datetime) -> Iterator[MailDraft]:
    recipients = MailRecipients(office, lambda: now)
    for mail in office.store.outbox.with_status({DeliveryStatus.HELD}):
        if mail.purpose not in _NAMES or mail.queued_at < now - _TOLD_FOR:
            continue
        outside = recipients.outside(mail, Reader.OFFICE)
        to = tuple(one for one in mail.recipients if parseaddr(one)[1].lower() not in outside)
        if to and (mail.error or "").startswith(HELD_AT_THE_GATE):
            yield _compose_notice(office, smtp, mail, to, now)


def _compose_notice(
    office: Office, smtp: SmtpSettings, mail: OutboxMail, to: tuple[str, ...], now: datetime
) -> MailDraft:
    key, sender, name = f"{HELD_NOTICE}:{mail.key}", parseaddr(smtp.sender)[1], office.settings.office.name
    queued = mail.queued_at.astimezone(office.zone)
    letter = held_letter(name, f"{queued.month}月{queued.day}日的{_NAMES[mail.purpose]}", _reason(mail))
    headers = MailHeaders(subject=letter.subject, office=name, as_of=now.astimezone(office.zone))
    page, text = render_answer_letter(letter)
    raw = compose_mail(headers, MailBody(page, text), [], key=key, sender=sender, recipients=to)
    return MailDraft(key=key, purpose=HELD_NOTICE, raw=raw, sender=sender, recipients=to)


def _reason(mail: OutboxMail) -> str:
    """Returns why it was held, without what the administrator is to do."""
    return (mail.error or "").partition("\u3002")[0]
