"""Counts the files of one pass by disposition (``docs/contract.md``, JSON: ``poll --json``)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ledger.senders import Senders
from store.stored_values import Disposition, StoredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSummary:
    """The counts of one pass; ``files`` is always the sum of recorded, proofs, duplicates, ignored and quarantined."""

    messages: int
    """Messages read, new or left over from an interrupted pass."""
    new_messages: int
    files: int
    recorded: int
    submissions: int
    proofs: int
    duplicates: int
    ignored: int
    quarantined: int
    errors: tuple[str, ...]
    """Chinese sentences."""
    remarks: tuple[str, ...] = ()
    """Chinese sentences about mailboxes that require no action."""
    unconfirmed: int = 0
    """Files that count only once an officer confirms their sender; also included in the counts above."""

    @property
    def needs_person(self) -> bool:
        """Whether a file or an error waits for a person."""
        return self.quarantined > 0 or self.unconfirmed > 0 or bool(self.errors)


def summarise(
    messages: int,
    new: int,
    files: Iterable[StoredFile],
    errors: Iterable[str],
    senders: Senders,
    remarks: Iterable[str] = (),
) -> PollSummary:
    """Returns the counts of one pass; the files are taken one by one, for there may be a hundred thousand."""
    counts: Counter[Disposition] = Counter()
    submissions = unconfirmed = 0
    for file in files:
        counts[file.disposition] += 1
        submissions += len(file.links) if file.disposition is Disposition.RECORDED else 0
        unconfirmed += senders.is_unconfirmed(file)
    return PollSummary(
        messages=messages,
        new_messages=new,
        files=counts.total(),
        recorded=counts[Disposition.RECORDED],
        submissions=submissions,
        proofs=counts[Disposition.PROOF],
        duplicates=counts[Disposition.DUPLICATE],
        ignored=counts[Disposition.IGNORED],
        quarantined=counts[Disposition.QUARANTINED],
        errors=tuple(errors),
        remarks=tuple(remarks),
        unconfirmed=unconfirmed,
    )
