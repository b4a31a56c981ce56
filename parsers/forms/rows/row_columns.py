"""Groups the bound columns of a table by what they hold, with the first column of each key."""

from collections.abc import Sequence

from config.notice import Notice
from parsers.formats.workbook import Cell
from parsers.forms.headings.columns import Column, FormColumns
from parsers.forms.layout import Table
from parsers.forms.left_over.account import column_letters

_PREPRINTED_KEYS = frozenset(
    {
        "seq",
        "household_township",
        "school",
        "school_region",
        "stage",
        "sex",
        "ethnicity",
        "grade",
        "class_name",
        "study_status",
        "attendance_mode",
        "boarding",
        "left_behind",
        "household_category",
        "status",
        "outcome",
    }
)
"""The keys that templates have filled in already; a row with only these is empty."""


class RowColumns:
    """The columns of one table, bound to the fields of one form."""

    def __init__(self, binding: FormColumns, table: Table, notice: Notice) -> None:
        self.all = binding.columns
        self.values = [c for c in binding.columns if c.kind == "value" and c.key != "visits"]
        self.ticks = [c for c in binding.columns if c.kind == "tick"]
        self.visits = [
            c for c in binding.columns if c.kind == "visit" or (c.kind == "value" and c.key == "visits")
        ]
        self.extras = [c for c in binding.columns if c.kind == "extra"]
        self.by_key = {c.key: c for c in reversed(self.values)}
        self.name = self.by_key.get("name")
        self.id_number = self.by_key.get("id_number")
        self.seq = self.by_key.get("seq")
        self.unit = self.by_key.get(notice.form(binding.form).unit_field or "")
        self.letters = {c.index: column_letters(c.index + table.sheet.first_col) for c in binding.columns}
        self.proof_positions = [
            c.index
            for c in (*self.values, *self.extras)
            if c.key == "proof"
            or (c.kind == "extra" and any(word in c.heading for word in notice.proof_words))
        ]
        self.telling = [c.index for c in (*self.values, *self.visits) if c.key not in _PREPRINTED_KEYS]
        """Positions of cells that are filled only in a student's row."""
        self.descriptive = [c.index for c in self.values if c.key not in ("seq", "name")]
        """Positions of cells that describe the student named in the row."""
        self.nameless = frozenset(
            c.index
            for c in self.values
            if c.key == "seq" or notice.fields[c.key].kind not in ("text", "name", "township")
        )
        """Positions of cells in which no name belongs: numbers, dates, choices."""

    def cell_reference(self, key: str, number: int) -> str | None:
        """Returns the reference (such as C7) of the cell of ``key`` in row ``number``; None if no column has the key."""
        column = self.by_key.get(key)
        return f"{self.letters[column.index]}{number}" if column else None


def cell_at(row: Sequence[Cell], column: Column | None) -> Cell:
    """Returns the row's cell in a column; None if the column or the cell is missing."""
    return row[column.index] if column is not None and column.index < len(row) else None
