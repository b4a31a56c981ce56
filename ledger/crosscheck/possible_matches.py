"""Finds rows that may be one child, where an open case or a suspected dropout (疑似) depends on the answer."""

from collections.abc import Iterator

from ledger.cases.closing import find_doubtful_roll_matches
from ledger.children.linked_children import Absence, Enrolment, Part, PossibleMatch, Student, Students
from ledger.children.student_keys import case_id, child_key, roll_ids
from ledger.snapshot import Snapshot


def find_possible_matches(
    snapshot: Snapshot,
    students: Students,
    enrolment: Enrolment,
    absence: Absence,
    unsettled_ids: frozenset[str],
) -> Iterator[PossibleMatch]:
    """Yields the pairs that a person must decide.

    Args:
        unsettled_ids: case ids of the open cases and suspected dropouts.
    """
    owner: dict[str, tuple[Student, Part]] = {
        part.person.key: (student, part) for student in students.all for part in student.parts
    }
    unsettled = [student for student in students.all if case_id(student.key) in unsettled_ids]
    keys = {part.person.key for student in unsettled for part in student.parts}
    links = [one for one in students.possible if one.left in keys or one.right in keys]
    links += [one for student in unsettled for one in student.links]
    for one in links:
        (first, left), (second, right) = owner[one.left], owner[one.right]
        ids = (
            (case_id(first.key), case_id(second.key))
            if first is not second
            else (case_id(left.person.key), case_id(right.person.key))
        )
        yield PossibleMatch(link=one, rows=(left.rows[-1], right.rows[-1]), ids=ids)
    for student in unsettled:
        for part, roll_match in find_doubtful_roll_matches(snapshot, student, enrolment):
            yield PossibleMatch(
                link=roll_match.link,
                rows=(part.rows[-1], roll_match.rows[-1]),
                ids=(case_id(part.person.key), roll_match.child_id),
            )
    for possible in absence.possible:
        if case_id(child_key(possible.absent)) in unsettled_ids:
            yield PossibleMatch(
                link=possible.link,
                rows=(possible.absent, possible.present),
                ids=(case_id(child_key(possible.absent)), roll_ids(possible.present)[0]),
            )


def decidable_ids(students: Students, enrolment: Enrolment, absence: Absence) -> frozenset[str]:
    """Returns every id that officers may use to decide whether two entries are one child."""
    ids = {alias for student in students.all for alias in student.ids}
    ids |= {roll_match.child_id for matches in enrolment.doubtful.values() for roll_match in matches}
    ids |= {roll_match.child_id for roll_match in enrolment.sure.values()}
    for possible in absence.possible:
        ids |= {case_id(child_key(possible.absent)), roll_ids(possible.present)[0]}
    return frozenset(ids)
