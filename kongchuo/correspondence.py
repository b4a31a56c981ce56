"""Mails to units: 回执 for what they sent, 催报 for what they owe; queued, never sent twice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ingest.attachments import Brought, brought_by
from kongchuo.wiring import Office
from ledger.book import Book, Filing
from ledger.cases import cases
from ledger.gaps import gaps
from ledger.proof import Proofs, proofs
from ledger.status import is_late, status
from notify.annotating import annotated, listed
from notify.causes import causes, progress
from notify.message import Attached, Cover, compose, login_address
from notify.receipts import Receipt, Received, Unread, answerable
from notify.reminders import Reminder, reminders
from notify.render import render_receipt, render_reminder
from store.facts import Disposition, FileFact, ProblemFact, SubmissionFact

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


def receipts(office: Office, as_of: datetime) -> Iterator[Letter]:
    """The answers to recent mails that have none yet, oldest first.

    Raises:
        StoreError: the archive lacks a message.
    """
    answered = {mail.key for mail in office.store.mails()}
    book = office.book(as_of)
    by_message: dict[str, list[FileFact]] = {}
    for file in office.store.files(as_of):
        if file.received_at > as_of - RECENT and _receipt_key(file.message_id) not in answered:
            by_message.setdefault(file.message_id, []).append(file)
    learned = office.store.learned_senders()
    proven = proofs(book)
    for message_id, files in by_message.items():
        sender = files[0].sender.strip().lower()
        known = [unit.name for unit in office.roster.by_email(sender)]
        known += [learned[sender]] if sender in learned else []
        units = [claim.unit for file in files for claim in file.claims]
        if not answerable(sender, units, known, _own_addresses(office), automatic=False):
            continue
        brought = brought_by(office.store.archive, message_id)
        if not brought.head.automatic:
            letter = _receipt(
                office, book, proven, message_id, sender, [f for f in files if _concerns(f, known)], brought
            )
            if letter is not None:
                yield letter


def _receipt_key(message_id: str) -> str:
    return f"receipt:{message_id}"


def _concerns(file: FileFact, known: Sequence[str]) -> bool:
    """Whether a file is of a unit that the sender speaks for, or of nobody yet: of others nothing is told."""
    return not file.claims or any(claim.unit in known for claim in file.claims)


def _own_addresses(office: Office) -> list[str]:
    settings = office.settings
    smtp = settings.smtp
    own = [smtp.sender, smtp.username or ""] if smtp else []
    return [*own, *(mailbox.username or "" for mailbox in settings.mailbox), *settings.office.recipients]


def _receipt(
    office: Office,
    book: Book,
    proven: Mapping[Filing, Proofs],
    message_id: str,
    to: str,
    files: Sequence[FileFact],
    brought: Brought,
) -> Letter | None:
    facts = {fact.submission_id: fact for fact in book.submissions}
    received: list[Received] = []
    attached: list[Attached] = []
    for file in files:
        if file.disposition is not Disposition.RECORDED:
            continue
        own = [facts[claim.submission_id] for claim in file.claims if claim.submission_id in facts]
        found = [problem for fact in own for problem in book.problems_of(fact)]
        received += [_received(book, proven, fact, file) for fact in own]
        if found and (back := _annotated(file, brought.files.get(file.file_id), found)) is not None:
            attached.append(back)
    unread = [
        Unread(
            name=file.path[-1] if file.path else "邮件正文", reason=file.reason or "", code=file.reason_code
        )
        for file in files
        if file.disposition is Disposition.QUARANTINED
    ]
    evidence = sum(file.disposition is Disposition.EVIDENCE for file in files)
    if not received and not unread and not evidence:
        return None
    receipt = Receipt(
        office=office.settings.office.name,
        notice=office.notice.title,
        sent_at=files[0].received_at.astimezone(office.zone),
        received=tuple(received),
        unread=tuple(unread),
        evidence=evidence,
    )
    page, text = render_receipt(receipt, len(attached))
    cover = Cover(
        subject=receipt.subject,
        office=receipt.office,
        as_of=receipt.sent_at,
        answers=brought.head.message_id or f"<{message_id}@unknown>",
    )
    return _letter(office, _receipt_key(message_id), "receipt", cover, page, text, attached, (to,), ())


def _received(book: Book, proven: Mapping[Filing, Proofs], fact: SubmissionFact, file: FileFact) -> Received:
    filing = (fact.unit, fact.form)
    before = [other for other in book.versions[filing] if other.received_at < fact.received_at]
    found = book.problems_of(fact)
    proof = proven.get(filing)
    form = book.notice.form(fact.form)
    return Received(
        unit=fact.unit,
        form=fact.form,
        file=file.path[-1] if file.path else "",
        records=fact.records,
        nil=fact.nil,
        causes=causes(found),
        progress=progress(book.problems_of(before[-1]), found) if before else None,
        proof_missing=len(proof.missing) if proof else 0,
        late=not before and is_late([fact], book.notice.due_at(form, book.zone)),
    )


def _annotated(file: FileFact, data: bytes | None, found: Sequence[ProblemFact]) -> Attached | None:
    if data is None or not file.path:
        return None
    name = file.path[-1]
    stem, _, extension = name.rpartition(".")
    back = annotated(data, found, file.received_at) if extension.lower() in ("xlsx", "xlsm") else None
    if back is not None:
        return Attached(f"{stem}(已标注){'.xlsm' if extension.lower() == 'xlsm' else '.xlsx'}", back, "xlsx")
    return Attached(f"{stem or name}(需更正清单).xlsx", listed(name, found, file.received_at), "xlsx")


def due_reminders(office: Office, as_of: datetime) -> tuple[Reminder, ...]:
    """What the notice's plan has for this day, units without an address among them."""
    book = office.book(as_of)
    return reminders(
        status(book),
        gaps(book),
        cases(book.whole),
        {unit.name: unit for unit in office.roster.units},
        office.notice.reminders,
        office=office.settings.office.name,
        notice=office.notice.title,
    )


def reminder_letters(office: Office, found: Sequence[Reminder], as_of: datetime) -> list[Letter]:
    """The mails of these reminders to units that have an address; one a unit and day."""
    letters = []
    for reminder in found:
        if reminder.to:
            page, text = render_reminder(reminder)
            key = f"remind:{office.notice.id}:{reminder.unit}:{reminder.today}"
            cover = Cover(
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
    cover: Cover,
    page: str,
    text: str,
    attached: Sequence[Attached],
    to: tuple[str, ...],
    copies: tuple[str, ...],
) -> Letter:
    smtp = office.settings.smtp
    sender = login_address(smtp.sender, smtp.username) if smtp else "kongchuo@localhost"
    raw = compose(cover, page, text, attached, key=key, sender=sender, recipients=to)
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


def queue(office: Office, letters: Sequence[Letter]) -> int:
    """Put letters into the outbox; returns how many were not there yet."""
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
