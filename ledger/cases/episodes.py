"""Tells a child's story as episodes out of school: each ends with a return, and being out again begins the next.

What was before a return is history: visits, dues and the first day count within the episode alone (notice 二(一):
防止辍学反复反弹).
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
    """The last time out of school: its number, what ended the one before, and its own return."""

    number: int
    statements: tuple[Statement, ...]
    """Those of this time, by the day they speak of."""
    before: Statement | None
    """The return that ended the time before, or None in the first."""
    returned: Statement | None
    """The return that nothing takes back, or None while the child is out."""

    @property
    def gone(self) -> tuple[Statement, ...]:
        """What says that the child was out, by the day it speaks of."""
        return tuple(one for one in self.statements if is_gone(one))

    @property
    def listed(self) -> tuple[Statement, ...]:
        """What says that the child was out, or lists it as such without a word."""
        return tuple(one for one in self.statements if is_gone(one) or one.says is Says.MENTIONED)

    @property
    def stated(self) -> tuple[Statement, ...]:
        """What gives a status, by the day it is in force until; of one day being out goes before being on leave."""
        stated = [one for one in self.statements if one.says in (Says.OUT, Says.LEAVE)]
        return tuple(sorted(stated, key=_in_force))

    @property
    def promised(self) -> Statement | None:
        """The return that is still to come, unless a later word says no more of it."""
        promises = [one for one in self.statements if one.says is Says.PROMISED]
        last = max(promises, key=lambda one: (one.told_on, one.day), default=None)
        if last is None or any(one.told_on > last.told_on for one in self.gone):
            return None
        return last

    def holds(self, day: date) -> bool:
        """Returns whether a day is of this time out of school."""
        return self.before is None or day > self.before.day


def visits_of_episode(
    snapshot: Snapshot, rows: Sequence[StoredRecord], episode: Episode
) -> tuple[Visit, ...]:
    """Returns the visits since the child was last back in school, numbered anew.

    A visit without a date belongs to the time in which it was told.
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
    """Until when a statement holds as it was told: a leave that ended before says nothing of the time after it."""
    until = whole_day(one.row.values.get("until")) if one.row is not None else None
    is_leave = one.says is Says.LEAVE
    day = min(one.day, until) if is_leave and until is not None else one.day
    return (day, not is_leave, one.told_on)


def last_episode(statements: Sequence[Statement]) -> Episode:
    """Returns the last time out of school of which these statements, by the day they speak of, tell."""
    returns = [one for one in statements if one.says is Says.RETURNED]
    if not returns:
        return Episode(number=1, statements=tuple(statements), before=None, returned=None)
    against = {
        index: [one for one in statements if takes_back(one, returned)]
        for index, returned in enumerate(returns)
    }
    standing = [returned for index, returned in enumerate(returns) if not against[index]]
    # The last day that was told; of one day, who told it first.
    returned = max(standing, key=lambda one: (one.day, -one.told_on.toordinal()), default=None)
    ended: list[tuple[Statement, frozenset[int]]] = []
    for index, one in enumerate(returns):
        own = against[index]
        if own and not _is_mistaken(one, own) and (returned is None or one.day < returned.day):
            ended.append((one, frozenset(map(id, own))))
    number, before = 1, None
    for index, (one, own_ids) in enumerate(ended):
        if index == 0 or ended[index - 1][1] - own_ids:
            number += 1
        before = one
    kept = statements if before is None else [one for one in statements if one.day > before.day]
    return Episode(number=number, statements=tuple(kept), before=before, returned=returned)


def _is_mistaken(returned: Statement, against: Sequence[Statement]) -> bool:
    """Returns whether a return never was one: all that holds against it came with it, or it was a promise not kept."""
    was_promised = returned.day > returned.told_on
    return all(
        (was_promised or one.told_on == returned.told_on)
        and one.says is not Says.FAILED_VISIT
        and not _began_after(one, returned)
        for one in against
    )


def _began_after(one: Statement, returned: Statement) -> bool:
    return one.began is not None and one.began > returned.day
