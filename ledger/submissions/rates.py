"""Reporting rates exactly as defined (judgement 1.1): distinct (unit, form) pairs, nothing capped."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ledger.results import FormStatus, Rates, State, Status, UnitStatus
from ledger.snapshot import Book
from ledger.submissions.status import first_counted


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTable:
    """For one denominator: the whole, and by kind, form and zone; ``triggered`` apart from ``base``."""

    whole: Rates
    base: Rates
    triggered: Rates
    by_kind: dict[str, Rates]
    by_form: dict[str, Rates]
    by_zone: dict[str, Rates]


Pair = tuple[UnitStatus, FormStatus]


def rate_tables(book: Book, status: Status) -> dict[str, RateTable]:
    """``due``: of what is due by the instant (已到期应报); ``all``: of all that is owed (全部应报)."""
    owed = [(unit, form) for unit in status.units for form in unit.forms if form.owed]
    due = [(unit, form) for unit, form in owed if form.due is None or form.due < book.as_of]
    return {"due": _table(book, due), "all": _table(book, owed)}


def _table(book: Book, pairs: list[Pair]) -> RateTable:
    triggered = {form.key for form in book.notice.forms if form.trigger is not None}
    return RateTable(
        whole=_rates(book, pairs),
        base=_rates(book, [pair for pair in pairs if pair[1].form not in triggered]),
        triggered=_rates(book, [pair for pair in pairs if pair[1].form in triggered]),
        by_kind=_by(book, pairs, lambda pair: pair[0].kind),
        by_form=_by(book, pairs, lambda pair: pair[1].form),
        by_zone=_by(book, pairs, lambda pair: getattr(book.unit(pair[0].unit), "zone", None) or ""),
    )


def _by(book: Book, pairs: Iterable[Pair], key: Callable[[Pair], str]) -> dict[str, Rates]:
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(key(pair), []).append(pair)
    return {name: _rates(book, own) for name, own in sorted(groups.items()) if name}


def _rates(book: Book, pairs: list[Pair]) -> Rates:
    counted = [pair for pair in pairs if _counted(book, pair)]
    late = sum(form.late for _, form in counted)
    came = sum(form.versions > 0 for _, form in pairs)
    rates = Rates(
        expected=len(pairs),
        on_time=len(counted) - late,
        late=late,
        incomplete=came - len(counted),
        missing=len(pairs) - came,
        zero=sum(form.nil for _, form in counted),
        usable=sum(form.state is State.RECEIVED for _, form in counted),
    )
    assert rates.expected == rates.on_time + rates.late + rates.incomplete + rates.missing
    return rates


def _counted(book: Book, pair: Pair) -> bool:
    return first_counted(book.versions.get((pair[0].unit, pair[1].form), ())) is not None
