"""Checks ages: children of school age still in kindergarten, and children out of school just outside the ages (notice 三)."""

from collections.abc import Iterator, Mapping

from ledger.cases.responsible_unit import Responsibilities, competent_rows
from ledger.children.linked_children import Students
from ledger.children.person import possible_births
from ledger.children.student_keys import case_id, last_statement
from ledger.crosscheck.making_findings import make_finding
from ledger.results import Case, CaseState, Finding
from ledger.snapshot import Snapshot
from parsers.fields.dates import whole_day
from parsers.fields.grades import PRESCHOOL_GRADES


def check_ages(
    snapshot: Snapshot, students: Students, responsibilities: Responsibilities, cases: Mapping[str, Case]
) -> Iterator[Finding]:
    """Yields the findings ``enrolled-too-young-stage`` and ``age-near-bound``.

    Args:
        cases: by case id.
    """
    yield from _still_in_kindergarten(snapshot)
    for student in students.all:
        births = possible_births(student.rows)
        rows = competent_rows(responsibilities.by_student[student.key], student.rows)
        last = last_statement(rows, snapshot.statuses)
        case = cases.get(case_id(student.key))
        if not births or last is None or case is None:
            continue
        birth, status, unit = max(births), str(last.values["status"]), case.responsible_unit
        is_out = status in snapshot.notice.persuasion.statuses
        if is_out and case.state is CaseState.AGED_OUT and snapshot.ages.is_just_too_old(birth):
            yield make_finding(
                "age-near-bound",
                [last],
                f"{birth}出生,刚过义务教育年龄,报{status}:请{unit}核实是否已完成义务教育,没有完成的继续劝返",
            )
        if case.state in (CaseState.OPEN, CaseState.EXCUSED) and snapshot.ages.is_just_too_young(birth):
            remedy = f"请{unit}核对出生日期" if is_out else f"无需办理{status},请{unit}核对"
            yield make_finding("age-near-bound", [last], f"{birth}出生,还没有到入学年龄,报{status}:{remedy}")


def _still_in_kindergarten(snapshot: Snapshot) -> Iterator[Finding]:
    preschool = PRESCHOOL_GRADES.union(snapshot.notice.rolls.preschool_stages)
    late_entry = snapshot.notice.leave.late_entry
    remedy = f"是否办理{late_entry}" if late_entry else "年龄和年级"
    rolls = snapshot.rolls
    stages_and_grades = zip(rolls.rows.column("stage"), rolls.rows.column("grade"), strict=True)
    for index, (stage, grade) in enumerate(stages_and_grades):
        if stage not in preschool and grade not in preschool:
            continue
        birth = rolls.births[index]
        born = whole_day(birth)
        if born is not None and born <= snapshot.notice.ages.born_to:
            yield make_finding(
                "enrolled-too-young-stage",
                [rolls.rows[index]],
                f"{birth}出生,已到入学年龄,仍在幼儿园:请核对{remedy}",
            )
