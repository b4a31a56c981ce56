"""Defines the states of a form or file in a receipt, with their words for subject, headings and page."""

from collections.abc import Mapping
from enum import StrEnum


class ReceiptState(StrEnum):
    """How far a received form or file was read."""

    RECEIVED = "received"
    TO_MEND = "to-mend"
    PARTLY_READ = "partly-read"
    UNREAD = "unread"
    WAITING = "waiting"
    """The unit can do nothing; a person at the office decides."""

    @property
    def asks_unit(self) -> bool:
        """Returns whether the unit is asked to do something."""
        return self in (ReceiptState.TO_MEND, ReceiptState.PARTLY_READ, ReceiptState.UNREAD)

    def words(self, count: int = 0) -> str:
        """Returns the state in Chinese for a clerk; ``count`` is the number of mistakes."""
        return STATE_WORDS[self].format(count=count)


STATE_WORDS: Mapping[ReceiptState, str] = {
    ReceiptState.RECEIVED: "已收到",
    ReceiptState.TO_MEND: "已收到,但有{count}处请更正",
    ReceiptState.PARTLY_READ: "已收到,但部分读不出",
    ReceiptState.UNREAD: "没有读出",
    ReceiptState.WAITING: "待人工核对",
}
PARTLY_READ_CODES = frozenset({"left-over", "old-sheet"})
"""The codes of problems that say that a file contains more than was read."""
