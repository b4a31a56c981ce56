"""Reads the messages of a pass, and drafts what the store records of each."""

import hashlib
import logging
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from config.errors import UnreachableError
from config.notices_in_force import NoticesInForce
from config.units.resolve_unit_names import UnitNames
from ingest.context import IngestContext, ReadingRules
from ingest.drafting.draft_message import draft_message
from ingest.processing.arriving import RawMessage
from ingest.unread_files import draft_failed_message
from ledger.take_snapshot import find_senders
from parsers.mail.mail_contents import Mail
from parsers.mail.mime import parse_mail
from parsers.reading.mail_journal import MailJournal
from parsers.reading.reader_pool import ReaderPool
from parsers.reading.reading_job import MailReading
from store import Store
from store.drafts import MessageDraft
from store.stored_values import StoredAssignment

log = logging.getLogger(__name__)

GIVEN_UP = "处理这封邮件时程序三次中断(邮件已存档,未丢失):请人工查看,并把日志告诉管理员,修好后运行 kongchuo rerun --failed"


@dataclass(slots=True)
class PendingMessage:
    """A message that a reading process has, or has read."""

    message_id: str
    left_over: bool
    notice: str
    received_at: datetime
    received_on: date
    size: int
    reading: Future[MailReading]
    error: str | None = None
    """Why nothing in it was opened."""


@dataclass(frozen=True)
class PassReading:
    """The reading and drafting of one pass's messages."""

    store: Store
    pool: ReaderPool
    notices: NoticesInForce
    zone: ZoneInfo
    context_by_notice: Mapping[str, IngestContext]
    decided_forms: Mapping[str, str]

    def notice_on(self, received_at: datetime) -> str:
        return self.notices.for_day(self._day(received_at)).id

    def _day(self, received_at: datetime) -> date:
        return received_at.astimezone(self.zone).date()

    def open(self, message: RawMessage) -> MailJournal:
        """Returns an archived mail, opened for reading.

        Raises:
            DamagedMailError: the mail is missing from the archive or damaged.
        """
        if message.raw is not None:
            return MailJournal.create((message.raw,))
        return self.store.archive.read_with(message.message_id, MailJournal.create)

    def submit(
        self, message: RawMessage, journal: MailJournal, passwords: tuple[str, ...] = ()
    ) -> PendingMessage:
        """Passes a message to the reading processes."""
        reading = self.pool.submit(
            journal, message.message_id, self.notice_on(message.received_at), self.decided_forms, passwords
        )
        return self._pending(message, journal, reading, None)

    def submit_closed(self, message: RawMessage, journal: MailJournal) -> PendingMessage:
        """Passes only the header of a message that ended every poll, so that its sender is known; nothing in it is opened."""
        why = ("unreadable", GIVEN_UP)
        notice = self.notice_on(message.received_at)
        reading = self.pool.submit_closed(journal, message.message_id, notice, why)
        return self._pending(message, journal, reading, GIVEN_UP)

    def _pending(
        self, message: RawMessage, journal: MailJournal, reading: Future[MailReading], error: str | None
    ) -> PendingMessage:
        return PendingMessage(
            message_id=message.message_id,
            left_over=message.left_over,
            notice=self.notice_on(message.received_at),
            received_at=message.received_at,
            received_on=self._day(message.received_at),
            size=journal.mail_size,
            reading=reading,
            error=error,
        )

    def draft(self, read: PendingMessage) -> MessageDraft:
        return _draft_pending(read, self.context_by_notice[read.notice], self.store)


def find_contexts(
    store: Store,
    rules: ReadingRules,
    assignments: Mapping[str, StoredAssignment],
) -> tuple[dict[str, IngestContext], dict[str, str]]:
    """Returns the context of each notice, and by file id the form that a person assigned."""
    learned_senders = find_senders(store.recorded(), rules.roster, rules.trust).learned_unit
    contexts = {
        notice.id: IngestContext(
            notice=notice,
            roster=rules.roster,
            names=UnitNames(rules.roster, notice),
            assignments=assignments,
            learned_senders=learned_senders,
            people=rules.trust.people,
        )
        for notice in rules.notices.all
    }
    return contexts, {file: assigned.form for file, assigned in assignments.items() if assigned.form}


def _own_files(store: Store, mail: Mail) -> frozenset[str]:
    """Returns the SHA-256 of files in those sent mails that this mail answers or forwards; empty for any other mail."""
    if not mail.answers_kongchuo:
        return frozenset()
    return frozenset(
        hashlib.sha256(attachment.data).hexdigest()
        for sent in store.outbox.find_by_message_ids(mail.head.references)
        for attachment in parse_mail(store.outbox.mail_bytes(sent.key)).attachments
    )


def _draft_pending(pending: PendingMessage, context: IngestContext, store: Store) -> MessageDraft:
    reading = pending.reading.result()
    mail, attachments = reading.parts.mail, reading.parts.attachments
    try:
        return draft_message(
            pending.message_id,
            pending.received_on,
            mail,
            attachments,
            reading.readings,
            context,
            _own_files(store, mail),
        )
    except UnreachableError:  # not this message's fault: it stays unprocessed, and the next poll takes it up
        raise
    except (
        Exception
    ) as error:  # ARCHITECTURE.md, promise 4: a bug costs one message, which waits for a person
        log.exception("message %s could not be processed", pending.message_id)
        return draft_failed_message(pending.message_id, mail, attachments, repr(error))
