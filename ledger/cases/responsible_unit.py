"""Decides which unit is responsible for a child, and whose reports on it count (notice 二(二); R15, R16).

A child that left a school of the county belongs to that school; one that left a school elsewhere, to the
township of its household (户籍). An officer's decision (``case own``) overrides both, and a closed unit's
children pass to its successor. Reports of other units change no state: they are contradictions, shown to both
units.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from config.notice import FormSpec, FormTrigger
from config.units.resolve_unit_names import UnitNames
from config.units.roster import Unit
from ledger.cases.visits import is_return
from ledger.children.columns.child_columns import newest_text
from ledger.children.linked_children import Part, Student, Students
from ledger.officer_decisions import OWN
from ledger.snapshot import Snapshot
from parsers.fields.dates import whole_day
from store.stored_values import StoredDecision, StoredRecord

_OUT_OF_SCOPE = "scope-mismatch"
"""The problem code for a row of 附件4 about a school outside the county."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """A closed unit whose children passed to another; ``certain`` if the roster names that successor."""

    closed: Unit
    certain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsibility:
    """The unit responsible for one child."""

    unit: str
    voices: frozenset[str]
    """The units whose reports count: this one, and closed ones whose children it took over."""
    told: bool
    """Whether one of these units has reported the child itself."""
    others: tuple[str, ...] = ()
    """Other units that reported it."""
    rivals: tuple[str, ...] = ()
    """Other units that may be responsible by their own reports."""
    decided: StoredDecision | None = None
    """The officer's decision that made this unit responsible, or None."""
    hand_over: HandOver | None = None

    def is_foreign(self, row: StoredRecord) -> bool:
        """Returns whether a row comes from a unit that is not responsible, while the responsible one has reported itself."""
        return self.told and row.unit not in self.voices


@dataclass(frozen=True, slots=True)
class Responsibilities:
    """The responsible unit of each child, by student key and by each of the child's rows."""

    by_student: Mapping[str, Responsibility]
    _by_record: Mapping[str, Responsibility]

    def of_row(self, row: StoredRecord) -> Responsibility | None:
        """Returns the responsibility for the child of a row, or None if the row is of no child here."""
        return self._by_record.get(row.record_id)

    def is_foreign(self, rows: Iterable[StoredRecord]) -> bool:
        """Returns whether all these rows come from units not responsible, while the responsible one has reported itself."""
        return all((one := self.of_row(row)) is not None and one.is_foreign(row) for row in rows)


def find_responsible(snapshot: Snapshot, students: Students) -> Responsibilities:
    """Returns the responsible unit of each of these children."""
    schools = _CountySchools(snapshot)
    by_student = {student.key: _of_student(snapshot, schools, student) for student in students.all}
    by_record = {
        row.record_id: by_student[student.key]
        for student in students.all
        for row in (*student.rows, *student.unconfirmed_rows)
    }
    return Responsibilities(by_student, by_record)


def competent_rows(responsibility: Responsibility, rows: Sequence[StoredRecord]) -> tuple[StoredRecord, ...]:
    """Returns the rows that decide a child's state: the responsible unit's own, or all while it has sent none."""
    own = tuple(row for row in rows if not responsibility.is_foreign(row))
    return own or tuple(rows)


def competent_student(responsibility: Responsibility, student: Student) -> Student:
    """Returns the student with only the rows that count, and with the units regarded as its own."""
    own_units = responsibility.voices | {row.unit for row in student.rows}
    if not any(responsibility.is_foreign(row) for row in student.rows):
        return replace(student, own_units=own_units)
    parts: tuple[Part, ...] = tuple(
        replace(part, rows=competent_rows(responsibility, part.rows)) for part in student.parts
    )
    rows = competent_rows(responsibility, student.rows)
    foreign = tuple(row for row in student.rows if row not in rows)
    return replace(student, parts=parts, rows=rows, own_units=own_units, foreign_rows=foreign)


def decided_owner(
    snapshot: Snapshot, ids: Collection[str]
) -> tuple[Unit, StoredDecision] | tuple[None, None]:
    """Returns the unit that an officer last made responsible, with the decision; ``(None, None)`` if not on the roster."""
    for decision in reversed(snapshot.decisions):
        if decision.kind == OWN and decision.subject in ids and decision.detail:
            unit = snapshot.unit(snapshot.roster.current_name(decision.detail))
            if unit is not None:
                return unit, decision
    return None, None


def successor_of(snapshot: Snapshot, unit: Unit) -> tuple[Unit, HandOver | None]:
    """Returns the unit that has this unit's children on the snapshot's day, and the hand-over if it was closed by then.

    The successor is the unit's ``parent``, or its township where the roster names no existing parent.
    """
    hand_over: HandOver | None = None
    seen = {unit.name}
    while unit.active_to is not None and unit.active_to < snapshot.today:
        successor = snapshot.unit(unit.parent) if unit.parent else None
        certain = successor is not None
        if successor is None and unit.township:
            successor = snapshot.unit(unit.township)
        if successor is None or successor.name in seen:
            return unit, HandOver(closed=unit, certain=False)
        hand_over = HandOver(closed=unit, certain=certain and (hand_over is None or hand_over.certain))
        seen.add(successor.name)
        unit = successor
    return unit, hand_over


class _CountySchools:
    """Finds the schools of the county from which a child of compulsory age may drop out, by any spelling of their names."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._forms = tuple(form for form in snapshot.notice.forms if _is_for_schools(form))
        self._names: UnitNames | None = None
        self._by_written: dict[str, str | None] = {}

    def find(self, written: str) -> str | None:
        """Returns the unit that reports for the school of this name, or None."""
        if written not in self._by_written:
            if self._names is None:
                self._names = UnitNames(self._snapshot.roster, self._snapshot.notice)
            unit = self._names.resolve(written)
            is_school = (
                unit is not None
                and unit.kind == "school"
                and any(not form.stages or unit.stage in form.stages for form in self._forms)
            )
            self._by_written[written] = (
                self._snapshot.roster.reporting_unit(unit).name if unit is not None and is_school else None
            )
        return self._by_written[written]


def _is_for_schools(form: FormSpec) -> bool:
    return form.role == "register" and form.region != "outside" and "school" in form.senders


RowsByOwner = Mapping[str, Mapping[str, Sequence[StoredRecord]]]
"""By triggered form and unit, the rows that make the unit owe the form, oldest first."""


def find_rows_by_owner(snapshot: Snapshot, responsibilities: Responsibilities) -> RowsByOwner:
    """Returns for each triggered form, by responsible unit, the rows that make the form owed.

    These are the unit's own rows and those of a closed unit whose children it took over. For a child that an
    officer assigned to it and that it has not reported itself, they are other units' rows, dated not before
    the decision.
    """
    return {
        form.key: _rows_by_owner(snapshot, responsibilities, form.trigger, form)
        for form in snapshot.notice.forms
        if form.trigger is not None
    }


def _rows_by_owner(
    snapshot: Snapshot, responsibilities: Responsibilities, trigger: FormTrigger, form: FormSpec
) -> dict[str, list[StoredRecord]]:
    ledgers = {each.key for each in snapshot.case_forms if each.role == "register"}
    result: dict[str, list[StoredRecord]] = {}
    for row in snapshot.case_rows:
        owner = responsibilities.of_row(row)
        if owner is None or row.unit == owner.unit:
            row_of_owner = row
        elif row.unit in owner.voices:
            row_of_owner = replace(row, unit=owner.unit)
        else:
            unit = snapshot.unit(owner.unit)
            if owner.told or owner.decided is None or row.form not in ledgers:
                continue
            if unit is None or unit.kind not in form.senders:
                continue
            given_at = max(row.received_at, owner.decided.at)
            row_of_owner = replace(row, unit=owner.unit, form=trigger.form, received_at=given_at)
        if row_of_owner.form in (trigger.form, form.key):
            result.setdefault(row_of_owner.unit, []).append(row_of_owner)
    return result


@dataclass(frozen=True, slots=True)
class _Claim:
    """The unit responsible for a child by the reports of one unit."""

    by: str
    """The unit that reports."""
    of: str
    """The unit that its reports make responsible."""
    is_school: bool
    explicit: bool
    """Whether a township names a school outside the county that was left."""
    newest: int
    """The index of its newest row among the child's rows."""
    left_on: date = date.min
    """For a school, the day on which the child left it; where none is given, the day it first listed the child."""
    is_listed: bool = False
    """Whether a register (附件3/4) lists the child, rather than only a form about visits."""

    @property
    def own(self) -> bool:
        """Whether the unit claims responsibility itself."""
        return self.by == self.of


def _of_student(snapshot: Snapshot, schools: _CountySchools, student: Student) -> Responsibility:
    reporters = tuple(dict.fromkeys(row.unit for row in student.rows))
    unit, decision = decided_owner(snapshot, student.ids)
    rivals: tuple[str, ...] = ()
    if unit is None:
        name, rivals = _by_notice(snapshot, schools, student.rows)
        unit = snapshot.unit(name)
        if unit is None:  # the reporting unit is no longer on the roster
            return Responsibility(unit=name, voices=frozenset({name}), told=True)
    heir, hand_over = successor_of(snapshot, unit)
    if decision is not None and hand_over is not None and _decided_later(snapshot, decision, hand_over):
        heir, hand_over = unit, None
    voices = frozenset({heir.name, unit.name})
    return Responsibility(
        unit=heir.name,
        voices=voices,
        told=any(reporter in voices for reporter in reporters),
        others=tuple(reporter for reporter in reporters if reporter not in voices),
        rivals=tuple(rival for rival in rivals if rival not in voices),
        decided=decision,
        hand_over=hand_over,
    )


def _decided_later(snapshot: Snapshot, decision: StoredDecision, hand_over: HandOver) -> bool:
    closed_on = hand_over.closed.active_to
    return closed_on is not None and snapshot.day(decision.at) > closed_on


def _by_notice(
    snapshot: Snapshot, schools: _CountySchools, rows: Sequence[StoredRecord]
) -> tuple[str, tuple[str, ...]]:
    """Returns the unit responsible by the notice, and other units that may be meant.

    A school that reports that the child left it precedes a township, unless the child was back in between and
    the township names a school outside the county that it left since.
    """
    by_unit: dict[str, list[StoredRecord]] = {}
    newest: dict[str, int] = {}
    for index, row in enumerate(rows):
        by_unit.setdefault(row.unit, []).append(row)
        newest[row.unit] = index
    claims = [
        _of_day(snapshot, by_unit[unit], _claim(snapshot, schools, by_unit, unit, newest[unit]))
        for unit in sorted(by_unit, key=newest.__getitem__)
    ]
    own = [claim for claim in claims if claim.own]
    of_schools = [claim for claim in own if claim.is_school]
    newer = [
        claim
        for claim in own
        if claim.explicit and all(_is_after(snapshot, rows, claim, school) for school in of_schools)
    ]
    candidates = newer or of_schools or own or claims
    # The school left last, however often others repeat themselves; a visiting unit does not displace a listing one.
    chosen = max(candidates, key=lambda claim: (claim.left_on, claim.is_listed, claim.newest)).of
    return chosen, tuple(dict.fromkeys(claim.of for claim in candidates if claim.of != chosen))


def _claim(
    snapshot: Snapshot,
    schools: _CountySchools,
    by_unit: Mapping[str, Sequence[StoredRecord]],
    name: str,
    newest: int,
) -> _Claim:
    """Returns the unit that one unit's reports make responsible, using the newest value of each fact."""
    rows = by_unit[name]
    unit = snapshot.unit(name)
    school = newest_text(rows, "previous_school")
    left = schools.find(school) if school else None
    home = _home(snapshot, rows)
    if unit is None or unit.kind == "school":
        if home is not None and _OUT_OF_SCOPE in rows[-1].problems:
            return _Claim(name, home, False, True, newest)
        # A school that names another one may mean an earlier school: it counts only if that one reports the child, too.
        return _Claim(name, left if left is not None and left in by_unit else name, True, False, newest)
    region = newest_text(rows, "school_region")
    if left is not None and (region is None or _is_in_county(snapshot, region)):
        return _Claim(name, left, True, False, newest)
    return _Claim(name, home or name, False, bool(school or region) and left is None, newest)


def _of_day(snapshot: Snapshot, rows: Sequence[StoredRecord], claim: _Claim) -> _Claim:
    """Returns a claim with the day on which the child left by these rows, and whether they list it in a register."""
    listed = [row for row in rows if snapshot.notice.form(row.form).role == "register"]
    left_on = date.min
    if claim.is_school:
        since = whole_day(newest_text(rows, "since"))
        told_on = min((snapshot.told_on(row) for row in listed), default=date.min)
        left_on = since if since is not None and since <= snapshot.today else told_on
    return replace(claim, left_on=left_on, is_listed=bool(listed))


def _home(snapshot: Snapshot, rows: Sequence[StoredRecord]) -> str | None:
    """Returns the township of the household (户籍) by the newest row; None if that township owes no such form."""
    home = newest_text(rows, "household_township")
    unit = snapshot.unit(home) if home is not None else None
    if unit is None or unit.kind != "township":
        return None
    reports = any(form.is_owed_by(unit.name, unit.kind, unit.stage) for form in snapshot.case_forms)
    return unit.name if reports else None


def _is_in_county(snapshot: Snapshot, region: str) -> bool:
    return any(word in region for word in snapshot.notice.county_words)


def _is_after(snapshot: Snapshot, rows: Sequence[StoredRecord], claim: _Claim, school: _Claim) -> bool:
    """Returns whether the child was back in school between the school's last report and the township's."""
    if claim.newest <= school.newest:
        return False
    last = next(row for row in reversed(rows) if row.unit == school.by)
    return is_return(snapshot.notice, last.values.get("outcome"))
