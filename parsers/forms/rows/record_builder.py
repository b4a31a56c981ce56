"""Builds records from students' rows: the value of every field, other cells by heading, and the row's problems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from config.identity_numbers import UNUSABLE_NUMBER_CODES
from config.notice import FormSpec, Notice
from config.records.record import Json, Problem, Record
from config.records.row_block import RowBlock
from parsers.checks.row_checks import RowChecks
from parsers.fields.grades import split_school_and_grade
from parsers.fields.normalise import BLANK_VALUE, Normaliser, cell_text
from parsers.fields.shared_cells import take_shared_part
from parsers.formats.workbook import Cell, CellError
from parsers.forms.headings.columns import Column
from parsers.forms.layout import Table
from parsers.forms.rows.column_values import ValueColumn, read_columns
from parsers.forms.rows.row_columns import RowColumns, cell_at
from parsers.forms.visit_columns import VisitReader
from parsers.problem_sentences import make_problem

_SCHOOL_KEYS = frozenset({"school", "previous_school"})
_SEPARATOR_BY_KEY = {"guardian": "、", "guardian_phone": "、", "school_region": "", "remark": ";"}


@dataclass(slots=True)
class StudentRow:
    """A student's row, with merged cells and 同上 already replaced by their values."""

    index: int
    """The index into the rows of the sheet."""
    cells: Sequence[Cell]
    told_once: Mapping[str, Json]
    """Values written once for many rows; a cell of the row has priority."""
    continues: bool = False
    """Whether it is one more visit to the student above."""


class RecordBuilder:
    """Builds the records of one table for one form."""

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
        self._value_columns = self._list_value_columns()
        self._ticks = frozenset(notice.wording.answers.ticks)
        sheet = table.sheet
        self._says_more = bool(
            columns.ticks
            or columns.visits
            or columns.extras
            or sheet.pictures
            or sheet.struck_rows
            or sheet.hidden_rows
        )
        """Whether rows may hold more than the values of their columns."""

    def _choose_normaliser(self, column: Column) -> Normaliser:
        """Returns the normaliser of a column's cells; keys that share a column each read their own part."""
        normalise = self._normalisers[column.key]
        if not column.shared:
            return normalise
        fields = self._notice.fields
        kind = fields[column.key].kind
        others = [fields[key].kind for key in column.shared if key != column.key]
        return lambda cell: normalise(take_shared_part(cell_text(cell), kind, others))

    def _list_value_columns(self) -> list[ValueColumn] | None:
        """Returns the columns for reading all rows at once; None if two columns give one key or one gives two keys."""
        keys = [column.key for column, *_ in self._value_plan]
        if len(set(keys)) < len(keys) or any(
            c.key in _SCHOOL_KEYS and "年级" in c.heading for c in self._columns.values
        ):
            return None
        return [
            ValueColumn(
                position=position,
                key=key,
                normalise=normalise,
                kind=None if column.shared else self._notice.fields[key].kind,
            )
            for column, position, key, normalise in self._value_plan
        ]

    def build(self, rows: Sequence[StudentRow]) -> RowBlock:
        """Returns the records of the rows as one block."""
        sheet = self._table.sheet
        numbers = [row.index + sheet.first_row for row in rows]
        values: list[dict[str, Json]] = []
        problems: dict[int, list[Problem]] = {}
        for position, (row, read) in enumerate(
            zip(rows, self._read_columns([row.cells for row in rows]), strict=True)
        ):
            row_values = read
            if row_values is None:
                row_values = self._read_values(
                    row.cells, numbers[position], problems.setdefault(position, [])
                )
            values.append({**row.told_once, **row_values} if row.told_once else row_values)
        if self._says_more:
            for position, row in enumerate(rows):
                self._add_more(
                    values[position], row.cells, numbers[position], problems.setdefault(position, [])
                )
        ids_valid = ["id_number" in row_values for row_values in values]
        for position, row_problems in problems.items():
            if not UNUSABLE_NUMBER_CODES.isdisjoint(problem.code for problem in row_problems):
                ids_valid[position] = False
        for position, more in self._checks.check_rows(values, numbers, ids_valid).items():
            problems.setdefault(position, []).extend(more)
        return RowBlock.of_values(values, sheets=[sheet.name] * len(rows), rows=numbers, problems=problems)

    def has_name(self, row: Sequence[Cell]) -> bool:
        """Returns whether a row has a student's name."""
        return bool(self._read_values(row, 0, []).get("name"))

    def add_visits(self, record: Record, row: Sequence[Cell]) -> Record:
        """Returns the record with the visits of another row of the same student added."""
        cells = [(c, cell_text(cell_at(row, c))) for c in self._columns.visits]
        more = self._visits.visits_from_row(cells).visits
        if not more:
            return record
        before = record.values.get("visits")
        values = dict(record.values)
        values["visits"] = self._visits.number_by_date([*(before if isinstance(before, list) else []), *more])
        return replace(record, values=values)

    def _add_more(
        self, values: dict[str, Json], row: Sequence[Cell], number: int, problems: list[Problem]
    ) -> None:
        """Adds to ``values`` what a row holds beside its field columns: ticks, visits, other columns, pictures, marks."""
        for column in self._columns.ticks:
            if cell_text(cell_at(row, column)).strip().lower() in self._ticks:
                values.setdefault(column.key, column.tick)
        extra: dict[str, Json] = {}
        if self._columns.visits:
            row_visits = self._visits.visits_from_row(
                [(c, cell_text(cell_at(row, c))) for c in self._columns.visits]
            )
            if row_visits.visits:
                values["visits"] = list(row_visits.visits)
            extra |= {column.heading: text for column, text in row_visits.untold}
        for column in self._columns.extras:
            if text := cell_text(cell_at(row, column)):
                extra[
                    column.heading if column.heading not in extra else f"{column.heading}#{column.index + 1}"
                ] = text
        if extra:
            values["extra"] = extra
        sheet = self._table.sheet
        if sheet.pictures and (pictures := self._count_proof_pictures(number)):
            values["proof_pictures"] = pictures
        if number in sheet.struck_rows:
            problems.append(make_problem("row-struck-out", sheet=sheet.name, row=number))
        if number in sheet.hidden_rows:
            problems.append(make_problem("row-hidden", sheet=sheet.name, row=number))

    def _count_proof_pictures(self, number: int) -> int:
        """Returns the number of pictures in the row's cells for proof documents; seals over other cells do not count."""
        sheet = self._table.sheet
        return sum(
            (number, column + sheet.first_col) in sheet.pictures for column in self._columns.proof_positions
        )

    def _read_columns(self, rows: Sequence[Sequence[Cell]]) -> list[dict[str, Json] | None]:
        """Returns the values of each row without problems or double values; None for each other row."""
        if self._value_columns is None:
            return [None] * len(rows)
        read = read_columns(self._value_columns, rows, self._notice.placeholders)
        for key in ("reason", "since"):
            if (column := self._columns.by_key.get(key)) is not None:
                for row, values in zip(rows, read, strict=True):
                    if values is not None and key in values:
                        self._add_implied(key, row[column.index], values)
        return read

    def _add_implied(self, key: str, cell: Cell, values: dict[str, Json]) -> None:
        """Adds the values that a reason (its original text) or a time (its end) gives besides its own."""
        if key == "reason":
            values["reason_text"] = cell_text(cell)
        elif key == "since" and isinstance(cell, str):
            values.update(self._visits.read_period(cell))

    def _read_values(self, row: Sequence[Cell], number: int, problems: list[Problem]) -> dict[str, Json]:
        """Returns the values of any row by key; problems are appended to ``problems``."""
        values: dict[str, Json] = {}
        beside_name: set[str] = set()  # further values in the name's cell, which any other cell overrides
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
        missing_yet = code == "id-missing" and value not in (None, "")  # 未上户口: a reason is given
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
