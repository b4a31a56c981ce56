"""Which students owe a proof, and which evidence settles whose (notice 五(二); R09–R13)."""

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.children.students import by_student, last_statement, names_in
from ledger.snapshot import Book, Filing
from store.stored_values import StoredProof, StoredRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """For one unit and form: who owes a proof, by student key, and whose has come from which file."""

    owed: Mapping[str, str]  # key → name
    received: Mapping[str, str]  # key → file_id

    @property
    def missing(self) -> tuple[str, ...]:
        """Names whose proof has not come."""
        return tuple(name for key, name in self.owed.items() if key not in self.received)


def proofs(book: Book) -> dict[Filing, Proofs]:
    """Every unit and form that owes proofs.

    A file that names a student of the unit settles that student's, and of two with one name the one whose
    identity number it gives too. One that names nobody settles what the forms of its own message still owe.
    """
    owed = _owed(book)
    received: dict[Filing, dict[str, str]] = {filing: {} for filing in owed}
    known = _names(book)
    for evidence in book.evidence:
        # Names of children who owe nothing count too: what is theirs is nobody else's.
        named = names_in(evidence.text, known.get(evidence.unit, ()))
        for filing, students in owed.items():
            if filing[0] != evidence.unit:
                continue
            meant = [key for key, name in students.items() if name in named]
            for key in [key for key in meant if key in evidence.text] or meant:
                if evidence.form in (None, filing[1]) or not _owes(owed, evidence, key):
                    received[filing].setdefault(key, evidence.file_id)
    for evidence in unnamed(book):
        for filing in owed:
            if filing[0] == evidence.unit and _came_with(book, filing, evidence):
                for key in owed[filing]:
                    received[filing].setdefault(key, evidence.file_id)
    return {filing: Proofs(owed=students, received=received[filing]) for filing, students in owed.items()}


def unnamed(book: Book) -> tuple[StoredProof, ...]:
    """The evidence that names no child whom its unit tells of."""
    known = _names(book)
    return tuple(e for e in book.evidence if not names_in(e.text, known.get(e.unit, ())))


def _owed(book: Book) -> dict[Filing, dict[str, str]]:
    found: dict[Filing, dict[str, str]] = {}
    for form in book.case_forms:
        rows = [row for row in book.case_rows if row.form == form.key]
        for unit in dict.fromkeys(row.unit for row in rows):
            for key, own in by_student([row for row in rows if row.unit == unit]):
                last = last_statement(own, book.statuses)
                if form.proof_every or (last and last.values["status"] in form.proof_statuses):
                    found.setdefault((unit, form.key), {})[key] = _name(own)
    return found


def _owes(owed: Mapping[Filing, Mapping[str, str]], evidence: StoredProof, key: str) -> bool:
    """Whether the form that the evidence was filed under is one that this student owes a proof in."""
    return evidence.form is not None and key in owed.get((evidence.unit, evidence.form), {})


def _names(book: Book) -> dict[str, set[str]]:
    """By unit, the names of the children whom it tells of in 附件3–6."""
    found: dict[str, set[str]] = {}
    for row in book.case_rows:
        if isinstance(name := row.values.get("name"), str):
            found.setdefault(row.unit, set()).add(name)
    return found


def _came_with(book: Book, filing: Filing, evidence: StoredProof) -> bool:
    return any(fact.message_id == evidence.message_id for fact in book.versions.get(filing, ()))


def _name(rows: tuple[StoredRecord, ...]) -> str:
    return next((str(row.values["name"]) for row in reversed(rows) if row.values.get("name")), "")
