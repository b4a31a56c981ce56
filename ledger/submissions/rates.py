"""Reporting rates (docs/judging.md, Reporting rates), counted over distinct (unit, form) pairs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from ledger.results import FormState, FormStatus, Rates, Status, UnitStatus
from ledger.snapshot import Snapshot
from ledger.submissions.lateness import is_past


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTable:
    """The rates of one denominator: as a whole, and by kind of unit, form, area and period.

    ``base`` counts forms owed by the notice, ``triggered`` those owed because of a child (附件5, 附件6).
    """

    whole: Rates
    base: Rates
    triggered: Rates
    by_kind: dict[str, Rates]
    by_form: dict[str, Rates]
    by_area: dict[str, Rates]
    by_period: dict[str, dict[str, Rates]]
    """By recurring form, then by period key."""


Pair = tuple[UnitStatus, FormStatus]


def rate_tables(snapshot: Snapshot, status: Status) -> dict[str, RateTable]:
    """Returns two rate tables: ``due`` over obligations due by the instant (已到期应报), ``all`` over all obligations (全部应报)."""
    owed = [(unit, form) for unit in status.units for form in unit.forms if form.owed]
    due = [(unit, form) for unit, form in owed if _is_due(form, snapshot.as_of)]
    return {"due": _table(snapshot, due), "all": _table(snapshot, owed)}


def _is_due(form: FormStatus, as_of: datetime) -> bool:
    """Returns whether a form is due; one without an occasion yet (附件5/6 before the third visit) is not."""
    return form.state is not FormState.PENDING and (form.due is None or is_past(form.due, as_of))


def _table(snapshot: Snapshot, pairs: list[Pair]) -> RateTable:
    triggered = {form.key for form in snapshot.notice.forms if form.trigger is not None}
    return RateTable(
        whole=_rates(pairs),
        base=_rates([pair for pair in pairs if pair[1].form not in triggered]),
        triggered=_rates([pair for pair in pairs if pair[1].form in triggered]),
        by_kind=_by(pairs, lambda pair: pair[0].kind),
        by_form=_by(pairs, lambda pair: pair[1].form),
        by_period={
            form.key: _by(
                [pair for pair in pairs if pair[1].form == form.key],
                lambda pair: pair[1].period.key if pair[1].period else "",
            )
            for form in snapshot.notice.forms
            if form.repeats
        },
        by_area=_by(pairs, lambda p: unit.area or "" if (unit := snapshot.unit(p[0].unit)) else ""),
    )


def _by(pairs: Iterable[Pair], key: Callable[[Pair], str]) -> dict[str, Rates]:
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(key(pair), []).append(pair)
    return {name: _rates(group) for name, group in sorted(groups.items()) if name}


def _rates(pairs: list[Pair]) -> Rates:
    counted = [pair for pair in pairs if pair[1].counted]
    late = sum(form.late for _, form in counted)
    came = sum(form.versions > 0 or form.state is FormState.UNCONFIRMED for _, form in pairs)
    rates = Rates(
        expected=len(pairs),
        on_time=len(counted) - late,
        late=late,
        incomplete=came - len(counted),
        missing=len(pairs) - came,
        zero=sum(form.nil for _, form in counted),
        usable=sum(form.state is FormState.RECEIVED for _, form in counted),
        paper_expected=sum(form.paper_owed for _, form in pairs),
        with_paper=sum(form.paper_owed and form.has_both for _, form in pairs),
    )
    assert rates.expected == rates.on_time + rates.late + rates.incomplete + rates.missing
    return rates
