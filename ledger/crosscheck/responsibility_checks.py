"""Checks which unit is responsible for a child, and shows contradicting reports to both units (notice 二(二))."""

from collections.abc import Collection, Iterator, Sequence

from ledger.cases.closing import tell_story
from ledger.cases.responsible_unit import Responsibilities, Responsibility
from ledger.children.linked_children import Student, Students
from ledger.crosscheck.making_findings import make_finding
from ledger.results import CaseState, Finding
from ledger.snapshot import Snapshot
from ledger.state_words import CASE_STATE_WORDS
from store.stored_values import StoredRecord


def check_responsibility(
    snapshot: Snapshot, students: Students, responsibilities: Responsibilities, withdrawn: Collection[str]
) -> Iterator[Finding]:
    """Yields the findings ``two-statuses``, ``told-by-other``, ``owner-unclear`` and ``handed-over``.

    Args:
        withdrawn: keys of students whose case is closed and that no unit reports as out any more; for
            these no responsible unit need be found.
    """
    for student in students.all:
        responsibility = responsibilities.by_student[student.key]
        yield from _two_statuses(snapshot, student, responsibility)
        if student.key not in withdrawn and _is_out(snapshot, student):
            yield from _told_by_other(snapshot, student, responsibility)
            yield from _owner(snapshot, student, responsibility)


def _is_out(snapshot: Snapshot, student: Student) -> bool:
    """Returns whether a child is not back in school."""
    return tell_story(snapshot, student.rows, student.ids).returned is None


def _two_statuses(snapshot: Snapshot, student: Student, responsibility: Responsibility) -> Iterator[Finding]:
    stated = [row for row in student.rows if row.values.get("status")]
    latest = {row.unit: row for row in stated}
    if len(_contradicting(snapshot, {str(row.values["status"]) for row in latest.values()})) > 1:
        words = "、".join(f"{row.unit}报{row.values['status']}" for row in latest.values())
        yield make_finding("two-statuses", list(latest.values()), f"{words}:请核对{_whose(responsibility)}")
        return
    own_rows = [row for row in student.rows if not responsibility.is_foreign(row)]
    foreign = [row for row in student.rows if responsibility.is_foreign(row)]
    if (
        not own_rows
        or not foreign
        or snapshot.day(foreign[-1].received_at) < snapshot.day(own_rows[-1].received_at)
    ):
        return
    last, other = own_rows[-1], foreign[-1]
    words_of = [_in_words(snapshot, rows) for rows in (own_rows, foreign)]
    if words_of[0] != words_of[1]:
        words = f"{last.unit}报{words_of[0]},{other.unit}报{words_of[1]}"
        yield make_finding("two-statuses", [last, other], f"{words}:请核对{_whose(responsibility)}", "return")


def _contradicting(snapshot: Snapshot, statuses: set[str]) -> set[str]:
    """Returns the statuses that contradict each other; 疑似 does not contradict being out."""
    meanings = {status: snapshot.notice.vocabularies["status"].meaning(status) for status in statuses}
    if not set(meanings.values()) <= {"out", "suspected"}:
        return statuses
    return {status for status, meaning in meanings.items() if meaning != "suspected"}


def _in_words(snapshot: Snapshot, rows: Sequence[StoredRecord]) -> str:
    is_back = tell_story(snapshot, rows, ()).returned is not None
    return CASE_STATE_WORDS[CaseState.RETURNED if is_back else CaseState.OPEN]


def _whose(responsibility: Responsibility) -> str:
    return f",以责任单位{responsibility.unit}所报为准" if responsibility.told else ""


def _told_by_other(snapshot: Snapshot, student: Student, responsibility: Responsibility) -> Iterator[Finding]:
    """Yields ``told-by-other`` for a child that the responsible unit has not reported."""
    if responsibility.told or not responsibility.others:
        return
    unit = snapshot.unit(responsibility.unit)
    forms = [
        form.key
        for form in snapshot.case_forms
        if unit is not None and form.role == "register" and form.is_sent_by(unit.name, unit.kind, None)
    ]
    why = "经办人已指定" if responsibility.decided is not None else "按学籍或户籍"
    yield make_finding(
        "told-by-other",
        [student.rows[-1]],
        f"{_names(responsibility.others)}报了这名学生,{why}由{responsibility.unit}负责劝返,而{responsibility.unit}没有报:"
        f"请{responsibility.unit}核实,属实的填入{'、'.join(forms)}",
        others=(responsibility.unit,),
    )


def _owner(snapshot: Snapshot, student: Student, responsibility: Responsibility) -> Iterator[Finding]:
    row = student.rows[-1]
    hand_over = responsibility.hand_over
    if hand_over is not None:
        closed = f"{hand_over.closed.name}已于{hand_over.closed.active_to}停办"
        if hand_over.certain:
            yield make_finding(
                "handed-over",
                [row],
                f"{closed},由{responsibility.unit}接续负责:请{responsibility.unit}继续劝返",
                others=(responsibility.unit,),
            )
        else:
            meanwhile = (
                f",暂由{responsibility.unit}负责" if responsibility.unit != hand_over.closed.name else ""
            )
            yield make_finding(
                "owner-unclear",
                [row],
                f"{closed},名册没有写由谁接续{meanwhile}:请明确由谁劝返",
                "closed",
                others=(responsibility.unit,),
            )
    if responsibility.decided is not None:
        return
    if responsibility.rivals:
        yield make_finding(
            "owner-unclear",
            [row],
            f"{responsibility.unit}、{_names(responsibility.rivals)}都可能是责任单位,暂由{responsibility.unit}负责:请核对,再明确由谁劝返",
            "rivals",
            others=(responsibility.unit, *responsibility.rivals),
        )
    home = row.values.get("household_township")
    unit = snapshot.unit(responsibility.unit)
    if (
        isinstance(home, str)
        and snapshot.unit(home) is None
        and unit is not None
        and unit.kind == "township"
        and hand_over is None
    ):
        yield make_finding("owner-unclear", [row], f"户籍乡镇“{home}”不在名册:请明确由谁劝返")


def _names(units: Sequence[str]) -> str:
    return "、".join(units)
