"""Links the children of registers to current rolls: surely enough to close a case, or as a question."""

from collections.abc import Callable, Sequence
from typing import Any

from ledger.children.group_rows import persons_with_rows
from ledger.children.link_children import link
from ledger.children.linked_children import Enrolment, PairDecisions, RollMatch, Students
from ledger.children.person import birth_in_number
from ledger.children.student_keys import roll_ids
from store.stored_values import StoredRecord

FILTERED_KEYS = ("id_number", "birth_date", "student_number", "name", "guardian")
"""What :func:`row_filter` looks at."""


def row_filter(students: Students) -> Callable[[dict[str, Any]], bool]:
    """Returns a test of whether the :data:`FILTERED_KEYS` of a row may be of one of these children.

    Every match rule needs one number, one birth date, or one name with the guardian or the year of birth; so
    whoever is left out could have been linked to none of them.
    """
    persons = [part.person for student in students.all for part in student.parts]
    numbers = {person.written for person in persons} - {None}
    names = {person.name for person in persons} - {None}
    births = {birth for person in persons for birth in (person.birth, person.stated_birth)} - {None}
    joined = {f"G{number}" for number in numbers}
    guardians = {(person.name, person.guardian) for person in persons if person.guardian}
    years = {
        (person.name, birth[:4])
        for person in persons
        for birth in (person.birth, person.stated_birth)
        if birth
    }

    def named(values: dict[str, Any]) -> bool:
        name = values.get("name")
        if name not in names:
            return False
        given = _births(values)
        return (
            not given
            or any((name, birth[:4]) in years for birth in given)
            or (name, values.get("guardian")) in guardians
        )

    def wanted(values: dict[str, Any]) -> bool:
        number = values.get("id_number")
        return (
            number in numbers
            or values.get("birth_date") in births
            or (isinstance(number, str) and birth_in_number(number) in births)
            or values.get("student_number") in joined
            or named(values)
        )

    return wanted


def _births(values: dict[str, Any]) -> frozenset[str]:
    """The birth dates that a row gives, typed and in its number: one of them is the child's."""
    number = values.get("id_number")
    typed, numbered = values.get("birth_date"), birth_in_number(number) if isinstance(number, str) else None
    return frozenset(birth for birth in (typed, numbered) if birth)


def find_enrolment(
    students: Students, rolls: Sequence[StoredRecord], pair_decisions: PairDecisions
) -> Enrolment:
    """Links the children of registers to the rows of rolls, oldest first, that may be theirs."""
    cases = [part.person for student in students.all for part in student.parts]
    children = persons_with_rows(
        [(row.record_id, [row]) for row in rolls],
        roll_ids,
        pair_decisions,
        order=lambda row: (row.received_at, ""),
    )
    by_key = {person.key: (person, rows) for person, rows in children}
    result = link(cases, [person for person, _ in children], pair_decisions)
    sure: dict[str, RollMatch] = {}
    doubtful: dict[str, list[RollMatch]] = {}
    for one in (*result.linked, *result.proposed):
        rows = by_key[one.right][1]
        roll_match = RollMatch(link=one, rows=rows, child_id=roll_ids(rows[-1])[0])
        if one.may_close:
            sure[one.left] = roll_match
        else:
            doubtful.setdefault(one.left, []).append(roll_match)
    return Enrolment(sure=sure, doubtful={key: tuple(members) for key, members in doubtful.items()})
