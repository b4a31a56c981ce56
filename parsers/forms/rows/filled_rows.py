"""Fills in rows: merged cells, 同上, groups written once, and numbers split over two cells."""

from collections.abc import Sequence
from itertools import chain, islice

from parsers.fields.normalise import DITTO, cell_text, is_ditto
from parsers.formats.workbook import Cell
from parsers.forms.layout import Table
from parsers.forms.rows.row_columns import RowColumns, cell_at

_KEYS_FILLED_DOWN = frozenset(
    {
        "household_township",
        "household_village",
        "school",
        "school_region",
        "status",
        "stage",
        "grade",
        "class_name",
        "previous_school",
    }
)
_KEYS_OF_A_VISIT = frozenset({"visits_made", "outcome", "remark"})
"""The keys that a row of one more visit may have beside the visit."""
_DIGITS_OF_A_NUMBER = 18
_LEAST_ROWS_OF_ONE_UNIT = 3
"""The fewest rows in which the unit of the first row counts for all; with fewer, a blank cell may have been forgotten."""


class RowFiller:
    """Fills the blank cells of a table's rows: from merged cells, ditto marks and headings of groups above them."""

    def __init__(self, columns: RowColumns, table: Table) -> None:
        self._columns, self._table = columns, table
        one_visit = [c for c in columns.visits if c.kind == "visit" and not c.number]
        self._visit_dates = frozenset(c.index for c in one_visit if c.part == "date")
        self._visit_columns = frozenset(
            (
                *(c.index for c in (*one_visit, *columns.extras)),
                *(c.index for c in columns.values if c.key in _KEYS_OF_A_VISIT),
            )
        )
        self._cells_from_above = _merged_down(table)
        self._group_columns = self._find_group_columns()
        self._has_unit_once = self._is_unit_told_once()
        self.number_continues_at = self._find_number_continuation()
        """The column with the second half of identity numbers, if they are split over two cells."""
        self.fills_nothing = (
            not (self._cells_from_above or self._has_unit_once or self._group_columns)
            and self.number_continues_at is None
            and DITTO.isdisjoint(chain.from_iterable(table.body_rows))
        )
        """Whether no row of the table needs filling in."""

    def fill(self, index: int, row_above: Sequence[Cell]) -> Sequence[Cell]:
        """Returns the row at ``index`` filled in, given the last student's row above it."""
        if self.fills_nothing:
            return self._table.row(index)
        row = self._fill_down(index, self._table.row(index), row_above)
        return self._join_number(self._fill_unit(self._fill_group(row, row_above), row_above))

    def continues_student(self, index: int) -> bool:
        """Returns whether a row continues the student above: its name cell is merged with his, or it only has a visit."""
        if self._columns.name is None:
            return False
        merged = self._cells_from_above.get(index)
        if merged is not None and self._columns.name.index in merged:
            return True
        if not self._visit_dates:
            return False
        filled = {position for position, cell in enumerate(self._table.row(index)) if cell_text(cell)}
        return not filled.isdisjoint(self._visit_dates) and filled <= self._visit_columns

    def _fill_down(self, index: int, row: Sequence[Cell], row_above: Sequence[Cell]) -> Sequence[Cell]:
        """Returns the row with merged cells and 同上 replaced by the value above; never a name or an identity number."""
        merged = self._cells_from_above.get(index)
        if merged is None and DITTO.isdisjoint(row):
            return row
        copy: list[Cell] | None = None
        for column in self._columns.values:
            position = column.index
            cell = row[position] if position < len(row) else None
            if column.key not in _KEYS_FILLED_DOWN:
                if (
                    isinstance(cell, str)
                    and row_above
                    and column.key not in ("name", "id_number", "seq")
                    and is_ditto(cell.strip())
                ):
                    copy = copy or list(row)
                    copy[position] = row_above[position] if position < len(row_above) else None
                continue
            replacement: Cell = None
            if (cell is None or cell == "") and merged is not None and position in merged:
                replacement = merged[position]
            elif isinstance(cell, str) and is_ditto(cell.strip()) and position < len(row_above):
                replacement = row_above[position]
            if replacement is not None:
                copy = copy or list(row)
                copy += [None] * (position + 1 - len(copy))
                copy[position] = replacement
        return row if copy is None else copy

    def _fill_unit(self, row: Sequence[Cell], row_above: Sequence[Cell]) -> Sequence[Cell]:
        """Returns the row with the unit of the row above, in a table where most rows leave it blank."""
        column = self._columns.unit
        if column is None or not self._has_unit_once or cell_text(cell_at(row, column)):
            return row
        if not cell_text(cell_at(row, self._columns.name)):
            return row
        copy = [*row, *[None] * (column.index + 1 - len(row))]
        copy[column.index] = cell_at(row_above, column)
        return copy

    def _is_unit_told_once(self) -> bool:
        """Returns whether the first student has a unit and most have none: a text file lost that the cells were merged."""
        column = self._columns.unit
        if column is None or any(column.index in merged for merged in self._cells_from_above.values()):
            return False
        rows = (self._table.row(n) for n in self._table.body if n not in self._table.repeated_rows)
        students = (row for row in rows if cell_text(cell_at(row, self._columns.name)))
        units = [cell_text(cell_at(row, column)) for row in islice(students, _LEAST_ROWS_OF_ONE_UNIT)]
        if len(units) < _LEAST_ROWS_OF_ONE_UNIT or not units[0] or all(units):
            return False  # as in nearly every table
        units += [cell_text(cell_at(row, column)) for row in students]
        return sum(not unit for unit in units) * 2 > len(units)

    def _fill_group(self, row: Sequence[Cell], row_above: Sequence[Cell]) -> Sequence[Cell]:
        """Returns the row with its group's cells copied from above, where all of them are blank."""
        width = len(self._group_columns)
        if not width or any(map(cell_text, row[:width])):
            return row
        groups = (
            row_above[n] if fills and n < len(row_above) else None
            for n, fills in enumerate(self._group_columns)
        )
        return [*groups, *row[width:]]

    def _find_group_columns(self) -> tuple[bool, ...]:
        """Returns for each column left of 序号 whether it is one of a group's: 乡镇、村、序号、姓名.

        A text file has lost which cells were merged. Empty where the table has cells merged down, since a blank
        cell is really blank there.
        """
        number = next((column.index for column in self._columns.values if column.key == "seq"), 0)
        if self._cells_from_above:
            return ()
        keys = {column.index: column.key for column in self._columns.values}
        return tuple(keys.get(index) in _KEYS_FILLED_DOWN for index in range(number))

    def _join_number(self, row: Sequence[Cell]) -> Sequence[Cell]:
        """Returns the row with the two halves of an identity number joined, where it is split below one merged heading."""
        position = self.number_continues_at
        if position is None or position >= len(row):
            return row
        first, second = cell_text(row[position - 1]), cell_text(row[position])
        if not second or not first.isdigit() or len(first) >= _DIGITS_OF_A_NUMBER:
            return row
        return [*row[: position - 1], first + second, None, *row[position + 1 :]]

    def _find_number_continuation(self) -> int | None:
        """Returns the column beside the identity numbers' that has no heading of its own; None if there is none."""
        if self._columns.id_number is None or self._columns.id_number.shared:
            return None
        index, sheet = self._columns.id_number.index, self._table.sheet
        rows = {row + sheet.first_row for row in self._table.heading_rows}
        column = index + sheet.first_col
        merged = any(r1 in rows and c1 <= column < c2 for r1, c1, _, c2 in sheet.merged)
        return index + 1 if merged and not any(c.index == index + 1 for c in self._columns.all) else None


def _merged_down(table: Table) -> dict[int, dict[int, Cell]]:
    """Maps each row index to the columns whose cell is merged with one above, each with the value of that cell."""
    sheet = table.sheet
    result: dict[int, dict[int, Cell]] = {}
    for r1, c1, r2, c2 in sheet.merged:
        first, position = r1 - sheet.first_row, c1 - sheet.first_col
        if r2 == r1 or c2 != c1 or first not in table.body or position < 0 or r2 - r1 > 5000:
            continue
        top = sheet.rows[first][position] if position < len(sheet.rows[first]) else None
        for index in range(first + 1, min(r2 - sheet.first_row + 1, len(sheet.rows))):
            result.setdefault(index, {})[position] = top
    return result
