"""Checks what a unit says on its roll (附件1/2) and leaves out of its 附件3/4 (notice 六(三))."""

from collections.abc import Iterator, Mapping, Sequence

from config.notice import FormSpec
from ledger.children.linked_children import Student
from ledger.children.student_keys import case_id
from ledger.crosscheck.making_findings import make_finding
from ledger.lists.roll_words import OutByRoll
from ledger.results import Case, CaseState, Finding
from ledger.snapshot import Snapshot
from store.stored_values import StoredRecord

_BACK = (CaseState.RETURNED, CaseState.MOVED)


def check_rolls(
    snapshot: Snapshot,
    out_by_roll: Sequence[OutByRoll],
    tellers: Mapping[str, Student],
    cases: Mapping[str, Case],
) -> Iterator[Finding]:
    """roll-tells-out: a roll says of a child that it is out, and no 附件3/4 of the unit tells of it.

    Args:
        tellers: by record of a line, the child of the registers that it is about.
        cases: by id.
    """
    for one in out_by_roll:
        row = one.row
        student = tellers.get(row.record_id)
        if student is not None and any(told.unit == row.unit for told in student.rows):
            case = cases.get(case_id(student.key))
            closed_on = case.closed_on if case is not None and case.state in _BACK else None
            if closed_on is None or snapshot.day(row.received_at) <= closed_on:
                continue
        registers = _registers(snapshot, row)
        if registers:
            forms = "、".join(form.key for form in registers)
            proven = "、".join(dict.fromkeys(s for form in registers for s in form.proof_statuses))
            proof = f"({proven}附证明材料)" if proven else ""
            yield make_finding(
                "roll-tells-out",
                [row],
                f"{row.unit}{row.form}第{row.row}行写着“{one.words}”,{forms}没有报这名学生:"
                f"请{row.unit}核实,属实的填入{forms}{proof}",
            )


def _registers(snapshot: Snapshot, row: StoredRecord) -> tuple[FormSpec, ...]:
    """The forms in which the unit of a row lists children out of school."""
    unit = snapshot.unit(row.unit)
    return tuple(
        form
        for form in snapshot.case_forms
        if unit is not None and form.role == "register" and form.is_sent_by(unit.name, unit.kind, None)
    )
