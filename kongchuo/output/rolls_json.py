"""Formats rolls and the comparison with the platform as JSON."""

from collections.abc import Iterable
from typing import Any

from config.text.output_mask import OutputMask
from kongchuo.output.answers_json import iso_date
from ledger.lists.clearing import ClearedChild
from ledger.lists.platform import PlatformComparison
from ledger.lists.platform_children import ChildDifference
from ledger.lists.rolls import Rolls, RollStudent, added_up


def rolls_json(rolls: Rolls, mask: OutputMask) -> dict[str, Any]:
    """Returns counts by unit with students who came and left, totals, and the lists of children in care."""
    lines = rolls.lines
    return {
        "totals": {
            "students": sum(line.total for line in lines),
            "stages": added_up(line.stages for line in lines),
            "grades": added_up(line.grades for line in lines),
            "households": added_up(line.households for line in lines),
            "modes": added_up(line.modes for line in lines),
            "boarding": sum(line.boarding for line in lines),
        },
        "units": [
            {
                "unit": line.unit,
                "kind": line.kind,
                "form": line.form,
                "total": line.total,
                "stages": dict(line.stages),
                "grades": dict(line.grades),
                "households": dict(line.households),
                "modes": dict(line.modes),
                "boarding": line.boarding,
                "compared_with": iso_date(line.compared_with),
                "came": [_student_json(student, mask) for student in line.came],
                "left": [_student_json(student, mask) for student in line.left],
            }
            for line in lines
        ],
        "lists": {
            name: [_student_json(student, mask) for student in students]
            for name, students in rolls.lists.items()
        },
    }


def _student_json(student: RollStudent, mask: OutputMask) -> dict[str, Any]:
    return {
        "unit": student.unit,
        "form": student.form,
        "name": mask.name(student.name),
        "id_number": mask.number(student.id_number),
        "grade": student.grade,
        "school": student.school,
        "detail": mask.text(student.detail),
        "record_id": student.record_id,
    }


def platform_json(
    month: str,
    numbers: PlatformComparison,
    children: Iterable[ChildDifference] | None,
    mask: OutputMask,
) -> dict[str, Any]:
    """Returns the differences between the platform and our numbers by unit and, if a list was loaded, by child."""
    return {
        "month": month,
        "units": [
            {
                "unit": entry.unit,
                "what": entry.what,
                "platform": entry.platform,
                "ours": entry.ours,
                "difference": entry.difference,
            }
            for entry in numbers.differences
        ],
        "not_typed": list(numbers.not_typed),
        "children": None
        if children is None
        else [
            {
                "name": mask.name(entry.name),
                "id_number": mask.number(entry.id_number),
                "unit": entry.unit,
                "only_in": entry.only_in,
                "note": mask.sentence(entry.note),
            }
            for entry in children
        ],
    }


def cleared_json(
    name: str, cleared: Iterable[tuple[str, ClearedChild]], left_out: Iterable[str], mask: OutputMask
) -> dict[str, Any]:
    """Returns the result for each child of a list, in the list's order, with the sheet if there are several."""
    return {
        "list": name,
        "left_out": [mask.sentence(sentence) for sentence in left_out],
        "children": [
            {
                **({"sheet": sheet} if sheet else {}),
                "name": mask.name(one.child.name),
                "id_number": mask.number(one.child.id_number) or None,
                "place": one.place.value,
                "result": mask.sentence(one.result),
                "evidence": mask.sentence(one.evidence),
                "unit": one.unit or None,
                "progress": one.progress,
                "proofs": [proof.file_id for proof in one.proofs],
                "case_id": one.case_id,
            }
            for sheet, one in cleared
        ],
    }
