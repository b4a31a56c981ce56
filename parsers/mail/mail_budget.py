"""Limits what one mail may cost: how many files are taken out of it, and how many bytes they unpack to.

Real mails are far below: the largest have the forms and photographs of a township's schools in one archive. Files
beyond the budget are counted and become one entry of the mail with their number.
"""

from dataclasses import dataclass

MAX_ENTRIES = 500
MAX_UNFOLDED_BYTES = 100_000_000
CONTAINER_SECONDS = 3.0
"""The processor seconds for everything that another process unpacks or unlocks."""
MAX_BODY_LENGTH = 200_000
"""The most characters of a mail's text; regular expressions see no more."""
MAX_BODY_BYTES = 2_000_000
"""The most bytes of one part of a body, with its markup."""
BODY_TOO_LONG = (
    "too-large",
    "正文超过200KB,后面的没有读(原件已存档,未丢失):请人工查看,或请对方把表格作为附件重发",
)


@dataclass(slots=True)
class MailBudget:
    """The remaining budget while a mail is taken apart."""

    entries: int = MAX_ENTRIES
    unfolded_bytes: int = MAX_UNFOLDED_BYTES
    left_out: int = 0
    container_seconds: float = CONTAINER_SECONDS

    def take_entry(self) -> bool:
        """Returns whether another file may be taken out, and counts it; files beyond the limit are counted as left out."""
        if self.entries <= 0:
            self.left_out += 1
            return False
        self.entries -= 1
        return True
