"""Finds the children of earlier submissions who are in no current one (``docs/judging.md``, Suspected dropouts)."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from ledger.children.group_rows import persons_with_rows
from ledger.children.link_children import link
from ledger.children.linked_children import Absence, AbsentMatch, Link, PairDecisions
from ledger.children.match_rules import is_other_family
from ledger.children.person import Person, birth_of, number_of
from ledger.children.student_keys import aliases, child_key, roll_ids
from store.stored_values import StoredRecord

_BY_NAME = (2, 3, 6)
_BY_BIRTH = (4, 5, 7)
"""Steps of the match rules that propose by the name, and by birth date and family."""


def find_absence(
    before: Sequence[StoredRecord], current: Sequence[StoredRecord], pair_decisions: PairDecisions
) -> Absence:
    """Compares the rows of replaced submissions with all current rows.

    Most are found by number and name, or by name and birth date in their own unit; the rest are linked.
    Whoever a proposal finds beyond reasonable doubt (``_is_present``) is not absent either: that closes nothing.
    """
    missing = _missing(before, current)
    if not missing:
        return Absence(absent=(), possible=())
    missing_children = _children(missing, lambda row: aliases(child_key(row), [row]), pair_decisions)
    present = _children(_candidates(missing, current, pair_decisions), roll_ids, pair_decisions)
    result = link(
        [person for person, _ in missing_children], [person for person, _ in present], pair_decisions
    )
    absent, present_persons = (
        {one.key: (one, row) for one, row in missing_children},
        {one.key: (one, row) for one, row in present},
    )
    earlier = _EarlierList(
        before,
        [
            *(absent[one.left][0] for one in result.proposed),
            *(present_persons[one.right][0] for one in result.same_number),
        ],
    )
    accounted = {one.left for one in result.linked}
    accounted |= {
        one.left
        for one in result.proposed
        if _is_present(one, absent[one.left][0], present_persons[one.right][0], earlier)
    }
    for one in result.same_number:
        other = present_persons[one.right][0]
        if _same_family(absent[one.left][0], other) and not earlier.lists(other):
            accounted.add(one.left)
    return Absence(
        absent=tuple(row for person, row in missing_children if person.key not in accounted),
        possible=tuple(
            AbsentMatch(link=one, absent=absent[one.left][1], present=present_persons[one.right][1])
            for one in result.proposed
            if one.left not in accounted
        ),
    )


class _EarlierList:
    """The earlier list: its children by name and birth date, and households with several of one birthday.

    Of its rows only those are kept that may speak of the persons who are asked about: they are few.
    """

    def __init__(self, rows: Sequence[StoredRecord], persons: Sequence[Person]) -> None:
        self._children: set[tuple[object, object]] = set()
        self._names: dict[tuple[object, object], set[object]] = {}
        names = {person.name for person in persons}
        homes = {home for person in persons for home in (person.guardian, person.phone) if home}
        for row in rows:
            name = row.values.get("name")
            near = {row.values.get("guardian"), row.values.get("guardian_phone")} & homes
            if not near and name not in names:
                continue
            birth = birth_of(row)
            self._children.add((name, birth))
            for home in near:
                self._names.setdefault((home, birth), set()).add(name)

    def lists(self, person: Person) -> bool:
        return (person.name, person.birth) in self._children

    def has_twin(self, person: Person) -> bool:
        homes = ((person.guardian, person.birth), (person.phone, person.birth))
        return any(len(self._names.get(home, ())) > 1 for home in homes)


def _is_present(proposal: Link, person: Person, other: Person, earlier: _EarlierList) -> bool:
    """Returns whether a proposal is enough to say that a child is not absent.

    By name and family it is; where the name is another, only of a child without a twin.
    """
    if proposal.step in _BY_NAME:
        return not is_other_family(person, other)
    return proposal.step in _BY_BIRTH and not earlier.has_twin(person)


def _same_family(one: Person, other: Person) -> bool:
    return one.guardian is not None and one.guardian == other.guardian


def _candidates(
    missing: Sequence[StoredRecord], current: Sequence[StoredRecord], pair_decisions: PairDecisions
) -> list[StoredRecord]:
    """Returns the rows that a match rule or a person may link to one of these: every rule needs name, birth date or number."""
    joined = frozenset[str]().union(*pair_decisions.joined)
    names = {row.values.get("name") for row in missing} - {None, ""}
    births = {birth_of(row) for row in missing} - {None}
    numbers = {number_of(row) for row in missing} - {None}
    return [
        row
        for row in current
        if row.values.get("name") in names
        or birth_of(row) in births
        or number_of(row) in numbers
        or (joined and not joined.isdisjoint(roll_ids(row)))
    ]


def _missing(before: Sequence[StoredRecord], current: Sequence[StoredRecord]) -> list[StoredRecord]:
    """Returns the rows, oldest first, whose number with name, or name with birth date in their unit, is in no current row."""
    named = {(number, row.values.get("name")) for row in current if (number := number_of(row)) is not None}
    unnumbered = [row for row in before if (number_of(row), row.values.get("name")) not in named]
    names = {row.values.get("name") for row in unnumbered}
    members: dict[tuple[object, ...], set[str | None]] = {}
    for row in current:
        if row.values.get("name") in names:
            members.setdefault(_in_unit(row), set()).add(number_of(row))
    result = []
    for row in sorted(unnumbered, key=_arrived):
        numbers = members.get(_in_unit(row), set())
        if row.values.get("name") and (None in numbers or (numbers and number_of(row) is None)):
            continue
        result.append(row)
    return result


def _in_unit(row: StoredRecord) -> tuple[object, ...]:
    return (row.unit, row.values.get("name"), row.values.get("birth_date"))


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
    return [(person, own[-1]) for person, own in children]


def _arrived(row: StoredRecord) -> tuple[datetime, str]:
    return (row.received_at, row.record_id)
