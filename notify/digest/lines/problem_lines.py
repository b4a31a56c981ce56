"""Problems of rows as lines, ready to be sent back to the unit."""

from collections.abc import Iterable
from dataclasses import dataclass

from config.text.output_mask import OutputMask
from store.stored_values import StoredProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemLine:
    """One row-level problem, ready to be sent back."""

    unit: str
    form: str
    sheet: str
    row: int | None
    cell: str
    code: str
    severity: str
    value: str
    message: str


def build_problem_lines(problems: Iterable[StoredProblem], mask: OutputMask) -> tuple[ProblemLine, ...]:
    """Returns the lines, sorted by unit, form and place; the value is masked alike in its column and in the message."""
    lines = [
        ProblemLine(
            unit=each.unit,
            form=each.form,
            sheet=each.sheet or "",
            row=each.row,
            cell=each.cell or "",
            code=each.code,
            severity="错误" if each.severity == "error" else "提醒",
            value=mask.field(each.field, each.value) or "",
            message=mask.text(each.message, (each,)) or "",
        )
        for each in problems
    ]
    return tuple(
        sorted(lines, key=lambda one: (one.unit, one.form, one.sheet, one.row or 0, one.cell, one.code))
    )
