"""Compares each unit's figures with its own past: its previous filing, and the same day a year before.

A change by at least ``readings.past_share`` (ratio 0..1) and ``readings.past_least`` children is reported
with both numbers. It is a question to the unit and changes no state; children missing from a list are found
elsewhere (:mod:`ledger.children.vanished_children`).
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from config.notice import FormSpec, Notice
from ledger.lists.rolls import PAIRED, count_paired
from ledger.snapshot import Snapshot
from ledger.versions.current_versions import EarlierVersions
from store.questions.stored_rows import StoredRows
from store.stored_values import ObligationKey

_Figures = Mapping[ObligationKey, Mapping[str, int]]
_YEAR = timedelta(days=365)
_ON_ROLL = "在册"
_WHETHER = "是否"


class Since(StrEnum):
    """The past that a figure is compared with."""

    LAST_FILING = "上次"
    LAST_YEAR = "去年"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDifference:
    """One figure of a unit that changed much; counts are numbers of children."""

    unit: str
    form: str
    figure: str
    """What is counted: 在册, 寄宿, a list of care, or the statuses of children out of school."""
    now: int
    before: int
    since: Since
    day: date
    """The day on which the earlier figure was sent, or the day a year ago."""
    came: datetime
    """When the submission with the present figure arrived."""

    @property
    def size(self) -> int:
        """The absolute change in children."""
        return abs(self.now - self.before)


def compare_with_past(snapshot: Snapshot) -> tuple[PastDifference, ...]:
    """Returns the changes beyond the bounds, the largest first; a figure that changed against both is compared with the last filing."""
    judged = [form.key for form in snapshot.notice.forms if form.role in ("roll", "register")]
    keys = {key for fact in snapshot.submissions if (key := fact.key.of_form).form in judged}
    earlier = {key: found for key in keys if (found := snapshot.earlier_versions(key)) is not None}
    year_ago = _year_ago(snapshot)
    last_year = _figures(year_ago, keys) if year_ago is not None else {}
    now = _figures(snapshot, earlier.keys() | last_year.keys())
    differences: dict[tuple[str, str, str], PastDifference] = {}
    for difference in (
        *_against_last_year(snapshot, now, last_year),
        *_against_last_filing(snapshot, now, earlier),
    ):
        differences[difference.unit, difference.form, difference.figure] = difference
    return tuple(sorted(differences.values(), key=lambda one: (-one.size, one.unit, one.form, one.figure)))


def _year_ago(snapshot: Snapshot) -> Snapshot | None:
    """Returns the snapshot of the same day a year before, or None if nothing had arrived by then."""
    day = snapshot.today - _YEAR
    if all(snapshot.day(fact.received_at) > day for fact in snapshot.across_notices.submissions):
        return None
    return snapshot.as_it_stood(day)


def _figures(snapshot: Snapshot, keys: Collection[ObligationKey]) -> dict[ObligationKey, dict[str, int]]:
    """Returns by unit and form its figures: children in school for rolls, children out of school for registers."""
    return {
        key: _count(snapshot.notice, snapshot.notice.form(form), own)
        for form in dict.fromkeys(key.form for key in keys)
        for unit, own in snapshot.latest_rows(form).by_unit().items()
        if (key := ObligationKey(unit, form)) in keys
    }


def _count(notice: Notice, form: FormSpec, rows: StoredRows) -> dict[str, int]:
    if form.role == "register":
        out = notice.meant("status", "out")
        return {"、".join(sorted(out)): sum(status in out for status in rows.column("status"))}
    counts = {_ON_ROLL: len(rows)}
    if "boarding" in form.fields:
        heading = notice.fields["boarding"].heading.removeprefix(_WHETHER)
        counts[heading] = sum(value is True for value in rows.column("boarding"))
    if "attendance_mode" in form.fields:
        modes = Counter(rows.column("attendance_mode"))
        counts |= {mode: modes[mode] for mode in notice.rolls.lists}
    if "household_category" in form.fields:
        counts[PAIRED] = count_paired(notice, rows)
    return counts


def _against_last_filing(
    snapshot: Snapshot, now: _Figures, earlier: Mapping[ObligationKey, EarlierVersions]
) -> Iterator[PastDifference]:
    for key, versions in earlier.items():
        before = _count(snapshot.notice, snapshot.notice.form(key.form), snapshot.rows_that_counted(versions))
        for one in _differences(snapshot, key, now.get(key, {}), before, Since.LAST_FILING, versions.day):
            fell_much = one.now < snapshot.notice.dropped_share * one.before
            if one.figure != _ON_ROLL or not fell_much:  # that is reported as rows-dropped
                yield one


def _against_last_year(snapshot: Snapshot, now: _Figures, before: _Figures) -> Iterator[PastDifference]:
    for key, figures in before.items():
        yield from _differences(
            snapshot, key, now.get(key, {}), figures, Since.LAST_YEAR, snapshot.today - _YEAR
        )


def _differences(
    snapshot: Snapshot,
    key: ObligationKey,
    now: Mapping[str, int],
    before: Mapping[str, int],
    since: Since,
    day: date,
) -> Iterator[PastDifference]:
    readings = snapshot.notice.readings
    for figure in now.keys() & before.keys():
        change = abs(now[figure] - before[figure])
        if change >= readings.past_least and change >= readings.past_share * before[figure]:
            yield PastDifference(
                unit=key.unit,
                form=key.form,
                figure=figure,
                now=now[figure],
                before=before[figure],
                since=since,
                day=day,
                came=max(fact.received_at for fact in snapshot.histories[key]),
            )
