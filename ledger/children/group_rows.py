"""Groups the rows of one list by child: by number, by name with birth date and family, or by an officer's decision."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from datetime import datetime

from ledger.children.linked_children import NO_DECISIONS, PairDecisions
from ledger.children.match_rules import MATCH_RULES, MatchRule
from ledger.children.person import Person, person_of
from ledger.children.twin_guards import crossed_twins, is_vetoed
from store.stored_values import StoredRecord

_GROUPING_RULES = MATCH_RULES[:2]


def group_persons(persons: Sequence[Person], pair_decisions: PairDecisions = NO_DECISIONS) -> list[list[int]]:
    """Returns for each child the indexes of its entries in ``persons``, in order of first mention.

    The second match rule joins no entries if those of one name and birth date have two different numbers, and
    never two entries that one submission lists side by side: either would merge siblings or namesakes.
    """
    groups = _Groups(persons, pair_decisions)
    groups.join_decided()
    guard = crossed_twins(persons)
    for rule in _GROUPING_RULES:
        for indexes in _blocks(persons, rule):
            if rule.guarded and (not guard.isdisjoint(indexes) or groups.numbers(indexes) > 1):
                continue
            for n, one in enumerate(indexes):
                for other in indexes[n + 1 :]:
                    if rule.guarded and groups.listed_together(one, other):
                        continue
                    pair = persons[one], persons[other]
                    if rule.test(*pair) and rule.sure(*pair):
                        groups.join_groups(one, other)
    return groups.all()


def persons_with_rows(
    groups: Sequence[tuple[str, Sequence[StoredRecord]]],
    ids_of: Callable[[StoredRecord], Collection[str]],
    pair_decisions: PairDecisions,
    order: Callable[[StoredRecord], tuple[datetime, str]],
) -> list[tuple[Person, tuple[StoredRecord, ...]]]:
    """Returns each child with its rows in order, after joining the groups that are about one child.

    Args:
        groups: student keys, each with its rows.
        ids_of: returns the ids under which officers may have decided on the child of a row.
        order: the sort key of rows.
    """
    persons = [
        person_of(key, rows, {each for row in rows for each in ids_of(row)} if pair_decisions else ())
        for key, rows in groups
    ]
    children = []
    for indexes in group_persons(persons, pair_decisions):
        rows = tuple(sorted((row for index in indexes for row in groups[index][1]), key=order))
        person = persons[indexes[0]]
        if len(indexes) > 1:
            ids = frozenset[str]().union(*(persons[index].ids for index in indexes))
            person = person_of(person.key, rows, ids)
        children.append((person, rows))
    return children


def _blocks(persons: Sequence[Person], rule: MatchRule) -> Iterable[list[int]]:
    by_key: dict[Hashable, list[int]] = {}
    for index, person in enumerate(persons):
        for key in rule.keys(person):
            by_key.setdefault(key, []).append(index)
    return [indexes for indexes in by_key.values() if 1 < len(indexes) <= rule.largest_group]


class _Groups:
    """Disjoint groups of indexes that are merged step by step (union-find)."""

    def __init__(self, persons: Sequence[Person], pair_decisions: PairDecisions) -> None:
        self._persons = persons
        self._pair_decisions = pair_decisions
        self._members = {index: [index] for index in range(len(persons))}
        self._root = list(range(len(persons)))

    def join_decided(self) -> None:
        """Merges the entries that an officer joined, even where their numbers differ."""
        if not self._pair_decisions.joined:
            return
        named = frozenset[str]().union(*self._pair_decisions.joined)
        indexes = [index for index, person in enumerate(self._persons) if person.ids & named]
        for n, one in enumerate(indexes):
            for other in indexes[n + 1 :]:
                pair = self._persons[one], self._persons[other]
                if self._pair_decisions.joins(*pair) and not self._pair_decisions.separates(*pair):
                    self._merge(one, other)

    def join_groups(self, one: int, other: int) -> None:
        """Merges two groups, unless numbers or an officer's decision separate a member of one from a member of the other."""
        for first, second in self._across(one, other):
            if is_vetoed(first, second) or self._pair_decisions.separates(first, second):
                return
        self._merge(one, other)

    def listed_together(self, one: int, other: int) -> bool:
        """Returns whether one submission lists members of both groups."""
        return any(first.submission_ids & second.submission_ids for first, second in self._across(one, other))

    def _across(self, one: int, other: int) -> Iterator[tuple[Person, Person]]:
        ours, theirs = self._members[self._root[one]], self._members[self._root[other]]
        if ours is not theirs:
            yield from ((self._persons[a], self._persons[b]) for a in ours for b in theirs)

    def numbers(self, indexes: Iterable[int]) -> int:
        """Returns the number of different identity numbers in the groups of these indexes."""
        roots = {self._root[index] for index in indexes}
        by_key = {self._persons[index].number for root in roots for index in self._members[root]}
        return len(by_key - {None})

    def all(self) -> list[list[int]]:
        """Returns all groups, each sorted, in order of their first index."""
        return sorted(sorted(members) for members in self._members.values())

    def _merge(self, one: int, other: int) -> None:
        root, merged_root = sorted((self._root[one], self._root[other]))
        if root == merged_root:
            return
        moved = self._members.pop(merged_root)
        self._members[root].extend(moved)
        for index in moved:
            self._root[index] = root
