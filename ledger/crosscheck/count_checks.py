"""Checks forms of counts (月报) against the cases and rolls with the same meaning or statuses.

A count is compared with the state at the end of its period, or at the snapshot's instant if that is earlier.
A child that left or came back between the report and that end may be included in the count or not.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property

from config.notice import FieldSpec, FormSpec, Meaning
from config.notice.rhythm import Period, title_in
from config.records.record import Json
from config.units.resolve_unit_names import UnitNames
from ledger.crosscheck.making_findings import make_finding
from ledger.lists.roll_attendance import is_status_in_school
from ledger.results import Case, CaseState, Finding
from ledger.snapshot import Snapshot
from store.stored_values import StoredRecord

_UNDER_WAY = (CaseState.OPEN, CaseState.EXCUSED)
_ENDED: dict[Meaning, CaseState] = {"returned": CaseState.RETURNED, "moved": CaseState.MOVED}
_OUT: tuple[Meaning, ...] = ("out", "suspected")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerOfDay:
    """The cases and rolls at the end of a day."""

    snapshot: Snapshot
    cases: Collection[Case]
    """All cases, suspected ones included."""


@dataclass(frozen=True, kw_only=True)
class _Units:
    """The cases and rolls of a day by unit; a child of a school also counts for its 学区."""

    ledger: LedgerOfDay
    names: UnitNames
    stages: tuple[str, ...]
    """The stages of the schools whose children are counted; empty for every stage."""

    @cached_property
    def cases(self) -> dict[str, list[Case]]:
        """By unit, its cases."""
        result: dict[str, list[Case]] = {}
        for case in self.ledger.cases:
            school = case.details.get("previous_school")
            if self._is_counted(case.responsible_unit, school):
                for unit in self._units_of(case.responsible_unit, school):
                    result.setdefault(unit, []).append(case)
        return result

    @cached_property
    def in_school(self) -> Counter[str]:
        """By unit, the number of its children in school."""
        snapshot = self.ledger.snapshot
        return Counter(
            unit
            for (reporter, school), children in self._children_by_school(snapshot).items()
            if self._is_counted(reporter, school)
            for unit in self._units_of(reporter, school)
            for _ in range(children)
        )

    @staticmethod
    def _children_by_school(snapshot: Snapshot) -> Counter[tuple[str, Json]]:
        """Returns the number of children in school, by reporting unit and school as written."""
        notice = snapshot.notice
        counted = Counter[tuple[str, Json]]()
        for form in snapshot.roll_forms:
            rows = snapshot.latest_rows(form.key)
            schools, statuses = rows.column(form.unit_field or ""), rows.column("study_status")
            counted.update(
                (unit, school)
                for unit, school, status in zip(rows.units, schools, statuses, strict=True)
                if status is None or is_status_in_school(notice, status)
            )
        return counted

    def _is_counted(self, reporter: str, school: object) -> bool:
        """Returns whether a child's school has one of the counted stages; schools not on the roster count."""
        if not self.stages:
            return True
        named = self.names.resolve(school) if isinstance(school, str) else None
        unit = named or self.ledger.snapshot.unit(reporter)
        return unit is None or unit.stage is None or unit.stage in self.stages

    def _units_of(self, reporter: str, school: object) -> list[str]:
        """Returns the units that a child counts for: the reporting unit and, if written and below it, the school."""
        named = self.names.resolve(school) if isinstance(school, str) else None
        roster = self.ledger.snapshot.roster
        line = [unit.name for unit in roster.with_parents(named)] if named is not None else []
        return line[: line.index(reporter) + 1] if reporter in line else [reporter]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """A column of counts."""

    key: str
    heading: str
    meanings: tuple[Meaning, ...]
    statuses: frozenset[str]
    """The statuses that it counts; with meanings, those that have one of them."""
    is_new: bool
    """Whether it counts only children that are new in the period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """The days of a period, and the day on which its count was reported."""

    begins: date
    ends: date
    told_on: date
    is_first: bool
    """Whether it is the notice's first period, in which earlier children also count as new."""


def check_counts(snapshot: Snapshot, ledger_of: Callable[[date], LedgerOfDay]) -> Iterator[Finding]:
    """Yields the finding ``counts-disagree`` for each count that cases and rolls contradict.

    In a form that does not recur, a count of new children may be less than ours, which is of all children.

    Args:
        ledger_of: returns the cases and rolls at the end of a day.
    """
    forms = [(form, columns) for form in snapshot.count_forms if (columns := _columns(snapshot, form))]
    if not forms:
        return
    names = UnitNames(snapshot.roster, snapshot.notice)
    units_of = cache(lambda day, stages: _Units(ledger=ledger_of(day), names=names, stages=stages))
    for form, columns in forms:
        rows = snapshot.current_rows(form.key) if form.repeats else snapshot.latest_rows(form.key)
        for row in rows:
            yield from _check_row(snapshot, form, columns, row, units_of)


def _columns(snapshot: Snapshot, form: FormSpec) -> tuple[_Column, ...]:
    """Returns the columns of a form that count children; a column of children out counts suspected ones only if no other does."""
    counted = [
        (key, spec)
        for key in form.fields
        if (spec := snapshot.notice.fields[key]).counts or spec.counts_statuses
    ]
    apart = any(spec.counts == "suspected" for _, spec in counted)
    return tuple(_column(snapshot, key, spec, apart=apart) for key, spec in counted)


def _column(snapshot: Snapshot, key: str, spec: FieldSpec, *, apart: bool) -> _Column:
    meanings: tuple[Meaning, ...] = (spec.counts,) if spec.counts else ()
    statuses = frozenset(spec.counts_statuses) or snapshot.notice.meant("status", *meanings)
    if spec.counts == "out" and not apart:
        meanings, statuses = _OUT, frozenset(snapshot.notice.persuasion.statuses)
    elif not meanings:
        meanings = tuple({snapshot.notice.meaning("status", status) for status in statuses})
    return _Column(key=key, heading=spec.heading, meanings=meanings, statuses=statuses, is_new=spec.new)


def _check_row(
    snapshot: Snapshot,
    form: FormSpec,
    columns: Collection[_Column],
    row: StoredRecord,
    units_of: Callable[[date, tuple[str, ...]], _Units],
) -> Iterator[Finding]:
    period = snapshot.period(row.key)
    day = snapshot.today if period is None else min(period.ends, snapshot.today)
    units = units_of(day, form.stages)
    unit = _unit_of(units.names, row, form.unit_field)
    span = None if period is None else _span(snapshot, form, row, period)
    for column in columns:
        reported = row.values.get(column.key)
        if not isinstance(reported, int):
            continue
        at_least, at_most, names = _count(units, column, unit, span)
        if at_least <= reported <= at_most:
            continue
        expected = at_most if reported > at_most else at_least
        until = "" if period is None else f"到{day.month}月{day.day}日"
        who = _shorten(names) if reported < expected else ""
        yield make_finding(
            "counts-disagree",
            [row],
            f"{row.unit}{title_in(row.form, period)}第{row.row}行写{unit}{column.heading}{reported},{until}登记的有{expected}人{who}:"
            f"请{row.unit}核对{_where(snapshot, unit, reported, expected)}",
            column.key,
            unit,
            *((row.period,) if row.period is not None else ()),
            others=(unit,),
        )


def _span(snapshot: Snapshot, form: FormSpec, row: StoredRecord, period: Period) -> _Span:
    return _Span(
        begins=period.begins,
        ends=period.ends,
        told_on=snapshot.day(row.received_at),
        is_first=period.key == snapshot.periods(form.key)[0].key,
    )


def _count(units: _Units, column: _Column, unit: str, span: _Span | None) -> tuple[int, int, Sequence[str]]:
    """Returns the least and the greatest number of children that a column may count for a unit, and the names behind the least."""
    if "in-school" in column.meanings:
        return units.in_school[unit], units.in_school[unit], ()
    of_unit = units.cases.get(unit, [])
    if not column.is_new:
        surely = [case for case in of_unit if _is_counted(column, case) and _is_settled(case, span)]
        perhaps = [case for case in of_unit if _is_counted(column, case) or _was_counted(column, case, span)]
    elif span is None:
        surely, perhaps = [], [case for case in of_unit if _has_status(column, case)]
    else:
        perhaps = [case for case in of_unit if _may_be_new(units.ledger.snapshot, column, case, span)]
        surely = [
            case
            for case in perhaps
            if _is_counted(column, case)
            and span.begins <= _began(column, case) <= min(span.ends, span.told_on)
        ]
    return len(surely), len(perhaps), [case.name for case in surely]


def _is_counted(column: _Column, case: Case) -> bool:
    """Returns whether a column counts a child in the present state of its case."""
    if case.state in _ENDED.values():
        return any(_ENDED.get(meaning) is case.state for meaning in column.meanings)
    if case.state is CaseState.SUSPECTED:
        return False
    if case.state is CaseState.EXCUSED and not case.on_leave:  # a roll or a register shows it taught at home
        return "placed" in column.meanings
    if case.state is CaseState.EXCUSED and not {"excused", "placed"}.intersection(column.meanings):
        return False
    return case.state in _UNDER_WAY and case.status in column.statuses


def _has_status(column: _Column, case: Case) -> bool:
    """Returns whether a column counted a child at some time, as a child that is back was new all the same."""
    ended = any(_ENDED.get(meaning) is case.state for meaning in column.meanings)
    return ended or case.status in column.statuses or _is_counted(column, case)


def _is_settled(case: Case, span: _Span | None) -> bool:
    """Returns whether a case was in its present state already on the day of the report."""
    if span is None:
        return True
    return case.opened_on <= span.told_on and (case.closed_on is None or case.closed_on <= span.told_on)


def _was_counted(column: _Column, case: Case, span: _Span | None) -> bool:
    """Returns whether a child may have been counted on the day of the report, although its case has changed since."""
    if case.state is CaseState.SUSPECTED:
        return "suspected" in column.meanings
    if span is None or case.closed_on is None or case.closed_on <= span.told_on:
        return False
    return case.status in column.statuses


def _may_be_new(snapshot: Snapshot, column: _Column, case: Case, span: _Span) -> bool:
    if not _has_status(column, case):
        return False
    days = {_began(column, case), _first_heard(snapshot, case)}
    return any((span.is_first or span.begins <= day) and day <= span.ends for day in days)


def _began(column: _Column, case: Case) -> date:
    """Returns the day from which a column counts a child: its return for columns of returns, else its leaving school."""
    ended = any(_ENDED.get(meaning) is case.state for meaning in column.meanings)
    return case.closed_on if ended and case.closed_on is not None else case.opened_on


def _first_heard(snapshot: Snapshot, case: Case) -> date:
    ids = {origin.submission_id for origin in case.origins}
    days = [snapshot.told_on(fact) for fact in snapshot.submissions if fact.submission_id in ids]
    return min(days, default=case.opened_on) if case.episode == 1 else case.opened_on


def _unit_of(names: UnitNames, row: StoredRecord, unit_field: str | None) -> str:
    """Returns the unit that a row is about: the one written in it if it is on the roster, else the sender."""
    written = row.values.get(unit_field) if unit_field else None
    unit = names.resolve(written) if isinstance(written, str) else None
    return unit.name if unit is not None else row.unit


def _shorten(names: Sequence[str]) -> str:
    return f"({'、'.join(names[:3])}{'等' if len(names) > 3 else ''})" if names else ""


def _where(snapshot: Snapshot, unit: str, reported: int, expected: int) -> str:
    """Returns the request to list uncounted children in the register, or an empty text."""
    if reported < expected:
        return ""
    kind = found.kind if (found := snapshot.unit(unit)) is not None else None
    forms = "、".join(f.key for f in snapshot.case_forms if f.role == "register" and kind in f.senders)
    return f",属实的逐人填入{forms}" if forms else ""
