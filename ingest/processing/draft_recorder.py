"""Records what was read of messages, several in a transaction."""

from collections.abc import Callable
from dataclasses import dataclass

from store import Store
from store.drafts import MessageDraft

MESSAGES_A_TRANSACTION = 20


@dataclass(slots=True)
class Processed:
    """What a pass recorded so far."""

    messages: set[str]
    """The ids of the recorded messages."""
    errors: list[str]


class Recorder:
    """Records drafts in groups, as a transaction for each would cost more than the writing.

    After a crash, drafts of an unfinished group are not recorded, and the next poll reads their mails again.
    """

    def __init__(self, store: Store, processed: Processed, progress: Callable[[int], None] | None) -> None:
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
