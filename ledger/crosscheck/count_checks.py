"""Checks forms of numbers (月报) against the children whom the ledger knows with the same meaning."""

from collections import Counter
from collections.abc import Collection, Iterator

from config.notice import Meaning
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
    for form in snapshot.count_forms:
        counted = {key: spec for key in form.fields if (spec := snapshot.notice.fields[key]).counts}
        ours = {
            key: _count(snapshot, cases, spec.counts, spec.new)
            for key, spec in counted.items()
            if spec.counts
        }
        for row in snapshot.latest_rows(form.key) if counted else ():
            unit = _unit_of(snapshot, row, form.unit_field)
            for key, spec in counted.items():
                told, known = row.values.get(key), ours[key][unit]
                if isinstance(told, int) and (told > known or (told < known and not spec.new)):
                    yield make_finding(
                        "counts-disagree",
                        [row],
                        f"{row.unit}{row.form}第{row.row}行写{unit}{spec.heading}{told},登记的有{known}人"
                        f"{_names(cases, unit, spec.counts) if told < known else ''}:请{row.unit}核对{_where(snapshot, unit, told, known)}",
                        key,
                        unit,
                    )


def _count(
    snapshot: Snapshot, cases: Collection[Case], meaning: Meaning | None, is_new: bool
) -> Counter[str]:
    """By unit, how many children have this meaning."""
    if meaning == "in-school":
        rows = snapshot.roll_rows
        return Counter(row.unit for row in rows if is_in_school(snapshot.notice, row))
    return Counter(case.responsible_unit for case in cases if _has(snapshot, case, meaning, is_new))


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


def _unit_of(snapshot: Snapshot, row: StoredRecord, unit_field: str | None) -> str:
    """The unit that a row is about: the one that it names, if the roster has it, or the one that sent it."""
    written = row.values.get(unit_field) if unit_field else None
    unit = snapshot.unit(written) if isinstance(written, str) else None
    return unit.name if unit is not None else row.unit


def _names(cases: Collection[Case], unit: str, meaning: Meaning | None) -> str:
    if meaning != "out":
        return ""
    names = [case.name for case in cases if case.responsible_unit == unit and case.state is CaseState.OPEN]
    return f"({'、'.join(names[:3])}{'等' if len(names) > 3 else ''})" if names else ""


def _where(snapshot: Snapshot, unit: str, told: int, known: int) -> str:
    """Where a child who is counted and not listed is to be listed."""
    if told < known:
        return ""
    kind = found.kind if (found := snapshot.unit(unit)) is not None else None
    forms = "、".join(f.key for f in snapshot.case_forms if f.role == "register" and kind in f.senders)
    return f",属实的逐人填入{forms}" if forms else ""
