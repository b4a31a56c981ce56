"""Finds the children of earlier submissions that are in no current one (docs/judging.md, Suspected dropouts)."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime

from ledger.children.columns.candidates import find_candidates
from ledger.children.columns.child_columns import ChildColumns, newest_text, number_of
from ledger.children.group_rows import persons_with_rows
from ledger.children.link_children import link
from ledger.children.linked_children import Absence, AbsentMatch, Link, PairDecisions
from ledger.children.match_rules import is_other_family
from ledger.children.person import Person
from ledger.children.student_keys import aliases, child_key, roll_ids
from store.questions.stored_rows import StoredRows
from store.stored_values import StoredRecord

_BY_NAME = (2, 3, 6)
_BY_BIRTH = (4, 5, 7)
"""Steps of the match rules that propose by the name, and by birth date and family."""


def find_absence(
    before: Iterable[StoredRows], current: ChildColumns, pair_decisions: PairDecisions
) -> Absence:
    """Returns the children in replaced submissions and in no current row, and current children that may be them.

    Most children match by number and name, or by name and birth date in their own unit; the others go through
    the match rules. A proposal that is nearly certain (``_is_present``) counts as present too, as this closes
    no case.

    Args:
        before: rows of replaced submissions, in chunks to save memory.
    """
    earlier = _EarlierList()
    missing = _missing(earlier.keep(map(ChildColumns, before)), current)
    if not missing:
        return Absence(absent=(), possible=())
    missing_children = _children(missing, lambda row: aliases(child_key(row), [row]), pair_decisions)
    candidates = find_candidates(
        [person for person, _ in missing_children], current, _joined_by_people(current, pair_decisions)
    )
    present = _children(candidates, roll_ids, pair_decisions)
    result = link(
        [person for person, _ in missing_children], [person for person, _ in present], pair_decisions
    )
    absent, present_persons = (
        {one.key: (one, row) for one, row in missing_children},
        {one.key: (one, row) for one, row in present},
    )
    asked_about = _AskedAbout(
        earlier,
        [
            *(absent[one.left][0] for one in result.proposed),
            *(present_persons[one.right][0] for one in result.same_number),
        ],
    )
    present_keys = {one.left for one in result.linked}
    present_keys |= {
        one.left
        for one in result.proposed
        if _is_present(one, absent[one.left][0], present_persons[one.right][0], asked_about)
    }
    for one in result.same_number:
        other = present_persons[one.right][0]
        if _same_family(absent[one.left][0], other) and not asked_about.lists(other):
            present_keys.add(one.left)
    return Absence(
        absent=tuple(row for person, row in missing_children if person.key not in present_keys),
        possible=tuple(
            AbsentMatch(link=one, absent=absent[one.left][1], present=present_persons[one.right][1])
            for one in result.proposed
            if one.left not in present_keys
        ),
    )


class _EarlierList:
    """The names, birth dates, guardians and telephones of replaced submissions; nothing else is kept in memory."""

    def __init__(self) -> None:
        self._columns: list[tuple[list[str | None], ...]] = []

    def keep(self, lists: Iterable[ChildColumns]) -> Iterator[ChildColumns]:
        """Yields the lists, and stores the needed columns of each."""
        for one in lists:
            self._columns.append((one.names, one.births, one.guardians, one.phones))
            yield one

    def facts(self) -> Iterator[tuple[str | None, ...]]:
        """Yields name, birth date, guardian and telephone of each row."""
        for columns in self._columns:
            yield from zip(*columns, strict=True)


class _AskedAbout:
    """Children of the earlier list by name and birth date, and households with several children of one birthday.

    Only rows that share a name, guardian or telephone with ``persons`` are read, which are few.
    """

    def __init__(self, earlier: _EarlierList, persons: Sequence[Person]) -> None:
        self._children: set[tuple[object, object]] = set()
        self._names: dict[tuple[object, object], set[object]] = {}
        names = {person.name for person in persons}
        homes = {home for person in persons for home in (person.guardian, person.phone) if home}
        for name, birth, guardian, phone in earlier.facts():
            if name not in names and guardian not in homes and phone not in homes:
                continue
            self._children.add((name, birth))
            for home in {guardian, phone} & homes:
                self._names.setdefault((home, birth), set()).add(name)

    def lists(self, person: Person) -> bool:
        """Returns whether the earlier list contains a child of this name and birth date."""
        return (person.name, person.birth) in self._children

    def has_twin(self, person: Person) -> bool:
        """Returns whether the earlier list has another name with this birth date under the same guardian or telephone."""
        homes = ((person.guardian, person.birth), (person.phone, person.birth))
        return any(len(self._names.get(home, ())) > 1 for home in homes)


def _is_present(proposal: Link, person: Person, other: Person, asked_about: _AskedAbout) -> bool:
    """Returns whether a proposal suffices to treat a child as not absent.

    It does by name unless the family differs; under another name only for a child without a twin.
    """
    if proposal.step in _BY_NAME:
        return not is_other_family(person, other)
    return proposal.step in _BY_BIRTH and not asked_about.has_twin(person)


def _same_family(one: Person, other: Person) -> bool:
    return one.guardian is not None and one.guardian == other.guardian


def _joined_by_people(current: ChildColumns, pair_decisions: PairDecisions) -> list[int]:
    """Returns the indexes of current rows whose child an officer joined with another."""
    if not pair_decisions.joined:
        return []
    joined = frozenset[str]().union(*pair_decisions.joined)
    return [index for index, row in enumerate(current.rows) if not joined.isdisjoint(roll_ids(row))]


def _missing(before: Iterable[ChildColumns], current: ChildColumns) -> list[StoredRecord]:
    """Returns the rows, oldest first, that no current row matches by number and name, or by name and birth date in their unit."""
    named = {pair for pair in zip(current.numbers, current.names, strict=True) if pair[0] is not None}
    unnamed: list[StoredRecord] = []
    for listed in before:
        pairs = enumerate(zip(listed.numbers, listed.names, strict=True))
        unnamed += listed.rows.at(index for index, pair in pairs if pair not in named)
    names = {newest_text([row], "name") for row in unnamed}
    members: dict[tuple[str | None, ...], set[str | None]] = {}
    for index, name in enumerate(current.names):
        if name in names:
            of_unit = (current.rows.units[index], name, current.typed_births[index])
            members.setdefault(of_unit, set()).add(current.numbers[index])
    result = []
    for row in unnamed:
        name = newest_text([row], "name")
        numbers = members.get((row.unit, name, newest_text([row], "birth_date")), set())
        if name is None or not (None in numbers or (numbers and number_of(row) is None)):
            result.append(row)
    return sorted(result, key=_arrived)


def _children(
    rows: Sequence[StoredRecord],
    ids_of: Callable[[StoredRecord], Collection[str]],
    pair_decisions: PairDecisions,
) -> list[tuple[Person, StoredRecord]]:
    """Returns the children of these rows, each with its last row."""
    by_key: dict[str, list[StoredRecord]] = {}
    for row in rows:
        by_key.setdefault(child_key(row), []).append(row)
    children = persons_with_rows(list(by_key.items()), ids_of, pair_decisions, order=_arrived)
    return [(person, child_rows[-1]) for person, child_rows in children]


def _arrived(row: StoredRecord) -> tuple[datetime, str]:
    return (row.received_at, row.record_id)
