"""Finds the few rows of a long list that may be about some given children, using columns instead of row objects.

Every match rule (:mod:`ledger.children.match_rules`) requires one of these to be equal: the number; the name
with birth date, telephone or township (with year or guardian where a number may have a slip); the birth date
with the telephone, or with guardian or township and a similar name; or the mark of a filled-in row. Rows that
share none cannot be linked.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from config.records.record import ROW_MARK
from ledger.children.columns.child_columns import ChildColumns
from ledger.children.lookalikes import sound
from ledger.children.person import Person
from store.stored_values import StoredRecord


def find_candidates(
    persons: Sequence[Person], listed: ChildColumns, more: Iterable[int] = ()
) -> tuple[StoredRecord, ...]:
    """Returns the rows that may be about one of these children, and the rows needed to judge them (``_with_neighbours``).

    Args:
        more: indexes of further rows to include.
    """
    wanted = {*_may_match(persons, listed), *_by_marks(persons, listed), *more}
    return listed.rows.at(sorted(_with_neighbours(wanted, listed)))


@dataclass(frozen=True)
class _Wanted:
    """The facts by which the given children are looked up."""

    persons: Sequence[Person]

    @cached_property
    def numbers(self) -> frozenset[str | None]:
        """The children's numbers as written, sound or damaged, without None."""
        return frozenset(person.written for person in self.persons) - {None}

    @cached_property
    def student_numbers(self) -> frozenset[str]:
        """The student numbers (G and the identity number) of these children."""
        return frozenset(f"G{number}" for number in self.numbers)

    @cached_property
    def named(self) -> frozenset[tuple[str | None, str]]:
        """The names, each with birth dates, telephone and township."""
        facts = [
            *self._born,
            *((one, fact) for one in self.persons for fact in (one.phone, one.township) if fact),
        ]
        return frozenset((person.name, fact) for person, fact in facts)

    @cached_property
    def near(self) -> frozenset[tuple[str | None, str]]:
        """The names of children with a number, each with years of birth and guardian."""
        return self._near(self.persons)

    @cached_property
    def near_unsound(self) -> frozenset[tuple[str | None, str]]:
        """The names of children without a sound number, each with years of birth and guardian; two sound numbers never differ by a slip."""
        return self._near([one for one in self.persons if one.number is None])

    def _near(self, persons: Sequence[Person]) -> frozenset[tuple[str | None, str]]:
        written = [one for one in persons if one.written is not None]
        years = {(one.name, birth[:4]) for one in written for birth in (one.birth, one.stated_birth) if birth}
        return frozenset(years | {(one.name, one.guardian) for one in written if one.guardian})

    @cached_property
    def names(self) -> frozenset[str | None]:
        """The children's names, without None."""
        return frozenset(person.name for person in self.persons) - {None}

    @cached_property
    def births(self) -> frozenset[str]:
        """The children's birth dates as ISO texts, typed or in the number."""
        return frozenset(birth for _, birth in self._born)

    @cached_property
    def at_home(self) -> frozenset[tuple[str, str]]:
        """The birth dates, each with guardian, telephone and township."""
        return frozenset(
            (birth, fact)
            for person, birth in self._born
            for fact in (person.guardian, person.phone, person.township)
            if fact
        )

    @cached_property
    def alike(self) -> tuple[frozenset[tuple[str, str, str]], ...]:
        """Birth date and guardian or township, each with the name's first character, its other characters, and its sound.

        Two names of one sound or shape have one of these three in common.
        """
        named = [
            (birth, home, one.name)
            for one, birth in self._born
            for home in (one.guardian, one.township)
            if home and one.name
        ]
        return (
            frozenset((birth, home, name[0]) for birth, home, name in named),
            frozenset((birth, home, name[1:]) for birth, home, name in named),
            frozenset((birth, home, sound(name)) for birth, home, name in named),
        )

    @property
    def _born(self) -> list[tuple[Person, str]]:
        births = ((one, {one.birth, one.stated_birth}) for one in self.persons)
        return [(one, birth) for one, both in births for birth in both if birth is not None]


def _may_match(persons: Sequence[Person], listed: ChildColumns) -> list[int]:
    wanted = _Wanted(persons)
    several = {index for indexes in listed.repeated.values() for index in indexes}

    def is_named(index: int) -> bool:
        if index in several:  # two rows of one number are one child, with the facts of either
            return True
        name, births = listed.names[index], listed.births_at(index)
        facts = (*births, listed.phones[index], listed.townships[index])
        if any((name, fact) in wanted.named for fact in facts):
            return True
        near = wanted.near if listed.numbers[index] is None else wanted.near_unsound
        return bool(near) and any(
            (name, fact) in near for fact in (*(birth[:4] for birth in births), listed.guardians[index])
        )

    def is_alike(index: int) -> bool:
        name, guardian, township = listed.names[index], listed.guardians[index], listed.townships[index]
        for birth in listed.births_at(index):
            if (birth, listed.phones[index]) in at_home:
                return True
            for home in (guardian, township):
                if (birth, home) not in at_home or name is None:
                    continue
                # Two rows of one number are one child, with the name of one and the guardian of the other.
                if index in several or (birth, home, name[0]) in first or (birth, home, name[1:]) in others:
                    return True
                if (birth, home, sound(name)) in sounds:
                    return True
        return False

    at_home, (first, others, sounds) = wanted.at_home, wanted.alike
    columns = zip(
        listed.written_numbers,
        listed.rows.column("student_number"),
        listed.names,
        listed.typed_births,
        listed.births_in_numbers,
        strict=True,
    )
    numbers, joined, names, births = wanted.numbers, wanted.student_numbers, wanted.names, wanted.births
    return [
        index
        for index, (number, student_number, name, typed, numbered) in enumerate(columns)
        if number in numbers
        or student_number in joined
        or (name in names and is_named(index))
        or ((typed in births or numbered in births) and is_alike(index))
    ]


def _by_marks(persons: Sequence[Person], listed: ChildColumns) -> list[int]:
    """Returns the indexes of rows filled with one of these children's rows, or that one of theirs was filled with."""
    marks = {mark for person in persons for _, _, mark in person.row_marks}
    filled = [
        index for index, mark in enumerate(listed.rows.column(ROW_MARK)) if mark is not None and mark in marks
    ]
    return [*filled, *listed.rows.places_of(marks)]


def _with_neighbours(indexes: Collection[int], listed: ChildColumns) -> set[int]:
    """Returns these indexes with those of rows grouped with them, and of their twins, repeated until nothing is added.

    Rows are grouped by number, and by name with birth date (:mod:`ledger.children.group_rows`); an entry that
    shares telephone and birth date with another falls under the twin guard
    (:mod:`ledger.children.twin_guards`).
    """
    result = set(indexes)
    added: Collection[int] = result
    while added:
        numbers = {number for index in added if (number := listed.numbers[index]) is not None}
        shared = {fact for index in added for fact in _shared_facts(listed, index)}
        named = {fact for fact, _ in shared}
        beside = {index for number in numbers for index in listed.places_of(number)}
        beside.update(
            index
            for index, (name, phone) in enumerate(zip(listed.names, listed.phones, strict=True))
            if (name in named or phone in named) and not shared.isdisjoint(_shared_facts(listed, index))
        )
        added = beside - result
        result |= added
    return result


def _shared_facts(listed: ChildColumns, index: int) -> list[tuple[str, str]]:
    """Returns the name and the telephone of a row, each with each birth date that the row gives."""
    facts = (listed.names[index], listed.phones[index])
    return [(fact, birth) for fact in facts if fact is not None for birth in listed.births_at(index)]
