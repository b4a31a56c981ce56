"""Mails to units: 回执 for what they sent, 催报 for what they owe; queued, never sent twice."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from config.errors import ConfigError, StoreError
from config.workdays import has_calendar
from ingest.archived_files import read_archived_mail
from kongchuo.office import Office
from kongchuo.usecases.receipt_mail import answer
from ledger.cases.cases import build_cases
from ledger.cases.proofs import match_proofs
from ledger.submissions.gaps import find_gaps
from ledger.submissions.status import assess_status
from notify.mail.compose import Attachment, MailHeaders, compose_mail, sender_address
from notify.render import render_receipt, render_reminder
from notify.units.grouped_problems import group_problems
from notify.units.marking_process import WorkbookMarker
from notify.units.receipts import Receipt, may_answer
from notify.units.reminders import Reminder, build_reminders
from parsers.mail.mime import MailHead
from store.outbox import DeliveryStatus
from store.stored_values import StoredFile

log = logging.getLogger(__name__)

RECENT = timedelta(days=3)
"""Older mails are not answered any more: a clerk would wonder, and turning receipts on would answer them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail to a unit, ready for the outbox."""

    key: str
    purpose: str
    about: str
    subject: str
    text: str
    recipients: tuple[str, ...]
    sender: str
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """What one pass put into the outbox; ``notes`` are lines for a person at the office."""

    queued: int = 0
    cancelled: int = 0
    notes: tuple[str, ...] = ()


def queue_receipts(office: Office, as_of: datetime) -> Queued:
    """Answer the recent mails that have no answer yet, where the office has turned receipts on.

    Raises:
        ConfigError: there is no server to send by.
    """
    if not office.settings.units.receipts:
        return Queued()
    return Queued(queued=queue(office, receipts(office, as_of)))


def queue_reminders(office: Office, as_of: datetime) -> Queued:
    """Remind the units that owe something, where the office has turned reminders on and the plan has this day.

    A reminder that still waits is taken back when its day is over or the unit has settled it.

    Raises:
        ConfigError: there is no server to send by.
    """
    if not office.settings.units.reminders:
        return Queued()
    found = due_reminders(office, as_of)
    letters = reminder_letters(office, found, as_of)
    cancelled = _take_back(office, {letter.key for letter in letters})
    return Queued(
        queued=queue(office, letters),
        cancelled=cancelled,
        notes=reminder_notes(found, as_of.astimezone(office.zone).year),
    )


def _take_back(office: Office, wanted: set[str]) -> int:
    prefix = f"remind:{office.notice.id}:"
    waiting = office.store.mails_with_status([DeliveryStatus.WAITING])
    stale = [mail.key for mail in waiting if mail.key.startswith(prefix) and mail.key not in wanted]
    return sum(office.store.cancel_mail(key) for key in stale)


def reminder_notes(found: Sequence[Reminder], year: int) -> tuple[str, ...]:
    """What the office must know of these reminders: whom none can reach, and on what days they rest."""
    nowhere = [reminder.unit for reminder in found if not reminder.to]
    notes = []
    if nowhere:
        notes.append(
            f"没有邮箱、催不到的单位{len(nowhere)}个:{'、'.join(nowhere)}(请在 units.csv 的 emails 补上)"
        )
    if found and not has_calendar(year):
        notes.append(f"{year}年的节假日还不知道,按周一至周五算工作日(可在通知的 [reminders] 里补 off、on)")
    return tuple(notes)


def receipts(office: Office, as_of: datetime) -> Iterator[Letter]:
    """The answers to recent mails that have none yet, oldest first."""
    answered = office.store.mail_keys("receipt")
    by_message: dict[str, list[StoredFile]] = {}
    for file in office.store.files(as_of):
        if file.received_at > as_of - RECENT and _receipt_key(file.message_id) not in answered:
            by_message.setdefault(file.message_id, []).append(file)
    if not by_message:
        return
    book = office.book(as_of)
    learned = office.store.learned_senders()
    proven = match_proofs(book)
    with WorkbookMarker() as marker:
        for message_id, files in by_message.items():
            sender = files[0].sender.strip().lower()
            known = [unit.name for unit in office.roster.by_email(sender)]
            known += [learned[sender]] if sender in learned else []
            units = [link.unit for file in files for link in file.links]
            if not may_answer(sender, units, known, _own_addresses(office), automatic=False):
                continue
            try:
                brought = read_archived_mail(office.store.archive, message_id)
            except StoreError as error:  # the others are answered all the same
                log.error("receipt for message %s not written: %s", message_id, error)
                continue
            if not brought.head.automatic:
                concerned = [file for file in files if _concerns(file, known)]
                found = answer(office, book, proven, marker, concerned, brought)
                if found is not None:
                    yield _answer(office, message_id, sender, brought.head, *found)


def _receipt_key(message_id: str) -> str:
    return f"receipt:{message_id}"


def _concerns(file: StoredFile, known: Sequence[str]) -> bool:
    """Whether a file is of a unit that the sender speaks for, or of nobody yet: of others nothing is told."""
    return not file.links or any(link.unit in known for link in file.links)


def _own_addresses(office: Office) -> list[str]:
    settings = office.settings
    smtp = settings.smtp
    own = [smtp.sender, smtp.username or ""] if smtp else []
    return [*own, *(mailbox.username or "" for mailbox in settings.mailbox), *settings.office.recipients]


def _answer(
    office: Office, message_id: str, to: str, head: MailHead, receipt: Receipt, attached: Sequence[Attachment]
) -> Letter:
    page, text = render_receipt(receipt)
    cover = MailHeaders(
        subject=receipt.subject,
        office=receipt.office,
        as_of=receipt.sent_at,
        in_reply_to=head.message_id or "",
    )
    return _letter(office, _receipt_key(message_id), "receipt", cover, page, text, attached, (to,), ())


def due_reminders(office: Office, as_of: datetime) -> tuple[Reminder, ...]:
    """What the notice's plan has for this day, units without an address among them."""
    book = office.book(as_of)

    def find_errors(unit: str, form: str) -> list[str]:
        standing = book.recorded_problems(unit)
        wrong = [p for p in standing if p.form == form and p.severity == "error" and p.explained is None]
        return [cause.sentence for cause in group_problems(wrong)]

    found = build_reminders(
        assess_status(book),
        find_gaps(book),
        build_cases(book.across_notices),
        {unit.name: unit for unit in office.roster.units},
        office.notice.reminders,
        office=office.settings.office.name,
        notice=office.notice.title,
        find_errors=find_errors,
    )
    return tuple(_addressed(office, reminder) for reminder in found)


def _addressed(office: Office, reminder: Reminder) -> Reminder:
    """To the roster's addresses, else to those that people's decisions have shown to be the unit's; never to ourselves."""
    own = {address.lower() for address in _own_addresses(office)}
    learned = [sender for sender, unit in office.store.learned_senders().items() if unit == reminder.unit]
    to = reminder.to or sorted(learned)
    return replace(
        reminder,
        to=tuple(address for address in to if address.lower() not in own),
        copies=tuple(address for address in reminder.copies if address not in to),
    )


def reminder_letters(office: Office, found: Sequence[Reminder], as_of: datetime) -> list[Letter]:
    """The mails of these reminders to units that have an address; one a unit and day."""
    letters = []
    for reminder in found:
        if reminder.to:
            page, text = render_reminder(reminder)
            key = f"remind:{office.notice.id}:{reminder.unit}:{reminder.today}"
            cover = MailHeaders(
                subject=reminder.subject, office=reminder.office, as_of=as_of, copies=reminder.copies
            )
            letters.append(
                _letter(office, key, "reminder", cover, page, text, [], reminder.to, reminder.copies)
            )
    return letters


def _letter(
    office: Office,
    key: str,
    purpose: str,
    cover: MailHeaders,
    page: str,
    text: str,
    attached: Sequence[Attachment],
    to: tuple[str, ...],
    copies: tuple[str, ...],
) -> Letter:
    smtp = office.settings.smtp
    sender = sender_address(smtp.sender, smtp.username) if smtp else "kongchuo@localhost"
    raw = compose_mail(cover, page, text, attached, key=key, sender=sender, recipients=to)
    return Letter(
        key=key,
        purpose=purpose,
        about="、".join(to),
        subject=cover.subject,
        text=text,
        recipients=(*to, *copies),
        sender=sender,
        raw=raw,
    )


def queue(office: Office, letters: Iterable[Letter]) -> int:
    """Put letters into the outbox; returns how many were not there yet.

    Raises:
        ConfigError: there is no server to send by.
    """
    if office.settings.smtp is None:
        raise ConfigError("没有配置 [smtp] 发信服务器:请按说明填写 host、port、username、sender")
    return sum(
        office.store.queue_mail(
            key=letter.key,
            purpose=letter.purpose,
            raw=letter.raw,
            sender=letter.sender,
            recipients=letter.recipients,
            when=datetime.now(UTC),
        )
        for letter in letters
    )
