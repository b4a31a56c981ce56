"""Merges the records of one student from several rows, tables or served notices of one file (附件5, 附件6)."""

from collections.abc import Sequence
from dataclasses import replace

from config.records.record import Json, Record


def merge_by_student(records: Sequence[Record]) -> tuple[Record, ...]:
    """Returns one record a student, in order of first mention; later records fill blanks and add their visits.

    Two records are of one student if the identity numbers agree, or the names where one of them has no number.
    """
    merged: list[Record] = []
    by_number: dict[Json, int] = {}
    by_name: dict[Json, list[int]] = {}
    for record in records:
        name, number = record.values.get("name"), record.values.get("id_number")
        index = by_number.get(number) if number else None
        if index is None and name:
            same_name = [
                n for n in by_name.get(name, ()) if not (number and merged[n].values.get("id_number"))
            ]
            index = same_name[0] if len(same_name) == 1 else None
        if index is None:
            index = len(merged)
            merged.append(record)
            by_name.setdefault(name, []).append(index)
        else:
            merged[index] = _merge_two(merged[index], record)
        if number:
            by_number.setdefault(number, index)
    return tuple(merged)


def _merge_two(first: Record, more: Record) -> Record:
    values = {**more.values, **first.values}
    visits = [*_as_list(first.values.get("visits")), *_as_list(more.values.get("visits"))]
    if visits:
        values["visits"] = _number_visits(visits)
    supplied = {key for key in ("id_number", "name") if key not in first.values and key in values}
    problems = (
        *(
            p
            for p in first.problems
            if not (p.code in ("id-missing", "required-missing") and p.field in supplied)
        ),
        *(p for p in more.problems if p.code not in ("id-missing", "required-missing", "duplicate-in-file")),
    )
    return replace(first, values=values, problems=problems)


def _as_list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _number_visits(visits: Sequence[Json]) -> list[Json]:
    distinct: list[dict[str, Json]] = []
    for visit in visits:
        if isinstance(visit, dict) and {**visit, "number": 0} not in [{**v, "number": 0} for v in distinct]:
            distinct.append(visit)
    distinct.sort(key=lambda v: (v.get("date") is None, str(v.get("date") or "")))
    return [{**visit, "number": number} for number, visit in enumerate(distinct, 1)]
