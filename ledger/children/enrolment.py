"""Where the rolls show the children of the ledgers: surely enough to close a case, or only perhaps."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.children.grouping import united
from ledger.children.linking import Decided, Link, link
from ledger.children.person import Person, person_of
from ledger.children.students import Rows, Students, roll_ids
from store.stored_values import StoredRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A child of the rolls who is, or may be, the child of a case; ``rows`` are oldest first."""

    link: Link
    rows: Rows
    child: str
    """The id under which people decide whether it is the same child."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """By key of part: what closes, and what only raises a question."""

    sure: Mapping[str, Sighting]
    doubtful: Mapping[str, tuple[Sighting, ...]]


def sought(known: Students) -> Callable[[dict[str, Any]], bool]:
    """Whether a row may be of one of these children.

    Every pass asks for one number, one birth date, or one name with the guardian or the year of birth; so
    whoever is left out could have been linked to none of them.
    """
    persons = [part.person for student in known.all for part in student.parts]
    numbers = {person.written for person in persons} - {None}
    names = {person.name for person in persons} - {None}
    births = {person.birth for person in persons} - {None}
    joined = {f"G{number}" for number in numbers}
    guardians = {(person.name, person.guardian) for person in persons if person.guardian}
    years = {(person.name, person.birth[:4]) for person in persons if person.birth}

    def named(values: dict[str, Any]) -> bool:
        name, birth = values.get("name"), values.get("birth_date")
        if name not in names:
            return False
        return not birth or (name, birth[:4]) in years or (name, values.get("guardian")) in guardians

    def wanted(values: dict[str, Any]) -> bool:
        return (
            values.get("id_number") in numbers
            or values.get("birth_date") in births
            or values.get("student_number") in joined
            or named(values)
        )

    return wanted


def enrolment(known: Students, rolls: Sequence[StoredRecord], decided: Decided) -> Enrolment:
    """Link the children of the ledgers to the rows of rolls, oldest first, that may be theirs."""
    cases = [part.person for student in known.all for part in student.parts]
    children = _children(rolls, decided)
    by_key = {person.key: (person, rows) for person, rows in children}
    found = link(cases, [person for person, _ in children], decided)
    sure: dict[str, Sighting] = {}
    doubtful: dict[str, list[Sighting]] = {}
    for one in (*found.linked, *found.proposed):
        rows = by_key[one.right][1]
        sighting = Sighting(link=one, rows=rows, child=roll_ids(rows[-1])[0])
        if one.closes:
            sure[one.left] = sighting
        else:
            doubtful.setdefault(one.left, []).append(sighting)
    return Enrolment(sure=sure, doubtful={key: tuple(own) for key, own in doubtful.items()})


def _children(rows: Sequence[StoredRecord], decided: Decided) -> list[tuple[Person, Rows]]:
    """The rows of rolls by child, each with a key of its own."""
    tellings = [person_of(row.record_id, [row], roll_ids(row) if decided else ()) for row in rows]
    found = []
    for places in united(tellings, decided):
        own = tuple(rows[place] for place in places)
        ids = frozenset[str]().union(*(tellings[place].ids for place in places))
        found.append((person_of(own[0].record_id, own, ids), own))
    return found
