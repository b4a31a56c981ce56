"""Finds all data of the office on one child, which its guardians may request."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from config.errors import ConfigError
from config.text.masking import mask_text
from config.text.text_folding import clean_text
from kongchuo.lookup import find_case
from kongchuo.office import Office
from ledger.assessment import Judgements
from ledger.children.columns.child_columns import number_of
from ledger.children.student_keys import group_by_student, names_in
from ledger.results import Case
from store.audit.audit_line import SeenChild
from store.audit.audit_trail import AuditEntry
from store.audit.child_marks import speaks_of
from store.questions.stored_rows import StoredRows
from store.stored_values import StoredDecision, StoredFile, StoredRecord

_END_OF_TIME = datetime.max.replace(tzinfo=UTC)
_NUMBER_DIGITS = 15
"""The fewest digits of an identity number; the id of a case is shorter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOfChild:
    """All data on one child; rows, mails and entries are in order of time."""

    names: tuple[str, ...]
    numbers: tuple[str, ...]
    rows: tuple[StoredRecord, ...]
    files: tuple[StoredFile, ...]
    """The files that contain the rows, and proofs whose file names name the child."""
    cases: tuple[Case, ...]
    decisions: tuple[StoredDecision, ...]
    seen: tuple[AuditEntry, ...]
    """The audit entries on who saw the child's data and what was done with it."""

    @property
    def children(self) -> tuple[SeenChild, ...]:
        """The child under each of its numbers and names, for the audit trail."""
        return tuple(
            SeenChild(number, name) for number in self.numbers or (None,) for name in self.names or (None,)
        )


def find_held(office: Office, text: str, now: datetime) -> HeldOfChild:
    """Returns all data on the child with this case id, identity number or name.

    Raises:
        ConfigError: no child matches, or several do.
    """
    text = clean_text(text).strip()
    judged = Judgements(office.snapshot_at(now)).across_notices
    cases = (*judged.cases, *judged.suspected)
    every = office.store.submissions.records(office.store.submissions.arrived(None, _END_OF_TIME))
    ids, students = frozenset[str](), judged.students.all
    if text.isascii() and len(text) < _NUMBER_DIGITS:
        case = find_case(cases, text)
        ids = frozenset({case.case_id})
        own = {row.record_id for student in students if student.ids & ids for row in student.rows}
        rows = _rows_of_case(every, case, own)
    elif text.isascii():
        rows = _of_one_child(_rows_with(every, "id_number", text.upper()), text)
    else:
        rows = _of_one_child(_rows_with(every, "name", text), text)
    record_ids = {row.record_id for row in rows}
    linked = [
        student
        for student in students
        if student.ids & ids or not record_ids.isdisjoint(row.record_id for row in student.rows)
    ]
    by_id = {row.record_id: row for row in (*rows, *(row for student in linked for row in student.rows))}
    rows = tuple(sorted(by_id.values(), key=lambda row: (row.received_at, row.record_id)))
    if not rows:
        raise ConfigError(
            f"没有登记过“{mask_text(text)}”:请核对姓名、身份证号或个案编号(kongchuo cases --all)"
        )
    numbers = tuple(dict.fromkeys(number for row in rows if (number := _text(row, "id_number"))))
    names = tuple(dict.fromkeys(name for row in rows if (name := _text(row, "name"))))
    keys = {key for student in linked for key in student.ids} | ids
    files = _files_of(office, rows, names, every)
    return HeldOfChild(
        names=names,
        numbers=numbers,
        rows=rows,
        files=files,
        cases=tuple(case for case in cases if case.case_id in keys),
        decisions=tuple(one for one in office.store.decisions.made(_END_OF_TIME) if one.subject in keys),
        seen=tuple(
            entry
            for entry in office.store.audit.entries()
            if entry.marks is not None and speaks_of(entry.marks, numbers or names)
        ),
    )


def _rows_with(every: StoredRows, key: str, wanted: str) -> tuple[StoredRecord, ...]:
    return every.at(place for place, value in enumerate(every.column(key)) if value == wanted)


def _rows_of_case(every: StoredRows, case: Case, own: Collection[str]) -> tuple[StoredRecord, ...]:
    """Returns the rows about a case's child, by its number or else its name; ``own`` are ids of rows that the case has.

    Raises:
        ConfigError: the case has no rows of its own, and the name or number may be several children's.
    """
    key, called = ("id_number", case.id_number) if case.id_number else ("name", case.name)
    rows = _rows_with(every, key, called)
    if not own:
        return _of_one_child(rows, called)
    about = (group for _, group in group_by_student(rows) if any(row.record_id in own for row in group))
    return tuple(row for group in about for row in group)


def _of_one_child(rows: tuple[StoredRecord, ...], called: str) -> tuple[StoredRecord, ...]:
    """Returns the rows with a name or number.

    Raises:
        ConfigError: they may be about several children; rows with one damaged number are not told apart.
    """
    is_damaged = called.isascii() and not any(map(number_of, rows))
    if len(group_by_student(rows)) > 1 and not is_damaged:
        raise ConfigError(f"叫“{mask_text(called)}”的不止一人:请用身份证号或个案编号(kongchuo cases --all)")
    return rows


def _files_of(
    office: Office, rows: Sequence[StoredRecord], names: Sequence[str], every: StoredRows
) -> tuple[StoredFile, ...]:
    """Returns the files with these rows, and files of their units whose names name the child and no other one.

    A file of no unit counts only if no other child bears the name.
    """
    submissions, units = {row.submission_id for row in rows}, {row.unit for row in rows}
    all_names = {name for name in every.column("name") if isinstance(name, str)}
    longer = [name for name in all_names if any(own in name for own in names)]
    of_child = {row.record_id for row in rows}
    called = (place for place, name in enumerate(every.column("name")) if name in names)
    is_only = all(every.record_ids[place] in of_child for place in called)

    def is_named(file: StoredFile) -> bool:
        if not (is_only if not file.links else any(link.unit in units for link in file.links)):
            return False
        return any(not names_in(part, longer).isdisjoint(names) for part in file.path)

    return tuple(
        file
        for file in office.store.files.arrived(_END_OF_TIME)
        if any(link.submission_id in submissions for link in file.links) or is_named(file)
    )


def _text(row: StoredRecord, key: str) -> str:
    value = row.values.get(key)
    return value if isinstance(value, str) else ""


def name_current_rows(office: Office, held: HeldOfChild, now: datetime) -> tuple[str, ...]:
    """Returns how people name those of the rows that count now: 西沱镇小学 附件4 第7行."""
    snapshot = Judgements(office.snapshot_at(now)).across_notices.snapshot
    current = {fact.submission_id for facts in snapshot.latest_versions.values() for fact in facts}
    rows = (row for row in held.rows if row.submission_id in current)
    return tuple(dict.fromkeys(f"{row.unit} {row.form} 第{row.row}行" for row in rows))
