"""Summarises the rolls (附件1/2): counts by unit, children added and removed since the previous submission, and care lists."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from config.notice import Notice
from ledger.children.linked_children import Enrolment, Students
from ledger.children.student_keys import case_id
from ledger.lists.households import read_households, split_households
from ledger.snapshot import Snapshot
from parsers.fields.grades import GRADES_IN_ORDER
from store.questions.stored_rows import StoredRows
from store.stored_values import ObligationKey, StoredRecord

PAIRED = "结对帮扶"
"""The list of children paired with a teacher because of their household (notice 三; R25)."""
UNKNOWN = "未填"


@dataclass(frozen=True, slots=True, kw_only=True)
class RollStudent:
    """One child on a roll, as lists show it."""

    unit: str
    form: str
    name: str
    id_number: str | None
    grade: str
    school: str
    detail: str
    """What the list is about: 新增, 减少, the kind of household or disability."""
    record_id: str
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RollLine:
    """One unit's roll; counts are numbers of students, and ``came`` and ``left`` are relative to the previous submission."""

    unit: str
    kind: str
    form: str
    total: int
    stages: Mapping[str, int]
    """By stage; ``grades`` by grade, ``modes`` by mode of attendance."""
    grades: Mapping[str, int]
    households: Mapping[str, int]
    """By kind of household; a child of two kinds counts in both."""
    modes: Mapping[str, int]
    boarding: int
    came: tuple[RollStudent, ...]
    left: tuple[RollStudent, ...]
    compared_with: date | None
    """The day of the previous submission, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolls:
    """All current rolls, in the roster's order, and the care lists by name."""

    lines: tuple[RollLine, ...]
    lists: Mapping[str, tuple[RollStudent, ...]]


def names_of_lists(notice: Notice) -> tuple[str, ...]:
    """Returns the names of the care lists kept of children on rolls."""
    return (*notice.rolls.lists, PAIRED)


def build_rolls(snapshot: Snapshot, unit: str | None = None, periods: Collection[str] | None = None) -> Rolls:
    """Returns the current rolls of one unit or of all; with ``periods``, only the rolls of these periods."""
    by_key = _rows_by_key(snapshot, unit, periods)
    last_period = max(periods or (), default=None)
    return Rolls(lines=_lines(snapshot, by_key, last_period), lists=_lists(snapshot, by_key))


def build_roll_lines(snapshot: Snapshot) -> tuple[RollLine, ...]:
    """Returns the current rolls of all units, without care lists."""
    return _lines(snapshot, _rows_by_key(snapshot, None, None), None)


def build_care_lists(snapshot: Snapshot) -> Mapping[str, tuple[RollStudent, ...]]:
    """Returns the care lists by name (送教上门, 随班就读, 结对帮扶)."""
    return _lists(snapshot, _rows_by_key(snapshot, None, None))


_RowsByKey = Mapping[ObligationKey, StoredRows]


def _rows_by_key(snapshot: Snapshot, unit: str | None, periods: Collection[str] | None) -> _RowsByKey:
    by_key: dict[ObligationKey, StoredRows] = {}
    for form in (each.key for each in snapshot.roll_forms):
        rows = snapshot.latest_rows(form, unit)
        if periods is not None:
            current = snapshot.current_rows(form, unit)
            rows = StoredRows(part for part in current.parts if part.period in periods)
        by_key |= {ObligationKey(name, form): unit_rows for name, unit_rows in rows.by_unit().items()}
    return by_key


def _lines(snapshot: Snapshot, by_key: _RowsByKey, last_period: str | None) -> tuple[RollLine, ...]:
    return tuple(
        _line(snapshot, each.kind, key, by_key[key], last_period)
        for each in snapshot.roster.units
        for form in snapshot.roll_forms
        if (key := ObligationKey(each.name, form.key)) in by_key
    )


def _lists(snapshot: Snapshot, by_key: _RowsByKey) -> Mapping[str, tuple[RollStudent, ...]]:
    listed: dict[str, list[RollStudent]] = {name: [] for name in names_of_lists(snapshot.notice)}
    paired = _paired_households(snapshot.notice)
    for members in by_key.values():
        for row in members:
            if (mode := row.values.get("attendance_mode")) in snapshot.notice.rolls.lists:
                listed[str(mode)].append(_student(row, str(row.values.get("disability") or mode)))
            if kinds := [kind for kind in read_households(row) if kind in paired]:
                listed[PAIRED].append(_student(row, "、".join(kinds)))
    return {name: tuple(sorted(members, key=_sort_key)) for name, members in listed.items()}


def count_paired(notice: Notice, rows: StoredRows) -> int:
    """Returns the number of children that are paired with a teacher."""
    paired = _paired_households(notice)
    return sum(
        number
        for written, number in Counter(rows.column("household_category")).items()
        if not paired.isdisjoint(split_households(written))
    )


def _paired_households(notice: Notice) -> frozenset[str]:
    return frozenset(notice.rolls.paired) or notice.meant("household_category", "priority", "aided")


def _line(
    snapshot: Snapshot, kind: str, key: ObligationKey, rows: StoredRows, last_period: str | None
) -> RollLine:
    came, left, day = _came_and_left(snapshot, key, rows, last_period)
    return RollLine(
        unit=key.unit,
        kind=kind,
        form=key.form,
        total=len(rows),
        stages=_counts(rows.column("stage")),
        grades=_counts(rows.column("grade")),
        households=_count_households(rows),
        modes=_counts(rows.column("attendance_mode")),
        boarding=sum(value is True for value in rows.column("boarding")),
        came=came,
        left=left,
        compared_with=day,
    )


def _came_and_left(
    snapshot: Snapshot, roll: ObligationKey, rows: StoredRows, last_period: str | None
) -> tuple[tuple[RollStudent, ...], tuple[RollStudent, ...], date | None]:
    """Returns the children added and removed since the versions current before the last submission with rows, and their day."""
    earlier = snapshot.earlier_versions(roll, last_period)
    if earlier is None:
        return (), (), None
    students = map(earlier.student_by_row.get, rows.record_ids)
    indexes = {key: index for index, key in enumerate(students) if key is not None}
    left = {record for key, record in earlier.row_by_student.items() if key not in indexes}
    came = [index for key, index in indexes.items() if key not in earlier.row_by_student]
    departed = [row for row in snapshot.rows_that_counted(earlier) if row.record_id in left] if left else []
    return (
        tuple(_student(row, "新增") for row in rows.at(came)),
        tuple(_student(row, "减少") for row in departed),
        earlier.day,
    )


def map_rows_to_cases(students: Students, enrolment: Enrolment) -> dict[str, str]:
    """Returns by record id of current roll rows the case id of the child that they surely show."""
    return {
        row.record_id: case_id(student.key)
        for student in students.all
        for part in student.parts
        if (roll_match := enrolment.sure.get(part.person.key)) is not None
        for row in roll_match.rows
    }


def _counts(values: Iterable[object]) -> dict[str, int]:
    """Returns the counts by value: grades in school order, others by frequency, blanks last."""
    counted = Counter[str]()
    for value, number in Counter(values).items():
        counted[str(value) if value not in (None, "") else UNKNOWN] += number
    return _in_order(counted)


def _count_households(rows: StoredRows) -> dict[str, int]:
    """Returns the counts by kind of household; a child of two kinds counts in both."""
    counted = Counter[str]()
    for written, number in Counter(rows.column("household_category")).items():
        for kind in split_households(written) or [UNKNOWN]:
            counted[kind] += number
    return _in_order(counted)


def added_up(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Returns the sum of the counts of several rolls, in the same order."""
    total = Counter[str]()
    for each in counts:
        total.update(each)
    return _in_order(total)


def _in_order(counted: Counter[str]) -> dict[str, int]:
    def place(pair: tuple[str, int]) -> tuple[bool, int, int, str]:
        value, count = pair
        grade = GRADES_IN_ORDER.index(value) if value in GRADES_IN_ORDER else len(GRADES_IN_ORDER)
        return (value == UNKNOWN, grade, -count, value)

    return dict(sorted(counted.items(), key=place))


def _student(row: StoredRecord, detail: str) -> RollStudent:
    text = {key: str(row.values.get(key) or "") for key in ("name", "grade", "school")}
    number = row.values.get("id_number")
    return RollStudent(
        unit=row.unit,
        form=row.form,
        name=text["name"],
        id_number=number if isinstance(number, str) else None,
        grade=text["grade"],
        school=text["school"],
        detail=detail,
        record_id=row.record_id,
        row=row.row,
    )


def _sort_key(student: RollStudent) -> tuple[str, str, int, str]:
    return (student.unit, student.form, student.row, student.record_id)
