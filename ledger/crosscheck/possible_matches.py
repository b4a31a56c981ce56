"""Questions whether two tellings are one child, asked only where an open case or a 疑似 entry hangs on the answer."""

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.cases.closing import doubtful
from ledger.children.linking import Link
from ledger.children.students import Part, Student, case_id, child_key, roll_ids
from ledger.snapshot import Book
from store.stored_values import StoredRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """May these be one child? ``ids`` are what ``case merge`` and ``case split`` take."""

    link: Link
    rows: tuple[StoredRecord, ...]
    ids: tuple[str, str]

    @property
    def message(self) -> str:
        """The question with both answers as commands."""
        one, other = self.link.origins
        return (
            f"{one}与{other}可能是同一人({self.link.sentence}),请核实。"
            f"是:kongchuo case merge {self.ids[0]} {self.ids[1]} --why 理由;"
            f"不是:kongchuo case split {self.ids[0]} {self.ids[1]} --why 理由"
        )


def questions(book: Book, waiting_ids: frozenset[str]) -> Iterator[Question]:
    """What is to be asked, given the ids of the open cases and 疑似 entries."""
    owner: dict[str, tuple[Student, Part]] = {
        part.person.key: (student, part) for student in book.students.all for part in student.parts
    }
    waiting = [student for student in book.students.all if case_id(student.key) in waiting_ids]
    keys = {part.person.key for student in waiting for part in student.parts}
    links = [one for one in book.students.alike if one.left in keys or one.right in keys]
    links += [one for student in waiting for one in student.links]
    for one in links:
        (first, left), (second, right) = owner[one.left], owner[one.right]
        ids = (
            (case_id(first.key), case_id(second.key))
            if first is not second
            else (case_id(left.person.key), case_id(right.person.key))
        )
        yield Question(link=one, rows=(left.rows[-1], right.rows[-1]), ids=ids)
    for student in waiting:
        for part, sighting in doubtful(book, student):
            yield Question(
                link=sighting.link,
                rows=(part.rows[-1], sighting.rows[-1]),
                ids=(case_id(part.person.key), sighting.child),
            )
    for alike in book.absence.alike:
        if case_id(child_key(alike.gone)) in waiting_ids:
            yield Question(
                link=alike.link,
                rows=(alike.gone, alike.there),
                ids=(case_id(child_key(alike.gone)), roll_ids(alike.there)[0]),
            )


def decidable(book: Book) -> frozenset[str]:
    """Every id by which a person may say of two tellings that they are or are not one child."""
    found = {alias for student in book.students.all for alias in student.ids}
    found |= {sighting.child for own in book.enrolment.doubtful.values() for sighting in own}
    found |= {sighting.child for sighting in book.enrolment.sure.values()}
    for alike in book.absence.alike:
        found |= {case_id(child_key(alike.gone)), roll_ids(alike.there)[0]}
    return frozenset(found)
