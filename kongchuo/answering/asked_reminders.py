"""Shows the reminders of a day to an officer who requests them, and sends them once the officer confirms."""

from datetime import datetime, timedelta

from config.errors import ConfigError
from kongchuo.office import Office
from kongchuo.usecases import unit_mail
from kongchuo.usecases.unit_mail import UnitMail
from notify.answers.report_sections import ReportSection, reminders_section
from notify.units.reminders import Reminder
from store.outbox import MailDraft
from store.stored_values import OutboxMail

PREVIEW = "transcript:remind:"
"""The beginning of the key of a mail that shows reminders; only a reply to such a mail sends them."""
_MOST_NAMED = 12


def preview_reminders(office: Office, now: datetime) -> ReportSection:
    """Returns the section that lists the units to be reminded on this day, and those that got their reminder already."""
    due, mails = _find_reminders(office, now)
    sent = office.store.outbox.keys("reminder")
    waiting = {unit_mail.reminded_unit(mail.key) for mail in mails if mail.key not in sent}
    reminders = [one for one in due if one.unit in waiting]
    told = {one.unit for one in due}
    notes = [*unit_mail.office_notes(due, now.astimezone(office.zone).year)]
    if not office.settings.units.reminders:
        notes.append(_NOT_ENABLED)
    return reminders_section(
        reminders,
        [unit for mail in mails if (unit := unit_mail.reminded_unit(mail.key)) in waiting - told],
        [unit_mail.reminded_unit(mail.key) for mail in mails if mail.key in sent],
        notes,
    )


_NOT_ENABLED = "给单位发催报还没有打开,不能发出:请管理员在 kongchuo.toml 的 [units] 写 reminders = true"


def send_previewed(
    office: Office, now: datetime, preview: OutboxMail | None
) -> tuple[tuple[MailDraft, ...], str]:
    """Returns the reminders of a preview that are still due, and the sentence that reports them.

    Raises:
        ConfigError: the mail answers no preview of this day, or reminders are not turned on.
    """
    if preview is None or not preview.key.startswith(PREVIEW):
        raise ConfigError("没有看到是同意哪一份预览:请先写“催报”,看过预览后回复那封邮件")
    if _day_of(office, preview.queued_at) != _day_of(office, now):
        raise ConfigError("这份预览不是今天的,没有发出:请再写一次“催报”")
    if not office.settings.units.reminders:
        raise ConfigError(_NOT_ENABLED)
    # What came in the second of the preview had been seen.
    shown_at = min(preview.queued_at + timedelta(seconds=1), now)
    shown = {unit_mail.reminded_unit(mail.key) for mail in _find_reminders(office, shown_at)[1]}
    sent = office.store.outbox.keys("reminder")
    mails = [
        mail
        for mail in _find_reminders(office, now)[1]
        if unit_mail.reminded_unit(mail.key) in shown and mail.key not in sent
    ]
    if not mails:
        return (), "没有要发的:预览里的单位都已催过或已报齐"
    units = [unit_mail.reminded_unit(mail.key) for mail in mails]
    more = f"等{len(units)}家" if len(units) > _MOST_NAMED else ""
    drafts = tuple(
        MailDraft(
            key=mail.key, purpose=mail.purpose, raw=mail.raw, sender=mail.sender, recipients=mail.recipients
        )
        for mail in mails
    )
    return drafts, f"已发出催报{len(mails)}封:{'、'.join(units[:_MOST_NAMED])}{more}"


def _find_reminders(office: Office, at: datetime) -> tuple[tuple[Reminder, ...], list[UnitMail]]:
    due = unit_mail.find_due_reminders(office, at)
    mails = [
        *unit_mail.compose_reminder_mails(office, due, at),
        *unit_mail.compose_sweep_mails(office, at, due),
    ]
    return due, mails


def _day_of(office: Office, at: datetime) -> object:
    return at.astimezone(office.zone).date()
