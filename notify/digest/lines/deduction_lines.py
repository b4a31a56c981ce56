"""Candidates for a deduction as lines, with both ways of counting."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from ledger.results import Status
from notify.form_labels import format_forms
from notify.obligation_lines import ObligationLine, ShownState


@dataclass(frozen=True, slots=True, kw_only=True)
class DeductionLine:
    """A candidate; the office decides."""

    unit: str
    basis: str
    per_due_date: str
    per_form: str
    note: str


def build_deduction_lines(status: Status, obligations: Iterable[ObligationLine]) -> tuple[DeductionLine, ...]:
    """Builds the lines of units whose missing or late forms count by the notice's rule."""
    units = {unit.unit: unit for unit in status.units}
    counted = [each for each in obligations if each.deduction is not None]
    lines = []
    for name, group in groupby(counted, key=lambda each: each.unit):
        obligation_lines = list(group)
        points = [each.deduction for each in obligation_lines if each.deduction is not None]
        unit = units[name]
        lines.append(
            DeductionLine(
                unit=name,
                basis="；".join(
                    f"{state}{format_forms(each.form for each in of_state)}"
                    for state, of_state in (
                        (state, [each for each in obligation_lines if each.state is state])
                        for state in ShownState
                    )
                    if of_state
                ),
                per_due_date=format_points(unit.deduction_per_due_date, max(points)),
                per_form=format_points(unit.deduction_per_form, sum(points)),
                note="有来件待核，先核后定"
                if any(each.state is ShownState.REVIEW for each in obligation_lines)
                else "",
            )
        )
    return tuple(lines)


def format_points(points: float | None, default: float) -> str:
    """0.1, 0.2 … without the dust of binary fractions."""
    return f"{default if points is None else points:.3f}".rstrip("0").rstrip(".")
