"""Reads rows and problems with officers' corrected values in place of the sent ones, and checks corrected rows anew.

Every judgement reads rows through this module. Submissions without corrections are passed on unchanged.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from config.identity_numbers import UNUSABLE_NUMBER_CODES, birth_date_of, sex_of
from config.notice import FormSpec, Notice
from config.records.record import Problem, Record, student_key
from config.records.row_block import RowBlock
from config.units.resolve_unit_names import UnitNames
from config.units.roster import Roster
from parsers.checks.row_checks import RowChecks
from parsers.checks.unit_checks import SentForm, UnitChecks
from store.answers.overruled_values import OverruledValue
from store.questions.recorded import RecordedRows
from store.questions.stored_rows import StoredRows, by_unit_form_and_arrival
from store.stored_values import Overruled, StoredProblem, StoredRecord, StoredSubmission, record_id

_IMPLIED = {"birth_date": birth_date_of, "sex": sex_of}
"""Values derived from an identity number where the form has no column for them."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """The corrected rows and all problems of one submission."""

    records: Mapping[str, StoredRecord]
    """By row id, the rows that differ from what was sent."""
    problems: Sequence[StoredProblem]


class OverruledRows:
    """The rows of submissions with officers' corrected values, at an instant."""

    def __init__(
        self,
        recorded: RecordedRows,
        notice: Notice,
        roster: Roster,
        zone: ZoneInfo,
        overruled: Iterable[OverruledValue],
    ) -> None:
        self._recorded, self._notice, self._roster, self._zone = recorded, notice, roster, zone
        self._by_form: dict[tuple[str, str], list[OverruledValue]] = {}
        for one in overruled:
            self._by_form.setdefault((one.unit, one.form), []).append(one)
        self._read: dict[str, _Rows] = {}

    def _affected(self, submissions: Collection[StoredSubmission]) -> Sequence[StoredSubmission]:
        """Returns the submissions with a corrected row."""
        if not self._by_form:
            return ()
        return [
            one for one in submissions if (one.unit, one.form) in self._by_form and self._rows(one).records
        ]

    def records(self, submissions: Collection[StoredSubmission]) -> StoredRows:
        """Returns the rows of these submissions, in the order of :attr:`RecordedRows.records`."""
        affected = self._affected(submissions)
        if not affected:
            return self._recorded.records(submissions)
        ids = {one.submission_id for one in affected}
        others = [one for one in submissions if one.submission_id not in ids]
        by_id = {key: row for one in affected for key, row in self._rows(one).records.items()}
        counting = (by_id.get(row.record_id, row) for row in self._recorded.records(affected))
        both = StoredRows.joined((self._recorded.records(others), StoredRows.of(counting)))
        return both.sorted_by(by_unit_form_and_arrival)

    def row_keys(self, submissions: Collection[StoredSubmission]) -> dict[str, Sequence[str | None]]:
        """Returns by submission id, for those with rows, the student key of each row in order."""
        keys = self._recorded.row_keys([one.submission_id for one in submissions])
        for one in self._affected(submissions):
            changed = self._rows(one).records
            keys[one.submission_id] = [
                student_key(row.values, row.problems)
                if (row := changed.get(record_id(one.submission_id, ordinal))) is not None
                else key
                for ordinal, key in enumerate(keys[one.submission_id])
            ]
        return keys

    def problems(
        self, submissions: Collection[StoredSubmission], code: str | None = None
    ) -> tuple[StoredProblem, ...]:
        """Returns the problems of these submissions, in the order of :attr:`RecordedRows.problems`."""
        affected = self._affected(submissions)
        if not affected:
            return self._recorded.problems(submissions, code)
        ids = {one.submission_id for one in affected}
        others = [one for one in submissions if one.submission_id not in ids]
        selected = [
            *self._recorded.problems(others, code),
            *(one for sent in affected for one in self._rows(sent).problems if code in (None, one.code)),
        ]
        selected.sort(
            key=lambda p: (p.unit, p.form, p.submission_id, p.sheet or "", p.row or 0, p.field or "", p.code)
        )
        return tuple(selected)

    def _rows(self, submission: StoredSubmission) -> _Rows:
        rows = self._read.get(submission.submission_id)
        if rows is None:
            rows = self._read[submission.submission_id] = self._overrule(submission)
        return rows

    def _overrule(self, submission: StoredSubmission) -> _Rows:
        sent = self._recorded.records([submission])
        words: dict[str, list[OverruledValue]] = {}
        for one in self._by_form[submission.unit, submission.form]:
            for row in one.find_rows(sent):
                words.setdefault(row.record_id, []).append(one)
        if not words:
            return _Rows({}, ())
        form = self._notice.form(submission.form)
        corrected = [
            _with_values(row, form, words[row.record_id]) if row.record_id in words else row for row in sent
        ]
        problems = self._recorded.problems([submission], None)
        checks = _Checks(self._notice, self._roster, self._zone, submission)
        before, after = checks.find(sent, problems, {}), checks.find(corrected, problems, words)
        by_row: dict[str | None, list[StoredProblem]] = {}
        for problem in problems:
            by_row.setdefault(problem.record_id, []).append(problem)
        records: dict[str, StoredRecord] = {}
        for row in corrected:
            was, now = before.get(row.record_id, []), after.get(row.record_id, [])
            if row.record_id not in words and was == now:
                continue
            fields = {one.field for one in words.get(row.record_id, ())}
            recorded = by_row.get(row.record_id, [])
            problems_after = _problems_after(submission, row, recorded, was, now, fields)
            by_row[row.record_id] = problems_after
            records[row.record_id] = replace(
                row, problems=tuple(dict.fromkeys(p.code for p in problems_after))
            )
        return _Rows(records, [problem for found in by_row.values() for problem in found])


def _with_values(row: StoredRecord, form: FormSpec, words: Sequence[OverruledValue]) -> StoredRecord:
    values = dict(row.values)
    for one in words:
        values[one.field] = one.value
        if one.field == "id_number":
            values |= {key: read(one.value) for key, read in _IMPLIED.items() if key not in form.fields}
        elif one.field == "reason":
            values["reason_text"] = one.value
    shown = tuple(
        Overruled(
            field=one.field,
            sent=one.sent,
            who=one.who,
            why=one.why,
            at=one.at or datetime.max.replace(tzinfo=UTC),
        )
        for one in words
    )
    return replace(row, values=values, overruled=shown)


class _Checks:
    """The row checks for one submission."""

    def __init__(self, notice: Notice, roster: Roster, zone: ZoneInfo, submission: StoredSubmission) -> None:
        self._notice, self._form = notice, notice.form(submission.form)
        unit = roster.get(submission.unit)
        self._of_unit = (
            UnitChecks(
                SentForm(
                    form=self._form,
                    unit=unit,
                    names=UnitNames(roster, notice),
                    notice=notice,
                    received_on=submission.received_at.astimezone(zone).date(),
                )
            )
            if unit is not None
            else None
        )

    def find(
        self,
        rows: Sequence[StoredRecord],
        problems: Sequence[StoredProblem],
        overruled: Mapping[str, Sequence[OverruledValue]],
    ) -> dict[str, list[Problem]]:
        """Returns by row id the problems that the checks find; ``problems`` are those recorded when reading."""
        unusable = {
            one.record_id
            for one in problems
            if one.code in UNUSABLE_NUMBER_CODES
            and all(word.field != "id_number" for word in overruled.get(one.record_id or "", ()))
        }
        problems_by_row: dict[str, list[Problem]] = {}
        for sheet in dict.fromkeys(row.sheet for row in rows):
            of_sheet = [row for row in rows if row.sheet == sheet]
            checks = RowChecks(self._form, self._notice, sheet, self._find_cell)
            ids_valid = ["id_number" in row.values and row.record_id not in unusable for row in of_sheet]
            values = [dict(row.values) for row in of_sheet]
            checked = checks.check_rows(values, [row.row for row in of_sheet], ids_valid)
            for index, row in enumerate(of_sheet):
                problems_by_row[row.record_id] = [*checked.get(index, ()), *self._check_unit(row)]
        return problems_by_row

    def _find_cell(self, field: str, row: int) -> str | None:
        """Returns a made-up cell name, as the checks only ask whether a column exists; real cells come from recorded problems."""
        return f"{field}{row}" if field in self._form.fields else None

    def _check_unit(self, row: StoredRecord) -> Iterator[Problem]:
        if self._of_unit is not None:
            rows = RowBlock.of([Record(sheet=row.sheet, row=row.row, values=row.values)])
            yield from self._of_unit.check_rows(rows).get(0, [])


def _problems_after(
    submission: StoredSubmission,
    row: StoredRecord,
    recorded: Sequence[StoredProblem],
    was: Sequence[Problem],
    now: Sequence[Problem],
    fields: Collection[str],
) -> list[StoredProblem]:
    """Returns a row's problems after a correction: recorded ones about other fields, and those that the checks now find."""
    checked = {problem.code for problem in was}
    remaining = [one for one in recorded if one.field not in fields and one.code not in checked]
    kinds = {(one.code, one.field) for one in remaining}
    cells = {one.field: one.cell for one in recorded}
    codes = [*(one.code for one in remaining), *(problem.code for problem in now)]
    student = student_key(row.values, codes)
    return [
        *(replace(one, student=student) for one in remaining),
        *(
            _stored(submission, row, problem, cells.get(problem.field), student)
            for problem in now
            if (problem.code, problem.field) not in kinds
        ),
    ]


def _stored(
    submission: StoredSubmission, row: StoredRecord, problem: Problem, cell: str | None, student: str | None
) -> StoredProblem:
    return StoredProblem(
        submission_id=submission.submission_id,
        unit=submission.unit,
        form=submission.form,
        file_id=submission.file_id,
        sheet=problem.sheet,
        row=problem.row,
        cell=cell,
        field=problem.field,
        code=problem.code,
        severity=problem.severity,
        value=problem.value,
        message=problem.message,
        record_id=row.record_id,
        student=student,
        period=submission.period,
    )
