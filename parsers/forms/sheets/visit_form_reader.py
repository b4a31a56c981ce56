"""Reads sheets that are records of visits: label–value grids and 送达书 letters (附件5, 附件6)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from config.notice import FormSpec, Notice
from config.records.record import Record
from config.records.row_block import RowBlock
from config.units.resolve_unit_names import UnitNames
from parsers.fields.normalise import Normaliser, cell_text
from parsers.formats.workbook import Cell, Sheet
from parsers.forms.classify import find_form_by_title, find_form_by_words, find_twin_for_unit
from parsers.forms.headings.bind_columns import Headings
from parsers.forms.label_grids import MIN_LABELS, GridReader
from parsers.forms.layout import Table
from parsers.forms.left_over.account import SheetAccount
from parsers.forms.merge_rows import merge_by_student
from parsers.forms.served_notices import is_receipt, is_served_notice, read_served_notices
from parsers.forms.sheet_rows import count_filled, filled_texts, row_text
from parsers.forms.sheets.filled_blanks import find_signed_cell
from parsers.forms.sheets.table_reader import count_unit_values, find_name_columns, is_student
from parsers.forms.sheets.workbook_content import DecidedForm, SheetSource, WorkbookContent
from parsers.forms.stated_unit import find_signing_unit, find_stated_unit, find_unit_kind
from parsers.forms.visit_columns import VisitReader
from parsers.records import ParsedForm, Signal

_LEAST_CELLS = 2
_WIDEST_GRID = 6
_LONGEST_TITLE = 40
_ROWS_LOOKED_AT = 12
"""The rows of a table that are looked at to tell a list of students from a grid."""


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of a sheet, and the rows that they fill."""

    rows: frozenset[int] = frozenset()
    records: tuple[Record, ...] = ()


class VisitFormReader:
    """Reads grids and letters for one notice."""

    def __init__(
        self, notice: Notice, names: UnitNames, headings: Headings, normalisers: Mapping[str, Normaliser]
    ) -> None:
        self._notice, self._names = notice, names
        self._headings, self._normalisers = headings, normalisers
        visits = VisitReader(notice)
        self._grids = {
            form.key: GridReader(form, notice, headings, normalisers, visits)
            for form in notice.forms
            if form.role == "visits"
        }
        self._register_grids = {
            form.key: GridReader(form, notice, headings, normalisers, visits)
            for form in notice.forms
            if form.role == "register"
        }

    def read_grid(
        self, source: SheetSource, tables: Sequence[Table], account: SheetAccount
    ) -> WorkbookContent | None:
        """Returns the form of a sheet of label–value grids (附件5/6); None if the sheet is something else."""
        sheet, decided = source.sheet, source.decided
        readers = self._grids
        specs = [self._notice.form(key) for key in readers]
        if not any(reader.has_labels(sheet, MIN_LABELS) for reader in readers.values()):
            return None
        if any(self._is_register(table, readers.values()) for table in tables):
            return None
        lines = [line for row in sheet.rows if (line := row_text(row))]
        titled = find_form_by_title(lines[:12], self._notice)
        chosen = decided.choose(titled) if decided is not None else None
        form_key = chosen or titled
        if tables and form_key is not None and form_key not in readers:
            return None  # a table of few columns, whose form is decided or titled otherwise
        spec = (
            self._notice.form(chosen)
            if chosen in readers
            else self._find_visit_form(specs, lines, source.file_name, source.subject)
        )
        unsaid = spec is not None and spec.key != chosen and titled not in readers
        if unsaid and spec is not None and not readers[spec.key].tells_of_visits(sheet):
            spec = None  # the kind of unit or a file's name alone is not enough
        if spec is None:
            return WorkbookContent(
                unrecognised_sheets=(sheet.name,),
                form_hint=find_form_by_words(source.file_name, self._notice)
                or find_form_by_words(source.subject, self._notice),
            )
        letters = self._read_letters_above(sheet, spec) if "notice_served_on" in spec.fields else Letters()
        for index in letters.rows:
            account.place_row(index)
        grids = replace(
            sheet, rows=[[] if index in letters.rows else row for index, row in enumerate(sheet.rows)]
        )
        records = list(merge_by_student((*readers[spec.key].read(grids, account), *letters.records)))
        if not records:
            filled = readers[spec.key].find_filled_in(sheet)
            stated = find_stated_unit(lines, self._notice)
            if filled is None and spec.nil_allowed and stated is not None and self._names.find(stated):
                return self._build_form(spec, sheet, lines, ())
            filled = filled or find_signed_cell(sheet, self._notice)
            if filled is not None:
                return WorkbookContent(blank_forms=(spec.key,), form_hint=spec.key, left_over=(filled,))
            if not readers[spec.key].is_blank(sheet):
                return None
        return self._build_visit_form(spec, sheet, lines, records)

    def read_register_grid(
        self, sheet: Sheet, tables: Sequence[Table], account: SheetAccount, decided: DecidedForm | None
    ) -> WorkbookContent | None:
        """Returns a register written as one grid or one line of labels per child, by its title; None for other sheets."""
        lines = [row_text(row) for row in sheet.rows[:_ROWS_LOOKED_AT] if count_filled(row)]
        titled = find_form_by_title(lines, self._notice)
        key = (decided.choose(titled) if decided is not None else None) or titled
        return self.read_grid_of(key, sheet, tables, account) if key is not None else None

    def read_grid_of(
        self, form: str, sheet: Sheet, tables: Sequence[Table], account: SheetAccount
    ) -> WorkbookContent | None:
        """Returns the children of a sheet of grids as register ``form``; None if the sheet is something else."""
        reader = self._register_grids.get(form)
        if (
            reader is None
            or any(self._is_register(table, (reader,)) for table in tables)
            or not reader.has_labels(sheet, MIN_LABELS)
        ):
            return None
        lines = [line for row in sheet.rows if (line := row_text(row))]
        records = tuple(merge_by_student(reader.read(sheet, account)))
        return self._build_form(self._notice.form(form), sheet, lines, records) if records else None

    def _read_letters_above(self, sheet: Sheet, spec: FormSpec) -> Letters:
        """Returns the 送达书 in running text between the grids of a sheet, each up to the next title or grid."""
        rows: list[int] = []
        records: list[Record] = []
        letter: list[int] = []

        def close() -> None:
            lines = [row_text(sheet.rows[index]) for index in letter]
            served = (
                read_served_notices(lines, spec, self._notice, self._normalisers, sheet.name)
                if is_served_notice(lines[:1], self._notice)
                else []
            )
            if served:
                rows.extend(letter)
                records.extend(replace(record, row=letter[record.row - 1] + 1) for record in served)
            letter.clear()

        for index, row in enumerate(sheet.rows):
            filled = count_filled(row)
            line = row_text(row)
            if filled > 1:
                close()
            elif filled and len(line) <= _LONGEST_TITLE and self._is_title(line):
                if not (is_served_notice([line], self._notice) and is_receipt(line, self._notice)):
                    close()
                letter.append(index)
            elif filled and letter:
                letter.append(index)
        close()
        return Letters(frozenset(rows), tuple(records))

    def _is_title(self, line: str) -> bool:
        return is_served_notice([line], self._notice) or find_form_by_title([line], self._notice) is not None

    def _is_register(self, table: Table, readers: Collection[GridReader]) -> bool:
        """Returns whether a table is a list of students, and not a grid whose first labels look like a heading.

        Below the heading of a list there are students; below the first labels of a grid there are more labels.
        """
        students = 0
        beside = [self._are_labels_beside_values(table.row(index), readers) for index in table.heading_rows]
        labelled = len(beside) if 2 * sum(beside) > len(beside) else 0
        named = find_name_columns(table, self._headings)
        rows = table.body[:_ROWS_LOOKED_AT]
        for position, index in enumerate(rows, start=1):
            if index in table.repeated_rows or index >= len(table.sheet.rows):
                continue
            row = table.row(index)
            texts = filled_texts(row)
            if _are_mostly_labels(texts, readers):
                labelled += 1
            elif len(texts) >= _LEAST_CELLS and is_student(table.sheet.rows[index], named):
                students += 1
            if students >= max(labelled + len(rows) - position, 1):
                return True  # the rest does not matter
        return students >= max(labelled, 1) or (
            not labelled and not any(beside) and len(table.heading_levels) > _WIDEST_GRID
        )

    def _are_labels_beside_values(self, row: Sequence[Cell], readers: Collection[GridReader]) -> bool:
        """Returns whether each label of a row has a cell for a value to its right; 第一次劝返 is the head of its row."""
        texts = [cell_text(cell) for cell in row]
        labels = [
            index
            for index, text in enumerate(texts)
            if _is_label(text, readers) and self._headings.visits.find_labelled_number(text) is None
        ]
        return len(labels) >= _LEAST_CELLS and not any(index + 1 in labels for index in labels)

    def _find_visit_form(
        self, specs: Sequence[FormSpec], lines: Sequence[str], name: str, subject: str
    ) -> FormSpec | None:
        """Returns which of the forms on visits a grid or letter is: by title, by name, or by the kind of its unit."""
        keys = {spec.key: spec for spec in specs}
        above = lines[:_ROWS_LOOKED_AT]
        titles = [line for line in above if find_form_by_title([line], self._notice) in keys]
        stated = find_unit_kind(self._names, find_stated_unit(lines, self._notice), titles, "")
        for named in (
            find_form_by_title(above, self._notice),
            find_form_by_words(name, self._notice),
            find_form_by_words(subject, self._notice),
        ):
            if named in keys:
                return keys[find_twin_for_unit(named, self._without_units(above), stated, self._notice)]
        with_letters = [spec for spec in specs if "notice_served_on" in spec.fields]
        if len(with_letters) == 1 and is_served_notice(lines, self._notice):
            return with_letters[0]
        kind = stated or find_unit_kind(self._names, None, lines[:6], f"{name} {subject}")
        results = [spec for spec in specs if kind in spec.senders]
        return results[0] if len(results) == 1 else None

    def _without_units(self, lines: Sequence[str]) -> list[str]:
        """Returns these lines without names of units, because 镇 in a school's name says nothing about the form."""
        result = []
        for line in lines:
            names = [name for unit in self._names.find(line) for name in (unit.name, *unit.aliases)]
            for name in sorted(names, key=len, reverse=True):
                line = line.replace(name, "")
            result.append(line)
        return result

    def _build_visit_form(
        self, spec: FormSpec, sheet: Sheet, lines: Sequence[str], records: Sequence[Record]
    ) -> WorkbookContent:
        if not records:
            return WorkbookContent(blank_forms=(spec.key,), form_hint=spec.key)
        return self._build_form(spec, sheet, lines, records)

    def _build_form(
        self, spec: FormSpec, sheet: Sheet, lines: Sequence[str], records: Sequence[Record]
    ) -> WorkbookContent:
        """Returns the form with these records; without records it is a zero report."""
        title = next((line for line in lines if find_form_by_title([line], self._notice) == spec.key), "")
        basis = Signal(source="title" if title else "file", value=spec.key, weight=10.0, text=title[:80])
        rows = RowBlock.of(records)
        parsed = ParsedForm(
            form=spec.key,
            sheet=sheet.name,
            title=title[:200],
            stated_unit=find_stated_unit(lines, self._notice)
            or find_signing_unit(lines, self._names, self._notice),
            unit_values=count_unit_values(rows, spec),
            nil=not records,
            rows=rows,
            signals=(basis,),
        )
        return WorkbookContent(forms=(parsed,), form_hint=spec.key)

    def read_served_notice(self, sheet: Sheet, account: SheetAccount) -> WorkbookContent | None:
        """Returns the form of a sheet of 送达书 in running text; None if the sheet is something else."""
        lines = [line for row in sheet.rows[:2000] if (line := row_text(row))]
        specs = [form for form in self._notice.forms if "notice_served_on" in form.fields]
        if len(specs) != 1 or not is_served_notice(lines, self._notice):
            return None
        records = read_served_notices(lines, specs[0], self._notice, self._normalisers, sheet.name)
        if records:
            for index in range(len(sheet.rows)):
                account.place_row(index)
        return self._build_visit_form(specs[0], sheet, lines, records)


def _is_label(text: str, readers: Collection[GridReader]) -> bool:
    if text:
        for reader in readers:  # no generator: this is asked of many cells
            if reader.is_label(text):
                return True
    return False


def _are_mostly_labels(texts: Sequence[str], readers: Collection[GridReader]) -> bool:
    """Returns whether at least half of the texts are labels; it stops as soon as the answer is certain."""
    others_allowed = len(texts) // 2
    for text in texts:
        if not _is_label(text, readers):
            others_allowed -= 1
            if others_allowed < 0:
                return False
    return bool(texts)
