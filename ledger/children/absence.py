"""疑似: children of whom somebody told before and nobody tells now (judgement M6)."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.children.grouping import united
from ledger.children.linking import Decided, Link, link
from ledger.children.match_rules import other_family
from ledger.children.person import Person, number_of, person_of
from ledger.children.students import aliases, child_key, roll_ids
from store.stored_values import StoredRecord

_BY_NAME = (2, 3, 6)
_BY_BIRTH = (4, 5, 7)
"""Passes that propose by the name, and by birth date and family."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Somebody gone, and somebody there who may be the same child."""

    link: Link
    gone: StoredRecord
    there: StoredRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """The last row of each child who is gone, and who of those there may be one of them."""

    gone: tuple[StoredRecord, ...]
    alike: tuple[Alike, ...]


def absence(before: Sequence[StoredRecord], now: Sequence[StoredRecord], decided: Decided) -> Absence:
    """Compare the rows that were replaced with all that stand.

    Most are found by number and name, or by name and birth date in their own unit; the rest are linked.
    Whoever a proposal finds beyond reasonable doubt (``_there``) is not gone either: that closes nothing.
    """
    missing = _missing(before, now)
    if not missing:
        return Absence(gone=(), alike=())
    then = _children(missing, lambda row: aliases(child_key(row), [row]), decided)
    there = _children(_sought(missing, now, decided), roll_ids, decided)
    found = link([person for person, _ in then], [person for person, _ in there], decided)
    gone, found_there = (
        {one.key: (one, row) for one, row in then},
        {one.key: (one, row) for one, row in there},
    )
    known = _Known(before)
    accounted = {one.left for one in found.linked}
    accounted |= {
        one.left for one in found.proposed if _there(one, gone[one.left][0], found_there[one.right][0], known)
    }
    for one in found.same_number:
        other = found_there[one.right][0]
        if _same_family(gone[one.left][0], other) and not known.tells_of(other):
            accounted.add(one.left)
    return Absence(
        gone=tuple(row for person, row in then if person.key not in accounted),
        alike=tuple(
            Alike(link=one, gone=gone[one.left][1], there=found_there[one.right][1])
            for one in found.proposed
            if one.left not in accounted
        ),
    )


class _Known:
    """Of the list as it was: its children by name and birth date, and households with several of one birthday."""

    def __init__(self, rows: Sequence[StoredRecord]) -> None:
        self._children: set[tuple[object, object]] = set()
        self._names: dict[tuple[object, object], set[object]] = {}
        for row in rows:
            name, birth = row.values.get("name"), row.values.get("birth_date")
            self._children.add((name, birth))
            for fact in ("guardian", "guardian_phone"):
                if value := row.values.get(fact):
                    self._names.setdefault((value, birth), set()).add(name)

    def tells_of(self, person: Person) -> bool:
        return (person.name, person.birth) in self._children

    def has_twin(self, person: Person) -> bool:
        homes = ((person.guardian, person.birth), (person.phone, person.birth))
        return any(len(self._names.get(home, ())) > 1 for home in homes)


def _there(proposal: Link, person: Person, other: Person, known: _Known) -> bool:
    """Whether a proposal is enough to say that a child is not gone.

    By name and family it is; where the name is another, only of a child without a twin.
    """
    if proposal.step in _BY_NAME:
        return not other_family(person, other)
    return proposal.step in _BY_BIRTH and not known.has_twin(person)


def _same_family(one: Person, other: Person) -> bool:
    return one.guardian is not None and one.guardian == other.guardian


def _sought(
    missing: Sequence[StoredRecord], now: Sequence[StoredRecord], decided: Decided
) -> list[StoredRecord]:
    """The rows that a pass or a person may find for one of these: each pass asks for name, birth date or number."""
    joined = frozenset[str]().union(*decided.joined)
    names = {row.values.get("name") for row in missing} - {None, ""}
    births = {row.values.get("birth_date") for row in missing} - {None, ""}
    numbers = {number_of(row) for row in missing} - {None}
    return [
        row
        for row in now
        if row.values.get("name") in names
        or row.values.get("birth_date") in births
        or number_of(row) in numbers
        or (joined and not joined.isdisjoint(roll_ids(row)))
    ]


def _missing(before: Sequence[StoredRecord], now: Sequence[StoredRecord]) -> list[StoredRecord]:
    """The rows, oldest first, whose number with name, or name with birth date in their unit, does not stand."""
    named = {(number_of(row), row.values.get("name")) for row in now}
    own: dict[tuple[object, ...], set[str | None]] = {}
    for row in now:
        own.setdefault(_in_unit(row), set()).add(number_of(row))
    found = []
    for row in sorted(before, key=_arrived):
        number = number_of(row)
        if number is not None and (number, row.values.get("name")) in named:
            continue
        numbers = own.get(_in_unit(row), set())
        if row.values.get("name") and (None in numbers or (numbers and number is None)):
            continue
        found.append(row)
    return found


def _in_unit(row: StoredRecord) -> tuple[object, ...]:
    return (row.unit, row.values.get("name"), row.values.get("birth_date"))


def _children(
    rows: Sequence[StoredRecord], ids_of: Callable[[StoredRecord], Collection[str]], decided: Decided
) -> list[tuple[Person, StoredRecord]]:
    """The rows by child, each with its last row."""
    by_key: dict[str, list[StoredRecord]] = {}
    for row in rows:
        by_key.setdefault(child_key(row), []).append(row)
    groups = list(by_key.items())
    tellings = [
        person_of(key, own, {alias for row in own for alias in ids_of(row)} if decided else ())
        for key, own in groups
    ]
    found = []
    for places in united(tellings, decided):
        own = sorted((row for place in places for row in groups[place][1]), key=_arrived)
        person = tellings[places[0]]
        if len(places) > 1:
            ids = frozenset[str]().union(*(tellings[place].ids for place in places))
            person = person_of(person.key, own, ids)
        found.append((person, own[-1]))
    return found


def _arrived(row: StoredRecord) -> tuple[datetime, str]:
    return (row.received_at, row.record_id)
