"""Checks for children that a unit's roll (附件1/2) calls out of school and its 附件3/4 does not list (notice 六(三))."""

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
    """Yields the finding ``roll-tells-out`` for such roll rows.

    Args:
        out_by_roll: roll rows that say that a child is not in school.
        tellers: by record id of such a row, the child of the registers that it is about.
        cases: by case id.
    """
    for one in out_by_roll:
        row = one.row
        student = tellers.get(row.record_id)
        if student is not None and any(reported.unit == row.unit for reported in student.rows):
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
    """Returns the registers of children out of school that the unit of a row sends."""
    unit = snapshot.unit(row.unit)
    return tuple(
        form
        for form in snapshot.case_forms
        if unit is not None and form.role == "register" and form.is_sent_by(unit.name, unit.kind, None)
    )
