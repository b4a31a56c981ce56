"""Finds whether the work file (一生一案) of a child that returned exists: by a file, a mail's words or an officer's decision (R21)."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.children.columns.child_columns import newest_text
from ledger.children.linked_children import Student
from ledger.children.student_keys import names_in
from ledger.officer_decisions import WORK_FILE
from ledger.snapshot import Snapshot
from store.stored_values import StoredProof

_ALL = re.compile("全部|全体|所有|每[名个位]|均|都|逐一")


@dataclass(frozen=True, slots=True)
class WorkFiles:
    """The proof documents that are work files, oldest first."""

    documents: Sequence[StoredProof]
    paths: Mapping[str, str]
    """By file id, the path of the document; absent for a mail's body."""
    forms: Mapping[str, str]
    """By file id, the path of a file named as a work file and recorded as a form of one child alone."""


def find_work_files(snapshot: Snapshot) -> WorkFiles:
    """Returns the documents whose file name, folder or mail text contains one of the notice's ``work_file_words``."""
    words = snapshot.notice.work_file_words
    likely = [one for one in snapshot.proof_documents if any(word in one.text for word in words)]
    paths = snapshot.file_paths({one.file_id for one in likely}) if likely else {}
    documents = [one for one in likely if _is_named_so(paths.get(one.file_id) or one.text, words)]
    return WorkFiles(documents, paths, _find_forms_so_named(snapshot, words))


def _find_forms_so_named(snapshot: Snapshot, words: Collection[str]) -> dict[str, str]:
    names: dict[str, set[object]] = defaultdict(set)
    for row in snapshot.case_rows:
        names[row.file_id].add(row.values.get("name"))
    of_one = {file_id for file_id, of_file in names.items() if len(of_file) == 1}
    paths = snapshot.file_paths(of_one)
    return {file_id: path for file_id, path in paths.items() if _is_named_so(path, words)}


def _is_named_so(path: str, words: Collection[str]) -> bool:
    return any(word in path for word in words)


def work_file_of(
    snapshot: Snapshot, student: Student, units: Collection[str], work_files: WorkFiles, returned_on: date
) -> str | None:
    """Returns the evidence that a child's work file exists, as a Chinese sentence, or None.

    A document must name the child, or be a form of that child alone. A mail about all children (全部) covers
    those that are back by its arrival.

    Args:
        units: the units from which the work file may come.
        returned_on: the day on which the child returned.
    """
    for decision in reversed(snapshot.decisions):
        if decision.kind == WORK_FILE and decision.subject in student.ids:
            return f"{decision.who}:{decision.why}({snapshot.day(decision.at)})"
    name = newest_text(student.rows, "name")
    for document in reversed(work_files.documents):
        path = work_files.paths.get(document.file_id, "")
        day = snapshot.day(document.received_at)
        is_named = name is not None and bool(names_in(document.text, (name,)))
        if document.unit in units and (
            is_named or (not path and day >= returned_on and _is_of_all(document))
        ):
            return f"{document.unit}来件 {path or '邮件正文'}({day})"
    for row in reversed(student.rows):
        if row.unit in units and (form_path := work_files.forms.get(row.file_id)) is not None:
            return f"{row.unit}来件 {form_path}({snapshot.day(row.received_at)})"
    return None


def _is_of_all(document: StoredProof) -> bool:
    """Returns whether a mail's text says that every returned child has its work file."""
    return _ALL.search(document.text) is not None
