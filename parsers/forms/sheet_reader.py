"""Reads a workbook's sheets into forms: finds tables, recognises each, reads its rows, lists problems."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from config.notice import FormSpec, Notice
from config.units.resolve_unit_names import UnitNames
from parsers.fields.grades import read_grade
from parsers.fields.normalise import build_normalisers, cell_text
from parsers.formats.workbook import Cell, Sheet, Workbook
from parsers.forms.classify import (
    Recognition,
    find_form_by_title,
    find_form_by_words,
    find_twin_for_unit,
    recognise_decided_form,
    recognise_form,
)
from parsers.forms.columns import FormColumns, Headings
from parsers.forms.label_grids import MIN_LABELS, GridReader
from parsers.forms.layout import Table, find_tables, row_text
from parsers.forms.left_over.account import LeftOver, SheetAccount
from parsers.forms.left_over.child_mentions import is_id_number
from parsers.forms.merge_rows import merge_by_student
from parsers.forms.odd_tables.likely_columns import bind_likely_columns, find_likely_columns
from parsers.forms.odd_tables.sheet_shapes import TurnedSheet, continue_table, turn_sheet
from parsers.forms.rows.row_reader import RowReader, TableRows
from parsers.forms.served_notices import is_served_notice, read_served_notices
from parsers.forms.stated_unit import find_other_semester, find_stated_unit
from parsers.forms.zero_report import is_conditional, is_nil_sentence
from parsers.problem_codes import make_problem
from parsers.records import Json, ParsedForm, Problem, Record, Signal

_MOST_TITLE_LINES = 30
_CLASS_NAME = re.compile("班|年级|[初高小][一二三四五六1-6]")
_NAME_LEFT_OPEN = re.compile("[×xX某_]{2}|xx|××|○○|〇〇")
_ZERO_REPORT_WORDS = re.compile("零报告|零上报|无失学|无辍学|没有失学|没有辍学|无此类|无该类")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookContent:
    """What the sheets hold: forms, and sheets with rows of students that no form could be found for."""

    forms: tuple[ParsedForm, ...] = ()
    unrecognised_sheets: tuple[str, ...] = ()
    blank_forms: tuple[str, ...] = ()  # forms of which only the blank template is there
    form_hint: str | None = None
    signals: tuple[Signal, ...] = ()
    left_over: tuple[LeftOver, ...] = ()  # cells that no reader placed


@dataclass(frozen=True, slots=True)
class _Decision:
    """The form that a person says a file is."""

    form: str
    untitled_only: bool  # the file has several forms: what names itself stays what it is


class SheetReader:
    """Reads workbooks for one notice; build it once, it remembers headings and repeated values."""

    def __init__(self, notice: Notice, names: UnitNames) -> None:
        self.notice, self.names = notice, names
        self._headings = Headings(notice)
        self._normalisers = build_normalisers(notice, names)

    def read(
        self, workbook: Workbook, name: str, subject: str, decided_form: str | None = None
    ) -> WorkbookContent:
        """Every sheet, hidden ones too.

        Args:
            decided_form: what a person says that the file is; of a file with several forms, what has no title.
        """
        decided = _Decision(decided_form, self._has_several_forms(workbook)) if decided_form else None
        results: list[WorkbookContent] = []
        last: Table | None = None
        for sheet in workbook.sheets:
            tables = find_tables(sheet, self._headings)
            continued = (
                continue_table(last, sheet, self._headings) if last is not None and not tables else None
            )
            if continued is not None and results:
                results[-1] = _without_empty_forms(results[-1])
                tables = (continued,)
            if tables:
                last = _with_title_of(last, tables[-1])
            results.append(self._read_sheet(sheet, tables, name, subject, decided))
        forms = self._merge_by_unit(_without_old_sheets([form for part in results for form in part.forms]))
        whole = WorkbookContent(
            forms=tuple(forms),
            unrecognised_sheets=tuple(sheet for part in results for sheet in part.unrecognised_sheets),
            blank_forms=tuple(form for part in results for form in part.blank_forms),
            form_hint=next((part.form_hint for part in results if part.form_hint), None),
            signals=tuple(signal for part in results for signal in part.signals),
            left_over=tuple(left_over for part in results for left_over in part.left_over),
        )
        return self._claim_untitled_sheets(whole, workbook)

    def _has_several_forms(self, workbook: Workbook) -> bool:
        """Whether the tables of a file, by their own titles, are of more than one form."""
        titles: set[str | None] = set()
        for sheet in workbook.sheets:
            lines = [row_text(row) for row in sheet.rows[:_MOST_TITLE_LINES] if 1 <= _filled(row) <= 2]
            title = find_form_by_title(lines, self.notice)
            tables = find_tables(sheet, self._headings)
            for table in tables:
                title = find_form_by_title(table.above[-_MOST_TITLE_LINES:], self.notice) or title
                if title is not None or _has_students(table, self._headings):
                    titles.add(title)
            if not tables and title is not None:
                titles.add(title)
        return len(titles) > 1

    def _merge_by_unit(self, forms: Sequence[ParsedForm]) -> list[ParsedForm]:
        """Tables about one student each, and the letter beside them, are one filing with one record a student."""
        merged: dict[tuple[str, str | None], ParsedForm] = {}
        others: list[ParsedForm] = []
        for form in forms:
            if not self.notice.form(form.form).proof_every:
                others.append(form)
                continue
            same = next(
                (
                    key
                    for key in merged
                    if key[0] == form.form
                    and (key[1] == form.stated_unit or None in (key[1], form.stated_unit))
                ),
                None,
            )
            if same is None:
                merged[form.form, form.stated_unit] = replace(form, records=merge_by_student(form.records))
                continue
            before = merged[same]
            merged[same] = replace(
                before,
                title=before.title or form.title,
                stated_unit=before.stated_unit or form.stated_unit,
                unit_values=tuple(
                    sorted(
                        (Counter(dict(before.unit_values)) + Counter(dict(form.unit_values))).items(),
                        key=lambda i: (-i[1], i[0]),
                    )
                ),
                nil=before.nil and form.nil,
                records=merge_by_student((*before.records, *form.records)),
                problems=(*before.problems, *form.problems),
                signals=(*before.signals, *form.signals),
            )
        return [*others, *merged.values()]

    def _claim_untitled_sheets(self, whole: WorkbookContent, workbook: Workbook) -> WorkbookContent:
        """Sheets without a title of their own (one a village, one a class) are of the form beside them."""
        titled = {form.form for form in whole.forms}
        if not whole.unrecognised_sheets or len(titled) != 1:
            return whole
        title = next(form.title for form in whole.forms)
        spec = self.notice.form(titled.pop())
        more: list[ParsedForm] = []
        unclaimed: list[str] = []
        left_over = list(whole.left_over)
        for sheet in workbook.sheets:
            if sheet.name not in whole.unrecognised_sheets:
                continue
            tables = find_tables(sheet, self._headings)
            bound = [(table, self._headings.bind(spec, table.heading_levels)) for table in tables]
            if bound and all(set(spec.columns) <= binding.keys for _, binding in bound):
                basis = Signal(source="sheet", value=spec.key, weight=1.0, text=f"同一工作簿:{title}"[:80])
                recognition = Recognition(spec.key, (basis,), spec.key)
                account = SheetAccount(sheet)
                more += [
                    self._read_table(table, spec, recognition, binding, account)[0]
                    for table, binding in bound
                ]
                left_over += account.find_left_over(self.notice)
            else:
                unclaimed.append(sheet.name)
        return replace(
            whole,
            forms=(*whole.forms, *more),
            unrecognised_sheets=tuple(unclaimed),
            left_over=tuple(left_over),
        )

    def _read_sheet(
        self, sheet: Sheet, tables: Sequence[Table], name: str, subject: str, decided: _Decision | None
    ) -> WorkbookContent:
        turned = None if tables else self._turn_sheet(sheet)
        if turned is not None:
            sheet, tables = turned.sheet, find_tables(turned.sheet, self._headings)
        account = SheetAccount(sheet)
        content = self._read_content(sheet, tables, account, name, subject, decided)
        if not content.unrecognised_sheets:  # else all of it waits for a person
            content = replace(content, left_over=account.find_left_over(self.notice))
        if turned is None:
            return content
        return replace(
            content,
            forms=tuple(map(turned.turn_back, content.forms)),
            left_over=tuple(map(turned.turn_back_left_over, content.left_over)),
        )

    def _turn_sheet(self, sheet: Sheet) -> TurnedSheet | None:
        title = find_form_by_title([row_text(row) for row in sheet.rows[:_MOST_TITLE_LINES]], self.notice)
        single = title is not None and not self.notice.form(title).proof_every
        return turn_sheet(sheet, self._headings, single=single)

    def _read_content(
        self,
        sheet: Sheet,
        tables: Sequence[Table],
        account: SheetAccount,
        name: str,
        subject: str,
        decided: _Decision | None,
    ) -> WorkbookContent:
        if (grid := self._read_grid(sheet, tables, account, name, subject, decided)) is not None:
            return grid
        if not tables:
            return self._read_running_text(sheet, account, name, subject)
        forms: list[ParsedForm] = []
        blank_forms: list[str] = []
        unrecognised_sheets: list[str] = []
        signals: list[Signal] = []
        form_hint: str | None = None
        inherited: tuple[str, ...] = ()
        for table in tables:
            above = table.above[-_MOST_TITLE_LINES:]
            if find_form_by_title(above, self.notice) is None and inherited:
                above = (*inherited, *above)
            inherited = tuple(above)
            bindings = {
                form.key: self._headings.bind(form, table.heading_levels) for form in self.notice.forms
            }
            stated = find_stated_unit((*above, *_lines_below(table)))
            unit = self._find_unit_kind(stated, above, name)
            chosen = _choose(decided, find_form_by_title(above, self.notice))
            if chosen in bindings and bindings[chosen].keys.intersection(self.notice.form(chosen).columns):
                basis = recognise_decided_form(chosen)
            else:
                basis = recognise_form(
                    self.notice,
                    bindings,
                    above=above,
                    sheet=sheet.clean_name,
                    name=name,
                    subject=subject,
                    kind=unit,
                    headings=[stack[-1] for stack in table.heading_levels if stack],
                )
            form_hint = form_hint or basis.form_hint
            if basis.form is None:
                signals += basis.signals
                if _has_students(table, self._headings):
                    unrecognised_sheets.append(sheet.name)
                continue
            spec = self.notice.form(basis.form)
            parsed, rows = self._read_table(
                replace(table, above=tuple(above)), spec, basis, bindings[basis.form], account
            )
            if rows.unchanged and not parsed.records and not parsed.nil:
                forms.append(replace(parsed, unchanged=True, problems=()))
            elif (
                not parsed.records and not rows.nil and not self._is_submission(parsed, name, sheet, subject)
            ):
                blank_forms.append(spec.key)
            else:
                forms.append(parsed)
        return WorkbookContent(
            forms=tuple(forms),
            unrecognised_sheets=tuple(dict.fromkeys(unrecognised_sheets)),
            blank_forms=tuple(blank_forms),
            form_hint=form_hint,
            signals=tuple(signals),
        )

    def _read_grid(
        self,
        sheet: Sheet,
        tables: Sequence[Table],
        account: SheetAccount,
        name: str,
        subject: str,
        decided: _Decision | None,
    ) -> WorkbookContent | None:
        """A sheet of label–value grids (附件5/6), or None where it is something else."""
        if any(len(table.heading_levels) > 6 or _has_students(table, self._headings) for table in tables):
            return None
        lines = [line for row in sheet.rows if (line := row_text(row))]
        specs = [form for form in self.notice.forms if form.proof_every]
        readers = {
            spec.key: GridReader(spec, self.notice, self._headings, self._normalisers) for spec in specs
        }
        if not specs or max(readers[spec.key].count_labels(sheet) for spec in specs) < MIN_LABELS:
            return None
        chosen = _choose(decided, find_form_by_title(lines[:12], self.notice))
        spec = (
            self.notice.form(chosen)
            if chosen in readers
            else self._find_visit_form(specs, lines, name, subject)
        )
        if spec is not None and spec.key != chosen and not readers[spec.key].tells_of_visits(sheet):
            titled = find_form_by_title(lines[:12], self.notice)
            if (
                titled not in readers
            ):  # the sender's kind, or a file's name, alone makes it no record of visits
                spec = None
        if spec is None:
            return WorkbookContent(
                unrecognised_sheets=(sheet.name,),
                form_hint=find_form_by_words(name, self.notice) or find_form_by_words(subject, self.notice),
            )
        records = readers[spec.key].read(sheet, account)
        paragraphs = [(index, row_text(row)) for index, row in enumerate(sheet.rows) if _filled(row) == 1]
        letter = [line for _, line in paragraphs]
        if "notice_served_on" in spec.fields and is_served_notice(letter):  # the 送达书 above its 登记表
            served = read_served_notices(letter, spec, self.notice, self._normalisers, sheet.name)
            if served:
                for index, _ in paragraphs:
                    account.place_row(index)
            records = list(merge_by_student((*records, *served)))
        if not records and not readers[spec.key].is_blank(sheet):
            return None
        return self._build_visit_form(spec, sheet, lines, records)

    def _find_visit_form(
        self, specs: Sequence[FormSpec], lines: Sequence[str], name: str, subject: str
    ) -> FormSpec | None:
        """Which of the forms about visits a grid or letter is: by title, by name, by the kind of unit it is of."""
        keys = {spec.key: spec for spec in specs}
        stated = self._find_unit_kind(find_stated_unit(lines), (), "")
        for named in (
            find_form_by_title(lines[:12], self.notice),
            find_form_by_words(name, self.notice),
            find_form_by_words(subject, self.notice),
        ):
            if named in keys:
                return keys[find_twin_for_unit(named, lines[:12], stated, self.notice)]
        with_letters = [spec for spec in specs if "notice_served_on" in spec.fields]
        if len(with_letters) == 1 and is_served_notice(lines):
            return with_letters[0]
        kind = stated or self._find_unit_kind(None, lines[:6], f"{name} {subject}")
        results = [spec for spec in specs if spec.sender == kind]
        return results[0] if len(results) == 1 else None

    def _build_visit_form(
        self, spec: FormSpec, sheet: Sheet, lines: Sequence[str], records: Sequence[Record]
    ) -> WorkbookContent:
        if not records:
            return WorkbookContent(blank_forms=(spec.key,), form_hint=spec.key)
        title = next((line for line in lines if find_form_by_title([line], self.notice) == spec.key), "")
        basis = Signal(source="title" if title else "file", value=spec.key, weight=10.0, text=title[:80])
        parsed = ParsedForm(
            form=spec.key,
            sheet=sheet.name,
            title=title[:200],
            stated_unit=find_stated_unit(lines),
            unit_values=_count_unit_values(records, spec),
            nil=False,
            records=tuple(records),
            signals=(basis,),
        )
        return WorkbookContent(forms=(parsed,), form_hint=spec.key)

    def _read_served_notice(
        self, sheet: Sheet, account: SheetAccount, lines: Sequence[str]
    ) -> WorkbookContent | None:
        """送达书 as running text, or None."""
        specs = [form for form in self.notice.forms if "notice_served_on" in form.fields]
        if len(specs) != 1 or not is_served_notice(lines):
            return None
        records = read_served_notices(lines, specs[0], self.notice, self._normalisers, sheet.name)
        if records:
            for index in range(len(sheet.rows)):
                account.place_row(index)
        return self._build_visit_form(specs[0], sheet, lines, records)

    def _find_unit_kind(self, stated: str | None, above: Sequence[str], name: str) -> str | None:
        """The kind of unit that the table or the file's name says it is of, if only one."""
        for text in (stated or "", " ".join(above), name):
            kinds = {unit.kind for unit in self.names.find(text)} if text else set()
            if len(kinds) == 1:
                return kinds.pop()
        return None

    def _read_table(
        self,
        table: Table,
        spec: FormSpec,
        basis: Recognition,
        binding: FormColumns,
        account: SheetAccount,
    ) -> tuple[ParsedForm, TableRows]:
        for index in table.heading_rows:
            account.place_furniture(index)
        likely = find_likely_columns(spec, binding, table, self.notice, self._normalisers)
        binding = bind_likely_columns(binding, likely)
        rows = RowReader(spec, binding, table, self.notice, self._normalisers, account).read()
        lines = (*table.above, *rows.lines_below)
        title = next(
            (line for line in table.above if find_form_by_title([line], self.notice) == spec.key), ""
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
                        heading=self.notice.fields[one.key].heading,
                    )
                )
        for key in spec.columns:
            told = rows.records and all(key in record.values for record in rows.records)
            if key not in binding.keys and rows.records and not told:
                heading = self.notice.fields[key].heading
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
        if (semester := find_other_semester(table.above, self.notice)) is not None:
            problems.append(make_problem("other-period", sheet=sheet, value=semester))
        if basis.other is not None:
            problems.append(make_problem("form-conflict", sheet=sheet, value=basis.other, form=spec.key))
        if rows.records and rows.said_nil is not None:
            row = rows.said_nil
            problems.append(make_problem("nil-contradicted", sheet=sheet, row=row, value=str(row)))
        nil = spec.nil_allowed and not rows.records and not rows.unchanged
        if not rows.records and not nil:
            problems.append(make_problem("empty-form", sheet=sheet))
        signals = list(basis.signals)
        if table.sheet.hidden:
            signals.append(Signal(source="sheet", value=spec.key, weight=0.0, text=f"隐藏的工作表“{sheet}”"))
        return (
            ParsedForm(
                form=spec.key,
                sheet=sheet,
                title=title[:200],
                stated_unit=find_stated_unit(lines),
                unit_values=_count_unit_values(rows.records, spec),
                nil=nil,
                records=tuple(
                    _without_repeated_problem(record, candidates.keys())
                    for record in _with_grade_of_sheet(rows.records, spec, binding, table.sheet)
                ),
                problems=tuple(problems),
                signals=tuple(signals),
            ),
            rows,
        )

    def _is_submission(self, parsed: ParsedForm, name: str, sheet: Sheet, subject: str) -> bool:
        """An empty table counts when it is somebody's: right title and a unit (A25). Else it is the blank template."""
        if parsed.stated_unit is not None and self.names.find(parsed.stated_unit):
            return True
        named = (parsed.title, name, sheet.clean_name)
        if any(self.names.find(text) for text in named):
            return True
        return _ZERO_REPORT_WORDS.search(f"{name} {subject}") is not None and not _NAME_LEFT_OPEN.search(name)

    def _read_running_text(
        self, sheet: Sheet, account: SheetAccount, name: str, subject: str
    ) -> WorkbookContent:
        """A sheet without headings: a sentence that says nothing is to be reported, or rows of who knows what."""
        lines = [line for row in sheet.rows[:2000] if (line := row_text(row))]
        if (served_notice := self._read_served_notice(sheet, account, lines)) is not None:
            return served_notice
        lines = lines[:60]
        titles = [
            row_text(row) for row in sheet.rows[:60] if 1 <= _filled(row) <= 2
        ]  # a row of more is no title
        title = find_form_by_title(titles, self.notice)
        if title is not None and self.notice.form(title).nil_allowed:
            spec = self.notice.form(title)
            if any(
                is_nil_sentence(line, self.notice.nil_words) and not is_conditional(line) for line in lines
            ):
                basis = Signal(source="title", value=title, weight=10.0, text=next(iter(lines))[:80])
                return WorkbookContent(
                    forms=(
                        ParsedForm(
                            form=spec.key,
                            sheet=sheet.name,
                            title=next(line for line in titles if find_form_by_title([line], self.notice))[
                                :200
                            ],
                            stated_unit=find_stated_unit(lines),
                            unit_values=(),
                            nil=True,
                            signals=(basis,),
                        ),
                    ),
                    form_hint=title,
                )
        students = any(is_id_number(cell) for row in sheet.rows for cell in row)
        return WorkbookContent(unrecognised_sheets=(sheet.name,) if students else (), form_hint=title)


def _choose(decided: _Decision | None, title: str | None) -> str | None:
    """The form that a person decided on, for a part of the file with this title."""
    if decided is None or (decided.untitled_only and title is not None):
        return None
    return decided.form


def _lines_below(table: Table) -> list[str]:
    """The last lines of a table's body, where units sometimes sign."""
    rows = table.sheet.rows
    return [row_text(rows[index]) for index in table.body[-6:] if index < len(rows)]


def _has_students(table: Table, headings: Headings) -> bool:
    """Whether rows below speak of persons: names under a heading for them, or identity numbers."""
    rows = [table.sheet.rows[index] for index in table.body if index < len(table.sheet.rows)]
    named = [
        index
        for index, stack in enumerate(table.heading_levels)
        if stack and headings.is_name_heading(stack[-1])
    ]
    return any(
        any(index < len(row) and cell_text(row[index]) for index in named) or any(map(is_id_number, row))
        for row in rows
    )


def _with_grade_of_sheet(
    records: Sequence[Record], spec: FormSpec, binding: FormColumns, sheet: Sheet
) -> Sequence[Record]:
    """The records with the grade and class that the sheet is named for (七年级2班), where no column gives them."""
    if not _CLASS_NAME.search(sheet.clean_name) or "grade" in binding.keys or "grade" not in spec.fields:
        return records
    grade, class_name = read_grade(sheet.clean_name)
    named: dict[str, Json] = {"grade": grade} if grade else {}
    if class_name and "class_name" in spec.fields:
        named["class_name"] = class_name
    return [replace(record, values={**named, **record.values}) for record in records] if named else records


def _without_repeated_problem(record: Record, keys: Collection[str]) -> Record:
    """The record less the problem, row for row, that the table is asked about once: a column nobody is sure of."""
    problems = tuple(
        problem
        for problem in record.problems
        if not (problem.code in ("required-missing", "id-missing") and problem.field in keys)
    )
    return record if len(problems) == len(record.problems) else replace(record, problems=problems)


def _without_old_sheets(forms: Sequence[ParsedForm]) -> list[ParsedForm]:
    """The forms less what another semester's sheets hold of them, where this semester's stands beside; and that said."""
    old = [form for form in forms if _is_of_other_period(form)]
    current = {form.form for form in forms if not _is_of_other_period(form)}
    result: list[ParsedForm] = []
    said: set[str] = set()
    for form in forms:
        if form in old and form.form in current:
            continue
        left_behind = [other for other in old if other.form == form.form and form not in old]
        if left_behind and form.form not in said:
            said.add(form.form)
            problems = [
                make_problem("old-sheet", sheet=other.sheet, value=other.sheet) for other in left_behind
            ]
            form = replace(form, problems=(*form.problems, *problems))
        result.append(form)
    return result


def _is_of_other_period(form: ParsedForm) -> bool:
    return any(problem.code == "other-period" for problem in form.problems)


def _with_title_of(last: Table | None, table: Table) -> Table:
    """The table with the lines above the one before it, where it goes on below that one's heading."""
    return table if last is None or not table.continued else replace(table, above=last.above)


def _without_empty_forms(content: WorkbookContent) -> WorkbookContent:
    """What a sheet holds less its last table, if that is a heading whose rows stand in the next sheet."""
    if content.forms and not content.forms[-1].records:
        return replace(content, forms=content.forms[:-1])
    return replace(content, blank_forms=content.blank_forms[:-1])


def _filled(row: Sequence[Cell]) -> int:
    return sum(cell is not None and cell != "" for cell in row)


def _count_unit_values(records: Sequence[Record], spec: FormSpec) -> tuple[tuple[str, int], ...]:
    if spec.unit_field is None:
        return ()
    counts = Counter(str(value) for record in records if (value := record.values.get(spec.unit_field)))
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
