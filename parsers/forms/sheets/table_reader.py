"""Reads the tables of a sheet that have headings: recognises the form of each, reads its rows, lists its problems."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from config.notice import FormSpec, Notice
from config.records.record import Problem
from config.records.row_block import RowBlock
from config.units.resolve_unit_names import UnitNames
from parsers.fields.normalise import Normaliser, cell_text
from parsers.formats.workbook import Cell
from parsers.forms.classify import (
    Recognition,
    TableClues,
    find_form_by_title,
    recognise_decided_form,
    recognise_form,
)
from parsers.forms.headings.bind_columns import Headings
from parsers.forms.headings.columns import FormColumns
from parsers.forms.layout import MOST_TITLE_LINES, Table
from parsers.forms.left_over.account import LeftOver, SheetAccount
from parsers.forms.left_over.child_mentions import is_id_number
from parsers.forms.odd_tables.likely_columns import LikelyColumn, bind_likely_columns, find_likely_columns
from parsers.forms.rows.group_lines import GroupLines
from parsers.forms.rows.record_builder import RecordBuilder
from parsers.forms.rows.row_columns import RowColumns
from parsers.forms.rows.row_reader import RowReader, TableRows
from parsers.forms.sheet_rows import row_text
from parsers.forms.sheets.filled_blanks import find_filled_cell, find_signed_cell
from parsers.forms.sheets.workbook_content import SheetSource, WorkbookContent
from parsers.forms.stated_unit import (
    find_other_semester,
    find_signing_unit,
    find_stated_unit,
    find_unit_kind,
    is_left_open,
)
from parsers.forms.visit_columns import VisitReader
from parsers.forms.zero_report import names_nothing
from parsers.problem_sentences import make_problem
from parsers.records import ParsedForm, Signal

_LONGEST_TITLE = 200


@dataclass(slots=True)
class _TablesRead:
    """Collects what the tables of a sheet contain."""

    forms: list[ParsedForm] = field(default_factory=list)
    unrecognised_sheets: list[str] = field(default_factory=list)
    blank_forms: list[str] = field(default_factory=list)
    form_hint: str | None = None
    signals: list[Signal] = field(default_factory=list)
    left_over: list[LeftOver] = field(default_factory=list)

    def as_content(self) -> WorkbookContent:
        return WorkbookContent(
            forms=tuple(self.forms),
            unrecognised_sheets=tuple(dict.fromkeys(self.unrecognised_sheets)),
            blank_forms=tuple(self.blank_forms),
            form_hint=self.form_hint,
            signals=tuple(self.signals),
            left_over=tuple(self.left_over),
        )


class TableReader:
    """Reads tables for one notice."""

    def __init__(
        self, notice: Notice, names: UnitNames, headings: Headings, normalisers: Mapping[str, Normaliser]
    ) -> None:
        self._notice, self._names = notice, names
        self._headings, self._normalisers, self._visits = headings, normalisers, VisitReader(notice)

    def read_all(
        self, source: SheetSource, tables: Sequence[Table], account: SheetAccount
    ) -> WorkbookContent:
        """Returns the content of every table of a sheet; a table without a title is of the form above it."""
        read = _TablesRead()
        inherited: tuple[str, ...] = ()
        for table in tables:
            inherited = self._find_title_lines(table, inherited)
            titled = replace(table, above=inherited)
            bindings = {
                form.key: self._headings.bind(form, table.heading_levels) for form in self._notice.forms
            }
            basis = self._recognise(titled, bindings, source)
            read.form_hint = read.form_hint or basis.form_hint
            if basis.form is None:
                read.signals += basis.signals
                if has_students(table, self._headings):
                    read.unrecognised_sheets.append(source.sheet.name)
                continue
            spec, binding = self._notice.form(basis.form), bindings[basis.form]
            parsed, rows = self.read_table(titled, spec, basis, binding, account)
            if rows.unchanged and not parsed.rows and not parsed.nil:
                read.forms.append(replace(parsed, unchanged=True, problems=()))
            elif parsed.rows or rows.nil or self._is_submission(parsed, source):
                read.forms.append(parsed)
            else:
                read.blank_forms.append(spec.key)
                written = find_filled_cell(titled, binding, self._notice)
                written = written or find_signed_cell(source.sheet, self._notice)
                read.left_over += [] if written is None else [written]
        return read.as_content()

    def _find_title_lines(self, table: Table, inherited: tuple[str, ...]) -> tuple[str, ...]:
        """Returns the lines above a table; where it has no title, those of the table before it come first."""
        above = table.above[-MOST_TITLE_LINES:]
        if find_form_by_title(above, self._notice) is None:
            return (*inherited, *above)
        return tuple(above)

    def _recognise(
        self, table: Table, bindings: Mapping[str, FormColumns], source: SheetSource
    ) -> Recognition:
        """Returns which form a table is: the decided form where its columns fit, else the most likely one."""
        if (decided := source.decided) is not None:
            chosen = decided.choose(find_form_by_title(table.above, self._notice))
            if (
                chosen is not None
                and chosen in bindings
                and bindings[chosen].keys.intersection(self._notice.form(chosen).columns)
            ):
                return recognise_decided_form(chosen, decided.source)
        stated = find_stated_unit((*table.above, *_lines_below(table)), self._notice)
        clues = TableClues(
            above=table.above,
            headings=[stack[-1] for stack in table.heading_levels if stack],
            sheet=source.sheet.clean_name,
            name=source.file_name,
            subject=source.subject,
            kind=find_unit_kind(self._names, stated, table.above, source.file_name),
            subject_kind=find_unit_kind(self._names, None, (), source.subject),
        )
        return recognise_form(self._notice, bindings, clues)

    def read_table(
        self,
        table: Table,
        spec: FormSpec,
        basis: Recognition,
        binding: FormColumns,
        account: SheetAccount,
    ) -> tuple[ParsedForm, TableRows]:
        """Returns one table as a form, and its rows as they were read."""
        for index in table.heading_rows:
            account.place_furniture(index)
        likely = find_likely_columns(spec, binding, table, self._notice, self._normalisers)
        binding = bind_likely_columns(binding, likely)
        rows = self._read_rows(table, spec, binding, account)
        asked_once = {one.key for one in likely if not one.is_sure}
        if spec.unit_field is not None and spec.unit_field not in binding.keys:
            asked_once.add(spec.unit_field)  # whose rows they are stands above the table, or nowhere in it
        nil = spec.nil_allowed and not rows.records and not rows.unchanged
        signals = list(basis.signals)
        if table.sheet.hidden:
            text = f"隐藏的工作表“{table.sheet.name}”"
            signals.append(Signal(source="sheet", value=spec.key, weight=0.0, text=text))
        parsed = ParsedForm(
            form=spec.key,
            sheet=table.sheet.name,
            title=self._find_title(table, spec)[:_LONGEST_TITLE],
            stated_unit=find_stated_unit((*table.above, *rows.lines_below), self._notice)
            or find_signing_unit(_lines_below(table), self._names, self._notice),
            unit_values=count_unit_values(rows.records, spec),
            nil=nil,
            rows=_without_repeated_problems(rows.records, asked_once),
            problems=(
                *self._find_heading_problems(table, spec, binding, likely, rows.records),
                *self._find_other_problems(table, spec, basis, rows, nil=nil),
            ),
            signals=tuple(signals),
        )
        return parsed, rows

    def _read_rows(
        self, table: Table, spec: FormSpec, binding: FormColumns, account: SheetAccount
    ) -> TableRows:
        group_lines = GroupLines(spec, binding, self._notice, self._names)
        columns = RowColumns(binding, table, self._notice)
        builder = RecordBuilder(spec, columns, table, self._notice, self._normalisers, self._visits)
        told_once = {
            **group_lines.read_sheet_name(table.sheet.clean_name),
            **group_lines.read_lines_above(table),
        }
        return RowReader(columns, table, self._notice, builder, account, group_lines, told_once).read()

    def _find_title(self, table: Table, spec: FormSpec) -> str:
        """Returns the line above a table that has the form's title; the longest line where none has it."""
        titles = (line for line in table.above if find_form_by_title([line], self._notice) == spec.key)
        return next(titles, "") or max(table.above, key=len, default="")

    def _find_heading_problems(
        self,
        table: Table,
        spec: FormSpec,
        binding: FormColumns,
        likely: Sequence[LikelyColumn],
        records: RowBlock,
    ) -> Iterator[Problem]:
        """Yields a problem for each column that was guessed from its cells, and for each missing column."""
        sheet, row = table.sheet.name, table.heading_rows.start + table.sheet.first_row
        for one in likely:
            if one.is_sure:
                yield make_problem(
                    "heading-guessed",
                    sheet=sheet,
                    row=row,
                    field=one.key,
                    value=one.column.heading,
                    heading=self._notice.fields[one.key].heading,
                )
        candidates = {one.key: one.column.heading for one in likely if not one.is_sure}
        for key in spec.columns:
            if key not in binding.keys and not all(key in shape for shape in records.shapes):
                heading = self._notice.fields[key].heading
                yield make_problem(
                    "heading-missing",
                    sheet=sheet,
                    row=row,
                    field=key,
                    value=heading,
                    heading=heading,
                    candidate=f"(“{candidates[key]}”一列可能是)" if key in candidates else "",
                )

    def _find_other_problems(
        self, table: Table, spec: FormSpec, basis: Recognition, rows: TableRows, *, nil: bool
    ) -> Iterator[Problem]:
        """Yields the problems of a table as a whole: another semester, another form, rows beside 零报告, no rows."""
        sheet = table.sheet.name
        if (semester := find_other_semester(table.above, self._notice)) is not None:
            yield make_problem("other-period", sheet=sheet, value=semester)
        if basis.other is not None:
            yield make_problem("form-conflict", sheet=sheet, value=basis.other, form=spec.key)
        if rows.records and rows.said_nil is not None:
            row = rows.said_nil
            yield make_problem("nil-contradicted", sheet=sheet, row=row, value=str(row))
        if not rows.records and not nil and spec.role != "other":
            yield make_problem("empty-form", sheet=sheet)

    def _is_submission(self, parsed: ParsedForm, source: SheetSource) -> bool:
        """Returns whether an empty table is a submission: right title and a unit (docs/rules-of-the-notice.md, A25).

        Otherwise it is the blank template.
        """
        if parsed.stated_unit is not None and self._names.find(parsed.stated_unit):
            return True
        named = (parsed.title, source.file_name, source.sheet.clean_name)
        if any(self._names.find(text) for text in named):
            return True
        says_nothing = any(names_nothing(text, self._notice) for text in (source.file_name, source.subject))
        return says_nothing and not is_left_open(source.file_name, self._notice)


def _lines_below(table: Table) -> list[str]:
    """Returns the last six rows of a table's body as lines of text, where units sometimes sign."""
    rows = table.sheet.rows
    return [row_text(rows[index]) for index in table.body[-6:] if index < len(rows)]


def has_students(table: Table, headings: Headings) -> bool:
    """Returns whether rows of a table have names under a heading for them, or identity numbers."""
    rows = (table.sheet.rows[index] for index in table.body if index < len(table.sheet.rows))
    named = find_name_columns(table, headings)
    return any(is_student(row, named) for row in rows)


def find_name_columns(table: Table, headings: Headings) -> list[int]:
    """Returns the positions of the columns headed as students' names."""
    return [
        index
        for index, stack in enumerate(table.heading_levels)
        if stack and headings.is_name_heading(stack[-1])
    ]


def is_student(row: Sequence[Cell], name_columns: Sequence[int]) -> bool:
    """Returns whether a row has a name in one of these columns, or an identity number anywhere."""
    return any(index < len(row) and cell_text(row[index]) for index in name_columns) or any(
        map(is_id_number, row)
    )


def _without_repeated_problems(records: RowBlock, keys: Collection[str]) -> RowBlock:
    """Returns the records without row problems on missing values of ``keys``, which are reported once for the table."""
    problems: dict[int, tuple[Problem, ...]] = {}
    for position, row_problems in records.problems.items():
        others = tuple(
            problem
            for problem in row_problems
            if not (problem.code in ("required-missing", "id-missing") and problem.field in keys)
        )
        if others:
            problems[position] = others
    return replace(records, problems=problems)


def count_unit_values(records: RowBlock, spec: FormSpec) -> tuple[tuple[str, int], ...]:
    """Returns the spellings in the unit column with their counts, most frequent first."""
    if spec.unit_field is None:
        return ()
    counts = Counter(str(value) for value in records.column(spec.unit_field) if value)
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
