"""Drafts the submissions of each unit from the tables of one file, with every row checked."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from config.notice import FormSpec
from config.records.record import Json
from config.records.row_block import RowBlock
from config.units.roster import Unit
from ingest.context import IngestContext
from ingest.unit_signals import AGREEING_ROWS_SHARE
from ingest.words.submission_periods import period_of_table, period_problem
from parsers.checks.unit_checks import SentForm, UnitChecks
from parsers.records import ParsedForm
from store.drafts import SubmissionDraft
from store.stored_values import ObligationKey

_TEACHING_POINT = "教学点"


def draft_submissions(
    tables: Iterable[tuple[Unit, ParsedForm]],
    around: Sequence[str],
    received_on: date,
    context: IngestContext,
) -> tuple[SubmissionDraft, ...]:
    """Returns one submission per unit, form and period among a file's tables, in order of first mention.

    Args:
        around: the names of the file and its containers, innermost first; searched for a period if no
            table names one.
    """
    groups: dict[ObligationKey, tuple[Unit, list[ParsedForm]]] = {}
    for unit, reading in tables:
        form = context.notice.form(reading.form)
        period = period_of_table(form, reading, around, received_on, context.notice)
        reading = replace(reading, problems=(*reading.problems, *period_problem(period, reading.sheet)))
        for owner, part in _split_teaching_points(unit, reading, context):
            key = ObligationKey(owner.name, part.form, period.period.key if period else None)
            groups.setdefault(key, (owner, []))[1].append(part)
    return tuple(
        _draft_submission(unit, context.notice.form(key.form), readings, key.period, received_on, context)
        for key, (unit, readings) in groups.items()
    )


def split_by_rows(reading: ParsedForm, context: IngestContext) -> list[tuple[Unit | None, ParsedForm]]:
    """Splits a merged table of several units into one part per unit; rows without a unit form a last part.

    Empty if the rows name fewer than two units, or too many rows name none.
    """
    form = context.notice.form(reading.form)
    if form.unit_field is None:
        return []

    def find_owner(cell: Json) -> str | None:
        named = context.names.resolve(cell) if isinstance(cell, str) else None
        if named is None or named.kind not in form.senders:
            return None
        return context.roster.reporting_unit(named, form.senders).name

    parts = _indexes_by_owner(reading.rows.column(form.unit_field), find_owner)
    unassigned = parts.pop(None, [])
    if len(parts) < 2 or len(unassigned) > (1 - AGREEING_ROWS_SHARE) * len(reading.rows):
        return []
    parts_with_units: list[tuple[Unit | None, ParsedForm]] = [
        (context.roster.get(name) if name is not None else None, _part(reading, indexes))
        for name, indexes in parts.items()
    ]
    return [*parts_with_units, (None, _part(reading, unassigned))] if unassigned else parts_with_units


def _split_teaching_points(
    unit: Unit, reading: ParsedForm, context: IngestContext
) -> Iterator[tuple[Unit, ParsedForm]]:
    """Yields the table of a central school without the rows of a 教学点 that reports for itself, and those rows as its own.

    Rows of a 教学点 with a ``parent`` in the roster stay in the parent's form
    (``docs/how-to/another-county.md``, 2. The units).
    """
    field = context.notice.form(reading.form).unit_field
    if field is None or unit.kind != "school" or unit.stage == _TEACHING_POINT:
        yield unit, reading
        return
    parts = _indexes_by_owner(
        reading.rows.column(field), lambda cell: _teaching_point_named(cell, unit, context) or unit.name
    )
    if parts.keys() <= {unit.name}:
        yield unit, reading
        return
    if own_indexes := parts.pop(unit.name, []):
        yield unit, _part(reading, own_indexes)
    for name, indexes in parts.items():
        if name is not None and (owner := context.roster.get(name)) is not None:
            yield owner, _part(reading, indexes)


def _indexes_by_owner(
    cells: Sequence[Json], find_owner: Callable[[Json], str | None]
) -> dict[str | None, list[int]]:
    """Returns row indexes by the unit in a column's cells, in order of first mention; each text is resolved once."""
    owners: dict[str, str | None] = {}
    parts: dict[str | None, list[int]] = {}
    for index, cell in enumerate(cells):
        if not isinstance(cell, str):
            owner = find_owner(cell)
        elif cell in owners:
            owner = owners[cell]
        else:
            owner = owners[cell] = find_owner(cell)
        parts.setdefault(owner, []).append(index)
    return parts


def _part(reading: ParsedForm, indexes: Sequence[int]) -> ParsedForm:
    return replace(reading, rows=reading.rows.part(indexes))


def _teaching_point_named(cell: object, unit: Unit, context: IngestContext) -> str | None:
    """Returns the 教学点 of the same township in a row's school column, if it reports for itself."""
    named = context.names.resolve(cell) if isinstance(cell, str) and _TEACHING_POINT in cell else None
    if named is None or named.stage != _TEACHING_POINT or named.township != unit.township:
        return None
    return named.name if context.roster.reporting_unit(named).name == named.name else None


def _draft_submission(
    unit: Unit,
    form: FormSpec,
    readings: Sequence[ParsedForm],
    period: str | None,
    received_on: date,
    context: IngestContext,
) -> SubmissionDraft:
    checks = UnitChecks(
        SentForm(form=form, unit=unit, names=context.names, notice=context.notice, received_on=received_on)
    )
    rows = RowBlock.joined([reading.rows for reading in readings])
    rows = rows.with_more_problems(checks.check_rows(rows))
    table_problems = tuple(problem for reading in readings for problem in reading.problems)
    blocking = {problem.code for problem in table_problems if problem.severity == "error"}
    return SubmissionDraft.of_rows(
        replace(rows, table_problems=table_problems),
        unit=unit.name,
        form=form.key,
        nil=not len(rows) and any(reading.nil for reading in readings),
        blocking=tuple(sorted(blocking)),
        period=period,
    )
