"""Splits a child's statements into episodes out of school: a return ends one, being out again begins the next.

Visits, due days and the first day count within the latest episode alone; earlier ones are history (notice
二(一): 防止辍学反复反弹).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from ledger.cases.statements import Says, Statement, is_gone, takes_back
from ledger.cases.visits import merged_visits
from ledger.results import Visit
from ledger.snapshot import Snapshot
from parsers.fields.dates import whole_day
from store.stored_values import StoredRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """The latest time out of school: its number, the return before it, and the return that ends it."""

    number: int
    statements: tuple[Statement, ...]
    """The statements of this episode, by the day they are about."""
    before: Statement | None
    """The return that ended the previous episode, or None in the first."""
    returned: Statement | None
    """The return that no later statement takes back, or None while the child is out."""

    @property
    def gone(self) -> tuple[Statement, ...]:
        """The statements that the child was out of school, by the day they are about."""
        return tuple(one for one in self.statements if is_gone(one))

    @property
    def listed(self) -> tuple[Statement, ...]:
        """The statements that the child was out, or that list it without any status."""
        return tuple(one for one in self.statements if is_gone(one) or one.says is Says.MENTIONED)

    @property
    def stated(self) -> tuple[Statement, ...]:
        """The statements that give a status, by the last day on which it holds; on equal days leave sorts before being out."""
        stated = [one for one in self.statements if one.says in (Says.OUT, Says.LEAVE)]
        return tuple(sorted(stated, key=_in_force))

    @property
    def promised(self) -> Statement | None:
        """The latest promised return, or None if a later report of being out replaced it."""
        promises = [one for one in self.statements if one.says is Says.PROMISED]
        last = max(promises, key=lambda one: (one.told_on, one.day), default=None)
        if last is None or any(one.told_on > last.told_on for one in self.gone):
            return None
        return last

    def holds(self, day: date) -> bool:
        """Returns whether a day belongs to this episode, that is, comes after the previous return."""
        return self.before is None or day > self.before.day


def visits_of_episode(
    snapshot: Snapshot, rows: Sequence[StoredRecord], episode: Episode
) -> tuple[Visit, ...]:
    """Returns the visits since the child was last back in school, numbered from 1.

    A visit without a date belongs to the episode in which it was reported.
    """
    before = episode.before
    if before is None:
        return merged_visits(snapshot.notice, rows, snapshot.today)
    told_since = [row for row in rows if snapshot.told_on(row) > before.told_on]
    undated = [
        visit for visit in merged_visits(snapshot.notice, told_since, snapshot.today) if visit.date is None
    ]
    dated = [
        visit
        for visit in merged_visits(snapshot.notice, rows, snapshot.today)
        if visit.date is not None and episode.holds(visit.date)
    ]
    return tuple(replace(visit, number=number) for number, visit in enumerate((*dated, *undated), 1))


def _in_force(one: Statement) -> tuple[date, bool, date]:
    """Returns the sort key of a status: the last day on which it holds, leave before out, then the day it arrived.

    A leave that had ended holds only until its end, so it does not hide a later report of being out.
    """
    until = whole_day(one.row.values.get("until")) if one.row is not None else None
    is_leave = one.says is Says.LEAVE
    day = min(one.day, until) if is_leave and until is not None else one.day
    return (day, not is_leave, one.told_on)


def last_episode(statements: Sequence[Statement]) -> Episode:
    """Returns the latest episode out of school in these statements, which are sorted by the day they are about."""
    returns = [one for one in statements if one.says is Says.RETURNED]
    if not returns:
        return Episode(number=1, statements=tuple(statements), before=None, returned=None)
    against = {
        index: [one for one in statements if takes_back(one, returned)]
        for index, returned in enumerate(returns)
    }
    valid_returns = [returned for index, returned in enumerate(returns) if not against[index]]
    # The latest day; of equal days, the earliest report.
    returned = max(valid_returns, key=lambda one: (one.day, -one.told_on.toordinal()), default=None)
    ended: list[tuple[Statement, frozenset[int]]] = []
    for index, one in enumerate(returns):
        contradictions = against[index]
        if (
            contradictions
            and not _is_mistaken(one, contradictions)
            and (returned is None or one.day < returned.day)
        ):
            ended.append((one, frozenset(map(id, contradictions))))
    number, before = 1, None
    for index, (one, contradiction_ids) in enumerate(ended):
        if index == 0 or ended[index - 1][1] - contradiction_ids:
            number += 1
        before = one
    of_episode = statements if before is None else [one for one in statements if one.day > before.day]
    return Episode(number=number, statements=tuple(of_episode), before=before, returned=returned)


def _is_mistaken(returned: Statement, against: Sequence[Statement]) -> bool:
    """Returns whether a return never happened: it was a broken promise, or all that contradicts it came on the same day."""
    was_promised = returned.day > returned.told_on
    return all(
        (was_promised or one.told_on == returned.told_on)
        and one.says is not Says.FAILED_VISIT
        and not _began_after(one, returned)
        for one in against
    )


def _began_after(one: Statement, returned: Statement) -> bool:
    return one.began is not None and one.began > returned.day
