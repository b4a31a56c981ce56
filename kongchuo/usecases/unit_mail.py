"""Composes and queues mails to units: 回执 for what they sent, 催报 for what they owe, each once."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from config.errors import ConfigError, StoreError
from config.text.output_mask import TextFilter
from config.workdays import has_calendar
from ingest.archived_files import read_archived_mail
from kongchuo.access.acts import record_act
from kongchuo.access.revealing import children_in_files, children_on_forms
from kongchuo.office import Office
from kongchuo.usecases.receipt_mail import (
    attach_unit_forms,
    compose_receipt,
    name_filter,
    words_of_problems,
)
from ledger.assessment import Judgements
from ledger.senders import Senders
from ledger.snapshot import Snapshot
from ledger.submissions.monthly_signs import find_monthly_signs
from ledger.submissions.recorded_problems import recorded_problems
from notify.mail.compose import AttachedFile, MailBody, MailHeaders, compose_mail, sender_address
from notify.units.grouped_problems import group_problems
from notify.units.marking_process import WorkbookMarker
from notify.units.receipts import Receipt, may_answer
from notify.units.reminders import Reminder, ReminderSources, build_reminders
from notify.units.render_unit_mail import (
    render_receipt,
    render_reminder,
    render_sweep_reminder,
    render_waiting_notice,
)
from notify.units.sweep_reminders import build_sweep_reminders
from notify.units.waiting_notices import build_waiting_notices
from parsers.mail.mail_contents import MailHead
from store.audit.audit_line import SeenChild, distinct_children
from store.stored_values import DeliveryStatus, ObligationKey, StoredFile

log = logging.getLogger(__name__)

RECEIPT_PERIOD = timedelta(days=3)
"""The age of mails that get no receipt any more; otherwise enabling receipts would answer all earlier mail at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMail:
    """One mail to a unit, ready for the outbox."""

    key: str
    purpose: str
    about: str
    subject: str
    text: str
    recipients: tuple[str, ...]
    sender: str
    raw: bytes
    children: tuple[SeenChild, ...] = ()
    """The children in the attached forms, or in the files that it answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueResult:
    """What one pass put into the outbox; ``notes`` are lines for a person at the office."""

    queued: int = 0
    cancelled: int = 0
    notes: tuple[str, ...] = ()


def queue_receipts(office: Office, as_of: datetime) -> QueueResult:
    """Queues missing receipts and notices of waiting mail, if receipts are enabled; returns how many were new.

    Raises:
        ConfigError: there is no server to send by.
    """
    if not office.settings.units.receipts:
        return QueueResult()
    mails = [*compose_receipts(office, as_of), *compose_waiting_mails(office, as_of)]
    return QueueResult(queued=queue_unit_mails(office, mails))


def queue_reminders(office: Office, as_of: datetime) -> QueueResult:
    """Queues reminders to units that owe something, if the office has enabled them and the plan includes this day.

    An unsent reminder is cancelled when its day is over or the unit has sent everything.

    Raises:
        ConfigError: there is no server to send by.
    """
    if not office.settings.units.reminders:
        return QueueResult()
    reminders_due = find_due_reminders(office, as_of)
    mails = [
        *compose_reminder_mails(office, reminders_due, as_of),
        *compose_sweep_mails(office, as_of, reminders_due),
    ]
    cancelled = _cancel_stale_reminders(office, {mail.key for mail in mails})
    return QueueResult(
        queued=queue_unit_mails(office, mails),
        cancelled=cancelled,
        notes=office_notes(reminders_due, as_of.astimezone(office.zone).year),
    )


def _cancel_stale_reminders(office: Office, current_keys: set[str]) -> int:
    prefixes = (f"remind:{office.notice.id}:", _sweep_prefix(office))
    waiting = office.store.outbox.with_status([DeliveryStatus.WAITING])
    stale = [mail.key for mail in waiting if mail.key.startswith(prefixes) and mail.key not in current_keys]
    return sum(office.store.outbox.cancel(key) for key in stale)


def office_notes(reminders_due: Sequence[Reminder], year: int) -> tuple[str, ...]:
    """Returns lines for the office: units without an address, and a year whose calendar of working days is unknown."""
    unreachable_units = [reminder.unit for reminder in reminders_due if not reminder.to]
    notes = []
    if unreachable_units:
        notes.append(
            f"没有邮箱、催不到的单位{len(unreachable_units)}个:{'、'.join(unreachable_units)}(请在 units.csv 的 emails 补上)"
        )
    if reminders_due and not has_calendar(year):
        notes.append(f"{year}年的节假日还不知道,按周一至周五算工作日(可在通知的 [reminders] 里补 off、on)")
    return tuple(notes)


def compose_receipts(office: Office, as_of: datetime) -> Iterator[UnitMail]:
    """Yields the receipts for recent mails that have none yet, oldest first."""
    answered = office.store.outbox.keys("receipt")
    by_message: dict[str, list[StoredFile]] = {}
    for file in office.store.files.arrived(as_of):
        if file.received_at > as_of - RECEIPT_PERIOD and _receipt_key(file.message_id) not in answered:
            by_message.setdefault(file.message_id, []).append(file)
    if not by_message:
        return
    snapshot = office.snapshot_at(as_of)
    proofs_by_submission = Judgements(snapshot).proofs
    with WorkbookMarker() as marker:
        for message_id, files in by_message.items():
            sender = files[0].sender.strip().lower()
            sender_units = [unit.name for unit in office.roster.by_email(sender)]
            sender_units += snapshot.senders.units_by_address.get(sender, ())
            units = [link.unit for file in files for link in file.links]
            if not may_answer(sender, units, sender_units, _office_addresses(office), automatic=False):
                continue
            try:
                archived_mail = read_archived_mail(office.store.archive, message_id)
            except StoreError as error:  # the others are answered all the same
                log.error("receipt for message %s not written: %s", message_id, error)
                continue
            if not archived_mail.head.automatic:
                concerned = [file for file in files if _may_be_told_to(file, sender_units)]
                receipt_with_files = compose_receipt(
                    office, snapshot, proofs_by_submission, marker, concerned, archived_mail
                )
                if receipt_with_files is not None:
                    mail = _compose_receipt_mail(
                        office, message_id, sender, archived_mail.head, *receipt_with_files
                    )
                    children = distinct_children(children_in_files(snapshot, concerned))
                    yield replace(mail, children=children if receipt_with_files[1] else ())


def compose_waiting_mails(office: Office, as_of: datetime) -> Iterator[UnitMail]:
    """Yields notices to units in whose name mail of an unproven sender waits for a decision; one per unit and day."""
    snapshot = office.snapshot_at(as_of)
    own, told = (
        {address.lower() for address in _office_addresses(office)},
        office.store.outbox.keys("waiting"),
    )
    recent = [file for file in snapshot.arrived_files() if file.received_at > as_of - RECEIPT_PERIOD]
    for waiting in build_waiting_notices(
        recent,
        snapshot.senders,
        office.roster,
        office.zone,
        office=office.settings.office.name,
        notice=office.notice.title,
    ):
        to = tuple(address for address in waiting.to if address.lower() not in own)
        key = f"waiting:{waiting.unit}:{waiting.last_day}"
        if to and key not in told:
            page, text = render_waiting_notice(waiting)
            cover = MailHeaders(subject=waiting.subject, office=waiting.office, as_of=as_of)
            yield _compose_mail(office, _Delivery(key=key, purpose="waiting", to=to), cover, page, text)


def _receipt_key(message_id: str) -> str:
    return f"receipt:{message_id}"


def _may_be_told_to(file: StoredFile, sender_units: Sequence[str]) -> bool:
    """Returns whether a receipt to this sender may name the file: it is of one of its units, or of none yet."""
    return not file.links or any(link.unit in sender_units for link in file.links)


def _office_addresses(office: Office) -> list[str]:
    settings = office.settings
    smtp = settings.smtp
    office_addresses = [smtp.sender, smtp.username or ""] if smtp else []
    return [
        *office_addresses,
        *(mailbox.username or "" for mailbox in settings.mailbox),
        *(person.mailbox for person in settings.everyone),
    ]


def _compose_receipt_mail(
    office: Office,
    message_id: str,
    to: str,
    head: MailHead,
    receipt: Receipt,
    attached: Sequence[AttachedFile],
) -> UnitMail:
    page, text = render_receipt(receipt)
    cover = MailHeaders(
        subject=receipt.subject,
        office=receipt.office,
        as_of=receipt.sent_at,
        in_reply_to=head.message_id or "",
    )
    delivery = _Delivery(key=_receipt_key(message_id), purpose="receipt", to=(to,))
    return _compose_mail(office, delivery, cover, page, text, attached)


def find_due_reminders(office: Office, as_of: datetime) -> tuple[Reminder, ...]:
    """Returns the reminders that the notice's plan has for this day, also for units without an address."""
    snapshot = office.snapshot_at(as_of)
    judgements = Judgements(snapshot)

    def find_errors(key: ObligationKey, show_name: TextFilter) -> list[str]:
        current_problems = recorded_problems(snapshot, key.unit)
        errors = [
            p for p in current_problems if p.key == key and p.severity == "error" and p.explained is None
        ]
        words = words_of_problems(office, snapshot, errors, show_name)
        groups = group_problems(errors, whose=words.whose, found=words.found, message=words.message)
        return [group.sentence for group in groups]

    sources = ReminderSources(
        status=judgements.status,
        gaps=judgements.gaps,
        cases=judgements.across_notices.cases,
        roster={unit.name: unit for unit in office.roster.units},
        notice=office.notice,
        office=office.settings.office.name,
        phone=office.settings.office.phone,
        find_errors=find_errors,
        show_name=name_filter(office),
    )
    return tuple(_with_addresses(office, snapshot.senders, reminder) for reminder in build_reminders(sources))


def _with_addresses(office: Office, senders: Senders, reminder: Reminder) -> Reminder:
    """Returns the reminder with the unit's addresses: the roster's, else learned ones, never the office's own."""
    office_addresses = {address.lower() for address in _office_addresses(office)}
    to = reminder.to or senders.addresses_learned_for(reminder.unit)
    return replace(
        reminder,
        to=tuple(address for address in to if address.lower() not in office_addresses),
        copies=tuple(address for address in reminder.copies if address not in to),
    )


def compose_reminder_mails(
    office: Office, reminders_due: Sequence[Reminder], as_of: datetime
) -> list[UnitMail]:
    """Returns the mails of these reminders to units with an address; one per unit and day."""
    mails = []
    snapshot = office.snapshot_at(as_of)
    for reminder in reminders_due:
        if reminder.to:
            attached = _forms_for(office, snapshot, reminder)
            page, text = render_reminder(replace(reminder, attached_forms=len(attached)))
            key = f"remind:{office.notice.id}:{reminder.unit}:{reminder.today}"
            cover = MailHeaders(
                subject=reminder.subject, office=reminder.office, as_of=as_of, copies=reminder.copies
            )
            delivery = _Delivery(key=key, purpose="reminder", to=reminder.to)
            mail = _compose_mail(office, delivery, cover, page, text, attached)
            children = children_on_forms(snapshot, reminder.unit) if attached else ()
            mails.append(replace(mail, children=distinct_children(children)))
    return mails


def _forms_for(office: Office, snapshot: Snapshot, reminder: Reminder) -> tuple[AttachedFile, ...]:
    """Returns the prefilled forms that a reminder asks for; none if the mail has copies, since the forms name children."""
    unit = office.roster.get(reminder.unit)
    if not office.settings.units.forms or unit is None or reminder.copies or not reminder.form_keys:
        return ()
    return attach_unit_forms(
        snapshot, unit, office.settings.office.name, reminder.form_keys, reminder.form_periods
    )


def compose_sweep_mails(office: Office, as_of: datetime, reminders_due: Sequence[Reminder]) -> list[UnitMail]:
    """Returns the reminders of 大走访、大排查 for this day, to units with an address that reported nothing this month.

    A unit that gets another reminder on this day gets no second mail.
    """
    snapshot = office.snapshot_at(as_of)
    if snapshot.today.day != office.notice.sweep.remind_on or snapshot.today < office.notice.first_mail_day:
        return []
    office_addresses = {address.lower() for address in _office_addresses(office)}
    reminded = {reminder.unit for reminder in reminders_due}
    mails = []
    for silent in build_sweep_reminders(
        find_monthly_signs(snapshot), office=office.settings.office.name, notice=office.notice
    ):
        unit = office.roster.get(silent.unit)
        known = (unit.emails if unit else ()) or snapshot.senders.addresses_learned_for(silent.unit)
        to = tuple(address for address in known if address.lower() not in office_addresses)
        if to and silent.unit not in reminded:
            page, text = render_sweep_reminder(silent)
            key = f"{_sweep_prefix(office)}{silent.unit}:{silent.month:%Y-%m}"
            cover = MailHeaders(subject=silent.subject, office=silent.office, as_of=as_of)
            delivery = _Delivery(key=key, purpose="reminder", to=to)
            mails.append(_compose_mail(office, delivery, cover, page, text))
    return mails


def reminded_unit(key: str) -> str:
    """Returns the unit that a reminder with this key is addressed to."""
    return key.split(":")[2]


def _sweep_prefix(office: Office) -> str:
    return f"sweep:{office.notice.id}:"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Delivery:
    """The key of one mail in the outbox, what the mail is for, and its addresses in To."""

    key: str
    purpose: str
    to: tuple[str, ...]


def _compose_mail(
    office: Office,
    delivery: _Delivery,
    cover: MailHeaders,
    page: str,
    text: str,
    attached: Sequence[AttachedFile] = (),
) -> UnitMail:
    smtp = office.settings.smtp
    sender = sender_address(smtp.sender, smtp.username) if smtp else "kongchuo@localhost"
    raw = compose_mail(
        cover, MailBody(page, text), attached, key=delivery.key, sender=sender, recipients=delivery.to
    )
    return UnitMail(
        key=delivery.key,
        purpose=delivery.purpose,
        about="、".join(delivery.to),
        subject=cover.subject,
        text=text,
        recipients=(*delivery.to, *cover.copies),
        sender=sender,
        raw=raw,
    )


def queue_unit_mails(office: Office, mails: Iterable[UnitMail]) -> int:
    """Queues mails; returns how many were not there yet.

    Raises:
        ConfigError: there is no server to send by.
    """
    if office.settings.smtp is None:
        raise ConfigError("没有配置 [smtp] 发信服务器:请按说明填写 host、port、username、sender")
    queued = [
        mail
        for mail in mails
        if office.store.outbox.queue(
            key=mail.key,
            purpose=mail.purpose,
            raw=mail.raw,
            sender=mail.sender,
            recipients=mail.recipients,
            when=datetime.now(UTC),
        )
    ]
    for mail in queued:
        if mail.children:
            what = f"mail {mail.key} {' '.join(mail.recipients)}"
            record_act(office.store, what, children=mail.children)
    return len(queued)
