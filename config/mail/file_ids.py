"""Makes ids of the files of a mail from their content, so that a decision about a file never applies to another.

An improved reader may find more files in the same mail, or another order; a running number
would then mean another file after a rerun.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Protocol


class MailFile(Protocol):
    """What the id of a file in a message is made of; ``path == ()`` is the message's own text."""

    @property
    def path(self) -> tuple[str, ...]:
        """The names of the archives and mails that contain the file, outermost first, then its own name."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the file's bytes."""


def file_ids(message_id: str, files: Sequence[MailFile]) -> tuple[str, ...]:
    """Returns the id of each file of a message: by message, path and bytes, the same on every run.

    Files that are equal in all three are numbered in their order.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    ids: list[str] = []
    for file in files:
        parts = (*file.path, file.sha256) if file.path else ()
        ids.append(_digest(message_id, *parts, *([str(seen[parts])] if seen[parts] else [])))
        seen[parts] += 1
    return tuple(ids)


def words_id(message_id: str) -> str:
    """Returns the id of a message's own text, which does not depend on the text."""
    return _digest(message_id)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
