"""Tellings of one child within one list, put together: by number, by name with birth date and family, by a person."""

from collections.abc import Hashable, Iterable, Iterator, Sequence

from ledger.children.linking import UNDECIDED, Decided, crossed_twins, vetoed
from ledger.children.match_rules import PASSES, Pass
from ledger.children.person import Person

_STRONG = PASSES[:2]


def united(persons: Sequence[Person], decided: Decided = UNDECIDED) -> list[list[int]]:
    """The places of each child's tellings, in order of first mention.

    The second pass unites nobody where those of one name and birth date have two numbers among them, and
    never two whom one filing lists side by side.
    """
    groups = _Groups(persons, decided)
    groups.join()
    guard = crossed_twins(persons)
    for each in _STRONG:
        for places in _blocks(persons, each):
            if each.guarded and (not guard.isdisjoint(places) or groups.numbers(places) > 1):
                continue
            for n, one in enumerate(places):
                for other in places[n + 1 :]:
                    if each.guarded and groups.listed_together(one, other):
                        continue
                    pair = persons[one], persons[other]
                    if each.test(*pair) and each.sure(*pair):
                        groups.unite(one, other)
    return groups.all()


def _blocks(persons: Sequence[Person], each: Pass) -> Iterable[list[int]]:
    found: dict[Hashable, list[int]] = {}
    for place, person in enumerate(persons):
        for key in each.keys(person):
            found.setdefault(key, []).append(place)
    return [places for places in found.values() if 1 < len(places) <= each.crowd]


class _Groups:
    """Disjoint groups of places that grow together."""

    def __init__(self, persons: Sequence[Person], decided: Decided) -> None:
        self._persons = persons
        self._decided = decided
        self._members = {place: [place] for place in range(len(persons))}
        self._root = list(range(len(persons)))

    def join(self) -> None:
        """Those whom a person joined, whatever their numbers."""
        if not self._decided.joined:
            return
        named = frozenset[str]().union(*self._decided.joined)
        places = [place for place, person in enumerate(self._persons) if person.ids & named]
        for n, one in enumerate(places):
            for other in places[n + 1 :]:
                pair = self._persons[one], self._persons[other]
                if self._decided.joins(*pair) and not self._decided.bars(*pair):
                    self._merge(one, other)

    def unite(self, one: int, other: int) -> None:
        """Put two groups together, unless by number or a person's word some of one are not some of the other."""
        for first, second in self._across(one, other):
            if vetoed(first, second) or self._decided.bars(first, second):
                return
        self._merge(one, other)

    def listed_together(self, one: int, other: int) -> bool:
        """Whether one filing lists some of one group beside some of the other."""
        return any(first.filings & second.filings for first, second in self._across(one, other))

    def _across(self, one: int, other: int) -> Iterator[tuple[Person, Person]]:
        ours, theirs = self._members[self._root[one]], self._members[self._root[other]]
        if ours is not theirs:
            yield from ((self._persons[a], self._persons[b]) for a in ours for b in theirs)

    def numbers(self, places: Iterable[int]) -> int:
        """How many different numbers the groups of these places have."""
        roots = {self._root[place] for place in places}
        found = {self._persons[place].number for root in roots for place in self._members[root]}
        return len(found - {None})

    def all(self) -> list[list[int]]:
        return sorted(sorted(members) for members in self._members.values())

    def _merge(self, one: int, other: int) -> None:
        kept, gone = sorted((self._root[one], self._root[other]))
        if kept == gone:
            return
        moved = self._members.pop(gone)
        self._members[kept].extend(moved)
        for place in moved:
            self._root[place] = kept
