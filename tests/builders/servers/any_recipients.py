"""Recipients that may read everything, for tests of mail transport."""

from collections.abc import Set
from functools import partial

from notify.mail.leaving_gate import Reader
from notify.mail.send_outbox import send_due_mails
from store.stored_values import OutboxMail

_NOBODY: Set[str] = frozenset()


class AnyRecipients:
    """Holds back no mail, except by its kind and its numbers."""

    public_phones: Set[str] = _NOBODY

    def outside(self, mail: OutboxMail, reader: Reader) -> Set[str]:
        return _NOBODY

    def not_their_numbers(self, mail: OutboxMail, numbers: Set[str]) -> Set[str]:
        return _NOBODY

    def children_of_others(self, mail: OutboxMail, text: str) -> Set[str]:
        return _NOBODY

    def children(self, text: str) -> Set[str]:
        return _NOBODY


send_to_anybody = partial(send_due_mails, recipients=AnyRecipients())
