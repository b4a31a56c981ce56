"""Looks for the children of another authority's list (残联, 公安, the national platform, a superior), one by one.

A child is looked for in the cases and on the rolls. Who is linked is decided as everywhere
(:mod:`ledger.children.link_children`): a slip in the number is no other child, and a name alone is none.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from config.identity_numbers import read_identity
from config.notice import Notice
from ledger.children.columns.child_columns import number_of
from ledger.children.link_children import link
from ledger.children.linked_children import Link
from ledger.children.person import Person, describe_row, person_of
from ledger.lists.roll_attendance import is_in_school
from ledger.results import Case, CaseState, ListedChild
from store.stored_values import StoredRecord

_ID_LENGTH = 18
_MOST_ALIKE = 3


class Place(StrEnum):
    """Where a listed child is."""

    OPEN = "open"  # a case that is not closed
    CLOSED = "closed"  # a case that evidence or a person closed
    ON_ROLL = "on-roll"
    NOT_OF_AGE = "not-of-age"
    ALIKE = "alike"  # somebody of that name, perhaps another child
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where a listed child is, and by what."""

    place: Place
    case: Case | None = None
    row: StoredRecord | None = None
    """The newest row of a roll that shows it, in school or not."""
    sentence: str = ""
    """By what the child is known to be that one."""
    alike: tuple[str, ...] = ()
    """Who is of that name, each in words, the first few; of a child that is known to be none of them."""


def find_whereabouts(
    listed: Mapping[str, ListedChild],
    cases: Collection[Case],
    rolls: Iterable[StoredRecord],
    notice: Notice,
) -> dict[str, Whereabouts]:
    """Returns by key where each child of a list is.

    A case that is open goes before a roll: the roll that would close it has been weighed already.
    """
    by_id = {case.case_id: case for case in cases}
    to_cases = link_to_cases(listed, cases)
    on_rolls = _link_to_rolls(listed, rolls)
    alike = _find_alike(cases, (row for row, _ in on_rolls.alike))
    result: dict[str, Whereabouts] = {}
    for key, child in listed.items():
        case_id, why_case = to_cases.get(key, ("", ""))
        case = by_id.get(case_id)
        row, why_row = on_rolls.linked.get(key, (None, ""))
        if case is not None and case.state in (CaseState.OPEN, CaseState.SUSPECTED):
            place, why = Place.OPEN, why_case
        elif row is not None and is_in_school(notice, row):
            place, why = Place.ON_ROLL, why_row
        elif case is not None:
            place, why = Place.CLOSED, why_case
        elif not _is_of_age(notice, child):
            place, why = Place.NOT_OF_AGE, ""
        else:
            place, why = (Place.ALIKE if child.name in alike else Place.NOWHERE), ""
        same_name = alike[child.name][:_MOST_ALIKE] if place is Place.ALIKE else ()
        result[key] = Whereabouts(place=place, case=case, row=row, sentence=why, alike=tuple(same_name))
    return result


def _find_alike(cases: Iterable[Case], rows: Iterable[StoredRecord]) -> dict[str, list[str]]:
    """Returns by name who bears it, each in words: the cases, and the rows of rolls that are nobody of the list."""
    result: dict[str, list[str]] = {}
    for case in cases:
        where = "".join(origin.words for origin in case.origins[-1:])
        result.setdefault(case.name, []).append(f"{case.responsible_unit}{where}")
    for row in rows:
        result.setdefault(str(row.values.get("name")), []).append(describe_row(row))
    return result


def link_to_cases(listed: Mapping[str, ListedChild], cases: Iterable[Case]) -> dict[str, tuple[str, str]]:
    """Returns by key of a listed child the id of its case, surely enough for a list that a person reads, and why."""
    ours = [_person(case.case_id, case.name, case.id_number or "") for case in cases]
    return {key: (one.right, one.sentence) for key, one in _link_listed(listed, ours).items()}


def _link_listed(listed: Mapping[str, ListedChild], ours: Sequence[Person]) -> dict[str, Link]:
    """Returns by key of a listed child its link to one of ours; a child on two lists, or on one twice, is linked once."""
    persons = [_listed_person(key, child) for key, child in listed.items()]
    first_of: dict[str, str] = {}
    first_key = {one.key: first_of.setdefault(_child_of(one), one.key) for one in persons}
    links = link([one for one in persons if first_key[one.key] == one.key], ours).linked
    by_first = {one.left: one for one in links}
    return {key: by_first[first] for key, first in first_key.items() if first in by_first}


def _child_of(person: Person) -> str:
    """What is alike of two entries only where they are one child: a sound number and the name beside it."""
    return f"{person.number}|{person.name}" if person.number is not None else person.key


@dataclass(frozen=True, slots=True)
class _OnRolls:
    linked: Mapping[str, tuple[StoredRecord, str]]
    alike: Collection[tuple[StoredRecord, str]]
    """Rows with a name of the list that are linked to nobody on it."""


def _link_to_rolls(listed: Mapping[str, ListedChild], rolls: Iterable[StoredRecord]) -> _OnRolls:
    names = {child.name for child in listed.values()} - {""}
    numbers = {child.id_number for child in listed.values()} - {""}
    rows = {
        row.record_id: row
        for row in rolls
        if row.values.get("name") in names
        or row.values.get("id_number") in numbers
        or number_of(row) in numbers
    }
    # A child may stand on several rolls: the newest row of one number speaks for it.
    newest = {number_of(row) or row.record_id: row for row in sorted(rows.values(), key=_age)}
    links = _link_listed(listed, [person_of(row.record_id, [row]) for row in newest.values()])
    linked = {key: (rows[one.right], one.sentence) for key, one in links.items()}
    taken = {row.record_id for row, _ in linked.values()}
    return _OnRolls(linked, [(row, "") for key, row in rows.items() if key not in taken])


def _age(row: StoredRecord) -> tuple[object, ...]:
    return (row.received_at, row.unit, row.form, row.row)


def _is_of_age(notice: Notice, child: ListedChild) -> bool:
    birth = _birth_digits(child.id_number) or child.birth or None
    ages = notice.ages
    return birth is None or ages.born_from.isoformat() <= birth <= ages.born_to.isoformat()


def _listed_person(key: str, child: ListedChild) -> Person:
    """A child of a list; without a number it is known by name and birth date where its township is the same, too."""
    if child.id_number:
        return _person(key, child.name, child.id_number)
    return Person(
        key=key, where="", name=child.name or None, birth=child.birth or None, township=child.unit or None
    )


def _person(key: str, name: str, written: str) -> Person:
    identity = read_identity(written)
    number = identity.number if identity.fault is None else None
    birth = identity.birth_date if number is not None else _birth_digits(written)
    return Person(key=key, where="", name=name or None, birth=birth, number=number, written=written or None)


def _birth_digits(written: str) -> str | None:
    """Returns the birth date as a damaged number of full length writes it, be there such a day or not.

    A slip in the month leaves the year right, and by name and year the child is found all the same.
    """
    if len(written) != _ID_LENGTH or not written[6:14].isdigit():
        return None
    return f"{written[6:10]}-{written[10:12]}-{written[12:14]}"
