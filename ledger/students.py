"""Rows that speak of the same child, put together."""

from collections.abc import Sequence

from parsers.identity import BROKEN
from store.facts import RecordFact


def by_student(rows: Sequence[RecordFact]) -> list[tuple[str, tuple[RecordFact, ...]]]:
    """Rows grouped by child, each group with its key, in order of first mention.

    A sound identity number says who it is. A row without one joins the one child of the same name
    that its own unit tells of with a number, if birth dates do not differ; else name and birth date
    are all there is.
    """
    groups: dict[str, list[RecordFact]] = {}
    numbered: dict[tuple[str, str], dict[str, str | None]] = {}
    for row in rows:
        if (number := _number(row)) is not None:
            groups.setdefault(number, []).append(row)
            mates = numbered.setdefault((row.unit, str(row.values.get("name"))), {})
            mates[number] = _text(row, "birth_date")
    for row in rows:
        name = _text(row, "name")
        if _number(row) is not None:
            continue
        if name is None:
            groups.setdefault(f"?{row.record_id}", []).append(row)
            continue
        birth = _text(row, "birth_date")
        mates = numbered.get((row.unit, name), {})
        fitting = [number for number, born in mates.items() if _agree(birth, born)]
        key = fitting[0] if len(fitting) == 1 else f"{name}|{birth or ''}|{row.unit}"
        groups.setdefault(key, []).append(row)
    order = {row.record_id: place for place, row in enumerate(rows)}
    found = [(key, tuple(sorted(own, key=lambda r: order[r.record_id]))) for key, own in groups.items()]
    return sorted(found, key=lambda group: order[group[1][0].record_id])


def _number(row: RecordFact) -> str | None:
    number = _text(row, "id_number")
    return number if number and not BROKEN.intersection(row.problems) else None


def _agree(one: str | None, other: str | None) -> bool:
    if not one or not other:
        return True
    size = min(len(one), len(other))
    return one[:size] == other[:size]


def _text(row: RecordFact, key: str) -> str | None:
    value = row.values.get(key)
    return value if isinstance(value, str) and value else None
