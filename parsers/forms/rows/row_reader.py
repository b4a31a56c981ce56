"""Reads all rows below a heading: students become records, other rows are accounted for by their kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from config.notice import Notice
from config.records.record import Json, Record
from config.records.row_block import RowBlock
from parsers.fields.normalise import cell_text
from parsers.fields.person_names import looks_like_name
from parsers.formats.workbook import Cell
from parsers.forms.layout import Table
from parsers.forms.left_over.account import SheetAccount
from parsers.forms.rows.filled_rows import RowFiller
from parsers.forms.rows.group_lines import GroupLines
from parsers.forms.rows.record_builder import RecordBuilder, StudentRow
from parsers.forms.rows.row_columns import RowColumns, cell_at
from parsers.forms.rows.row_kinds import RowClassifier, RowKind
from parsers.forms.sheet_rows import row_text

_LEAST_DIGITS = 10
_LEAST_SIGNERS = 2
_ENDS_WITH_ITS_BLOCK = "status"
"""The key that a line gives only to the rows right below it, so that a missed line gives no child a wrong status."""
_LONGEST_FILLER = 2
"""The most characters of a text that only fills an empty line below the students (无, /); a longer one is a statement."""


@dataclass(slots=True)
class TableRows:
    """The content below a heading: records, zero report, "no change", and lines of text."""

    records: RowBlock = field(default_factory=RowBlock)
    nil: bool = False  # a row is a zero report
    said_nil: int | None = None  # the row of an explicit zero report, not just a filled empty line
    unchanged: bool = False  # a row reports no change (无变化)
    lines_below: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _SortedRows:
    """The rows of a table that were classified so far, and the state that applies to the next row."""

    group: Mapping[str, Json]
    """Values for all rows of the table, and those of the last group line above the next row."""
    result: TableRows = field(default_factory=TableRows)
    """The table's content without records."""
    students: list[StudentRow] = field(default_factory=list)
    more_visits: dict[int, list[Sequence[Cell]]] = field(default_factory=dict)
    """Rows with further visits, by the index of the student's row above them."""
    row_above: Sequence[Cell] = ()
    """The cells of the last student's row."""
    in_notes: bool = False
    signed: bool = False
    opening: bool = True
    """Whether there were only signatures and notes so far; they may be above the students."""

    def add_student(self, index: int, row: Sequence[Cell], *, continues: bool = False) -> None:
        self.students.append(StudentRow(index, row, self.group, continues))
        if not continues:
            self.row_above = row


class RowReader:
    """Reads the rows of one table for one form."""

    def __init__(
        self,
        columns: RowColumns,
        table: Table,
        notice: Notice,
        builder: RecordBuilder,
        account: SheetAccount,
        group_lines: GroupLines,
        told_once: Mapping[str, Json],
    ) -> None:
        self._table, self._account = table, account
        self._group_lines, self._told_once = group_lines, told_once
        self._columns, self._builder = columns, builder
        self._filler = RowFiller(columns, table)
        self._classifier = RowClassifier(columns, notice)
        continuation = self._filler.number_continues_at
        self._bound_columns = frozenset((*(c.index for c in columns.all), *filter(None, (continuation,))))

    def read(self) -> TableRows:
        """Returns the content of every row of the table's body."""
        rows = self._sort_rows()
        result = rows.result
        result.records = self._builder.build(rows.students)
        if rows.more_visits or any(student.continues for student in rows.students):
            result.records = RowBlock.of(self._join_visits(result.records, rows.students, rows.more_visits))
        return result

    def _join_visits(
        self,
        records: RowBlock,
        students: Sequence[StudentRow],
        more_visits: Mapping[int, Sequence[Sequence[Cell]]],
    ) -> list[Record]:
        """Returns the records with the visits of rows that continue a student."""
        joined: list[Record] = []
        for student, record in zip(students, records, strict=True):
            if student.continues:
                joined[-1] = self._builder.add_visits(joined[-1], student.cells)
            else:
                joined.append(record)
            for cells in more_visits.get(student.index, ()):
                joined[-1] = self._builder.add_visits(joined[-1], cells)
        return joined

    def _sort_rows(self) -> _SortedRows:
        """Classifies every row below the heading; the caller makes the records of the students' rows."""
        rows = _SortedRows(self._told_once)
        plain = self._find_plain_students()
        for index in self._table.body:
            if index in self._table.repeated_rows:
                rows.in_notes = rows.signed = False
                self._account.place_furniture(index)
                continue
            row = self._filler.fill(index, rows.row_above)
            if index in plain and not rows.in_notes:
                rows.opening = False
                self._place(index, "student")
                rows.add_student(index, row)
            elif line := self._read_group_line(row):
                rows.group = {**rows.group, **line}
                self._account.place_furniture(index)
            elif (kind := self._find_kind(index, row, rows)) is not None:
                self._note_what_follows(index, row, kind, rows)
                self._place(index, kind)
                self._sort_in(index, row, kind, rows)
        rows.result.nil = rows.result.nil and not rows.students
        return rows

    def _find_kind(self, index: int, row: Sequence[Cell], rows: _SortedRows) -> RowKind | None:
        """Returns the kind of a row by its cells and the rows above it; None for names below the signatures."""
        kind = self._classifier.classify(row, rows.in_notes)
        if kind == "signature" and rows.students and self._filler.continues_student(index):
            kind = "student"  # another visit to the same student, by the 校长
        if kind == "student" and rows.signed and not self._has_name_and_number(row):
            self._leave_below_signatures(index, row)
            return None
        if kind == "student" and rows.students and self._may_be_names_of_signers(index, row):
            self._account.set_row_aside(index)
            return None
        return kind

    def _note_what_follows(self, index: int, row: Sequence[Cell], kind: RowKind, rows: _SortedRows) -> None:
        """Updates the state that applies to the rows below this one."""
        if kind == "signature":
            rows.signed = rows.signed or not rows.opening or not self._has_students_from(index + 1)
        elif kind == "heading":
            rows.signed = False
        rows.opening = rows.opening and (kind in ("signature", "note") or not any(map(cell_text, row)))
        if kind not in ("student", "nil") and any(not cell_text(cell).isdigit() for cell in row if cell):
            rows.group = {key: value for key, value in rows.group.items() if key != _ENDS_WITH_ITS_BLOCK}

    def _sort_in(self, index: int, row: Sequence[Cell], kind: RowKind, rows: _SortedRows) -> None:
        if kind == "blank":
            if rows.students and self._filler.continues_student(index):
                rows.more_visits.setdefault(rows.students[-1].index, []).append(row)
        elif kind == "student":
            continues = (
                bool(rows.students)
                and self._filler.continues_student(index)
                and not self._builder.has_name(row)
            )
            rows.add_student(index, row, continues=continues)
        elif kind == "nil":
            rows.result.nil = True
            alone = not rows.students and rows.group == self._told_once
            if alone or len(max(map(cell_text, row), key=len)) > _LONGEST_FILLER:
                rows.result.said_nil = rows.result.said_nil or index + self._table.sheet.first_row
        elif kind == "unchanged":
            rows.result.unchanged = True
        elif kind in ("note", "signature"):
            rows.in_notes = rows.in_notes or kind == "note"
            rows.result.lines_below.append(row_text(row))

    def _find_plain_students(self) -> frozenset[int]:
        """Returns the indices of rows that are certainly students, in a table without cells to fill in."""
        if not self._filler.fills_nothing:
            return frozenset()
        positions = self._classifier.find_plain_students(self._table.body_rows)
        return frozenset(self._table.body.start + position for position in positions)

    def _read_group_line(self, row: Sequence[Cell]) -> dict[str, Json]:
        """Returns the values by key of a row that is a line over the rows below it; empty for other rows."""
        if not self._group_lines.are_asked or cell_at(row, self._columns.id_number):
            return {}
        texts = {text for cell in row if (text := cell_text(cell))}
        return self._group_lines.read(texts.pop()) if len(texts) == 1 else {}

    def _has_students_from(self, start: int) -> bool:
        rows = map(self._table.row, range(start, self._table.body.stop))
        return any(self._has_name_and_number(row) or self._classifier.names_student(row) for row in rows)

    def _may_be_names_of_signers(self, index: int, row: Sequence[Cell]) -> bool:
        """Returns whether a row below the students holds only names, one of them in a column where no name belongs.

        A name with another in the column of guardians is a child; a name below 序号 or 电话 is a signature without
        label.
        """
        if cell_at(row, self._columns.id_number):  # nearly every row
            return False
        names = {position: text for position, cell in enumerate(row) if (text := cell_text(cell))}
        return (
            len(names) >= _LEAST_SIGNERS
            and not self._columns.nameless.isdisjoint(names)
            and all(
                looks_like_name(text) and not self._classifier.is_own_word(text) for text in names.values()
            )
            and not self._filler.continues_student(index)
            and 0 <= self._last_numbered_row < index
        )

    @cached_property
    def _last_numbered_row(self) -> int:
        """Returns the index of the last row with a name and an identity number; -1 if there is none."""
        rows = reversed(self._table.body)
        return next((index for index in rows if self._has_name_and_number(self._table.row(index))), -1)

    def _leave_below_signatures(self, index: int, row: Sequence[Cell]) -> None:
        """Accounts for a row below the signatures without name and number: it is asked about if it may be a student."""
        if self._classifier.names_student(row):
            self._account.set_row_aside(index)
        elif cell_text(cell_at(row, self._columns.name)):
            self._account.place_furniture(index)  # a signature without a label

    def _place(self, index: int, kind: RowKind) -> None:
        """Records in the sheet's account what the row's cells are."""
        if kind in ("student", "blank"):
            self._account.place_columns(index, self._bound_columns)
        elif kind in ("example", "heading"):
            self._account.place_row(index)
        elif self._table.columns is None:
            self._account.place_furniture(index)
        else:
            self._account.place_columns(index, frozenset(self._table.columns))

    def _has_name_and_number(self, row: Sequence[Cell]) -> bool:
        name = cell_text(cell_at(row, self._columns.name))
        number = cell_text(cell_at(row, self._columns.id_number))
        return bool(name) and sum(char.isdigit() for char in f"{name}{number}") >= _LEAST_DIGITS
