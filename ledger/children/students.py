"""Rows that speak of the same child, put together: one case a child over mails, forms and spellings."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ledger.children.group_rows import group_persons
from ledger.children.link_children import Link, PairDecisions, link_within
from ledger.children.match_rules import is_other_child
from ledger.children.person import Person, number_of, person_of
from store.stored_values import StoredDecision, StoredRecord

Rows = tuple[StoredRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What certainly speaks of one child: by its own unit, its number, its family, or a person's word."""

    person: Person
    rows: Rows  # oldest first
    keys: tuple[str, ...]  # as ``group_by_student`` knows them


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """One child of the ledgers: parts that only a slip in the number holds together, and all their rows."""

    key: str
    ids: frozenset[str]
    parts: tuple[Part, ...]
    rows: Rows  # oldest first
    links: tuple[Link, ...]  # between the parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Students:
    """Every child of the ledgers, in order of first mention, and who of them may be the same."""

    all: tuple[Student, ...]
    possible: tuple[Link, ...]  # by keys of parts; for a person to decide


def group_by_student(rows: Sequence[StoredRecord]) -> list[tuple[str, Rows]]:
    """Rows grouped by child as their own units tell of it, each group with its key, in order of first mention.

    A sound identity number says who it is, unless name and birth date both say otherwise: then it was
    copied. A row without one joins the one child of the same name that its own unit tells of with a number,
    if birth dates do not differ; else name and birth date are all there is.
    """
    groups: dict[str, list[StoredRecord]] = {}
    numbered: dict[tuple[str, str], dict[str, str | None]] = {}
    for row in rows:
        if (number := number_of(row)) is not None:
            key = _number_key(groups, number, row)
            groups.setdefault(key, []).append(row)
            namesakes = numbered.setdefault((row.unit, str(row.values.get("name"))), {})
            namesakes[key] = _text(row, "birth_date")
    for row in rows:
        name = _text(row, "name")
        if number_of(row) is not None:
            continue
        if name is None:
            groups.setdefault(f"?{row.record_id}", []).append(row)
            continue
        birth = _text(row, "birth_date")
        namesakes = numbered.get((row.unit, name), {})
        fitting = [number for number, born in namesakes.items() if _dates_agree(birth, born)]
        key = fitting[0] if len(fitting) == 1 else _name_key(row)
        groups.setdefault(key, []).append(row)
    order = {row.record_id: index for index, row in enumerate(rows)}
    result = [(key, tuple(sorted(own, key=lambda r: order[r.record_id]))) for key, own in groups.items()]
    return sorted(result, key=lambda group: order[group[1][0].record_id])


def _number_key(groups: Mapping[str, Sequence[StoredRecord]], number: str, row: StoredRecord) -> str:
    """The number; for a second child under it, the number with the name."""
    for key in (number, f"{number}|{row.values.get('name')}"):
        if key not in groups or any(_may_be_one(row, known) for known in groups[key]):
            return key
    return f"{number}|{row.values.get('name')}|{row.values.get('birth_date')}"


def _may_be_one(row: StoredRecord, known: StoredRecord) -> bool:
    if row.values.get("name") == known.values.get("name"):
        return True
    return not is_other_child(person_of("", [row]), person_of("", [known]))


def link_students(rows: Sequence[StoredRecord], decisions: Sequence[StoredDecision]) -> Students:
    """The children of these rows, oldest first, as passes link them and people have merged and split them."""
    groups, pair_decisions = _apply_decisions(group_by_student(rows), decisions)
    persons = [person_of(key, own, aliases(key, own)) for key, own in groups]
    order = {row.record_id: index for index, row in enumerate(rows)}
    parts = [
        _part([groups[index] for index in indexes], order)
        for indexes in group_persons(persons, pair_decisions)
    ]
    result = link_within([part.person for part in parts], pair_decisions)
    members: dict[str, list[Part]] = {part.person.key: [part] for part in parts}
    links: dict[str, list[Link]] = {part.person.key: [] for part in parts}
    for one in result.linked:
        both = {id(members[key]): members[key] for key in (one.left, one.right)}
        joined = [part for own in both.values() for part in own]
        reasons = [*links[one.left], *(link for link in links[one.right] if link not in links[one.left]), one]
        for part in joined:
            members[part.person.key], links[part.person.key] = joined, reasons
    seen = {id(own): (own, links[key]) for key, own in members.items()}
    everybody = [_student(own, reasons, order) for own, reasons in seen.values()]
    everybody.sort(key=lambda student: order[student.rows[0].record_id])
    return Students(all=tuple(everybody), possible=tuple(result.proposed))


def _part(groups: Sequence[tuple[str, Rows]], order: Mapping[str, int]) -> Part:
    rows = _in_order((row for _, own in groups for row in own), order)
    keys = sorted((key for key, _ in groups), key=lambda key: not key[:1].isdigit())  # a number first
    ids = frozenset(alias for key, own in groups for alias in aliases(key, own))
    return Part(person=person_of(keys[0], rows, ids), rows=rows, keys=tuple(keys))


def _student(parts: Sequence[Part], links: Sequence[Link], order: Mapping[str, int]) -> Student:
    keys = sorted((part.person.key for part in parts), key=lambda key: not key[:1].isdigit())
    return Student(
        key=keys[0],
        ids=frozenset().union(*(part.person.ids for part in parts)),
        parts=tuple(parts),
        rows=_in_order((row for part in parts for row in part.rows), order),
        links=tuple(links),
    )


def _in_order(rows: Iterable[StoredRecord], order: Mapping[str, int]) -> Rows:
    return tuple(sorted(rows, key=lambda row: order[row.record_id]))


def _apply_decisions(
    groups: list[tuple[str, Rows]], decisions: Sequence[StoredDecision]
) -> tuple[list[tuple[str, Rows]], PairDecisions]:
    """What people decided on pairs, by ids; a filing that a person set apart from a case is a group of its own."""
    last: dict[frozenset[str], str] = {}
    for decision in decisions:
        if decision.kind not in ("merge", "split") or decision.detail is None:
            continue
        last[frozenset((decision.subject, decision.detail))] = decision.kind
        if decision.kind == "merge":
            continue
        remaining: list[tuple[str, Rows]] = []
        for key, rows in groups:
            own = decision.subject in aliases(key, rows)
            separated_rows = tuple(row for row in rows if row.submission_id == decision.detail)
            if not own and separated_rows:
                last[frozenset((decision.subject, case_id(key)))] = "split"
            if not own or not separated_rows or len(separated_rows) == len(rows):
                remaining.append((key, rows))
                continue
            apart = f"{key}#{decision.detail}"
            last[frozenset((case_id(key), case_id(apart)))] = "split"
            remaining += [
                (key, tuple(row for row in rows if row not in separated_rows)),
                (apart, separated_rows),
            ]
        groups = remaining
    pairs = {kind: frozenset(pair for pair, k in last.items() if k == kind) for kind in ("merge", "split")}
    return groups, PairDecisions(joined=pairs["merge"], separated=pairs["split"])


def read_pair_decisions(decisions: Iterable[StoredDecision]) -> PairDecisions:
    """People's last word on each pair of children, by ids."""
    return _apply_decisions([], tuple(decisions))[1]


def aliases(key: str, rows: Sequence[StoredRecord]) -> frozenset[str]:
    """Every id that this child may have had: a decision holds also when a number is learnt later."""
    return frozenset(case_id(each) for each in {key} | {_name_key(row) for row in rows})


def case_id(key: str) -> str:
    """A case's id, from what its child is known by."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def child_key(row: StoredRecord) -> str:
    """What the child of one row is known by."""
    return number_of(row) or _name_key(row)


def roll_ids(row: StoredRecord) -> tuple[str, ...]:
    """The ids under which people decide on the child of a roll's row, the best first; a case's are others."""
    return tuple(case_id(f"在册|{key}") for key in (child_key(row), _name_key(row)))


def _name_key(row: StoredRecord) -> str:
    return f"{row.values.get('name')}|{row.values.get('birth_date') or ''}|{row.unit}"


def last_statement(rows: Sequence[StoredRecord], known: Collection[str]) -> StoredRecord | None:
    """Of a child's rows, oldest first, the newest with a status that the notice knows.

    A blank, or a word that nobody understands, takes back nothing that was said before.
    """
    return next((row for row in reversed(rows) if row.values.get("status") in known), None)


def names_in(text: str, names: Iterable[str]) -> frozenset[str]:
    """Which of these names stand in a text, the longest first: 李明 is not read out of 李明华."""
    result = set()
    for name in sorted({name for name in names if len(name) > 1}, key=lambda name: (-len(name), name)):
        if name in text:
            result.add(name)
            text = text.replace(name, "\0")
    return frozenset(result)


def _dates_agree(one: str | None, other: str | None) -> bool:
    if not one or not other:
        return True
    size = min(len(one), len(other))
    return one[:size] == other[:size]


def _text(row: StoredRecord, key: str) -> str | None:
    value = row.values.get(key)
    return value if isinstance(value, str) and value else None
