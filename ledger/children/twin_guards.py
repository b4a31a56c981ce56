"""Guards that keep siblings apart: twins within one list, and pairs with two different numbers."""

from collections import Counter
from collections.abc import Sequence

from ledger.children.person import Person


def twins(persons: Sequence[Person]) -> frozenset[int]:
    """Returns the indexes of entries that share telephone and birth date with another entry of the list."""
    counts = Counter(_household(p) for p in persons)
    return frozenset(index for index, p in enumerate(persons) if _household(p) and counts[_household(p)] > 1)


def crossed_twins(persons: Sequence[Person]) -> frozenset[int]:
    """Returns the indexes of twins in a list that may contain a child twice: the other entry must have another name."""
    names: dict[tuple[str, str], set[str | None]] = {}
    for person in persons:
        if home := _household(person):
            names.setdefault(home, set()).add(person.name)
    return frozenset(
        index for index, p in enumerate(persons) if (home := _household(p)) and len(names[home]) > 1
    )


def _household(person: Person) -> tuple[str, str] | None:
    return (person.phone, person.birth) if person.phone is not None and person.birth is not None else None


def is_vetoed(one: Person, other: Person) -> bool:
    """Returns whether both have sound numbers that differ: then they are two children."""
    return one.number is not None and other.number is not None and one.number != other.number
