"""Looks up the children of another authority's list (残联, 公安, the national platform, a superior) one by one.

Each child is looked up among the cases and on the rolls by the usual match rules
(:mod:`ledger.children.link_children`): a slip in the number makes no other child, and a name alone identifies
none.
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
_MOST_ALIKE = 3  # entries shown


class Place(StrEnum):
    """Where a listed child was found."""

    OPEN = "open"  # a case that is not closed
    CLOSED = "closed"  # a case closed by evidence or an officer
    ON_ROLL = "on-roll"
    NOT_OF_AGE = "not-of-age"
    ALIKE = "alike"  # only a child of the same name, perhaps another one
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where a listed child was found, with the evidence."""

    place: Place
    case: Case | None = None
    row: StoredRecord | None = None
    """The newest roll row of the child, in school or not."""
    sentence: str = ""
    """The facts that identify the child, in Chinese."""
    alike: tuple[str, ...] = ()
    """For ``ALIKE``: the first few entries with the same name, in words."""


def find_whereabouts(
    listed: Mapping[str, ListedChild],
    cases: Collection[Case],
    rolls: Iterable[StoredRecord],
    notice: Notice,
) -> dict[str, Whereabouts]:
    """Returns by key where each child of a list was found.

    An open case precedes a roll entry, as a roll that would close the case has been considered already.
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
            found_at, why = Place.OPEN, why_case
        elif row is not None and is_in_school(notice, row):
            found_at, why = Place.ON_ROLL, why_row
        elif case is not None:
            found_at, why = Place.CLOSED, why_case
        elif not _is_of_age(notice, child):
            found_at, why = Place.NOT_OF_AGE, ""
        else:
            found_at, why = (Place.ALIKE if child.name in alike else Place.NOWHERE), ""
        same_name = alike[child.name][:_MOST_ALIKE] if found_at is Place.ALIKE else ()
        result[key] = Whereabouts(place=found_at, case=case, row=row, sentence=why, alike=tuple(same_name))
    return result


def _find_alike(cases: Iterable[Case], rows: Iterable[StoredRecord]) -> dict[str, list[str]]:
    """Returns by name the cases with that name, and the roll rows linked to no child of the list, in words."""
    result: dict[str, list[str]] = {}
    for case in cases:
        where = "".join(origin.words for origin in case.origins[-1:])
        result.setdefault(case.name, []).append(f"{case.responsible_unit}{where}")
    for row in rows:
        result.setdefault(str(row.values.get("name")), []).append(describe_row(row))
    return result


def link_to_cases(listed: Mapping[str, ListedChild], cases: Iterable[Case]) -> dict[str, tuple[str, str]]:
    """Returns by key of a listed child its case id and the reason; sure enough for a list that a person reads."""
    ours = [_person(case.case_id, case.name, case.id_number or "") for case in cases]
    return {key: (one.right, one.sentence) for key, one in _link_listed(listed, ours).items()}


def _link_listed(listed: Mapping[str, ListedChild], ours: Sequence[Person]) -> dict[str, Link]:
    """Returns by key of a listed child its link to one of ours; a child listed twice is linked once."""
    persons = [_listed_person(key, child) for key, child in listed.items()]
    first_of: dict[str, str] = {}
    first_key = {one.key: first_of.setdefault(_child_of(one), one.key) for one in persons}
    links = link([one for one in persons if first_key[one.key] == one.key], ours).linked
    by_first = {one.left: one for one in links}
    return {key: by_first[first] for key, first in first_key.items() if first in by_first}


def _child_of(person: Person) -> str:
    """Returns a key that two entries share only if they are one child: the sound number with the name."""
    return f"{person.number}|{person.name}" if person.number is not None else person.key


@dataclass(frozen=True, slots=True)
class _OnRolls:
    """The links of listed children to rolls."""

    linked: Mapping[str, tuple[StoredRecord, str]]
    alike: Collection[tuple[StoredRecord, str]]
    """Rows with a listed name that are linked to no listed child."""


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
    # A child may be on several rolls: the newest row of one number represents it.
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
    """Returns a listed child as a person; without a number it can be linked by name, birth date and township only."""
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
    """Returns the digits for the birth date in a number of 18 characters as a date text, valid or not.

    A slip in the month leaves the year right, and name and year are enough to find the child.
    """
    if len(written) != _ID_LENGTH or not written[6:14].isdigit():
        return None
    return f"{written[6:10]}-{written[10:12]}-{written[12:14]}"
