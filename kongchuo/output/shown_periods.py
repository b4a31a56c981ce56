"""Chooses the periods of a status that are shown: a given one, all, or the newest of each form."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from ledger.results import FormStatus, Status, UnitStatus

MOST_PERIODS = 31
"""The most periods of one form that are shown by default: a month of days, and more than half a year of weeks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStatus:
    """A status with the periods that are shown."""

    status: Status
    left_out: Mapping[str, int]
    """By form, the number of earlier periods that are not shown."""


def show_newest_periods(status: Status) -> ShownStatus:
    """Returns the newest periods of each form, because all periods of a daily report would fill pages."""
    first: dict[str, str] = {}
    left_out: dict[str, int] = {}
    for form, periods in _periods_by_form(status).items():
        if len(periods) > MOST_PERIODS:
            first[form] = periods[-MOST_PERIODS]
            left_out[form] = len(periods) - MOST_PERIODS
    if not first:
        return ShownStatus(status=status, left_out={})

    def is_new(form: FormStatus) -> bool:
        return form.period is None or form.period.key >= first.get(form.form, "")

    units = tuple(
        replace(unit, forms=tuple(form for form in unit.forms if is_new(form))) for unit in status.units
    )
    return ShownStatus(status=replace(status, units=units), left_out=left_out)


def show_one_period(status: Status, keys: Collection[str]) -> ShownStatus:
    """Returns the forms of one period alone, each form's by its key, and the units that have any."""

    def of_period(unit: UnitStatus) -> UnitStatus:
        forms = (form for form in unit.forms if form.period is not None and form.period.key in keys)
        return replace(unit, forms=tuple(forms))

    units = tuple(unit for unit in map(of_period, status.units) if unit.forms)
    return ShownStatus(status=replace(status, units=units), left_out={})


def _periods_by_form(status: Status) -> dict[str, list[str]]:
    keys: dict[str, set[str]] = {}
    for unit in status.units:
        for form in unit.forms:
            if form.period is not None:
                keys.setdefault(form.form, set()).add(form.period.key)
    return {form: sorted(periods) for form, periods in keys.items()}
