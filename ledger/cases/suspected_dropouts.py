"""Finds suspected dropouts (疑似), as cases (docs/judging.md, Suspected dropouts).

These are children of an earlier submission and of no current one, children that a roll itself calls out of
school, and children on another authority's list that no roll or register contains.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from config.units.resolve_unit_names import UnitNames
from ledger.cases.responsible_unit import decided_owner
from ledger.children.columns.child_columns import number_of
from ledger.children.link_children import link
from ledger.children.linked_children import Absence, Student, Students
from ledger.children.person import describe_row, person_of
from ledger.children.student_keys import aliases, case_id, child_key
from ledger.lists.handed_lists import ListEntry
from ledger.lists.listed_children import Place, Whereabouts
from ledger.lists.roll_words import OutByRoll
from ledger.officer_decisions import CLOSE, last_closing_decision
from ledger.results import Case, CaseState, Origin
from ledger.snapshot import Snapshot
from ledger.state_words import CASE_STATE_WORDS
from parsers.fields.grades import LAST_GRADES, LAST_OF_SCHOOL
from store.stored_values import StoredRecord

_AUTUMN = 7  # a notice opened in July or later is of the autumn semester


def find_absent_rows(snapshot: Snapshot, absence: Absence) -> tuple[StoredRecord, ...]:
    """Returns the last row of each absent child that did not finish school or move up to another one."""
    return tuple(row for row in absence.absent if not _moved_up(snapshot, row))


def find_suspected_dropouts(
    snapshot: Snapshot,
    absent_rows: Sequence[StoredRecord],
    out_by_roll: Sequence[OutByRoll],
    with_case: Collection[str],
) -> tuple[Case, ...]:
    """Returns a suspected case for each of these children without a case, unless an officer accounted for it.

    Args:
        absent_rows: the last rows of children of an earlier submission and of no current one.
        out_by_roll: current roll rows that say that a child is not in school, and that nothing has
            settled.
        with_case: record ids of such rows whose child has a case.
    """
    cases = [
        _suspect(snapshot, one.row, snapshot.day(one.row.received_at), f":“{one.words}”")
        for one in out_by_roll
        if one.row.record_id not in with_case
    ]
    cases += [
        _suspect(snapshot, row, snapshot.day(snapshot.latest_versions[row.key.of_form][-1].received_at), "")
        for row in absent_rows
        if row.record_id not in with_case and not is_accounted(snapshot, row)
    ]
    by_id = {case.case_id: case for case in reversed(cases) if _is_long_absent(snapshot, case.opened_on)}
    return tuple(sorted(by_id.values(), key=lambda case: (case.responsible_unit, case.name, case.case_id)))


def _is_long_absent(snapshot: Snapshot, since: date) -> bool:
    """Returns whether the school days since then reach the notice's ``persuasion.absent_days``, if it sets any."""
    wanted = snapshot.notice.persuasion.absent_days
    if wanted is None:
        return True
    days = ((snapshot.today - timedelta(days=back)) for back in range((snapshot.today - since).days + 1))
    return sum(snapshot.notice.is_school_day(day) for day in days) >= wanted


def match_with_cases(students: Students, rows: Sequence[StoredRecord]) -> dict[str, Student]:
    """Returns by record id of these roll rows the child with a case that it surely is."""
    persons = [person_of(row.record_id, [row], aliases(child_key(row), [row])) for row in rows]
    owner = {part.person.key: student for student in students.all for part in student.parts}
    case_persons = [part.person for student in students.all for part in student.parts]
    return {one.left: owner[one.right] for one in link(persons, case_persons).linked}


def is_accounted(snapshot: Snapshot, row: StoredRecord) -> bool:
    """Returns whether the last decision on this child closed its case after the row arrived."""
    last = last_closing_decision(snapshot.decisions, aliases(child_key(row), [row]))
    return last is not None and last.kind == CLOSE and last.at >= row.received_at


def _moved_up(snapshot: Snapshot, row: StoredRecord) -> bool:
    """Returns whether a child listed in the last school year finished school, or its next school's roll is not due yet."""
    received_on = snapshot.day(row.received_at)
    if snapshot.notice.opened.month < _AUTUMN or received_on >= snapshot.notice.first_mail_day:
        return False
    grade = row.values.get("grade")
    dues = [
        due
        for form in snapshot.notice.forms
        if (due := snapshot.notice.due_at(form, snapshot.zone)) is not None
    ]
    return grade in LAST_GRADES or (
        grade in LAST_OF_SCHOOL and snapshot.as_of <= max(dues, default=snapshot.as_of)
    )


def _suspect(snapshot: Snapshot, row: StoredRecord, opened_on: date, words: str) -> Case:
    owner, _ = decided_owner(snapshot, aliases(child_key(row), [row]))
    return Case(
        case_id=case_id(child_key(row)),
        name=str(row.values.get("name") or ""),
        id_number=number_of(row),
        status=CASE_STATE_WORDS[CaseState.SUSPECTED],
        state=CaseState.SUSPECTED,
        responsible_unit=owner.name if owner is not None else row.unit,
        opened_on=opened_on,
        visits=(),
        next_visit_due=None,
        days_overdue=0,
        escalation="none",
        closed_on=None,
        closed_by=None,
        origins=(Origin(submission_id=row.submission_id, form=row.form, row=row.row),),
        details={"last_seen": f"{describe_row(row)}({snapshot.day(row.received_at)}){words}"},
    )


def find_listed_suspects(
    snapshot: Snapshot,
    entries: Sequence[ListEntry],
    whereabouts: Mapping[str, Whereabouts],
    known_ids: Collection[str],
) -> tuple[Case, ...]:
    """Returns a suspected case for each listed child that is found nowhere and that no officer accounted for.

    Args:
        entries: the entries of other authorities' lists.
        whereabouts: by index in ``entries`` (as text), where the child was found.
        known_ids: ids of the existing cases.
    """
    cases: dict[str, Case] = {}
    names: UnitNames | None = None
    for index, entry in enumerate(entries):
        if whereabouts[str(index)].place not in (Place.NOWHERE, Place.ALIKE):
            continue
        last = last_closing_decision(snapshot.decisions, (entry.case_id,))
        is_accounted = last is not None and last.kind == CLOSE and snapshot.day(last.at) >= entry.told_on
        if entry.case_id not in known_ids and not is_accounted:
            names = names or UnitNames(snapshot.roster, snapshot.notice)
            cases.setdefault(entry.case_id, _suspect_of_list(snapshot, entry, names))
    return tuple(cases.values())


def _suspect_of_list(snapshot: Snapshot, entry: ListEntry, names: UnitNames) -> Case:
    owner, _ = decided_owner(snapshot, (entry.case_id,))
    unit = owner or snapshot.unit(entry.child.unit) or names.resolve(entry.child.unit)
    return Case(
        case_id=entry.case_id,
        name=entry.child.name,
        id_number=entry.child.id_number or None,
        status=CASE_STATE_WORDS[CaseState.SUSPECTED],
        state=CaseState.SUSPECTED,
        responsible_unit=unit.name if unit is not None else entry.child.unit or entry.list_name,
        opened_on=entry.told_on,
        visits=(),
        next_visit_due=None,
        days_overdue=0,
        escalation="none",
        closed_on=None,
        closed_by=None,
        origins=(
            Origin(
                submission_id=entry.submission_id,
                form=entry.form or entry.place,
                row=entry.row,
                called=entry.place,
            ),
        ),
        details={"last_seen": f"{entry.place}第{entry.row}行({entry.told_on}),名册和台账里都没有"},
    )
