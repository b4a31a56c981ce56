"""Decides which unit is responsible for a child, and whose word on it counts (notice 二(二); R15, R16).

A child that left a school of the county is that school's; one that left a school elsewhere is the township's of its
household (户籍). An officer's word (``case own``) goes before both, and a unit that was closed hands its children on.
What a unit that is not responsible tells changes nothing: it is a contradiction, shown to both.
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
"""What reading finds in a row of 附件4 about a school outside the county."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """A unit that was closed, and who has its children since; ``certain`` if the roster names the successor."""

    closed: Unit
    certain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsibility:
    """The unit responsible for one child."""

    unit: str
    voices: frozenset[str]
    """The units whose word counts: this one, and closed ones whose children it has."""
    told: bool
    """Whether one of these has told of the child itself."""
    others: tuple[str, ...] = ()
    """Other units that told of it."""
    rivals: tuple[str, ...] = ()
    """Other units that may be meant as well, by what they themselves say."""
    decided: StoredDecision | None = None
    hand_over: HandOver | None = None

    def is_foreign(self, row: StoredRecord) -> bool:
        """Returns whether a row is the word of a unit that is not responsible, beside that of the one that is."""
        return self.told and row.unit not in self.voices


@dataclass(frozen=True, slots=True)
class Responsibilities:
    """Who is responsible for each child, by the key of the student, and by each of its rows."""

    by_student: Mapping[str, Responsibility]
    _by_record: Mapping[str, Responsibility]

    def of_row(self, row: StoredRecord) -> Responsibility | None:
        return self._by_record.get(row.record_id)

    def is_foreign(self, rows: Iterable[StoredRecord]) -> bool:
        """Returns whether these rows are all words of units that are not responsible, beside those of one that is."""
        return all((one := self.of_row(row)) is not None and one.is_foreign(row) for row in rows)


def find_responsible(snapshot: Snapshot, students: Students) -> Responsibilities:
    """Returns who is responsible for each of these children."""
    schools = _CountySchools(snapshot)
    by_student = {student.key: _of_student(snapshot, schools, student) for student in students.all}
    by_record = {
        row.record_id: by_student[student.key]
        for student in students.all
        for row in (*student.rows, *student.unconfirmed_rows)
    }
    return Responsibilities(by_student, by_record)


def competent_rows(responsibility: Responsibility, rows: Sequence[StoredRecord]) -> tuple[StoredRecord, ...]:
    """Returns the rows by which the state of a child is judged: the responsible unit's own, or all until it tells any."""
    own = tuple(row for row in rows if not responsibility.is_foreign(row))
    return own or tuple(rows)


def competent_student(responsibility: Responsibility, student: Student) -> Student:
    """Returns the student with the rows that count, in each of its parts, and with the units that it is of."""
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
    """Returns the unit that an officer made responsible last, if it is on the roster."""
    for decision in reversed(snapshot.decisions):
        if decision.kind == OWN and decision.subject in ids and decision.detail:
            unit = snapshot.unit(snapshot.roster.current_name(decision.detail))
            if unit is not None:
                return unit, decision
    return None, None


def successor_of(snapshot: Snapshot, unit: Unit) -> tuple[Unit, HandOver | None]:
    """Returns who has the children of a unit on the snapshot's day, and from whom if the unit was closed by then.

    Its parent has them, and where the roster names none that exists, its township for the time being.
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
    """The schools of the county that a child of the compulsory stage may drop out of, by any spelling."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._forms = tuple(form for form in snapshot.notice.forms if _is_for_schools(form))
        self._names: UnitNames | None = None
        self._found: dict[str, str | None] = {}

    def find(self, written: str) -> str | None:
        """Returns the unit that reports for the school of this name, or None."""
        if written not in self._found:
            if self._names is None:
                self._names = UnitNames(self._snapshot.roster, self._snapshot.notice)
            unit = self._names.resolve(written)
            is_school = (
                unit is not None
                and unit.kind == "school"
                and any(not form.stages or unit.stage in form.stages for form in self._forms)
            )
            self._found[written] = (
                self._snapshot.roster.reporting_unit(unit).name if unit is not None and is_school else None
            )
        return self._found[written]


def _is_for_schools(form: FormSpec) -> bool:
    return form.role == "register" and form.region != "outside" and "school" in form.senders


RowsByOwner = Mapping[str, Mapping[str, Sequence[StoredRecord]]]
"""By triggered form and unit, the rows on which the unit's duty to send the form rests, oldest first."""


def find_rows_by_owner(snapshot: Snapshot, responsibilities: Responsibilities) -> RowsByOwner:
    """Returns for each triggered form the rows of each unit, under the name of that unit.

    They are its own; those of a closed unit whose children it has; and of a child that an officer gave it and of whom
    it has told nothing yet, those of the others, as told on the day of the decision.
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
            own = row
        elif row.unit in owner.voices:
            own = replace(row, unit=owner.unit)
        else:
            unit = snapshot.unit(owner.unit)
            if owner.told or owner.decided is None or row.form not in ledgers:
                continue
            if unit is None or unit.kind not in form.senders:
                continue
            given_at = max(row.received_at, owner.decided.at)
            own = replace(row, unit=owner.unit, form=trigger.form, received_at=given_at)
        if own.form in (trigger.form, form.key):
            result.setdefault(own.unit, []).append(own)
    return result


@dataclass(frozen=True, slots=True)
class _Claim:
    """Whose child it is by the words of one unit."""

    by: str
    of: str
    is_school: bool
    explicit: bool
    """Whether a township names a school outside the county that was left."""
    newest: int
    """The place of its newest row in the child's story."""
    left_on: date = date.min
    """Of a school, the day on which the child left it; of a list without one, that on which it first stood there."""
    is_listed: bool = False
    """Whether a register of such children (附件3/4) names the child; else it was only visited."""

    @property
    def own(self) -> bool:
        return self.by == self.of


def _of_student(snapshot: Snapshot, schools: _CountySchools, student: Student) -> Responsibility:
    tellers = tuple(dict.fromkeys(row.unit for row in student.rows))
    unit, decision = decided_owner(snapshot, student.ids)
    rivals: tuple[str, ...] = ()
    if unit is None:
        name, rivals = _by_notice(snapshot, schools, student.rows)
        unit = snapshot.unit(name)
        if unit is None:  # the roster of today does not know the unit that told
            return Responsibility(unit=name, voices=frozenset({name}), told=True)
    heir, hand_over = successor_of(snapshot, unit)
    if decision is not None and hand_over is not None and _decided_later(snapshot, decision, hand_over):
        heir, hand_over = unit, None
    voices = frozenset({heir.name, unit.name})
    return Responsibility(
        unit=heir.name,
        voices=voices,
        told=any(teller in voices for teller in tellers),
        others=tuple(teller for teller in tellers if teller not in voices),
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
    """Returns the unit that the notice makes responsible, and those that it may mean as well.

    A school that says that the child left it goes before a township, unless the child was back in between and the
    township names the school outside the county that it left then.
    """
    by_unit: dict[str, list[StoredRecord]] = {}
    newest: dict[str, int] = {}
    for place, row in enumerate(rows):
        by_unit.setdefault(row.unit, []).append(row)
        newest[row.unit] = place
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
    # The school that was left last, whoever repeats itself: who only visits takes no child from who lists it.
    chosen = max(candidates, key=lambda claim: (claim.left_on, claim.is_listed, claim.newest)).of
    return chosen, tuple(dict.fromkeys(claim.of for claim in candidates if claim.of != chosen))


def _claim(
    snapshot: Snapshot,
    schools: _CountySchools,
    by_unit: Mapping[str, Sequence[StoredRecord]],
    name: str,
    newest: int,
) -> _Claim:
    """Returns whose child it is by the words of one unit; of each fact its newest word counts."""
    rows = by_unit[name]
    unit = snapshot.unit(name)
    school = newest_text(rows, "previous_school")
    left = schools.find(school) if school else None
    home = _home(snapshot, rows)
    if unit is None or unit.kind == "school":
        if home is not None and _OUT_OF_SCOPE in rows[-1].problems:
            return _Claim(name, home, False, True, newest)
        # A school that names another one may mean the one before it: only where that one tells of the child, too.
        return _Claim(name, left if left is not None and left in by_unit else name, True, False, newest)
    region = newest_text(rows, "school_region")
    if left is not None and (region is None or _is_in_county(snapshot, region)):
        return _Claim(name, left, True, False, newest)
    return _Claim(name, home or name, False, bool(school or region) and left is None, newest)


def _of_day(snapshot: Snapshot, rows: Sequence[StoredRecord], claim: _Claim) -> _Claim:
    """Returns a claim with the day on which the child left by these rows of its unit, and whether they list it."""
    listed = [row for row in rows if snapshot.notice.form(row.form).role == "register"]
    left_on = date.min
    if claim.is_school:
        since = whole_day(newest_text(rows, "since"))
        told_on = min((snapshot.told_on(row) for row in listed), default=date.min)
        left_on = since if since is not None and since <= snapshot.today else told_on
    return replace(claim, left_on=left_on, is_listed=bool(listed))


def _home(snapshot: Snapshot, rows: Sequence[StoredRecord]) -> str | None:
    """The township of the household (户籍), by its newest word; None where townships report no such children."""
    home = newest_text(rows, "household_township")
    unit = snapshot.unit(home) if home is not None else None
    if unit is None or unit.kind != "township":
        return None
    reports = any(form.is_owed_by(unit.name, unit.kind, unit.stage) for form in snapshot.case_forms)
    return unit.name if reports else None


def _is_in_county(snapshot: Snapshot, region: str) -> bool:
    return any(word in region for word in snapshot.notice.county_words)


def _is_after(snapshot: Snapshot, rows: Sequence[StoredRecord], claim: _Claim, school: _Claim) -> bool:
    """Returns whether the child was back in school between the last word of the school and that of the township."""
    if claim.newest <= school.newest:
        return False
    last = next(row for row in reversed(rows) if row.unit == school.by)
    return is_return(snapshot.notice, last.values.get("outcome"))
