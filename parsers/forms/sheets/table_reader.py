"""Reads the tables of a sheet that have headings: recognises the form of each, reads its rows, lists its problems."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from config.notice import FormSpec, Notice
from config.records.record import Problem
from config.records.row_block import RowBlock
from config.units.resolve_unit_names import UnitNames
from parsers.fields.normalise import Normaliser, cell_text
from parsers.formats.workbook import Cell, Sheet
from parsers.forms.classify import Recognition, find_form_by_title, recognise_decided_form, recognise_form
from parsers.forms.headings.bind_columns import Headings
from parsers.forms.headings.columns import FormColumns
from parsers.forms.layout import MOST_TITLE_LINES, Table
from parsers.forms.left_over.account import LeftOver, SheetAccount
from parsers.forms.left_over.child_mentions import is_id_number
from parsers.forms.odd_tables.likely_columns import bind_likely_columns, find_likely_columns
from parsers.forms.rows.group_lines import GroupLines
from parsers.forms.rows.record_builder import RecordBuilder
from parsers.forms.rows.row_columns import RowColumns
from parsers.forms.rows.row_reader import RowReader, TableRows
from parsers.forms.sheet_rows import row_text
from parsers.forms.sheets.filled_blanks import find_filled_cell, find_signed_cell
from parsers.forms.sheets.workbook_content import DecidedForm, WorkbookContent
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


class TableReader:
    """Reads tables for one notice."""

    def __init__(
        self, notice: Notice, names: UnitNames, headings: Headings, normalisers: Mapping[str, Normaliser]
    ) -> None:
        self._notice, self._names = notice, names
        self._headings, self._normalisers, self._visits = headings, normalisers, VisitReader(notice)

    def read_all(
        self,
        sheet: Sheet,
        tables: Sequence[Table],
        account: SheetAccount,
        name: str,
        subject: str,
        decided: DecidedForm | None,
    ) -> WorkbookContent:
        """Returns the content of every table of a sheet; a table without a title is of the form above it."""
        forms: list[ParsedForm] = []
        blank_forms: list[str] = []
        unrecognised_sheets: list[str] = []
        signals: list[Signal] = []
        left_over: list[LeftOver] = []
        form_hint: str | None = None
        inherited: tuple[str, ...] = ()
        for table in tables:
            above = table.above[-MOST_TITLE_LINES:]
            if find_form_by_title(above, self._notice) is None and inherited:
                above = (*inherited, *above)
            inherited = tuple(above)
            bindings = {
                form.key: self._headings.bind(form, table.heading_levels) for form in self._notice.forms
            }
            stated = find_stated_unit((*above, *_lines_below(table)), self._notice)
            unit = find_unit_kind(self._names, stated, above, name)
            chosen = decided.choose(find_form_by_title(above, self._notice)) if decided is not None else None
            if (
                decided is not None
                and chosen in bindings
                and bindings[chosen].keys.intersection(self._notice.form(chosen).columns)
            ):
                basis = recognise_decided_form(chosen, decided.source)
            else:
                basis = recognise_form(
                    self._notice,
                    bindings,
                    above=above,
                    sheet=sheet.clean_name,
                    name=name,
                    subject=subject,
                    kind=unit,
                    subject_kind=find_unit_kind(self._names, None, (), subject),
                    headings=[stack[-1] for stack in table.heading_levels if stack],
                )
            form_hint = form_hint or basis.form_hint
            if basis.form is None:
                signals += basis.signals
                if has_students(table, self._headings):
                    unrecognised_sheets.append(sheet.name)
                continue
            spec = self._notice.form(basis.form)
            parsed, rows = self.read_table(
                replace(table, above=tuple(above)), spec, basis, bindings[basis.form], account
            )
            if rows.unchanged and not parsed.rows and not parsed.nil:
                forms.append(replace(parsed, unchanged=True, problems=()))
            elif not parsed.rows and not rows.nil and not self._is_submission(parsed, name, sheet, subject):
                blank_forms.append(spec.key)
                written = find_filled_cell(table, bindings[basis.form], self._notice) or find_signed_cell(
                    sheet, self._notice
                )
                left_over += [] if written is None else [written]
            else:
                forms.append(parsed)
        return WorkbookContent(
            forms=tuple(forms),
            unrecognised_sheets=tuple(dict.fromkeys(unrecognised_sheets)),
            blank_forms=tuple(blank_forms),
            form_hint=form_hint,
            signals=tuple(signals),
            left_over=tuple(left_over),
        )

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
        group_lines = GroupLines(spec, binding, self._notice, self._names)
        columns = RowColumns(binding, table, self._notice)
        builder = RecordBuilder(spec, columns, table, self._notice, self._normalisers, self._visits)
        told_once = {
            **group_lines.read_sheet_name(table.sheet.clean_name),
            **group_lines.read_lines_above(table),
        }
        rows = RowReader(columns, table, self._notice, builder, account, group_lines, told_once).read()
        records = rows.records
        lines = (*table.above, *rows.lines_below)
        title = next(
            (line for line in table.above if find_form_by_title([line], self._notice) == spec.key), ""
        )
        title = title or max(table.above, key=len, default="")
        sheet = table.sheet.name
        problems: list[Problem] = []
        heading_row = table.heading_rows.start + table.sheet.first_row
        candidates = {one.key: one.column.heading for one in likely if not one.is_sure}
        for one in likely:
            if one.is_sure:
                problems.append(
                    make_problem(
                        "heading-guessed",
                        sheet=sheet,
                        row=heading_row,
                        field=one.key,
                        value=one.column.heading,
                        heading=self._notice.fields[one.key].heading,
                    )
                )
        asked_once = {*candidates}
        if spec.unit_field is not None and spec.unit_field not in binding.keys:
            asked_once.add(spec.unit_field)  # the unit is given above the table, or not at all
        for key in spec.columns:
            if key not in binding.keys and not all(key in shape for shape in records.shapes):
                heading = self._notice.fields[key].heading
                problems.append(
                    make_problem(
                        "heading-missing",
                        sheet=sheet,
                        row=heading_row,
                        field=key,
                        value=heading,
                        heading=heading,
                        candidate=f"(“{candidates[key]}”一列可能是)" if key in candidates else "",
                    )
                )
        if (semester := find_other_semester(table.above, self._notice)) is not None:
            problems.append(make_problem("other-period", sheet=sheet, value=semester))
        if basis.other is not None:
            problems.append(make_problem("form-conflict", sheet=sheet, value=basis.other, form=spec.key))
        if rows.records and rows.said_nil is not None:
            row = rows.said_nil
            problems.append(make_problem("nil-contradicted", sheet=sheet, row=row, value=str(row)))
        nil = spec.nil_allowed and not rows.records and not rows.unchanged
        if not rows.records and not nil and spec.role != "other":
            problems.append(make_problem("empty-form", sheet=sheet))
        signals = list(basis.signals)
        if table.sheet.hidden:
            signals.append(Signal(source="sheet", value=spec.key, weight=0.0, text=f"隐藏的工作表“{sheet}”"))
        return (
            ParsedForm(
                form=spec.key,
                sheet=sheet,
                title=title[:200],
                stated_unit=find_stated_unit(lines, self._notice)
                or find_signing_unit(_lines_below(table), self._names, self._notice),
                unit_values=count_unit_values(records, spec),
                nil=nil,
                rows=_without_repeated_problems(records, asked_once),
                problems=tuple(problems),
                signals=tuple(signals),
            ),
            rows,
        )

    def _is_submission(self, parsed: ParsedForm, name: str, sheet: Sheet, subject: str) -> bool:
        """Returns whether an empty table is a submission: right title and a unit (docs/rules-of-the-notice.md, A25).

        Otherwise it is the blank template.
        """
        if parsed.stated_unit is not None and self._names.find(parsed.stated_unit):
            return True
        named = (parsed.title, name, sheet.clean_name)
        if any(self._names.find(text) for text in named):
            return True
        says_nothing = any(names_nothing(text, self._notice) for text in (name, subject))
        return says_nothing and not is_left_open(name, self._notice)


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
