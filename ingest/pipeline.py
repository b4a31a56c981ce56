"""Runs each message through the same steps: archive, unpack, read, attribute, record.

``poll`` fetches new messages from the mailboxes; ``rerun`` reads archived ones again. Both use
the same steps, so a rerun gives the same result as a poll.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from config.errors import UnreachableError
from config.mail.file_ids import file_ids
from ingest.context import ReadingRules
from ingest.locked_files import open_locked_files
from ingest.poll_summary import PollSummary, summarise
from ingest.processing.arriving import ArrivalCounts, RawMessage, archive_batch
from ingest.processing.draft_recorder import Processed, Recorder
from ingest.processing.messages_in_flight import MessagesInFlight
from ingest.processing.pass_reading import PassReading, find_contexts
from ingest.sources.folder_notes import FolderNotes, known_mail
from ingest.sources.source import MailSource
from ledger.senders import Senders
from ledger.take_snapshot import find_senders
from parsers.reading.reader_pool import ReaderPool
from store import Store
from store.drafts import FileDraft
from store.stored_values import StoredAssignment, StoredFile

log = logging.getLogger(__name__)

INGEST_LEASE = "ingest"
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
    counts = ArrivalCounts()

    def arrivals() -> Iterator[RawMessage]:
        for message_id, received_at in store.messages.unprocessed():  # left over from a crash
            counts.left_over.add(message_id)
            yield RawMessage(message_id, received_at, None, left_over=True)
        for source in sources:
            try:
                with source:
                    for batch in source.batches(known_mail(store, source.name, compare, datetime.now(UTC))):
                        yield from archive_batch(store, source.name, batch, counts)
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
        stored = (RawMessage(message_id, at, None) for message_id, at in chosen)
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
    contexts, decided_forms = find_contexts(store, rules, assignments)
    reading = PassReading(store, pool, rules.notices, rules.zone, contexts, decided_forms)
    message = RawMessage(file.message_id, file.received_at, None)
    pending = reading.submit(message, reading.open(message))
    draft = reading.draft(pending)
    ids = file_ids(file.message_id, pending.reading.result().parts.attachments)
    return next(
        (one for one, file_id in zip(draft.files, ids, strict=False) if file_id == file.file_id), None
    )


def _process_messages(
    store: Store,
    messages: Iterable[RawMessage],
    rules: ReadingRules,
    progress: Callable[[int], None] | None,
) -> Processed:
    """Reads and records messages, oldest first; several are read in parallel."""
    processed = Processed(set(), [])
    assignments = store.decisions.assignments()
    context_by_notice, decided_forms = find_contexts(store, rules, assignments)
    with ReaderPool(rules.notices.all, rules.roster) as pool:
        reading = PassReading(store, pool, rules.notices, rules.zone, context_by_notice, decided_forms)
        on_its_way = MessagesInFlight(reading, assignments, Recorder(store, processed, progress))
        for message in messages:
            on_its_way.take(message)
        on_its_way.finish_all()
        open_locked_files(
            store, on_its_way.with_locks, processed.messages, on_its_way.reread, on_its_way.recorder.add_now
        )
    return processed


def _summarise(
    store: Store,
    messages: int,
    new: int,
    processed: Processed,
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
