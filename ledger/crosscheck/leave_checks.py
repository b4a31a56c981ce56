"""Checks leave (休学, 延缓入学): whether its end is given, and whether it is over (notice 三; R23)."""

from collections.abc import Iterator, Mapping

from ledger.cases.leave import is_leave_over, last_day_of_leave, next_step_after_leave, stated_end
from ledger.cases.responsible_unit import Responsibilities, competent_rows
from ledger.children.linked_children import Students
from ledger.children.student_keys import case_id, last_statement
from ledger.crosscheck.making_findings import make_finding
from ledger.results import Case, CaseState, Finding
from ledger.snapshot import Snapshot

_ON_LEAVE_OR_OUT = (CaseState.OPEN, CaseState.EXCUSED)


def check_leave(
    snapshot: Snapshot, students: Students, responsibilities: Responsibilities, cases: Mapping[str, Case]
) -> Iterator[Finding]:
    """Yields the findings ``excused-too-long`` and ``leave-without-end``.

    Args:
        cases: by case id.
    """
    for student in students.all:
        case = cases.get(case_id(student.key))
        if case is None or case.state not in _ON_LEAVE_OR_OUT:
            continue
        rows = competent_rows(responsibilities.by_student[student.key], student.rows)
        last = last_statement(rows, snapshot.statuses)
        if last is None or last.values["status"] not in snapshot.notice.form(last.form).proof_statuses:
            continue
        status, unit = last.values["status"], case.responsible_unit
        end = last_day_of_leave(snapshot, last)
        if is_leave_over(snapshot, last):
            if case.state is CaseState.OPEN:
                words = (
                    f"{status}到{end}已期满,未见复学"
                    if stated_end(last)
                    else f"{status}没有截止时间,已满期限({end})"
                )
                yield make_finding(
                    "excused-too-long", [last], f"{words}:{unit}{next_step_after_leave(snapshot, last)}"
                )
        elif stated_end(last) is None and status not in snapshot.notice.leave.lasting:
            months = f",按{end}期满处理" if end is not None else ""
            yield make_finding(
                "leave-without-end", [last], f"{status}没有写截止时间{months}:请{unit}补填截止时间"
            )
