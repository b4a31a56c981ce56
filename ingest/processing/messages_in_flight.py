"""Holds the messages that are being read, and gives up those that ended the program three times."""

import logging
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from config.errors import DamagedMailError, WorkerError
from ingest.locked_files import MailWithLock, describe_locks
from ingest.processing.arriving import RawMessage
from ingest.processing.draft_recorder import Recorder
from ingest.processing.pass_reading import GIVEN_UP, PassReading, PendingMessage
from ingest.unread_files import draft_message_given_up
from store.stored_values import StoredAssignment

log = logging.getLogger(__name__)

MESSAGES_IN_FLIGHT = 48  # messages that are being read while others are fetched and recorded
BYTES_IN_FLIGHT = 64_000_000
MAX_TRIES = 2
"""Tries after the first; a message that ended three polls is given up."""


class MessagesInFlight:
    """The messages of a pass that are being read, oldest first; results are recorded in that order."""

    def __init__(
        self, reading: PassReading, assignments: Mapping[str, StoredAssignment], recorder: Recorder
    ) -> None:
        self._reading = reading
        self._store = reading.store
        self._assignments = assignments
        self._pending: deque[PendingMessage] = deque()
        self.recorder = recorder
        self.with_locks: list[MailWithLock] = []

    def take(self, message: RawMessage) -> None:
        """Passes a message to the reading processes, and records those that are finished."""
        try:
            journal = self._reading.open(message)
        except DamagedMailError as error:
            self._set_aside(message, error)
            return
        tries = self._store.messages.count_try(message.message_id) if message.left_over else 0
        if tries > MAX_TRIES:  # its head alone ended a poll, too
            journal.close()
            self._give_up(message, GIVEN_UP)
            return
        if tries:  # alone, so that if it ends this poll too, no other is to blame
            self.finish_all()
        submit = self._reading.submit_closed if tries == MAX_TRIES else self._reading.submit
        self._pending.append(submit(message, journal))
        if tries:
            self.finish_all()
        while self._pending and (_is_full(self._pending) or self._pending[0].reading.done()):
            self._finish_one()

    def _set_aside(self, message: RawMessage, error: DamagedMailError) -> None:
        """Sets a damaged mail aside; earlier results of it are kept, and on a failing disk the next poll tries again."""
        if self._store.archive.set_aside(message.message_id) and message.left_over:
            notice = self._reading.notice_on(message.received_at)
            self.recorder.add(notice, draft_message_given_up(message.message_id, str(error)))
        else:
            self.recorder.processed.errors.append(str(error))

    def _give_up(self, message: RawMessage, why: str) -> None:
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

    def _describe_locks(self, read: PendingMessage) -> MailWithLock:
        draft = self._reading.draft(read)
        return describe_locks(read.notice, read.received_at, read.reading.result(), draft, self._assignments)

    def reread(
        self, message_id: str, received_at: datetime, passwords: tuple[str, ...]
    ) -> MailWithLock | None:
        """Reads a message again with passwords from elsewhere; None if the archived mail is damaged."""
        message = RawMessage(message_id, received_at, None)
        try:
            journal = self._reading.open(message)
        except DamagedMailError as error:
            log.warning("message %s is not read for passwords: %s", message_id, error)
            return None
        return self._describe_locks(self._reading.submit(message, journal, passwords))


def _is_full(pending: Collection[PendingMessage]) -> bool:
    return len(pending) > MESSAGES_IN_FLIGHT or sum(each.size for each in pending) > BYTES_IN_FLIGHT
