"""Which students owe a proof, and which proof document settles whose (notice 五(二); R09–R13)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.children.person import newest_text
from ledger.children.student_keys import group_by_student, last_statement, names_in
from ledger.results import Proofs
from ledger.snapshot import Snapshot
from store.stored_values import StoredProof, StoredRecord, StoredSubmission, UnitForm


def match_proofs(snapshot: Snapshot) -> dict[UnitForm, Proofs]:
    """Returns, for every unit and form that owes proofs, who owes one and whose has come.

    A file that names a student of the unit settles that student's, and of two with one name the one whose
    identity number it gives too. One that names nobody settles what the forms of its own message still owe.
    """
    owed = _owed(snapshot)
    received = _match(
        snapshot, owed, _Material(snapshot.proof_documents, snapshot.case_rows, snapshot.submissions)
    )
    unconfirmed = _match(
        snapshot,
        owed,
        _Material(snapshot.unconfirmed_proof_documents, snapshot.unconfirmed_case_rows, snapshot.unconfirmed),
    )
    return {
        unit_form: Proofs(
            owed=students,
            received=received[unit_form],
            unconfirmed={
                key: file_id
                for key, file_id in unconfirmed[unit_form].items()
                if key not in received[unit_form]
            },
        )
        for unit_form, students in owed.items()
    }


@dataclass(frozen=True, slots=True)
class _Material:
    """Where proofs come from: documents, pictures in rows, and the submissions that came with documents."""

    documents: Sequence[StoredProof]
    rows: Sequence[StoredRecord]
    submissions: Sequence[StoredSubmission]


def _match(
    snapshot: Snapshot, owed: Mapping[UnitForm, Mapping[str, str]], material: _Material
) -> dict[UnitForm, dict[str, str]]:
    received: dict[UnitForm, dict[str, str]] = {unit_form: {} for unit_form in owed}
    names_by_unit = _names(snapshot)
    unnamed = []
    for proof_document in material.documents:
        # Names of children who owe nothing count too: what is theirs is nobody else's.
        named = names_in(proof_document.text, names_by_unit.get(proof_document.unit, ()))
        if not named:
            unnamed.append(proof_document)
        for unit_form, students in owed.items():
            if unit_form[0] != proof_document.unit:
                continue
            meant = [key for key, name in students.items() if name in named]
            for key in [key for key in meant if key in proof_document.text] or meant:
                if proof_document.form in (None, unit_form[1]) or not _owes(owed, proof_document, key):
                    received[unit_form].setdefault(key, proof_document.file_id)
    _add_pictures_in_rows(material.rows, owed, received)
    messages: dict[UnitForm, set[str]] = {}
    for submission in material.submissions:
        messages.setdefault((submission.unit, submission.form), set()).add(submission.message_id)
    for proof_document in unnamed:
        for unit_form in owed:
            came_with = proof_document.message_id in messages.get(unit_form, ())
            if unit_form[0] == proof_document.unit and came_with:
                for key in owed[unit_form]:
                    received[unit_form].setdefault(key, proof_document.file_id)
    return received


def _add_pictures_in_rows(
    rows: Sequence[StoredRecord],
    owed: Mapping[UnitForm, Mapping[str, str]],
    received: Mapping[UnitForm, dict[str, str]],
) -> None:
    """A picture in the cell of a row that is for its proof is the proof of that row's child."""
    with_pictures = {(row.unit, row.form) for row in rows if row.values.get("proof_pictures")} & owed.keys()
    for unit, form in with_pictures:
        rows_of_form = [row for row in rows if (row.unit, row.form) == (unit, form)]
        for key, child_rows in group_by_student(rows_of_form):
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
