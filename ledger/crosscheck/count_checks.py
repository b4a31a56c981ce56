"""Checks forms of numbers (月报) against the children whom the ledger knows with the same meaning."""

from collections import Counter
from collections.abc import Collection, Iterator

from config.notice import Meaning
from config.units.resolve_unit_names import UnitNames
from ledger.crosscheck.making_findings import make_finding
from ledger.lists.roll_attendance import is_in_school
from ledger.results import Case, CaseState, Finding
from ledger.snapshot import Snapshot
from store.stored_values import StoredRecord

_CLOSED: dict[Meaning, CaseState] = {
    "returned": CaseState.RETURNED, "excused": CaseState.EXCUSED, "placed": CaseState.EXCUSED, "moved": CaseState.MOVED,
}  # fmt: skip


def check_counts(snapshot: Snapshot, cases: Collection[Case]) -> Iterator[Finding]:
    """counts-disagree: a number that the ledger does not bear out.

    A number of all is to be the ledger's own; one of those that are new may be less, for the ledger counts those of
    before, too.

    Args:
        cases: all, suspected ones among them.
    """
    names = UnitNames(snapshot.roster, snapshot.notice) if snapshot.count_forms else None
    for form in snapshot.count_forms:
        counted = {key: spec for key in form.fields if (spec := snapshot.notice.fields[key]).counts}
        if names is None or not counted:
            continue
        ours = {
            key: _count(snapshot, names, cases, spec.counts, spec.new)
            for key, spec in counted.items()
            if spec.counts
        }
        for row in snapshot.latest_rows(form.key):
            unit = _unit_of(names, row, form.unit_field)
            for key, spec in counted.items():
                told, known = row.values.get(key), ours[key][unit]
                if isinstance(told, int) and (told > known or (told < known and not spec.new)):
                    who = _names(snapshot, names, cases, unit, spec.counts) if told < known else ""
                    yield make_finding(
                        "counts-disagree",
                        [row],
                        f"{row.unit}{row.form}第{row.row}行写{unit}{spec.heading}{told},登记的有{known}人"
                        f"{who}:请{row.unit}核对{_where(snapshot, unit, told, known)}",
                        key,
                        unit,
                    )


def _count(
    snapshot: Snapshot, names: UnitNames, cases: Collection[Case], meaning: Meaning | None, is_new: bool
) -> Counter[str]:
    """By unit, how many children have this meaning; a child of a school counts with its 学区, too."""
    if meaning == "in-school":
        return Counter(
            unit
            for row in snapshot.roll_rows
            if is_in_school(snapshot.notice, row)
            for unit in _units_of(
                snapshot, names, row.unit, row.values.get(snapshot.notice.form(row.form).unit_field or "")
            )
        )
    return Counter(
        unit
        for case in cases
        if _has(snapshot, case, meaning, is_new)
        for unit in _units_of_case(snapshot, names, case)
    )


def _units_of_case(snapshot: Snapshot, names: UnitNames, case: Case) -> list[str]:
    return _units_of(snapshot, names, case.responsible_unit, case.details.get("previous_school"))


def _units_of(snapshot: Snapshot, names: UnitNames, reporter: str, school: object) -> list[str]:
    """Returns the unit that reports a child, and before it the school that is written, if it is one of that unit's."""
    named = names.resolve(school) if isinstance(school, str) else None
    line = [unit.name for unit in snapshot.roster.with_parents(named)] if named is not None else []
    return line[: line.index(reporter) + 1] if reporter in line else [reporter]


def _has(snapshot: Snapshot, case: Case, meaning: Meaning | None, is_new: bool) -> bool:
    if meaning == "suspected":
        return case.state is CaseState.SUSPECTED
    if meaning == "out":  # a child that was new and is back was new all the same
        return case.status in snapshot.notice.persuasion.statuses and (is_new or case.state is CaseState.OPEN)
    if meaning in ("excused", "placed") and case.on_leave is (meaning == "placed"):
        return False  # leave and teaching at home close a case alike
    if meaning in _CLOSED:
        return case.state is _CLOSED[meaning]
    return False


def _unit_of(names: UnitNames, row: StoredRecord, unit_field: str | None) -> str:
    """The unit that a row is about: the one that it names, if the roster has it, or the one that sent it."""
    written = row.values.get(unit_field) if unit_field else None
    unit = names.resolve(written) if isinstance(written, str) else None
    return unit.name if unit is not None else row.unit


def _names(
    snapshot: Snapshot, names: UnitNames, cases: Collection[Case], unit: str, meaning: Meaning | None
) -> str:
    if meaning != "out":
        return ""
    open_cases = [
        case.name
        for case in cases
        if case.state is CaseState.OPEN and unit in _units_of_case(snapshot, names, case)
    ]
    return f"({'、'.join(open_cases[:3])}{'等' if len(open_cases) > 3 else ''})" if open_cases else ""


def _where(snapshot: Snapshot, unit: str, told: int, known: int) -> str:
    """Where a child who is counted and not listed is to be listed."""
    if told < known:
        return ""
    kind = found.kind if (found := snapshot.unit(unit)) is not None else None
    forms = "、".join(f.key for f in snapshot.case_forms if f.role == "register" and kind in f.senders)
    return f",属实的逐人填入{forms}" if forms else ""
