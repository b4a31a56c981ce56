"""Rows that speak of the same child, put together."""

from collections.abc import Collection, Iterable, Sequence

from parsers.identity import sound_number
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


def last_statement(rows: Sequence[RecordFact], known: Collection[str]) -> RecordFact | None:
    """Of a child's rows, oldest first, the newest with a status that the notice knows.

    A blank, or a word that nobody understands, takes back nothing that was said before.
    """
    return next((row for row in reversed(rows) if row.values.get("status") in known), None)


def names_in(text: str, names: Iterable[str]) -> frozenset[str]:
    """Which of these names stand in a text, the longest first: 李明 is not read out of 李明华."""
    found = set()
    for name in sorted({name for name in names if len(name) > 1}, key=lambda name: (-len(name), name)):
        if name in text:
            found.add(name)
            text = text.replace(name, "\0")
    return frozenset(found)


def _number(row: RecordFact) -> str | None:
    return sound_number(row.values, row.problems)


def _agree(one: str | None, other: str | None) -> bool:
    if not one or not other:
        return True
    size = min(len(one), len(other))
    return one[:size] == other[:size]


def _text(row: RecordFact, key: str) -> str | None:
    value = row.values.get(key)
    return value if isinstance(value, str) and value else None
