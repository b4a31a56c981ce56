"""Runs each message through the same steps: archive, unpack, read, attribute, record.

``poll`` fetches new messages from the mailboxes; ``rerun`` reads archived ones again. Both use
the same steps, so a rerun gives the same result as a poll.
"""

import hashlib
import logging
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from config.errors import DamagedMailError, UnreachableError, WorkerError
from config.mail.file_ids import file_ids
from config.notices_in_force import NoticesInForce
from config.units.resolve_unit_names import UnitNames
from ingest.context import IngestContext, ReadingRules
from ingest.draft_message import draft_message
from ingest.locked_files import MailWithLock, describe_locks, open_locked_files
from ingest.poll_summary import PollSummary, summarise
from ingest.sources.folder_notes import FolderNotes, known_mail
from ingest.sources.source import Batch, MailSource
from ingest.unread_files import draft_failed_message, draft_message_given_up
from ledger.senders import Senders
from ledger.take_snapshot import find_senders
from parsers.mail.mail_contents import Mail
from parsers.mail.mime import parse_mail
from parsers.reading.mail_journal import MailJournal
from parsers.reading.reader_pool import MailReading, ReaderPool
from store import Store
from store.drafts import Arrival, FileDraft, MessageDraft
from store.stored_values import StoredAssignment, StoredFile

log = logging.getLogger(__name__)

INGEST_LEASE = "ingest"
MESSAGES_IN_FLIGHT = 48  # messages that are being read while others are fetched and recorded
BYTES_IN_FLIGHT = 64_000_000
MESSAGES_A_TRANSACTION = 20
MAX_TRIES = 2
"""Tries after the first; a message that ended three polls is given up."""
_GIVEN_UP = "处理这封邮件时程序三次中断(邮件已存档,未丢失):请人工查看,并把日志告诉管理员,修好后运行 kongchuo rerun --failed"
END_OF_TIME = datetime.max.replace(tzinfo=UTC)

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RerunSelection:
    """Which archived messages to read again; an empty selection means all."""

    failed: bool = False
    message: str | None = None
    """The beginning of one message's id."""
    messages: tuple[str, ...] | None = None
    """Whole ids."""
    unit: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class _RawMessage:
    message_id: str
    received_at: datetime
    raw: bytes | None
    """None if the bytes are only in the archive, or too long for memory."""
    left_over: bool = False
    """Whether an earlier pass ended while processing it."""


@dataclass(slots=True)
class _Pending:
    message_id: str
    left_over: bool
    notice: str
    received_at: datetime
    received_on: date
    size: int
    reading: Future[MailReading]
    error: str | None = None
    """Why nothing in it was opened."""


_MESSAGES_PER_LISTING = 1000
"""The files of a pass are counted so many messages at a time, so that a first poll holds no list of all."""
_LOST_ASSIGNMENT = "人工归入过的文件 {} 重读后已不是原来的内容或名称,原来的归入不再生效:请用 kongchuo files 查看,需要的重新 kongchuo assign"


def poll(
    store: Store,
    rules: ReadingRules,
    sources: Sequence[MailSource],
    *,
    compare: Collection[str] = (),
    progress: OnProgress | None = None,
) -> PollSummary:
    """Runs one pass over all mailboxes; a failure of one does not stop the others.

    Args:
        compare: names of mailboxes to compare from the first UID to the last.

    Raises:
        StoreLockedError: another process is ingesting.
        MailboxError: no mailbox could be reached at all.
        WorkerError: the reading processes do not start; what arrived is archived and read by the next
            poll.
    """
    failures: list[UnreachableError] = []
    counts = _ArrivalCounts()

    def arrivals() -> Iterator[_RawMessage]:
        for message_id, received_at in store.messages.unprocessed():  # left over from a crash
            counts.left_over.add(message_id)
            yield _RawMessage(message_id, received_at, None, left_over=True)
        for source in sources:
            try:
                with source:
                    for batch in source.batches(known_mail(store, source.name, compare, datetime.now(UTC))):
                        yield from _archive_batch(store, source.name, batch, counts)
                        if progress:
                            progress(counts.seen, counts.seen + batch.remaining)
            except UnreachableError as error:
                log.warning("mailbox %s: %s", source.name, error)
                failures.append(error)

    with store.jobs.hold_lease(INGEST_LEASE):
        store.archive.sweep()
        counts.set_aside = store.archive.digests_set_aside()
        store.mailboxes.recover_arrivals()
        processed = _process_messages(store, arrivals(), rules, None)
    if failures and len(failures) == len(sources):
        raise failures[0]
    return _summarise(
        store,
        counts.seen + len(counts.left_over),
        counts.new,
        processed,
        failures,
        find_senders(store.recorded(), rules.roster, rules.trust),
        counts.folders,
    )


def rerun(
    store: Store,
    rules: ReadingRules,
    selection: RerunSelection,
    *,
    progress: OnProgress | None = None,
) -> PollSummary:
    """Reads archived mail again; the store then holds what a first reading would give now.

    Raises:
        StoreLockedError: another process is ingesting.
    """
    with store.jobs.hold_lease(INGEST_LEASE):
        chosen = store.messages.find_to_rerun(
            failed=selection.failed,
            message=selection.message,
            messages=selection.messages,
            unit=selection.unit,
            since=selection.since,
        )
        stored = (_RawMessage(message_id, at, None) for message_id, at in chosen)
        on_message = None if progress is None else (lambda count: progress(count, len(chosen)))
        before = store.decisions.assignments_without_file()
        processed = _process_messages(store, stored, rules, on_message)
        lost = sorted(store.decisions.assignments_without_file() - before)
        processed.errors += [_LOST_ASSIGNMENT.format(file) for file in lost]
    return _summarise(
        store, len(chosen), 0, processed, [], find_senders(store.recorded(), rules.roster, rules.trust)
    )


def foresee_reading(
    store: Store,
    rules: ReadingRules,
    file: StoredFile,
    assignment: StoredAssignment,
    pool: ReaderPool,
) -> FileDraft | None:
    """Returns how a file would be read after an assignment, without recording it; None if its mail no longer has the file.

    Passwords in other mails are not tried.

    Args:
        pool: the reading processes; one pool can be used for all files of a pass.

    Raises:
        DamagedMailError: its mail is missing from the archive or damaged.
        WorkerError: the reading processes do not start.
    """
    assignments = {**store.decisions.assignments(), file.file_id: assignment}
    contexts, decided_forms = _contexts(store, rules, assignments)
    reading = _Reading(store, pool, rules.notices, rules.zone, contexts, decided_forms)
    message = _RawMessage(file.message_id, file.received_at, None)
    pending = reading.submit(message, reading.open(message))
    draft = reading.draft(pending)
    ids = file_ids(file.message_id, pending.reading.result().parts.attachments)
    return next(
        (one for one, file_id in zip(draft.files, ids, strict=False) if file_id == file.file_id), None
    )


class _ArrivalCounts:
    def __init__(self) -> None:
        self.seen = 0
        self.new = 0
        self.set_aside: frozenset[str] = frozenset()
        """Damaged mail that waited for its good bytes when the pass began: to list it costs as much as the archive is long."""
        self.left_over: set[str] = set()
        self.folders = FolderNotes()


def _archive_batch(store: Store, mailbox: str, batch: Batch, counts: _ArrivalCounts) -> Iterator[_RawMessage]:
    """Archives messages, then records their arrival; yields the new ones only after both."""
    counts.folders.take(store, mailbox, batch, datetime.now(UTC))
    digests = store.archive.put(fetched.raw for fetched in batch.messages)
    before = {message_id for message_id, _ in store.messages.unprocessed()}
    arrivals = [
        Arrival(
            message_id=digest,
            received_at=fetched.received_at,
            mailbox=mailbox,
            uidvalidity=fetched.uidvalidity,
            uid=fetched.uid,
            basis=fetched.basis,
        )
        for digest, fetched in zip(digests, batch.messages, strict=True)
    ]
    counts.seen += len(arrivals)
    counts.new += store.mailboxes.record_arrivals(arrivals, batch.watermark)
    new_ids = {message_id for message_id, _ in store.messages.unprocessed()} - before
    healed = counts.set_aside.intersection(digests)
    store.archive.forget_set_aside(healed)
    new_ids |= healed
    for digest, fetched in zip(digests, batch.messages, strict=True):
        if digest in new_ids:
            new_ids.discard(digest)
            raw = fetched.raw if isinstance(fetched.raw, bytes) else None
            yield _RawMessage(digest, fetched.received_at, raw)


@dataclass(slots=True)
class _Processed:
    messages: set[str]
    errors: list[str]


class _Recorder:
    """Records drafts in groups, as a transaction for each would cost more than the writing.

    After a crash, drafts of an unfinished group are not recorded, and the next poll reads their mails again.
    """

    def __init__(self, store: Store, processed: _Processed, progress: Callable[[int], None] | None) -> None:
        self._store = store
        self.processed = processed
        self._progress = progress
        self._notice = ""
        self._drafts: dict[str, MessageDraft] = {}

    def add(self, notice: str, draft: MessageDraft) -> None:
        """Adds a draft to the group, which is recorded when it is full; :meth:`flush` records it at once."""
        if notice != self._notice or draft.message_id in self._drafts:
            self.flush()
        self._notice = notice
        self._drafts[draft.message_id] = draft
        if len(self._drafts) >= MESSAGES_A_TRANSACTION:
            self.flush()

    def add_now(self, notice: str, draft: MessageDraft) -> None:
        """Records a draft at once, after all that were added before."""
        self.add(notice, draft)
        self.flush()

    def flush(self) -> None:
        drafts = list(self._drafts.values())
        self._drafts.clear()
        if drafts:
            self._store.messages.record(self._notice, drafts)
        for draft in drafts:
            is_new = draft.message_id not in self.processed.messages
            self.processed.messages.add(draft.message_id)
            if draft.error:
                self.processed.errors.append(f"邮件 {draft.message_id[:12]}:{draft.error}")
            if self._progress and is_new:
                self._progress(len(self.processed.messages))


def _process_messages(
    store: Store,
    messages: Iterable[_RawMessage],
    rules: ReadingRules,
    progress: Callable[[int], None] | None,
) -> _Processed:
    """Reads and records messages, oldest first; several are read in parallel."""
    processed = _Processed(set(), [])
    assignments = store.decisions.assignments()
    context_by_notice, decided_forms = _contexts(store, rules, assignments)
    with ReaderPool(rules.notices.all, rules.roster) as pool:
        reading = _Reading(store, pool, rules.notices, rules.zone, context_by_notice, decided_forms)
        on_its_way = _OnItsWay(reading, assignments, _Recorder(store, processed, progress))
        for message in messages:
            on_its_way.take(message)
        on_its_way.finish_all()
        open_locked_files(
            store, on_its_way.with_locks, processed.messages, on_its_way.reread, on_its_way.recorder.add_now
        )
    return processed


@dataclass(frozen=True)
class _Reading:
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

    def open(self, message: _RawMessage) -> MailJournal:
        """Returns an archived mail, opened for reading.

        Raises:
            DamagedMailError: the mail is missing from the archive or damaged.
        """
        if message.raw is not None:
            return MailJournal.create((message.raw,))
        return self.store.archive.read_with(message.message_id, MailJournal.create)

    def submit(self, message: _RawMessage, journal: MailJournal, passwords: tuple[str, ...] = ()) -> _Pending:
        """Passes a message to the reading processes."""
        reading = self.pool.submit(
            journal, message.message_id, self.notice_on(message.received_at), self.decided_forms, passwords
        )
        return self._pending(message, journal, reading, None)

    def submit_closed(self, message: _RawMessage, journal: MailJournal) -> _Pending:
        """Passes only the header of a message that ended every poll, so that its sender is known; nothing in it is opened."""
        why = ("unreadable", _GIVEN_UP)
        notice = self.notice_on(message.received_at)
        reading = self.pool.submit_closed(journal, message.message_id, notice, why)
        return self._pending(message, journal, reading, _GIVEN_UP)

    def _pending(
        self, message: _RawMessage, journal: MailJournal, reading: Future[MailReading], error: str | None
    ) -> _Pending:
        return _Pending(
            message_id=message.message_id,
            left_over=message.left_over,
            notice=self.notice_on(message.received_at),
            received_at=message.received_at,
            received_on=self._day(message.received_at),
            size=journal.mail_size,
            reading=reading,
            error=error,
        )

    def draft(self, read: _Pending) -> MessageDraft:
        return _draft_pending(read, self.context_by_notice[read.notice], self.store)


class _OnItsWay:
    """The messages of a pass that are being read, oldest first; results are recorded in that order."""

    def __init__(
        self, reading: _Reading, assignments: Mapping[str, StoredAssignment], recorder: "_Recorder"
    ) -> None:
        self._reading = reading
        self._store = reading.store
        self._assignments = assignments
        self._pending: deque[_Pending] = deque()
        self.recorder = recorder
        self.with_locks: list[MailWithLock] = []

    def take(self, message: _RawMessage) -> None:
        """Passes a message to the reading processes, and records those that are finished."""
        try:
            journal = self._reading.open(message)
        except DamagedMailError as error:
            self._set_aside(message, error)
            return
        tries = self._store.messages.count_try(message.message_id) if message.left_over else 0
        if tries > MAX_TRIES:  # its head alone ended a poll, too
            journal.close()
            self._give_up(message, _GIVEN_UP)
            return
        if tries:  # alone, so that if it ends this poll too, no other is to blame
            self.finish_all()
        submit = self._reading.submit_closed if tries == MAX_TRIES else self._reading.submit
        self._pending.append(submit(message, journal))
        if tries:
            self.finish_all()
        while self._pending and (_is_full(self._pending) or self._pending[0].reading.done()):
            self._finish_one()

    def _set_aside(self, message: _RawMessage, error: DamagedMailError) -> None:
        """Sets a damaged mail aside; earlier results of it are kept, and on a failing disk the next poll tries again."""
        if self._store.archive.set_aside(message.message_id) and message.left_over:
            notice = self._reading.notice_on(message.received_at)
            self.recorder.add(notice, draft_message_given_up(message.message_id, str(error)))
        else:
            self.recorder.processed.errors.append(str(error))

    def _give_up(self, message: _RawMessage, why: str) -> None:
        notice = self._reading.notice_on(message.received_at)
        self.recorder.add_now(notice, draft_message_given_up(message.message_id, why))

    def finish_all(self) -> None:
        """Waits for every message that is being read, and records it."""
        while self._pending:
            self._finish_one()
        self.recorder.flush()

    def _finish_one(self) -> None:
        first = self._pending.popleft()
        try:
            mail = self._describe_locks(first)
        except WorkerError:
            for waiting in (first, *self._pending):
                if waiting.left_over:
                    self._store.messages.take_back_try(waiting.message_id)
            self.recorder.flush()
            raise
        if mail.matters:
            self.with_locks.append(mail)
        error = mail.draft.error or first.error
        self.recorder.add(first.notice, replace(mail.draft, passwords_due=mail.matters, error=error))

    def _describe_locks(self, read: _Pending) -> MailWithLock:
        draft = self._reading.draft(read)
        return describe_locks(read.notice, read.received_at, read.reading.result(), draft, self._assignments)

    def reread(
        self, message_id: str, received_at: datetime, passwords: tuple[str, ...]
    ) -> MailWithLock | None:
        """Reads a message again with passwords from elsewhere; None if the archived mail is damaged."""
        message = _RawMessage(message_id, received_at, None)
        try:
            journal = self._reading.open(message)
        except DamagedMailError as error:
            log.warning("message %s is not read for passwords: %s", message_id, error)
            return None
        return self._describe_locks(self._reading.submit(message, journal, passwords))


def _contexts(
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


def _is_full(pending: Collection[_Pending]) -> bool:
    return len(pending) > MESSAGES_IN_FLIGHT or sum(each.size for each in pending) > BYTES_IN_FLIGHT


def _summarise(
    store: Store,
    messages: int,
    new: int,
    processed: _Processed,
    failures: Sequence[UnreachableError],
    senders: Senders,
    folders: FolderNotes | None = None,
) -> PollSummary:
    folders = folders or FolderNotes()
    listed = iter(processed.messages | folders.unfetched)
    groups = iter(lambda: list(islice(listed, _MESSAGES_PER_LISTING)), [])
    files = (file for group in groups for file in store.files.of_messages(END_OF_TIME, group))
    errors = [*processed.errors, *map(str, failures)]
    return summarise(messages, new, files, errors, senders, folders.remarks)


def _own_files(store: Store, mail: Mail) -> frozenset[str]:
    """Returns the SHA-256 of files in those sent mails that this mail answers or forwards; empty for any other mail."""
    if not mail.answers_kongchuo:
        return frozenset()
    return frozenset(
        hashlib.sha256(attachment.data).hexdigest()
        for sent in store.outbox.find_by_message_ids(mail.head.references)
        for attachment in parse_mail(store.outbox.mail_bytes(sent.key)).attachments
    )


def _draft_pending(pending: _Pending, context: IngestContext, store: Store) -> MessageDraft:
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
