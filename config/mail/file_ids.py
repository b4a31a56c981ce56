"""Names the files of a mail by what they are, so that a person's word on a file never passes to another.

Readers get better, and then more files come out of the same mail, or in another order; a number that counts them
would name another file after a rerun.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Protocol


class MailFile(Protocol):
    """A file inside a message, as far as its id needs it; ``path == ()`` stands for the message's own words."""

    @property
    def path(self) -> tuple[str, ...]:
        """The names of the archives and mails around it, and its own."""

    @property
    def sha256(self) -> str:
        """Of its bytes."""


def file_ids(message_id: str, files: Sequence[MailFile]) -> tuple[str, ...]:
    """Returns the id of each file of a message: by message, path and bytes, the same on every run.

    Of files that are equal in all three, the first is told from the second by its number.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    ids: list[str] = []
    for file in files:
        parts = (*file.path, file.sha256) if file.path else ()
        ids.append(_digest(message_id, *parts, *([str(seen[parts])] if seen[parts] else [])))
        seen[parts] += 1
    return tuple(ids)


def words_id(message_id: str) -> str:
    """Returns the id of a message's own words, whatever they are."""
    return _digest(message_id)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
