"""What one pass did, counted by disposition (contract §4, ``poll --json``)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from store.stored_values import Disposition, StoredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """files = recorded + evidence + duplicates + ignored + quarantined, always."""

    messages: int
    new_messages: int
    files: int
    recorded: int
    submissions: int
    evidence: int
    duplicates: int
    ignored: int
    quarantined: int
    errors: tuple[str, ...]

    @property
    def needs_person(self) -> bool:
        return self.quarantined > 0 or bool(self.errors)


def tally(messages: int, new: int, files: Iterable[StoredFile], errors: Iterable[str]) -> Tally:
    """Count the files of one pass."""
    kept = list(files)
    by = Counter(file.disposition for file in kept)
    return Tally(
        messages=messages,
        new_messages=new,
        files=len(kept),
        recorded=by[Disposition.RECORDED],
        submissions=sum(len(f.links) for f in kept if f.disposition is Disposition.RECORDED),
        evidence=by[Disposition.PROOF],
        duplicates=by[Disposition.DUPLICATE],
        ignored=by[Disposition.IGNORED],
        quarantined=by[Disposition.QUARANTINED],
        errors=tuple(errors),
    )
