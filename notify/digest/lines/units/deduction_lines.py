"""Candidates for a deduction as lines, with the ways of counting; schools without a figure (六(一))."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from ledger.results import Status, UnitStatus
from notify.form_labels import format_titles
from notify.obligation_lines import ObligationLine, ShownState


@dataclass(frozen=True, slots=True, kw_only=True)
class DeductionLine:
    """A unit whose points may be deducted, for the office to decide; figures are empty if the notice gives none."""

    unit: str
    basis: str
    counted: str
    """The points by the notice's own way of counting occasions (次)."""
    per_due_date: str
    per_form: str
    note: str


def build_deduction_lines(
    status: Status, obligations: Iterable[ObligationLine], authority: str
) -> tuple[DeductionLine, ...]:
    """Returns the lines of units with missing or late forms that count by the notice; ``authority`` decides on them."""
    units = {unit.unit: unit for unit in status.units}
    counted = [each for each in obligations if each.is_candidate]
    lines = []
    for name, group in groupby(counted, key=lambda each: each.unit):
        obligation_lines = list(group)
        unit = units[name]
        lines.append(
            DeductionLine(
                unit=name,
                basis="；".join(
                    f"{state}{format_titles(of_state)}"
                    for state, of_state in (
                        (state, [each for each in obligation_lines if each.state is state])
                        for state in ShownState
                    )
                    if of_state
                ),
                counted=format_points(unit.deduction_counted),
                per_due_date=format_points(unit.deduction_per_due_date),
                per_form=format_points(unit.deduction_per_form),
                note="；".join(_notes(obligation_lines, unit, authority)),
            )
        )
    return tuple(lines)


def _notes(obligation_lines: Iterable[ObligationLine], unit: UnitStatus, authority: str) -> Iterator[str]:
    if unit.deduction_per_form is None:
        yield f"相应分值由{authority}核定"
    if any(each.state is ShownState.REVIEW for each in obligation_lines):
        yield "有来件待核，先核后定"


def format_points(points: float | None) -> str:
    """Returns points without floating-point noise (0.1, 0.2); empty for None."""
    return "" if points is None else f"{points:.3f}".rstrip("0").rstrip(".")
