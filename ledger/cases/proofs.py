"""Which students owe a proof, and which proof document settles whose (notice 五(二); R09–R13)."""

from collections.abc import Mapping

from ledger.children.person import newest_text
from ledger.children.student_keys import group_by_student, last_statement, names_in
from ledger.results import Proofs
from ledger.snapshot import Snapshot
from store.stored_values import StoredProof, UnitForm


def match_proofs(snapshot: Snapshot) -> dict[UnitForm, Proofs]:
    """Returns, for every unit and form that owes proofs, who owes one and whose has come.

    A file that names a student of the unit settles that student's, and of two with one name the one whose
    identity number it gives too. One that names nobody settles what the forms of its own message still owe.
    """
    owed = _owed(snapshot)
    received: dict[UnitForm, dict[str, str]] = {unit_form: {} for unit_form in owed}
    names_by_unit = _names(snapshot)
    for proof_document in snapshot.proof_documents:
        # Names of children who owe nothing count too: what is theirs is nobody else's.
        named = names_in(proof_document.text, names_by_unit.get(proof_document.unit, ()))
        for unit_form, students in owed.items():
            if unit_form[0] != proof_document.unit:
                continue
            meant = [key for key, name in students.items() if name in named]
            for key in [key for key in meant if key in proof_document.text] or meant:
                if proof_document.form in (None, unit_form[1]) or not _owes(owed, proof_document, key):
                    received[unit_form].setdefault(key, proof_document.file_id)
    _add_pictures_in_rows(snapshot, owed, received)
    for proof_document in unnamed_proof_documents(snapshot):
        for unit_form in owed:
            if unit_form[0] == proof_document.unit and _came_with(snapshot, unit_form, proof_document):
                for key in owed[unit_form]:
                    received[unit_form].setdefault(key, proof_document.file_id)
    return {
        unit_form: Proofs(owed=students, received=received[unit_form]) for unit_form, students in owed.items()
    }


def _add_pictures_in_rows(
    snapshot: Snapshot,
    owed: Mapping[UnitForm, Mapping[str, str]],
    received: Mapping[UnitForm, dict[str, str]],
) -> None:
    """A picture in the cell of a row that is for its proof is the proof of that row's child."""
    with_pictures = {
        (row.unit, row.form) for row in snapshot.case_rows if row.values.get("proof_pictures")
    } & owed.keys()
    for unit, form in with_pictures:
        rows = [row for row in snapshot.case_rows if (row.unit, row.form) == (unit, form)]
        for key, child_rows in group_by_student(rows):
            proving = [row for row in child_rows if row.values.get("proof_pictures")]
            if key in owed[unit, form] and proving:
                received[unit, form].setdefault(key, proving[-1].file_id)


def unnamed_proof_documents(snapshot: Snapshot) -> tuple[StoredProof, ...]:
    """Returns the proof documents that name no child of their unit's rows."""
    names_by_unit = _names(snapshot)
    return tuple(e for e in snapshot.proof_documents if not names_in(e.text, names_by_unit.get(e.unit, ())))


def _owed(snapshot: Snapshot) -> dict[UnitForm, dict[str, str]]:
    result: dict[UnitForm, dict[str, str]] = {}
    for form in snapshot.case_forms:
        rows = [row for row in snapshot.case_rows if row.form == form.key]
        for unit in dict.fromkeys(row.unit for row in rows):
            for key, child_rows in group_by_student([row for row in rows if row.unit == unit]):
                last = last_statement(child_rows, snapshot.statuses)
                if form.proof_every or (last and last.values["status"] in form.proof_statuses):
                    result.setdefault((unit, form.key), {})[key] = newest_text(child_rows, "name") or ""
    return result


def _owes(owed: Mapping[UnitForm, Mapping[str, str]], proof_document: StoredProof, key: str) -> bool:
    """Returns whether this student owes a proof in the form that the document was filed under."""
    return proof_document.form is not None and key in owed.get((proof_document.unit, proof_document.form), {})


def _names(snapshot: Snapshot) -> dict[str, set[str]]:
    """Returns by unit the names of the children in its rows of 附件3–6."""
    result: dict[str, set[str]] = {}
    for row in snapshot.case_rows:
        if isinstance(name := row.values.get("name"), str):
            result.setdefault(row.unit, set()).add(name)
    return result


def _came_with(snapshot: Snapshot, unit_form: UnitForm, proof_document: StoredProof) -> bool:
    return any(fact.message_id == proof_document.message_id for fact in snapshot.versions.get(unit_form, ()))
