"""What a receipt says has become of a form or a file: one table of words for subject, headings and page."""

from collections.abc import Mapping
from enum import StrEnum


class ReceiptState(StrEnum):
    """How far something that came was read."""

    RECEIVED = "received"
    TO_MEND = "to-mend"
    PARTLY_READ = "partly-read"
    UNREAD = "unread"
    WAITING = "waiting"
    """The unit can do nothing about it: a person at the office looks."""

    @property
    def asks_unit(self) -> bool:
        """Whether the unit is to do something."""
        return self in (ReceiptState.TO_MEND, ReceiptState.PARTLY_READ, ReceiptState.UNREAD)

    def words(self, count: int = 0) -> str:
        """What a clerk reads; ``count`` are the mistakes."""
        return STATE_WORDS[self].format(count=count)


STATE_WORDS: Mapping[ReceiptState, str] = {
    ReceiptState.RECEIVED: "已收到",
    ReceiptState.TO_MEND: "已收到,但有{count}处请更正",
    ReceiptState.PARTLY_READ: "已收到,但部分读不出",
    ReceiptState.UNREAD: "没有读出",
    ReceiptState.WAITING: "待人工核对",
}
PARTLY_READ_CODES = frozenset({"left-over", "old-sheet"})
"""Problems that say that a file holds more than was read."""
