"""From the tables of one file to what each unit filed: rows checked against their unit, ready to record."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

import orjson

from config.identity import student_key
from config.notice import FormSpec
from config.units.roster import Unit
from ingest.attribution import ROWS_AGREE
from ingest.context import Knowledge
from parsers.checks.row_checks import UnitChecks
from parsers.records import ParsedForm, Problem, Record
from store.drafts import ProblemDraft, RecordDraft, SubmissionDraft

_POINT = "教学点"


def submissions(
    tables: Iterable[tuple[Unit, ParsedForm]], received_on: date, known: Knowledge
) -> tuple[SubmissionDraft, ...]:
    """One submission for each unit and form among a file's tables, in order of first mention."""
    groups: dict[tuple[str, str], tuple[Unit, list[ParsedForm]]] = {}
    for unit, reading in tables:
        for owner, part in _by_point(unit, reading, known):
            groups.setdefault((owner.name, part.form), (owner, []))[1].append(part)
    return tuple(
        _submission(unit, known.notice.form(form), readings, received_on, known)
        for (_, form), (unit, readings) in groups.items()
    )


def by_rows(reading: ParsedForm, known: Knowledge) -> list[tuple[Unit | None, ParsedForm]]:
    """A merged table of several units (domain M-85): each row is its own unit's; the last part is nobody's.

    Empty where the rows do not name at least two units, or leave too many rows to nobody.
    """
    form = known.notice.form(reading.form)
    if form.unit_field is None:
        return []
    parts: dict[str, list[Record]] = {}
    rest: list[Record] = []
    for record in reading.records:
        said = record.values.get(form.unit_field)
        named = known.names.resolve(said) if isinstance(said, str) else None
        if named is None or named.kind != form.sender:
            rest.append(record)
        else:
            parts.setdefault(known.roster.reporting_unit(named).name, []).append(record)
    if len(parts) < 2 or len(rest) > (1 - ROWS_AGREE) * len(reading.records):
        return []
    found: list[tuple[Unit | None, ParsedForm]] = [
        (known.roster.get(name), replace(reading, records=tuple(own))) for name, own in parts.items()
    ]
    return [*found, (None, replace(reading, records=tuple(rest)))] if rest else found


def _by_point(unit: Unit, reading: ParsedForm, known: Knowledge) -> Iterator[tuple[Unit, ParsedForm]]:
    """A central school sends for its 教学点, too (domain M-78): rows of one that reports for itself are its own.

    Rows of a 教学点 with a ``parent`` in the roster stay in the parent's form (``forms.md``).
    """
    field = known.notice.form(reading.form).unit_field
    if field is None or unit.kind != "school" or unit.stage == _POINT:
        yield unit, reading
        return
    parts: dict[str, list[Record]] = {}
    for record in reading.records:
        parts.setdefault(_point(record.values.get(field), unit, known) or unit.name, []).append(record)
    mine = tuple(parts.pop(unit.name, ()))
    if mine or not parts:
        yield unit, replace(reading, records=mine)
    for name, records in parts.items():
        if (owner := known.roster.get(name)) is not None:
            yield owner, replace(reading, records=tuple(records))


def _point(said: object, unit: Unit, known: Knowledge) -> str | None:
    """The 教学点 of the same township that a row's school column names, if it reports for itself."""
    named = known.names.resolve(said) if isinstance(said, str) and _POINT in said else None
    if named is None or named.stage != _POINT or named.township != unit.township:
        return None
    return named.name if known.roster.reporting_unit(named).name == named.name else None


def _submission(
    unit: Unit, form: FormSpec, readings: Sequence[ParsedForm], received_on: date, known: Knowledge
) -> SubmissionDraft:
    checks = UnitChecks(form, unit, known.names, known.notice, received_on)
    records: list[RecordDraft] = []
    problems: list[ProblemDraft] = []
    blocking: list[str] = []
    for reading in readings:
        for problem in reading.problems:
            problems.append(_problem(problem, None))
            if problem.severity == "error":
                blocking.append(problem.code)
        for record in reading.records:
            ordinal = len(records)
            found = (*record.problems, *checks.check(record))
            records.append(_record(record, found))
            problems.extend(_problem(problem, ordinal) for problem in found)
    return SubmissionDraft(
        unit=unit.name,
        form=form.key,
        nil=not records and any(reading.nil for reading in readings),
        blocking=tuple(sorted(set(blocking))),
        records=tuple(records),
        problems=tuple(problems),
    )


def _record(record: Record, problems: Sequence[Problem]) -> RecordDraft:
    codes = tuple(dict.fromkeys(problem.code for problem in problems)) if problems else ()
    return RecordDraft(
        sheet=record.sheet,
        row=record.row,
        student_key=student_key(record.values, codes),
        body=orjson.dumps(record.values).decode(),
        problems=codes,
    )


def _problem(problem: Problem, ordinal: int | None) -> ProblemDraft:
    return ProblemDraft(
        ordinal=ordinal,
        sheet=problem.sheet,
        row=problem.row,
        cell=problem.cell,
        field=problem.field,
        code=problem.code,
        severity=problem.severity,
        value=problem.value,
        message=problem.message,
    )
