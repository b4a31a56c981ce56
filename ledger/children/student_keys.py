"""What identifies a child: the key of its rows, the ids of its case, its name in a text, its newest status."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations

from ledger.children.columns.child_columns import birth_of, newest_text, number_of
from ledger.children.person import is_other_child, person_of
from store.short_ids import short_id
from store.stored_values import StoredRecord

Rows = tuple[StoredRecord, ...]


def group_by_student(rows: Sequence[StoredRecord]) -> list[tuple[str, Rows]]:
    """Returns the rows grouped by child as each unit describes it, as (key, rows), in order of first mention.

    A sound identity number is the key, unless name and birth date both differ from those seen with it: then
    it was copied. A row without one joins the only child of its name that its unit gives with a number, if
    birth dates agree. Otherwise name, birth date and unit are the key; a month or blank is completed where
    the unit gives only one full date for the name.
    """
    groups: dict[str, list[StoredRecord]] = {}
    births = _births_without_number(rows)
    numbered: dict[tuple[str, str], dict[str, StoredRecord]] = {}
    for row in rows:
        if (number := number_of(row)) is not None:
            key = _number_key(groups, number, row)
            groups.setdefault(key, []).append(row)
            namesakes = numbered.setdefault((row.unit, str(row.values.get("name"))), {})
            namesakes[key] = row
    unnumbered: dict[str, list[StoredRecord]] = defaultdict(list)
    for row in rows:
        name = newest_text([row], "name")
        if number_of(row) is not None:
            continue
        if name is None:
            groups.setdefault(f"?{row.record_id}", []).append(row)
            continue
        birth = newest_text([row], "birth_date")
        namesakes = numbered.get((row.unit, name), {})
        fitting = [each for each, other in namesakes.items() if _dates_agree(birth, other)]
        if len(fitting) == 1:
            groups[fitting[0]].append(row)
        else:
            unnumbered[_name_key(row, _fullest(birth, births[row.unit, name]))].append(row)
    for name_key, namesake_rows in unnumbered.items():
        is_split = _are_of_two_families(namesake_rows)
        for row in namesake_rows:
            guardian = newest_text([row], "guardian") if is_split else None
            groups.setdefault(f"{name_key}|{guardian}" if guardian else name_key, []).append(row)
    order = {row.record_id: index for index, row in enumerate(rows)}
    result = [
        (key, tuple(sorted(members, key=lambda r: order[r.record_id]))) for key, members in groups.items()
    ]
    return sorted(result, key=lambda group: order[group[1][0].record_id])


def _are_of_two_families(rows: Sequence[StoredRecord]) -> bool:
    """Returns whether one submission lists two of these rows with different guardians and different telephones."""
    families: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows:
        guardian, phone = newest_text([row], "guardian"), newest_text([row], "guardian_phone")
        if guardian and phone:
            families[row.submission_id].append((guardian, phone))
    return any(
        one[0] != other[0] and one[1] != other[1]
        for listed in families.values()
        for one, other in combinations(listed, 2)
    )


def _number_key(groups: Mapping[str, Sequence[StoredRecord]], number: str, row: StoredRecord) -> str:
    """Returns the number, or for a second child under the same number, the number with the name."""
    for key in (number, f"{number}|{row.values.get('name')}"):
        if key not in groups or any(_may_be_one(row, other) for other in groups[key]):
            return key
    return f"{number}|{row.values.get('name')}|{row.values.get('birth_date')}"


def _may_be_one(row: StoredRecord, other: StoredRecord) -> bool:
    """Returns whether two rows with one number may be about one child."""
    if row.values.get("name") == other.values.get("name"):
        return True
    return not is_other_child(person_of("", [row]), person_of("", [other]))


def aliases(key: str, rows: Sequence[StoredRecord]) -> frozenset[str]:
    """Returns every case id that this child may have had, so that a decision holds after a number becomes known."""
    return frozenset(case_id(each) for each in {key} | {_name_key(row) for row in rows})


def case_id(key: str) -> str:
    """Returns the id of the case of the child with this key."""
    return short_id(key)


def child_key(row: StoredRecord) -> str:
    """Returns the key of one row's child: its sound number, else name, birth date and unit."""
    return number_of(row) or _name_key(row)


def roll_ids(row: StoredRecord) -> tuple[str, ...]:
    """Returns the ids under which officers decide on the child of a roll's row, the surest first; they are no case ids."""
    return tuple(case_id(f"在册|{key}") for key in (child_key(row), _name_key(row)))


def _name_key(row: StoredRecord, birth: str | None = None) -> str:
    return f"{row.values.get('name')}|{birth or row.values.get('birth_date') or ''}|{row.unit}"


def _births_without_number(rows: Sequence[StoredRecord]) -> Mapping[tuple[str, str], Collection[str]]:
    """Returns by unit and name the birth dates in rows without a sound number."""
    result: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        name, birth = newest_text([row], "name"), newest_text([row], "birth_date")
        if name is not None and birth is not None and number_of(row) is None:
            result[row.unit, name].add(birth)
    return result


def _fullest(birth: str | None, births: Collection[str]) -> str | None:
    """Returns the only full date in ``births`` that begins with ``birth``; if several differ, ``birth`` itself."""
    longer = [other for other in births if other.startswith(birth or "")]
    fullest = max(longer, key=lambda other: (len(other), other), default=birth)
    return fullest if fullest is not None and all(map(fullest.startswith, longer)) else birth


def last_statement(rows: Sequence[StoredRecord], known: Collection[str]) -> StoredRecord | None:
    """Returns the newest of a child's rows, oldest first, with a status in ``known`` (the notice's words), else None.

    A blank or an unknown word does not take back an earlier status.
    """
    return next((row for row in reversed(rows) if row.values.get("status") in known), None)


def names_in(text: str, names: Iterable[str]) -> frozenset[str]:
    """Returns the names that occur in a text, the longest first, so that 李明 is not read out of 李明华."""
    result = set()
    for name in sorted({name for name in names if len(name) > 1}, key=lambda name: (-len(name), name)):
        if name in text:
            result.add(name)
            text = text.replace(name, "\0")
    return frozenset(result)


def _dates_agree(birth: str | None, numbered: StoredRecord) -> bool:
    """Returns whether a typed birth date agrees with the one in a row's number or with the one typed beside it."""
    born = [date for date in (birth_of(numbered), newest_text([numbered], "birth_date")) if date]
    return not birth or not born or any(_agree(birth, date) for date in born)


def _agree(one: str, other: str) -> bool:
    size = min(len(one), len(other))
    return one[:size] == other[:size]
