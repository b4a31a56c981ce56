"""Queues alarm mails to the administrator: each alarm once a day or a week while it lasts."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import parseaddr

from config.settings import AlarmSettings, SmtpSettings
from kongchuo.office import Office
from kongchuo.usecases.alarms.find_alarms import Alarm, Repeat
from notify.alarms.alarm_letter import AlarmLetter, render_alarm_letter
from notify.mail.compose import MailBody, MailHeaders, compose_mail
from notify.mail.send_outbox import ALARM_PURPOSE
from store.outbox import MailDraft

_AGAIN = {Repeat.DAILY: "明天", Repeat.WEEKLY: "下周"}


def queue_alarms(office: Office, alarms: Sequence[Alarm], now: datetime) -> int:
    """Queues a mail for each alarm not yet sent; returns their number."""
    settings = office.settings
    if settings.smtp is None or not settings.alarms.recipients:
        return 0
    mails = [_compose(office, alarm, settings.smtp, settings.alarms, now) for alarm in alarms]
    return sum(
        office.store.outbox.queue(
            key=mail.key,
            purpose=mail.purpose,
            raw=mail.raw,
            sender=mail.sender,
            recipients=mail.recipients,
            when=now,
        )
        for mail in mails
    )


def _compose(
    office: Office, alarm: Alarm, smtp: SmtpSettings, limits: AlarmSettings, now: datetime
) -> MailDraft:
    there = now.astimezone(office.zone)
    key = f"{ALARM_PURPOSE}:{alarm.key}:{there:{alarm.repeat}}"
    sender = parseaddr(smtp.sender)[1]
    recipients = tuple(parseaddr(each)[1] for each in limits.recipients)
    name = office.settings.office.name
    letter = AlarmLetter(
        subject=f"控辍有毛病:{alarm.what.rstrip('。')}",
        what=alarm.what,
        remedy=alarm.remedy,
        again=_AGAIN[alarm.repeat],
        office=name,
    )
    page, text = render_alarm_letter(letter)
    headers = MailHeaders(subject=letter.subject, office=name, as_of=there)
    raw = compose_mail(headers, MailBody(page, text), [], key=key, sender=sender, recipients=recipients)
    return MailDraft(key=key, purpose=ALARM_PURPOSE, raw=raw, sender=sender, recipients=recipients)
