"""Makes a record of a student's row: the value of every field, what is kept besides, and the row's problems."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from config.identity_numbers import UNUSABLE_NUMBER_CODES
from config.notice import FormSpec, Notice
from config.records.record import Json, Problem, Record
from parsers.checks.row_checks import RowChecks
from parsers.fields.grades import split_school_and_grade
from parsers.fields.normalise import BLANK_VALUE, Normaliser, cell_text
from parsers.fields.shared_cells import take_shared_part
from parsers.formats.workbook import Cell, CellError
from parsers.forms.headings.columns import Column
from parsers.forms.layout import Table
from parsers.forms.rows.row_columns import RowColumns, cell_at
from parsers.forms.visit_columns import VisitReader
from parsers.problem_sentences import make_problem

_SCHOOL_KEYS = frozenset({"school", "previous_school"})
_SEPARATOR_BY_KEY = {"guardian": "、", "guardian_phone": "、", "school_region": "", "remark": ";"}


class RecordBuilder:
    """Makes the records of one table of one form; it knows which students it has met."""

    def __init__(
        self,
        form: FormSpec,
        columns: RowColumns,
        table: Table,
        notice: Notice,
        normalisers: Mapping[str, Normaliser],
        visits: VisitReader,
    ) -> None:
        self._form, self._columns, self._table, self._notice = form, columns, table, notice
        self._normalisers, self._visits = normalisers, visits
        self._checks = RowChecks(form, notice, table.sheet.name, columns.cell_reference)
        self._value_plan = [(c, c.index, c.key, self._choose_normaliser(c)) for c in columns.values]
        self._ticks = frozenset(notice.wording.answers.ticks)
        self._row_width = max((c.index + 1 for c in columns.values), default=0)
        keys = [c.key for c in columns.values]
        self._one_column_per_key = len(set(keys)) == len(keys) and not any(
            c.key in _SCHOOL_KEYS and "年级" in c.heading for c in columns.values
        )

    def _choose_normaliser(self, column: Column) -> Normaliser:
        """How the column's cells are read; where keys share them, each reads its own part."""
        normalise = self._normalisers[column.key]
        if not column.shared:
            return normalise
        fields = self._notice.fields
        kind = fields[column.key].kind
        others = [fields[key].kind for key in column.shared if key != column.key]
        return lambda cell: normalise(take_shared_part(cell_text(cell), kind, others))

    def build(self, row: Sequence[Cell], number: int, told_once: Mapping[str, Json]) -> Record:
        """The record of row ``number``, with what is said once for many rows where no cell of it says it."""
        sheet = self._table.sheet.name
        problems: list[Problem] = []
        values = self._read_clean_values(row)
        if values is None:
            values = self._read_values(row, number, problems)
        values = {**told_once, **values}
        for column in self._columns.ticks:
            if cell_text(cell_at(row, column)).strip().lower() in self._ticks:
                values.setdefault(column.key, column.tick)
        extra: dict[str, Json] = {}
        if self._columns.visits:
            told = self._visits.visits_from_row(
                [(c, cell_text(cell_at(row, c))) for c in self._columns.visits]
            )
            if told.visits:
                values["visits"] = list(told.visits)
            extra |= {column.heading: text for column, text in told.untold}
        for column in self._columns.extras:
            if text := cell_text(cell_at(row, column)):
                extra[
                    column.heading if column.heading not in extra else f"{column.heading}#{column.index + 1}"
                ] = text
        if extra:
            values["extra"] = extra
        if self._table.sheet.pictures and (pictures := self._count_proof_pictures(number)):
            values["proof_pictures"] = pictures
        if number in self._table.sheet.struck_rows:
            problems.append(make_problem("row-struck-out", sheet=sheet, row=number))
        if number in self._table.sheet.hidden_rows:
            problems.append(make_problem("row-hidden", sheet=sheet, row=number))
        id_valid = "id_number" in values and not any(p.code in UNUSABLE_NUMBER_CODES for p in problems)
        problems += self._checks.check(values, number, id_valid=id_valid)
        return Record(sheet=sheet, row=number, values=values, problems=tuple(problems))

    def add_visits(self, record: Record, row: Sequence[Cell]) -> Record:
        """The record with the visits of another row of the same student."""
        cells = [(c, cell_text(cell_at(row, c))) for c in self._columns.visits]
        more = self._visits.visits_from_row(cells).visits
        if not more:
            return record
        before = record.values.get("visits")
        values = dict(record.values)
        values["visits"] = self._visits.number_by_date([*(before if isinstance(before, list) else []), *more])
        return replace(record, values=values)

    def _count_proof_pictures(self, number: int) -> int:
        """Pictures in the row's cells for proofs; a seal that floats over other cells proves nothing."""
        sheet = self._table.sheet
        return sum(
            (number, column + sheet.first_col) in sheet.pictures for column in self._columns.proof_positions
        )

    def _read_clean_values(self, row: Sequence[Cell]) -> dict[str, Json] | None:
        """The values of a row in which nothing is wrong and no cell says two things; None for other rows."""
        if not self._one_column_per_key:
            return None
        cells = [*row, *[None] * (self._row_width - len(row))]
        if CellError in set(map(type, cells)):
            return None
        values: dict[str, Json] = {}
        for _, position, key, normalise in self._value_plan:
            read = normalise(cells[position])
            if read.problem_code is not None or read.implied is not None:
                return None
            if read.value is not None:
                values[key] = read.value
        for key in ("reason", "since"):
            if key in values:
                self._add_implied(key, cells[self._columns.by_key[key].index], values)
        return values

    def _add_implied(self, key: str, cell: Cell, values: dict[str, Json]) -> None:
        """What else a reason or a time tells: its own words, its end."""
        if key == "reason":
            values["reason_text"] = cell_text(cell)
        elif key == "since" and isinstance(cell, str):
            values.update(self._visits.read_period(cell))

    def _read_values(self, row: Sequence[Cell], number: int, problems: list[Problem]) -> dict[str, Json]:
        """The values of any row; what is wrong is added to ``problems``."""
        values: dict[str, Json] = {}
        beside_name: set[str] = set()  # what else a name's cell says; the weakest word on it
        width = len(row)
        for column, position, key, normalise in self._value_plan:
            cell = row[position] if position < width else None
            if cell is None or cell == "":
                if key == "id_number" and key not in values:
                    problems.append(self._problem("id-missing", column, number, None))
                continue
            if cell.__class__ is CellError:
                problems.append(self._problem("formula-error", column, number, str(cell)))
                continue
            read = normalise(cell)
            if read is BLANK_VALUE:
                continue
            if read.problem_code is not None:
                problems.append(self._value_problem(read.problem_code, column, number, cell, read.value))
            value = read.value
            if value is None:
                continue
            if key in _SCHOOL_KEYS and "年级" in column.heading and isinstance(value, str):
                value, grade, class_name = split_school_and_grade(value)
                values.update({k: v for k, v in (("grade", grade), ("class_name", class_name)) if v})
            if key in values and key in _SEPARATOR_BY_KEY:
                value = f"{values[key]}{_SEPARATOR_BY_KEY[key]}{value}"
            values[key] = value
            if read.implied:
                for other, more in read.implied.items():
                    if other in self._form.fields and (other not in values or other in beside_name):
                        values[other] = more
                        if key == "name":
                            beside_name.add(other)
            self._add_implied(key, cell, values)
        return values

    def _value_problem(self, code: str, column: Column, number: int, cell: Cell, value: Json) -> Problem:
        required = code == "value-unknown" and column.key in self._form.required
        sheet = self._table.sheet
        written = sheet.written.get((number - sheet.first_row, column.index), cell)
        shown = value if code.startswith("id-") and value is not None else cell_text(written)
        return self._problem(
            code, column, number, str(shown) if shown is not None else None, required=required
        )

    def _problem(
        self, code: str, column: Column, number: int, value: str | None, *, required: bool = False
    ) -> Problem:
        missing_yet = code == "id-missing" and value not in (None, "")  # 未上户口: said, not forgotten
        return make_problem(
            code,
            severity="error" if required else "warning" if missing_yet else None,
            sheet=self._table.sheet.name,
            row=number,
            cell=f"{self._columns.letters[column.index]}{number}",
            field=column.key,
            value=value,
            heading=self._notice.fields[column.key].heading,
        )
