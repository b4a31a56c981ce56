"""Checks zero reports (零报告) against the unit's own reports of a child that is still out of school (notice 五(一))."""

from collections.abc import Iterable, Iterator, Mapping

from ledger.cases.responsible_unit import Responsibilities
from ledger.children.linked_children import Student
from ledger.children.student_keys import case_id
from ledger.crosscheck.making_findings import make_finding
from ledger.results import Case, CaseState, Finding
from ledger.snapshot import Snapshot
from store.stored_values import ObligationKey, StoredRecord, StoredSubmission


def check_zero_reports(
    snapshot: Snapshot,
    students: Iterable[Student],
    responsibilities: Responsibilities,
    cases: Iterable[Case],
) -> Iterator[Finding]:
    """Yields ``zero-but-told``: a register without children contradicts a persuasion form, or an earlier register with an open case.

    A unit that reports another unit's child, which that unit reports itself, may rightly send a zero report.
    """
    open_ids = {case.case_id for case in cases if case.state is CaseState.OPEN}
    zero = {
        key: report
        for key, versions in snapshot.histories.items()
        if snapshot.notice.form(key.form).role == "register"
        for report in versions
        if report.nil and report.filing == versions[-1].filing
    }
    for student in students:
        if zero and case_id(student.key) in open_ids:
            responsibility = responsibilities.by_student[student.key]
            own_rows = [row for row in student.rows if not responsibility.is_foreign(row)]
            yield from _contradictions(snapshot, own_rows, zero)


def _contradictions(
    snapshot: Snapshot, rows: Iterable[StoredRecord], zero: Mapping[ObligationKey, StoredSubmission]
) -> Iterator[Finding]:
    registers = {form.key: form.trigger.form for form in snapshot.notice.forms if form.trigger is not None}
    newest = {(row.unit, row.form): row for row in rows}
    for (unit, form), row in newest.items():
        register = registers.get(form, form)
        report = zero.get(ObligationKey(unit, register))
        if report is not None and (form != register or row.received_at <= report.received_at):
            earlier = "先前的" if row.received_at < report.received_at else "同一封邮件的另一份"
            when = earlier if form == register else ""
            yield make_finding(
                "zero-but-told",
                [row],
                f"{unit}的{register}是零报告,{when}{form}却有这名学生,还没有返校:请核对后重报{register}",
            )
