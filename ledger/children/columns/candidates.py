"""Finds the few rows of a long list whose children may be some given ones, without looking at each row as an object.

Every match rule (:mod:`ledger.children.match_rules`) needs one number; one name with birth date, telephone or township, or with the
year or the guardian where a number may be a slip of the pen; one birth date with the telephone, or with guardian or township
and a name that is alike; or a row that was filled with the other. Whoever shares none of these can be linked to none of
the given children.
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
    """Returns the rows whose children may be one of these, and those by whom that is judged (:func:`_with_neighbours`).

    Args:
        more: places of rows that are wanted besides.
    """
    kept = {*_may_match(persons, listed), *_by_marks(persons, listed), *more}
    return listed.rows.at(sorted(_with_neighbours(kept, listed)))


@dataclass(frozen=True)
class _Wanted:
    """What the given children are known by."""

    persons: Sequence[Person]

    @cached_property
    def numbers(self) -> frozenset[str | None]:
        return frozenset(person.written for person in self.persons) - {None}

    @cached_property
    def student_numbers(self) -> frozenset[str]:
        return frozenset(f"G{number}" for number in self.numbers)

    @cached_property
    def named(self) -> frozenset[tuple[str | None, str]]:
        """Their names, each with birth dates, telephone and township."""
        facts = [
            *self._born,
            *((one, fact) for one in self.persons for fact in (one.phone, one.township) if fact),
        ]
        return frozenset((person.name, fact) for person, fact in facts)

    @cached_property
    def near(self) -> frozenset[tuple[str | None, str]]:
        """The names of those with a number, each with years of birth and guardian."""
        return self._near(self.persons)

    @cached_property
    def near_unsound(self) -> frozenset[tuple[str | None, str]]:
        """The same of those whose number is not sound: two sound numbers differ by no slip."""
        return self._near([one for one in self.persons if one.number is None])

    def _near(self, persons: Sequence[Person]) -> frozenset[tuple[str | None, str]]:
        written = [one for one in persons if one.written is not None]
        years = {(one.name, birth[:4]) for one in written for birth in (one.birth, one.stated_birth) if birth}
        return frozenset(years | {(one.name, one.guardian) for one in written if one.guardian})

    @cached_property
    def names(self) -> frozenset[str | None]:
        return frozenset(person.name for person in self.persons) - {None}

    @cached_property
    def births(self) -> frozenset[str]:
        return frozenset(birth for _, birth in self._born)

    @cached_property
    def at_home(self) -> frozenset[tuple[str, str]]:
        """Their birth dates, each with guardian, telephone and township."""
        return frozenset(
            (birth, fact)
            for person, birth in self._born
            for fact in (person.guardian, person.phone, person.township)
            if fact
        )

    @cached_property
    def alike(self) -> tuple[frozenset[tuple[str, str, str]], ...]:
        """Their birth dates with guardian or township, and the first character of the name; all others; the sound.

        Two names of one sound or shape have one of these in common.
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
    several = {place for places in listed.repeated.values() for place in places}

    def is_named(place: int) -> bool:
        if place in several:  # one number makes one child of two rows, who may have the facts of either
            return True
        name, births = listed.names[place], listed.births_at(place)
        facts = (*births, listed.phones[place], listed.townships[place])
        if any((name, fact) in wanted.named for fact in facts):
            return True
        near = wanted.near if listed.numbers[place] is None else wanted.near_unsound
        return bool(near) and any(
            (name, fact) in near for fact in (*(birth[:4] for birth in births), listed.guardians[place])
        )

    def is_alike(place: int) -> bool:
        name, guardian, township = listed.names[place], listed.guardians[place], listed.townships[place]
        for birth in listed.births_at(place):
            if (birth, listed.phones[place]) in at_home:
                return True
            for home in (guardian, township):
                if (birth, home) not in at_home or name is None:
                    continue
                # One number makes one child of two rows, who may have the name of one and the guardian of the other.
                if place in several or (birth, home, name[0]) in first or (birth, home, name[1:]) in others:
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
        place
        for place, (number, student_number, name, typed, numbered) in enumerate(columns)
        if number in numbers
        or student_number in joined
        or (name in names and is_named(place))
        or ((typed in births or numbered in births) and is_alike(place))
    ]


def _by_marks(persons: Sequence[Person], listed: ChildColumns) -> list[int]:
    """The rows that these children's rows were filled with, and those that were filled with one of theirs."""
    marks = {mark for person in persons for _, _, mark in person.row_marks}
    filled = [
        place for place, mark in enumerate(listed.rows.column(ROW_MARK)) if mark is not None and mark in marks
    ]
    return [*filled, *listed.rows.places_of(marks)]


def _with_neighbours(kept: Collection[int], listed: ChildColumns) -> set[int]:
    """Adds the rows that are grouped with these, and those of their twins, until there are none left.

    Rows are grouped by number, and by name with birth date (:mod:`ledger.children.group_rows`); who shares telephone and birth date
    with another is linked with more care (:mod:`ledger.children.twin_guards`).
    """
    result = set(kept)
    news: Collection[int] = result
    while news:
        numbers = {number for place in news if (number := listed.numbers[place]) is not None}
        shared = {fact for place in news for fact in _shared_facts(listed, place)}
        named = {fact for fact, _ in shared}
        beside = {place for number in numbers for place in listed.places_of(number)}
        beside.update(
            place
            for place, (name, phone) in enumerate(zip(listed.names, listed.phones, strict=True))
            if (name in named or phone in named) and not shared.isdisjoint(_shared_facts(listed, place))
        )
        news = beside - result
        result |= news
    return result


def _shared_facts(listed: ChildColumns, place: int) -> list[tuple[str, str]]:
    """The name and the telephone of a row, each with each birth date that the row gives."""
    facts = (listed.names[place], listed.phones[place])
    return [(fact, birth) for fact in facts if fact is not None for birth in listed.births_at(place)]
