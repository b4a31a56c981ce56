"""Finds all data of the office on one child, which its guardians may request."""

from dataclasses import dataclass
from datetime import UTC, datetime

from config.errors import ConfigError
from config.text.masking import mask_text
from config.text.text_folding import clean_text
from kongchuo.lookup import find_case
from kongchuo.office import Office
from ledger.assessment import Judgements
from ledger.children.columns.child_columns import number_of
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
    ids = frozenset[str]()
    if text.isascii() and len(text) < _NUMBER_DIGITS:
        case = find_case(cases, text)
        ids = frozenset({case.case_id})
        rows = _rows_called(every, case.id_number, case.name)
    elif text.isascii():
        rows = _rows_called(every, text.upper(), None)
    else:
        rows = _rows_called(every, None, text)
        if len({number for row in rows if (number := number_of(row)) is not None}) > 1:
            raise ConfigError(f"叫“{text}”的不止一人:请用身份证号或个案编号")
    record_ids = {row.record_id for row in rows}
    linked = [
        student
        for student in judged.students.all
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
    submissions = {row.submission_id for row in rows}
    files = tuple(
        file
        for file in office.store.files.arrived(_END_OF_TIME)
        if any(link.submission_id in submissions for link in file.links)
        or any(name in part for name in names for part in file.path)
    )
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


def _rows_called(every: StoredRows, number: str | None, name: str | None) -> tuple[StoredRecord, ...]:
    """Returns the rows with this number; without a number those with this name."""
    key, wanted = ("id_number", number) if number else ("name", name)
    return every.at(place for place, value in enumerate(every.column(key)) if value == wanted)


def _text(row: StoredRecord, key: str) -> str:
    value = row.values.get(key)
    return value if isinstance(value, str) else ""


def name_current_rows(office: Office, held: HeldOfChild, now: datetime) -> tuple[str, ...]:
    """Returns how people name those of the rows that count now: 西沱镇小学 附件4 第7行."""
    snapshot = Judgements(office.snapshot_at(now)).across_notices.snapshot
    current = {fact.submission_id for facts in snapshot.latest_versions.values() for fact in facts}
    rows = (row for row in held.rows if row.submission_id in current)
    return tuple(dict.fromkeys(f"{row.unit} {row.form} 第{row.row}行" for row in rows))
