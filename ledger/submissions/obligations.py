"""Who owes which form, and by when (notice 五; R01–R08)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from config.notice import FormSpec, end_of_day
from config.units.roster import Unit
from ledger.children.students import by_student, last_statement
from ledger.snapshot import Book


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """A unit owes a form. ``students`` are those whom a triggered form must hold, by key."""

    unit: str
    form: str
    due: datetime | None
    students: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trigger:
    """A student who makes a form owed: when the office first heard, and whether the form holds the child."""

    known_at: datetime
    covered: bool


Triggers = Mapping[tuple[str, str], Mapping[str, Trigger]]


def triggers(book: Book) -> Triggers:
    """By unit and triggered form, the students who make it owed.

    The newest word on a student counts, whether or not its submission still stands: leaving a child
    out of a later list ends nothing.
    """
    found: dict[tuple[str, str], dict[str, Trigger]] = {}
    for form in book.notice.forms:
        if form.trigger is None:
            continue
        rows = [row for row in book.case_rows if row.form in (form.trigger.form, form.key)]
        for unit in dict.fromkeys(row.unit for row in rows):
            for key, own in by_student([row for row in rows if row.unit == unit]):
                told = [row for row in own if row.form == form.trigger.form]
                last = last_statement(told, book.statuses)
                if last is not None and last.values["status"] in form.trigger.statuses:
                    first = next(row for row in told if row.values.get("status") in form.trigger.statuses)
                    covered = any(row.form == form.key for row in own)
                    found.setdefault((unit, form.key), {})[key] = Trigger(first.received_at, covered)
    return found


def obligation(book: Book, unit: Unit, form: FormSpec, told: Triggers) -> Obligation | None:
    """What this unit owes of this form at the book's instant, or None."""
    if not form.owed or unit.kind != form.sender or (form.stages and unit.stage not in form.stages):
        return None
    if unit.parent is not None and book.roster.reporting_unit(unit).name != unit.name:
        return None  # its parent reports for it
    if book.concessions.exemption((unit.name, form.key)) is not None:
        return None
    due = book.notice.due_at(form, book.zone)
    if form.trigger is not None:
        found = _triggered(book, unit, form, told.get((unit.name, form.key), {}))
    elif due is not None and not _active(unit, due):
        return None
    else:
        found = Obligation(unit=unit.name, form=form.key, due=due)
    return _extended(book, found)


def _extended(book: Book, found: Obligation | None) -> Obligation | None:
    granted = book.concessions.extension((found.unit, found.form)) if found else None
    if found is None or granted is None:
        return found
    until = end_of_day(granted[0], book.zone)
    return replace(found, due=max(found.due, until) if found.due else until)


def _triggered(book: Book, unit: Unit, form: FormSpec, students: Mapping[str, Trigger]) -> Obligation | None:
    if not students or form.trigger is None:
        return None
    uncovered = tuple(key for key, trigger in students.items() if not trigger.covered)
    # By the first child, also when later ones are found: else a form that came late would cease to be late.
    first = min(trigger.known_at for trigger in students.values())
    due = end_of_day(book.day(first), book.zone)
    base = book.notice.due_at(book.notice.form(form.trigger.form), book.zone)
    return Obligation(
        unit=unit.name,
        form=form.key,
        due=max(due, base) if base else due,
        students=tuple(students),
        uncovered=uncovered,
    )


def _active(unit: Unit, due: datetime) -> bool:
    day = due.date()
    return (unit.active_from is None or unit.active_from <= day) and (
        unit.active_to is None or day <= unit.active_to
    )
