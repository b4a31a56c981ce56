"""疑似: children of whom somebody told before and nobody tells now (judgement M6)."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from ledger.linking import Decided, Link, link
from ledger.persons import Person, number_of, person_of
from ledger.students import aliases, child_key, roll_ids
from ledger.uniting import united
from store.facts import RecordFact


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Somebody gone, and somebody there who may be the same child."""

    link: Link
    gone: RecordFact
    there: RecordFact


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """The last row of each child who is gone, and who of those there may be one of them."""

    gone: tuple[RecordFact, ...]
    alike: tuple[Alike, ...]


def absence(before: Sequence[RecordFact], now: Sequence[RecordFact], decided: Decided) -> Absence:
    """Compare the rows that were replaced with all that stand; whoever no pass links is gone.

    Most are found by number and name, or by name and birth date in their own unit; the rest are linked.
    """
    missing = _missing(before, now)
    if not missing:
        return Absence(gone=(), alike=())
    names = {row.values.get("name") for row in missing} - {None, ""}
    births = {row.values.get("birth_date") for row in missing} - {None, ""}
    numbers = {number_of(row) for row in missing} - {None}
    maybe = [
        row
        for row in now
        if row.values.get("name") in names
        or row.values.get("birth_date") in births
        or number_of(row) in numbers
    ]
    then = _children(missing, lambda row: aliases(child_key(row), [row]), decided)
    there = _children(maybe, roll_ids, decided)
    found = link([person for person, _ in then], [person for person, _ in there], decided)
    linked = {one.left for one in found.linked}
    last = {person.key: row for person, row in (*then, *there)}
    return Absence(
        gone=tuple(row for person, row in then if person.key not in linked),
        alike=tuple(Alike(link=one, gone=last[one.left], there=last[one.right]) for one in found.proposed),
    )


def _missing(before: Sequence[RecordFact], now: Sequence[RecordFact]) -> list[RecordFact]:
    """The rows, oldest first, whose number with name, or name with birth date in their unit, does not stand."""
    named = {(number_of(row), row.values.get("name")) for row in now}
    own: dict[tuple[object, ...], set[str | None]] = {}
    for row in now:
        own.setdefault(_in_unit(row), set()).add(number_of(row))
    found = []
    for row in sorted(before, key=lambda row: (row.received_at, row.record_id)):
        number = number_of(row)
        if number is not None and (number, row.values.get("name")) in named:
            continue
        numbers = own.get(_in_unit(row), set())
        if row.values.get("name") and (None in numbers or (numbers and number is None)):
            continue
        found.append(row)
    return found


def _in_unit(row: RecordFact) -> tuple[object, ...]:
    return (row.unit, row.values.get("name"), row.values.get("birth_date"))


def _children(
    rows: Sequence[RecordFact], ids_of: Callable[[RecordFact], Collection[str]], decided: Decided
) -> list[tuple[Person, RecordFact]]:
    """The rows by child, each with its last row."""
    by_key: dict[str, list[RecordFact]] = {}
    for row in rows:
        by_key.setdefault(child_key(row), []).append(row)
    groups = list(by_key.items())
    tellings = [person_of(key, own, {alias for row in own for alias in ids_of(row)}) for key, own in groups]
    found = []
    for places in united(tellings, decided):
        own = [row for place in places for row in groups[place][1]]
        own.sort(key=lambda row: (row.received_at, row.record_id))
        ids = frozenset[str]().union(*(tellings[place].ids for place in places))
        found.append((person_of(own[0].record_id, own, ids), own[-1]))
    return found
