"""Records of one student, told in several rows, tables or letters of one file, into one (附件5, 附件6)."""

from collections.abc import Sequence

from parsers.records import Json, Record


def one_a_student(records: Sequence[Record]) -> tuple[Record, ...]:
    """In order of first mention; later tellings fill what is blank and add their visits.

    Two are the same student by identity number, or by name where one of them has no number.
    """
    kept: list[Record] = []
    by_number: dict[Json, int] = {}
    by_name: dict[Json, list[int]] = {}
    for record in records:
        name, number = record.values.get("name"), record.values.get("id_number")
        place = by_number.get(number) if number else None
        if place is None and name:
            alike = [n for n in by_name.get(name, ()) if not (number and kept[n].values.get("id_number"))]
            place = alike[0] if len(alike) == 1 else None
        if place is None:
            place = len(kept)
            kept.append(record)
            by_name.setdefault(name, []).append(place)
        else:
            kept[place] = _joined(kept[place], record)
        if number:
            by_number.setdefault(number, place)
    return tuple(kept)


def _joined(first: Record, more: Record) -> Record:
    values = {**more.values, **first.values}
    visits = [*_list(first.values.get("visits")), *_list(more.values.get("visits"))]
    if visits:
        values["visits"] = _numbered(visits)
    gone = {key for key in ("id_number", "name") if key not in first.values and key in values}
    problems = (
        *(
            p
            for p in first.problems
            if not (p.code in ("id-missing", "required-missing") and p.field in gone)
        ),
        *(p for p in more.problems if p.code not in ("id-missing", "required-missing", "duplicate-in-file")),
    )
    return Record(sheet=first.sheet, row=first.row, values=values, problems=problems)


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _numbered(visits: Sequence[Json]) -> list[Json]:
    seen: list[dict[str, Json]] = []
    for visit in visits:
        if isinstance(visit, dict) and {**visit, "number": 0} not in [{**v, "number": 0} for v in seen]:
            seen.append(visit)
    seen.sort(key=lambda v: (v.get("date") is None, str(v.get("date") or "")))
    return [{**visit, "number": number} for number, visit in enumerate(seen, 1)]
