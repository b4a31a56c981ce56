"""Lists mail whose sender an officer has yet to confirm: one entry for each sender and unit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ledger.senders import Standing
from ledger.snapshot import Snapshot
from store.stored_values import StoredProof, StoredSubmission


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceEffect:
    """What accepting a sender's mail would change, as counts."""

    settled_cases: int
    """Cases open or suspected now that would no longer be."""
    opened_cases: int
    received_forms: int
    """Forms of all units that would become received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnconfirmedMail:
    """All mail of one unproven address for one unit."""

    address: str
    """The address in From, which may be forged; empty where From has none or several."""
    unit: str
    standing: Standing
    forms: tuple[str, ...]
    records: int
    proof_documents: int
    file_ids: tuple[str, ...]
    """Oldest first."""
    last_received_at: datetime
    effect: AcceptanceEffect | None = None
    """None unless it was computed (``foresee_acceptance``)."""

    @property
    def to_accept(self) -> tuple[str, ...]:
        """The files to accept to settle all: the newest is enough to learn an address, but mail that failed its checks teaches none."""
        return self.file_ids if self.standing is Standing.FAILED or not self.address else self.file_ids[-1:]


def find_unconfirmed_mail(snapshot: Snapshot) -> tuple[UnconfirmedMail, ...]:
    """Returns every unproven sender and unit with mail, by unit and address."""
    groups: dict[tuple[str, str, Standing], list[StoredSubmission | StoredProof]] = {}
    material: list[StoredSubmission | StoredProof] = [*snapshot.unconfirmed]
    material += snapshot.unconfirmed_proof_documents
    for one in material:
        standing = snapshot.senders.standing(one.sent_by, one.unit)
        groups.setdefault((one.unit, one.sent_by.author, standing), []).append(one)
    return tuple(_entry(*key, group) for key, group in sorted(groups.items()))


def _entry(
    unit: str, address: str, standing: Standing, group: Iterable[StoredSubmission | StoredProof]
) -> UnconfirmedMail:
    material = sorted(group, key=lambda one: (one.received_at, one.file_id))
    submissions = [one for one in material if isinstance(one, StoredSubmission)]
    return UnconfirmedMail(
        address=address,
        unit=unit,
        standing=standing,
        forms=tuple(dict.fromkeys(one.form for one in material if one.form is not None)),
        records=sum(one.records for one in submissions),
        proof_documents=len(material) - len(submissions),
        file_ids=tuple(dict.fromkeys(one.file_id for one in material)),
        last_received_at=material[-1].received_at,
    )
