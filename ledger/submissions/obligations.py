"""Who owes which form, and by when (notice 五; R01–R08)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from config.notice import FormSpec, end_of_day
from config.units.roster import Unit
from ledger.children.person import number_of
from ledger.children.student_keys import group_by_student, last_statement
from ledger.snapshot import Snapshot
from store.stored_values import StoredRecord, UnitForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """A unit owes a form. ``students`` are those whom a triggered form must hold, by key."""

    unit: str
    form: str
    due: datetime | None
    students: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()
    """Those whom only a submission holds whose sender is not proven."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A student who makes a form owed: when the office first heard, and whether the form holds the child.

    ``unconfirmed``: only a submission of the form holds it whose sender is not proven.
    """

    first_heard_at: datetime
    covered: bool
    unconfirmed: bool = False


Triggers = Mapping[tuple[str, str], Mapping[str, Trigger]]


def find_triggers(
    snapshot: Snapshot, own_rows: Mapping[str, Mapping[str, Sequence[StoredRecord]]]
) -> Triggers:
    """Returns by unit and triggered form the students who make it owed.

    The newest row on a student counts, whether or not its submission is current: leaving a child
    out of a later list ends nothing. Only the unit responsible for a child owes, never who mentioned it (notice 二(二)).

    Args:
        own_rows: by triggered form and responsible unit, the rows on which its duty rests.
    """
    result: dict[tuple[str, str], dict[str, Trigger]] = {}
    for form in snapshot.notice.forms:
        if form.trigger is None:
            continue
        for unit, own in own_rows[form.key].items():
            for key, child_rows in group_by_student(own):
                triggering = [row for row in child_rows if row.form == form.trigger.form]
                last = last_statement(triggering, snapshot.statuses)
                if last is not None and last.values["status"] in form.trigger.statuses:
                    first = next(
                        row for row in triggering if row.values.get("status") in form.trigger.statuses
                    )
                    covered = any(row.form == form.key for row in child_rows)
                    unconfirmed = not covered and _holds(snapshot, (unit, form.key), child_rows)
                    result.setdefault((unit, form.key), {})[key] = Trigger(
                        first.received_at, covered, unconfirmed
                    )
    return result


def _holds(snapshot: Snapshot, unit_form: UnitForm, child_rows: Sequence[StoredRecord]) -> bool:
    """Returns whether a row of this form that does not count names the child of these rows."""
    names = {row.values.get("name") for row in child_rows}
    numbers = {number_of(row) for row in child_rows} - {None}
    return any(
        (row.unit, row.form) == unit_form and (row.values.get("name") in names or number_of(row) in numbers)
        for row in snapshot.unconfirmed_case_rows
    )


def find_obligation(
    snapshot: Snapshot, unit: Unit, form: FormSpec, triggering: Triggers
) -> Obligation | None:
    """Returns what this unit owes of this form at the snapshot's instant, or None."""
    if not form.owed or unit.kind not in form.senders or (form.stages and unit.stage not in form.stages):
        return None
    if unit.parent is not None and snapshot.roster.reporting_unit(unit).name != unit.name:
        return None  # its parent reports for it
    if snapshot.officer_decisions.exemption((unit.name, form.key)) is not None:
        return None
    due = snapshot.notice.due_at(form, snapshot.zone)
    if form.trigger is not None:
        result = _triggered(snapshot, unit, form, triggering.get((unit.name, form.key), {}))
    elif due is not None and not _active(unit, due):
        return None
    else:
        result = Obligation(unit=unit.name, form=form.key, due=due)
    return _extended(snapshot, result)


def _extended(snapshot: Snapshot, result: Obligation | None) -> Obligation | None:
    extension = snapshot.officer_decisions.extension((result.unit, result.form)) if result else None
    if result is None or extension is None:
        return result
    until = end_of_day(extension[0], snapshot.zone)
    return replace(result, due=max(result.due, until) if result.due else until)


def _triggered(
    snapshot: Snapshot, unit: Unit, form: FormSpec, students: Mapping[str, Trigger]
) -> Obligation | None:
    if not students or form.trigger is None:
        return None
    uncovered = tuple(k for k, trigger in students.items() if not trigger.covered and not trigger.unconfirmed)
    # By the first child, also when later ones are found: else a form that came late would cease to be late.
    first = min(trigger.first_heard_at for trigger in students.values())
    due = end_of_day(snapshot.day(first), snapshot.zone)
    base = snapshot.notice.due_at(snapshot.notice.form(form.trigger.form), snapshot.zone)
    return Obligation(
        unit=unit.name,
        form=form.key,
        due=max(due, base) if base else due,
        students=tuple(students),
        uncovered=uncovered,
        unconfirmed=tuple(key for key, trigger in students.items() if trigger.unconfirmed),
    )


def _active(unit: Unit, due: datetime) -> bool:
    day = due.date()
    return (unit.active_from is None or unit.active_from <= day) and (
        unit.active_to is None or day <= unit.active_to
    )
