"""Builds lines of children in 返校观察: the end of the observation, and whether the work file (一生一案) exists."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from config.text.masking import mask_id
from ledger.results import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedLine:
    """A child who returned recently and is still observed."""

    case_id: str
    name: str
    masked_id: str
    unit: str
    returned_on: date | None
    observed_until: date
    work_file: str | None


def build_observed_lines(cases: Iterable[Case]) -> tuple[ObservedLine, ...]:
    """Returns the lines, those without a work file first, then by the end of the observation."""
    lines = [
        ObservedLine(
            case_id=case.case_id,
            name=case.name,
            masked_id=mask_id(case.id_number or ""),
            unit=case.responsible_unit,
            returned_on=case.closed_on,
            observed_until=case.observed_until,
            work_file=case.work_file,
        )
        for case in cases
        if case.observed_until is not None
    ]
    return tuple(
        sorted(lines, key=lambda one: (one.work_file is not None, one.observed_until, one.unit, one.name))
    )
