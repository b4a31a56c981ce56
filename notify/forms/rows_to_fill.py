"""Finds what a unit's form is filled with: its own last rows, and in a record of visits the children it has to hold."""

from collections.abc import Sequence

from config.notice import FormSpec, Notice
from config.records.record import ROW_MARK, Json
from ledger.cases.visits import merged_visits
from ledger.children.student_keys import group_by_student, last_statement
from ledger.snapshot import Snapshot
from notify.forms.form_plan import Values
from store.stored_values import StoredRecord

_ADDRESS_PARTS = ("household_township", "household_village", "household_group")


def find_rows_to_fill(snapshot: Snapshot, form: FormSpec, unit: str) -> list[Values]:
    """Returns the unit's own current rows as read, without those of unproven senders.

    Each has the id of its record, except rows of visits, which are merged from several records.
    """
    if form.role == "visits":
        return _children_to_persuade(snapshot, form, unit)
    return [row.values | {ROW_MARK: row.record_id} for row in snapshot.latest_rows(form.key, unit)]


def _children_to_persuade(snapshot: Snapshot, form: FormSpec, unit: str) -> list[Values]:
    """Returns the children whose register entry requires visits, or who have a record of visits, with all their visits."""
    forms = (form.key, form.trigger.form) if form.trigger is not None else (form.key,)
    rows = [row for row in snapshot.case_rows if row.unit == unit and row.form in forms]
    return [
        _child_values(snapshot, form, own)
        for _, own in group_by_student(rows)
        if _is_to_be_persuaded(form, own, snapshot.notice)
    ]


def _is_to_be_persuaded(form: FormSpec, rows: Sequence[StoredRecord], notice: Notice) -> bool:
    """Returns whether the newest register entry requires a record of visits; without one, the record of visits decides."""
    registered = [row for row in rows if row.form != form.key]
    last = last_statement(registered, notice.known("status"))
    if form.trigger is None or last is None:
        return any(row.form == form.key for row in rows)
    return last.values["status"] in form.trigger.statuses


def _child_values(snapshot: Snapshot, form: FormSpec, rows: Sequence[StoredRecord]) -> Values:
    """Returns each field of the form from the newest row that has it; rows are oldest first."""
    values: dict[str, Json] = {}
    for row in rows:
        filled = {key: value for key, value in row.values.items() if value not in (None, "", [])}
        values |= {key: value for key, value in filled.items() if key in form.fields or key == "reason_text"}
    if "household_address" in form.fields and "household_address" not in values:
        newest = [row.values for row in reversed(rows)]
        parts = [next((str(one[key]) for one in newest if one.get(key)), "") for key in _ADDRESS_PARTS]
        if any(parts):
            values["household_address"] = "".join(parts)
    visits = merged_visits(snapshot.notice, rows, snapshot.today)
    values["visits"] = [
        {
            "number": visit.number,
            "date": visit.date.isoformat() if visit.date is not None else None,
            "place": visit.place,
            "people": visit.people,
            "content": visit.content,
            "result": visit.result,
        }
        for visit in visits
    ]
    return values
