"""Handles rows whose heading is in the sheet before, and tables that are turned on their side."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from config.records.record import Problem, Record
from config.records.row_block import RowBlock
from parsers.fields.normalise import cell_text
from parsers.fields.person_names import looks_like_name
from parsers.formats.workbook import Cell, Sheet
from parsers.forms.headings.bind_columns import Headings
from parsers.forms.layout import Table
from parsers.forms.left_over.account import LeftOver, column_letters
from parsers.forms.left_over.child_mentions import holds_id_number, is_id_number
from parsers.forms.sheet_rows import count_filled
from parsers.records import ParsedForm

_ROWS_SAMPLED = 40
_LEAST_CELLS = 3
_LEAST_HEADINGS = 4
_HEADING_COLUMNS = 3  # the columns among which a turned table's headings are looked for
_CELL_NAME = re.compile("([A-Z]{1,3})([0-9]+)")


def continue_table(table: Table, sheet: Sheet, headings: Headings) -> Table | None:
    """Returns the rows of ``sheet`` as a table below the heading of ``table``; None if they do not fit it.

    Word and PDF break a table at the end of a page, and some clerks type the heading as a table of its own.
    """
    if table.columns is not None:
        return None
    levels = table.heading_levels
    named = [index for index, stack in enumerate(levels) if headings.is_name_column(stack)]
    numbered = [index for index, stack in enumerate(levels) if headings.is_id_column(stack)]
    if len(named) != 1:
        return None
    rows = [row for row in sheet.rows[:_ROWS_SAMPLED] if count_filled(row) >= _LEAST_CELLS]
    fitting = sum(_fits(row, named[0], numbered[0] if numbered else None, width=len(levels)) for row in rows)
    if not rows or 2 * fitting < len(rows) or not fitting:
        return None
    return replace(table, sheet=sheet, body=range(len(sheet.rows)), heading_rows=range(0), continued=True)


def _fits(row: Sequence[Cell], name: int, number: int | None, *, width: int) -> bool:
    def text(index: int) -> str:
        return cell_text(row[index]) if index < len(row) else ""

    if number is not None:
        cell = row[number] if number < len(row) else None
        return bool(text(name)) and (is_id_number(cell) or holds_id_number(text(number)))
    return len(row) == width and looks_like_name(text(name))


@dataclass(frozen=True, slots=True)
class TurnedSheet:
    """A sheet with its headings below one another, transposed so that they are side by side."""

    sheet: Sheet
    original: Sheet
    top: int  # row index of the first heading
    column: int  # the column position of the headings
    students: int

    def turn_back(self, form: ParsedForm) -> ParsedForm:
        """Returns the form with its cell references as in the original sheet; a student's row is then his column's number."""
        return replace(
            form,
            rows=RowBlock.of(self._turn_back_record(record) for record in form.rows),
            problems=tuple(self._turn_back_problem(problem) for problem in form.problems),
        )

    def turn_back_left_over(self, left_over: LeftOver) -> LeftOver:
        """Returns the left-over cells with their references as in the original sheet."""
        return replace(left_over, cells=_CELL_NAME.sub(lambda m: self._turn_back_cell(m[0]), left_over.cells))

    def _turn_back_record(self, record: Record) -> Record:
        return replace(
            record,
            row=self._find_column_number(record.row),
            problems=tuple(self._turn_back_problem(problem) for problem in record.problems),
        )

    def _turn_back_problem(self, problem: Problem) -> Problem:
        return replace(
            problem,
            row=None if problem.row is None else self._find_column_number(problem.row),
            cell=None
            if problem.cell is None
            else _CELL_NAME.sub(lambda m: self._turn_back_cell(m[0]), problem.cell),
        )

    def _find_column_number(self, row: int) -> int:
        index = row - 1 - self.top
        inside = 0 <= index <= self.students
        return index + self.column + self.original.first_col if inside else row

    def _turn_back_cell(self, name: str) -> str:
        match = _CELL_NAME.fullmatch(name)
        assert match is not None  # only called with matches of it
        row = int(match[2])
        index = row - 1 - self.top
        if not 0 <= index <= self.students:
            return name
        position = _column_number(match[1]) - 1
        return (
            f"{column_letters(self._find_column_number(row))}{self.top + position + self.original.first_row}"
        )


def turn_sheet(sheet: Sheet, headings: Headings, *, single: bool) -> TurnedSheet | None:
    """Returns the sheet transposed, if its headings run down one column and the students across; else None.

    With ``single`` one student is enough; without it a sheet of one student is left as a possible label grid.
    """
    for column in range(_HEADING_COLUMNS):
        labels = [
            (index, text)
            for index, row in enumerate(sheet.rows[:_ROWS_SAMPLED])
            if column < len(row) and headings.is_heading(text := cell_text(row[column]))
        ]
        names = [index for index, text in labels if headings.is_name_heading(text)]
        if len(labels) < _LEAST_HEADINGS or len(names) != 1:
            continue
        top, bottom = labels[0][0], labels[-1][0]
        named = [text for cell in sheet.rows[names[0]][column + 1 :] if (text := cell_text(cell))]
        if len(named) < (1 if single else 2) or any(headings.is_heading(text) for text in named):
            continue
        beside = [
            text
            for row in sheet.rows[top : bottom + 1]
            for cell in row[column + 1 :]
            if (text := cell_text(cell))
        ]
        filled = sum(count_filled(row) > 0 for row in sheet.rows[top : bottom + 1])
        if 5 * sum(map(headings.is_heading, beside)) > len(beside) or 5 * len(labels) < 3 * filled:
            continue
        return _turn(sheet, top, bottom, column)
    return None


def _turn(sheet: Sheet, top: int, bottom: int, column: int) -> TurnedSheet:
    region = sheet.rows[top : bottom + 1]
    width = max(len(row) for row in region)
    turned: list[Sequence[Cell]] = [
        [row[index] if index < len(row) else None for row in region] for index in range(column, width)
    ]
    rows = [*sheet.rows[:top], *turned, *sheet.rows[bottom + 1 :]]
    written: Mapping[tuple[int, int], str] = {
        (top + position - column, index - top): text
        for (index, position), text in sheet.written.items()
        if top <= index <= bottom and position >= column
    }
    return TurnedSheet(
        replace(
            sheet,
            rows=rows,
            first_row=1,
            first_col=1,
            merged=(),
            written=written,
            struck_rows=frozenset(),
            hidden_rows=frozenset(),
        ),
        sheet,
        top,
        column,
        len(turned) - 1,
    )


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number
