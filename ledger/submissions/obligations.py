"""Decides which unit owes which form, and by when (notice 五; R01–R08, R14)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from config.notice import FormSpec, end_of_day
from config.notice.rhythm import Period
from config.units.roster import Unit
from ledger.cases.visits import failed_streak, is_return, merged_visits
from ledger.children.columns.child_columns import newest_text, number_of
from ledger.children.student_keys import group_by_student, last_statement
from ledger.snapshot import Snapshot
from ledger.submissions.form_parts import PartsThatCame, find_part_scans, match_parts
from ledger.submissions.lateness import first_counting_submission, is_past
from parsers.fields.dates import whole_day
from store.stored_values import ObligationKey, StoredRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """A form that a unit owes."""

    key: ObligationKey
    due: datetime | None
    """The due instant, or None while there is no occasion."""
    falls_due: bool = True
    """Whether the form has fallen due: for a child found later it does once its visits have failed."""
    dated: bool = True
    """Whether ``due`` is the notice's own day; only then does its passing count against the unit."""
    students: tuple[str, ...] = ()
    """Keys of the students that a triggered form must contain."""
    uncovered: tuple[str, ...] = ()
    """Keys of those that it does not contain."""
    unconfirmed: tuple[str, ...] = ()
    """Keys of those contained only in submissions of unproven senders."""
    unnamed: frozenset[str] = frozenset()
    """Documents of the form of which a scan arrived that names no child."""
    incomplete: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By document of the form, the names of the children for which it has not arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A student that makes a form owed (R07, R08).

    ``covered``: the form contains the child. ``unconfirmed``: the form, or a part of it, came only from an
    unproven sender.
    """

    name: str
    first_heard_at: datetime
    due: datetime | None
    """When the form falls due for this child, or None for not yet."""
    dated: bool
    """Whether that is the notice's own day."""
    covered: bool
    unconfirmed: bool = False
    unnamed_parts: frozenset[str] = frozenset()
    """Of these, documents with a scan that names no child."""
    missing_parts: tuple[str, ...] = ()
    """Documents of the form that have not arrived for a covered child."""

    @property
    def is_uncovered(self) -> bool:
        """Whether the form has fallen due for the child and does not contain it."""
        return self.due is not None and not self.covered and not self.unconfirmed


Triggers = Mapping[ObligationKey, Mapping[str, Trigger]]
"""By obligation, the triggering students by student key."""


def find_triggers(
    snapshot: Snapshot,
    own_rows: Mapping[str, Mapping[str, Sequence[StoredRecord]]],
    waived: Mapping[str, Collection[str]],
) -> Triggers:
    """Returns by unit, triggered form and period the students that make the form owed (R07, R08).

    The newest row about a student counts, even if its submission is no longer current: being left out of a
    later list ends nothing. Only the unit responsible for the child owes the form (notice 二(二)).

    Args:
        own_rows: by triggered form and responsible unit, the rows that make the unit owe it.
        waived: by record id, the forms that an officer waived for the row's child.
    """
    result: dict[ObligationKey, dict[str, Trigger]] = {}
    for form in snapshot.notice.forms:
        if form.trigger is None:
            continue
        rows = [row for own_of_unit in own_rows[form.key].values() for row in own_of_unit]
        scans = find_part_scans(snapshot, form, snapshot.proof_documents, rows)
        held_scans = find_part_scans(snapshot, form, snapshot.unconfirmed_proof_documents, rows)
        for unit, own_of_unit in own_rows[form.key].items():
            groups = dict(group_by_student(own_of_unit))
            held = {
                key: [*child_rows, *_unconfirmed_rows(snapshot, ObligationKey(unit, form.key), child_rows)]
                for key, child_rows in groups.items()
            }
            parts = _Parts(match_parts(form, groups, scans), match_parts(form, held, [*scans, *held_scans]))
            for key, child_rows in groups.items():
                if any(form.key in waived.get(row.record_id, ()) for row in child_rows):
                    continue
                for period in snapshot.periods(form.key) or (None,):
                    trigger = _trigger(snapshot, unit, form, period, (key, child_rows), parts)
                    if trigger is not None:
                        obligation = ObligationKey(unit, form.key, period.key if period else None)
                        result.setdefault(obligation, {})[key] = trigger
    return result


@dataclass(frozen=True, slots=True)
class _Parts:
    """The documents of a form that arrived from proven senders, and from all senders."""

    known: PartsThatCame
    perhaps: PartsThatCame


def _trigger(
    snapshot: Snapshot,
    unit: str,
    form: FormSpec,
    period: Period | None,
    child: tuple[str, Sequence[StoredRecord]],
    parts: _Parts,
) -> Trigger | None:
    """Returns the trigger of this form by one child (its key and rows), or None if it makes the form not owed.

    For a period, only children count that the unit reported by the period's end.
    """
    key, child_rows = child
    assert form.trigger is not None
    if period is not None:
        child_rows = [
            row
            for row in child_rows
            if (row.period == period.key if row.form == form.key else snapshot.told_on(row) <= period.ends)
        ]
    triggering = [row for row in child_rows if row.form == form.trigger.form]
    last = last_statement(triggering, snapshot.statuses)
    if last is None or last.values["status"] not in form.trigger.statuses:
        return None
    if not snapshot.notice.readings.returned_still_owe and is_return(
        snapshot.notice, newest_text(child_rows, "outcome")
    ):
        return None
    first = next(row for row in triggering if row.values.get("status") in form.trigger.statuses)
    due, dated = (
        _due_for_child(snapshot, unit, form, first, child_rows)
        if period is None
        else (snapshot.due_of(period), True)
    )
    covered = any(row.form == form.key for row in child_rows)
    obligation = ObligationKey(unit, form.key, period.key if period else None)
    held_rows = _unconfirmed_rows(snapshot, obligation, child_rows)
    missing_parts = parts.known.missing(form, key) if covered else ()
    perhaps_missing = parts.perhaps.missing(form, key) if missing_parts else ()
    return Trigger(
        name=newest_text(child_rows, "name") or "",
        first_heard_at=first.received_at,
        due=due,
        dated=dated,
        covered=covered,
        unconfirmed=bool(held_rows) if not covered else perhaps_missing != missing_parts,
        missing_parts=perhaps_missing,
        unnamed_parts=parts.perhaps.unnamed,
    )


def _due_for_child(
    snapshot: Snapshot, unit: str, form: FormSpec, first: StoredRecord, child_rows: Sequence[StoredRecord]
) -> tuple[datetime | None, bool]:
    """Returns when the form falls due for a child, and whether that is the notice's own day.

    For children of a unit's first filing in time it is the notice's day. For a child found or gone later
    there is none (五(二)3): the form falls due after the failed visits, or on the day of the report, as
    ``due`` of the form says.
    """
    assert form.trigger is not None
    repeats = snapshot.notice.form(form.trigger.form).repeats
    base = None if repeats else snapshot.due_at(first.key)
    if base is not None and not is_past(base, first.received_at):
        return base, True
    filings = snapshot.histories.get(ObligationKey(unit, form.trigger.form), ())
    first_filing = first_counting_submission(filings)
    reported_on = snapshot.day(first.received_at)
    since = whole_day(first.values.get("since"))
    left_later = base is not None and since is not None and since > snapshot.day(base)
    in_first_filing = (
        not repeats
        and not left_later
        and first_filing is not None
        and snapshot.day(first_filing.received_at) == reported_on
    )
    if form.found_later == "third-visit" and not in_first_filing:
        visits = merged_visits(snapshot.notice, child_rows, snapshot.today)
        failed_on = failed_streak(visits, snapshot.notice.persuasion.streak)
        if failed_on is None:
            return None, False
        return _promptly(snapshot, max(failed_on, reported_on)), False
    return _promptly(snapshot, reported_on), False


def _promptly(snapshot: Snapshot, day: date) -> datetime:
    return end_of_day(day + timedelta(days=snapshot.notice.readings.prompt_days), snapshot.zone)


def _unconfirmed_rows(
    snapshot: Snapshot, key: ObligationKey, child_rows: Sequence[StoredRecord]
) -> list[StoredRecord]:
    """Returns the obligation's rows from unproven senders that share a name or identity number with ``child_rows``."""
    names = {row.values.get("name") for row in child_rows}
    numbers = {number_of(row) for row in child_rows} - {None}
    return [
        row
        for row in snapshot.unconfirmed_case_rows
        if row.key == key and (row.values.get("name") in names or number_of(row) in numbers)
    ]


def find_obligation(
    snapshot: Snapshot, unit: Unit, form: FormSpec, period: Period | None, triggering: Triggers
) -> Obligation | None:
    """Returns the unit's obligation for this form and period at the snapshot's instant, or None (R01–R06, R24, R32)."""
    key = ObligationKey(unit.name, form.key, period.key if period else None)
    if not form.is_owed_by(unit.name, unit.kind, unit.stage):
        return None
    if unit.parent is not None and snapshot.roster.reporting_unit(unit).name != unit.name:
        return None
    if snapshot.officer_decisions.exemption(key) is not None:
        return None
    due = snapshot.due_at(key)
    if form.trigger is not None:
        result = _triggered(key, triggering.get(key, {}))
    elif due is not None and not _active(unit, due):
        return None
    else:
        result = Obligation(key=key, due=due)
    return _extended(snapshot, result)


def _extended(snapshot: Snapshot, result: Obligation | None) -> Obligation | None:
    extension = snapshot.officer_decisions.extension(result.key) if result else None
    if result is None or extension is None or not result.falls_due:
        return result
    until = end_of_day(extension[0], snapshot.zone)
    return replace(result, due=max(result.due, until) if result.due else until)


def _triggered(key: ObligationKey, students: Mapping[str, Trigger]) -> Obligation | None:
    if not students:
        return None
    # The first child decides: otherwise a later child would turn a late form into one in time.
    dues = [trigger.due for trigger in students.values() if trigger.due is not None]
    incomplete: dict[str, tuple[str, ...]] = {}
    for trigger in students.values():
        for part in trigger.missing_parts if trigger.due is not None else ():
            incomplete[part] = (*incomplete.get(part, ()), trigger.name)
    return Obligation(
        key=key,
        due=min(dues, default=None),
        falls_due=bool(dues),
        dated=any(trigger.dated for trigger in students.values()),
        students=tuple(students),
        uncovered=tuple(student for student, trigger in students.items() if trigger.is_uncovered),
        unconfirmed=tuple(student for student, trigger in students.items() if trigger.unconfirmed),
        incomplete=incomplete,
        unnamed=frozenset[str]().union(*(trigger.unnamed_parts for trigger in students.values())),
    )


def _active(unit: Unit, due: datetime) -> bool:
    day = due.date()
    return (unit.active_from is None or unit.active_from <= day) and (
        unit.active_to is None or day <= unit.active_to
    )
