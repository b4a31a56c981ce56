"""Finds which documents of a form of several documents (附件6: 送达书 and 登记表) have arrived for a child (R11)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from config.notice import FormSpec
from ledger.children.student_keys import names_in
from ledger.snapshot import Snapshot
from ledger.versions.row_parts import parts_of_row
from store.stored_values import StoredProof, StoredRecord

ChildRows = Mapping[str, Sequence[StoredRecord]]
"""By student key, the rows of each child of one responsible unit, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartScan:
    """A scan or photograph whose file name says which document it is, with the children named in it."""

    unit: str
    part: str
    children: frozenset[str]
    message_id: str
    received_at: datetime
    submission_ids: frozenset[str]
    """The submissions that arrived in the same mail."""


@dataclass(frozen=True, slots=True)
class PartsThatCame:
    """By student key, the documents that arrived for the child; and documents with a scan that belongs to no known child."""

    by_child: Mapping[str, frozenset[str]]
    unnamed: frozenset[str]

    def missing(self, form: FormSpec, key: str) -> tuple[str, ...]:
        """Returns the names of the documents that arrived neither as a row of this child nor as a scan."""
        return tuple(part.name for part in form.parts if part.name not in self.by_child.get(key, ()))


def find_part_scans(
    snapshot: Snapshot, form: FormSpec, documents: Sequence[StoredProof], rows: Iterable[StoredRecord]
) -> tuple[PartScan, ...]:
    """Returns those of these proof documents that are scans of the form's documents.

    Args:
        rows: give the children's names to look for.
    """
    if not form.parts or not documents:
        return ()
    paths = snapshot.file_paths({document.file_id for document in documents})
    names_by_unit: dict[str, set[str]] = {}
    for row in rows:
        if isinstance(name := row.values.get("name"), str):
            names_by_unit.setdefault(row.unit, set()).add(name)
    sent: dict[str, set[str]] = defaultdict(set)
    for submission in (*snapshot.submissions, *snapshot.unconfirmed):
        sent[submission.message_id].add(submission.submission_id)
    return tuple(
        PartScan(
            unit=document.unit,
            part=part.name,
            children=names_in(document.text, names_by_unit.get(document.unit, ())),
            message_id=document.message_id,
            received_at=document.received_at,
            submission_ids=frozenset(sent[document.message_id]),
        )
        for document in documents
        for part in form.parts
        if any(word in paths.get(document.file_id, "") for word in part.words)
    )


def match_parts(form: FormSpec, children: ChildRows, scans: Sequence[PartScan]) -> PartsThatCame:
    """Returns the documents that arrived for each child of a unit.

    A scan that names no child counts for at most one child of its own mail; with fewer scans than children
    none is matched, as it is unclear whose they are.
    """
    if not form.parts:
        return PartsThatCame({}, frozenset())
    by_child = {key: set(_came(form, rows, scans, None)) for key, rows in children.items()}
    unnamed: set[str] = set()
    mails: dict[tuple[str, str], list[PartScan]] = defaultdict(list)
    for scan in scans:
        if not scan.children:
            mails[scan.message_id, scan.part].append(scan)
    for (_, part), alike in mails.items():
        when, sent = alike[0].received_at, alike[0].submission_ids
        lacking = [
            key
            for key, rows in children.items()
            if any(
                row.form == form.key and row.unit == alike[0].unit and row.submission_id in sent
                for row in rows
            )
            and part not in _came(form, rows, scans, when)
        ]
        if 0 < len(lacking) <= len(alike):
            for key in lacking:
                by_child[key].add(part)
        else:
            unnamed.add(part)
    return PartsThatCame({key: frozenset(parts) for key, parts in by_child.items()}, frozenset(unnamed))


def _came(
    form: FormSpec, rows: Sequence[StoredRecord], scans: Iterable[PartScan], until: datetime | None
) -> frozenset[str]:
    """Returns the documents that had arrived for a child by an instant, in its own rows and in scans that name it."""
    own_rows = [row for row in rows if row.form == form.key and (until is None or row.received_at <= until)]
    units = {row.unit for row in own_rows}
    names = {row.values.get("name") for row in own_rows}
    named = {
        scan.part
        for scan in scans
        if scan.unit in units
        and not names.isdisjoint(scan.children)
        and (until is None or scan.received_at <= until)
    }
    return frozenset(named.union(*(parts_of_row(form, row) for row in own_rows)))
