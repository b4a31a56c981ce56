"""Which documents of a form that consists of several (附件6: 送达书 and 登记表) have come for a child."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from config.notice import FormSpec
from ledger.children.student_keys import names_in
from ledger.snapshot import Snapshot
from ledger.versions.row_parts import parts_of_row
from store.stored_values import StoredProof, StoredRecord


@dataclass(frozen=True, slots=True)
class PartScan:
    """A scan or photograph whose file's name says that it is this document, and the children whom it names."""

    unit: str
    part: str
    children: frozenset[str]


def find_part_scans(
    snapshot: Snapshot, form: FormSpec, documents: Sequence[StoredProof], rows: Iterable[StoredRecord]
) -> tuple[PartScan, ...]:
    """Returns the scans of a form's documents among these proof documents; ``rows`` give the children's names."""
    if not form.parts:
        return ()
    paths = snapshot.file_paths({document.file_id for document in documents})
    names_by_unit: dict[str, set[str]] = {}
    for row in rows:
        if isinstance(name := row.values.get("name"), str):
            names_by_unit.setdefault(row.unit, set()).add(name)
    return tuple(
        PartScan(document.unit, part.name, names_in(document.text, names_by_unit.get(document.unit, ())))
        for document in documents
        for part in form.parts
        if any(word in paths.get(document.file_id, "") for word in part.words)
    )


def find_missing_parts(
    form: FormSpec, child_rows: Sequence[StoredRecord], scans: Iterable[PartScan]
) -> tuple[str, ...]:
    """Returns the names of the documents that have come neither as a row of this child nor as a scan.

    A scan that names no child of its unit may hold those of all.
    """
    rows = [row for row in child_rows if row.form == form.key]
    units = {row.unit for row in rows}
    names = {row.values.get("name") for row in rows}
    scanned = {
        scan.part
        for scan in scans
        if scan.unit in units and (not scan.children or not names.isdisjoint(scan.children))
    }
    come = scanned.union(*(parts_of_row(form, row) for row in rows))
    return tuple(part.name for part in form.parts if part.name not in come)
