"""A workbook's sheets into form readings: find tables, recognise each, read its rows, say what is wrong."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from config.identity import read_identity
from config.notice import FormSpec, Notice
from config.text_folding import fold_text
from config.units.unit_names import UnitNames
from parsers.fields.normalise import normalisers, text_of
from parsers.formats.workbook import Sheet, Workbook
from parsers.forms.classify import Recognition, by_title, by_words, recognise
from parsers.forms.columns import Binding, Headings
from parsers.forms.label_grids import FEWEST_LABELS, GridReader
from parsers.forms.layout import Table, find_tables, line_of
from parsers.forms.merge_rows import one_a_student
from parsers.forms.row_reader import RowReader, Rows
from parsers.forms.served_notices import is_letter, read_letters
from parsers.forms.stated_unit import declared_unit, other_semester
from parsers.problem_codes import problem
from parsers.records import FormReading, Mention, Problem, Record

_MOST_TITLE_LINES = 30
_PLACEHOLDER = re.compile("[×xX某_]{2}|xx|××|○○|〇〇")
_NIL_SAID = re.compile("零报告|零上报|无失学|无辍学|没有失学|没有辍学|无此类|无该类")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetsRead:
    """What the sheets hold: forms, and sheets with rows of students that no form could be found for."""

    forms: tuple[FormReading, ...] = ()
    unread: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()  # forms of which only the blank template is there
    hint: str | None = None
    mentions: tuple[Mention, ...] = ()


class SheetReader:
    """Reads workbooks for one notice; build it once, it remembers headings and repeated values."""

    def __init__(self, notice: Notice, names: UnitNames) -> None:
        self.notice, self.names = notice, names
        self._headings = Headings(notice)
        self._normalisers = normalisers(notice, names)

    def read(self, workbook: Workbook, name: str, subject: str) -> SheetsRead:
        """Every sheet, hidden ones too."""
        found: list[SheetsRead] = [self._sheet(sheet, name, subject) for sheet in workbook.sheets]
        forms = self._joined([form for part in found for form in part.forms])
        whole = SheetsRead(
            forms=tuple(forms),
            unread=tuple(sheet for part in found for sheet in part.unread),
            blank=tuple(form for part in found for form in part.blank),
            hint=next((part.hint for part in found if part.hint), None),
            mentions=tuple(mention for part in found for mention in part.mentions),
        )
        return self._with_heirs(whole, workbook, subject)

    def _joined(self, forms: Sequence[FormReading]) -> list[FormReading]:
        """Tables about one student each, and the letter beside them, are one filing with one record a student."""
        kept: dict[tuple[str, str | None], FormReading] = {}
        others: list[FormReading] = []
        for form in forms:
            if not self.notice.form(form.form).proof_every:
                others.append(form)
                continue
            same = next(
                (
                    key
                    for key in kept
                    if key[0] == form.form
                    and (key[1] == form.declared_unit or None in (key[1], form.declared_unit))
                ),
                None,
            )
            if same is None:
                kept[form.form, form.declared_unit] = replace(form, records=one_a_student(form.records))
                continue
            before = kept[same]
            kept[same] = replace(
                before,
                title=before.title or form.title,
                declared_unit=before.declared_unit or form.declared_unit,
                unit_values=tuple(
                    sorted(
                        (Counter(dict(before.unit_values)) + Counter(dict(form.unit_values))).items(),
                        key=lambda i: (-i[1], i[0]),
                    )
                ),
                nil=before.nil and form.nil,
                records=one_a_student((*before.records, *form.records)),
                problems=(*before.problems, *form.problems),
                evidence=(*before.evidence, *form.evidence),
            )
        return [*others, *kept.values()]

    def _with_heirs(self, whole: SheetsRead, workbook: Workbook, subject: str) -> SheetsRead:
        """Sheets without a title of their own (one a village, one a class) are of the form beside them."""
        titled = {form.form for form in whole.forms}
        if not whole.unread or len(titled) != 1:
            return whole
        title = next(form.title for form in whole.forms)
        spec = self.notice.form(titled.pop())
        more: list[FormReading] = []
        left: list[str] = []
        for sheet in workbook.sheets:
            if sheet.name not in whole.unread:
                continue
            tables = find_tables(sheet, self._headings)
            bound = [(table, self._headings.bind(spec, table.levels)) for table in tables]
            if bound and all(set(spec.columns) <= binding.keys for _, binding in bound):
                seen = Mention(source="sheet", value=spec.key, weight=1.0, text=f"同一工作簿:{title}"[:80])
                more += [
                    self._reading(
                        table, spec, Recognition(spec.key, (seen,), spec.key, titled=False), binding, subject
                    )[0]
                    for table, binding in bound
                ]
            else:
                left.append(sheet.name)
        return replace(whole, forms=(*whole.forms, *more), unread=tuple(left))

    def _sheet(self, sheet: Sheet, name: str, subject: str) -> SheetsRead:
        tables = find_tables(sheet, self._headings)
        if (grid := self._grid(sheet, tables, name, subject)) is not None:
            return grid
        if not tables:
            return self._without_table(sheet, name, subject)
        forms: list[FormReading] = []
        blank: list[str] = []
        unread: list[str] = []
        mentions: list[Mention] = []
        hint: str | None = None
        inherited: tuple[str, ...] = ()
        for table in tables:
            above = table.above[-_MOST_TITLE_LINES:]
            if by_title(above, self.notice) is None and inherited:
                above = (*inherited, *above)
            inherited = tuple(above)
            bindings = {form.key: self._headings.bind(form, table.levels) for form in self.notice.forms}
            declared = declared_unit((*above, *_lines_below(table)))
            unit = self._unit(declared, above, name)
            seen = recognise(
                self.notice, bindings, above=above, sheet=sheet.name, name=name, subject=subject, kind=unit
            )
            hint = hint or seen.hint
            if seen.form is None:
                mentions += seen.mentions
                if _has_students(table, self._headings):
                    unread.append(sheet.name)
                continue
            spec = self.notice.form(seen.form)
            reading, rows = self._reading(
                replace(table, above=tuple(above)), spec, seen, bindings[seen.form], subject
            )
            if rows.unchanged and not reading.records and not reading.nil:
                forms.append(replace(reading, unchanged=True, problems=()))
            elif (
                not reading.records
                and not rows.nil
                and not self._is_filing(reading, spec, seen, name, sheet, subject)
            ):
                blank.append(spec.key)
            else:
                forms.append(reading)
        return SheetsRead(
            forms=tuple(forms),
            unread=tuple(dict.fromkeys(unread)),
            blank=tuple(blank),
            hint=hint,
            mentions=tuple(mentions),
        )

    def _grid(self, sheet: Sheet, tables: Sequence[Table], name: str, subject: str) -> SheetsRead | None:
        """A sheet of label–value grids (附件5/6), or None where it is something else."""
        if any(len(table.levels) > 6 or _has_students(table, self._headings) for table in tables):
            return None
        lines = [line for row in sheet.rows if (line := line_of(row))]
        specs = [form for form in self.notice.forms if form.proof_every]
        readers = {
            spec.key: GridReader(spec, self.notice, self._headings, self._normalisers) for spec in specs
        }
        if not specs or max(readers[spec.key].labels(sheet) for spec in specs) < FEWEST_LABELS:
            return None
        spec = self._persuasion_form(specs, lines, name, subject)
        if spec is None:
            return SheetsRead(
                unread=(sheet.name,), hint=by_words(name, self.notice) or by_words(subject, self.notice)
            )
        records = readers[spec.key].read(sheet)
        return self._told(spec, sheet, lines, records)

    def _persuasion_form(
        self, specs: Sequence[FormSpec], lines: Sequence[str], name: str, subject: str
    ) -> FormSpec | None:
        """Which of the forms about visits a grid or letter is: by title, by name, by the kind of unit it is of."""
        keys = {spec.key: spec for spec in specs}
        for said in (
            by_title(lines[:12], self.notice),
            by_words(name, self.notice),
            by_words(subject, self.notice),
        ):
            if said in keys:
                return keys[said]
        kind = self._unit(declared_unit(lines), lines[:6], f"{name} {subject}")
        found = [spec for spec in specs if spec.sender == kind]
        return found[0] if len(found) == 1 else None

    def _told(
        self, spec: FormSpec, sheet: Sheet, lines: Sequence[str], records: Sequence[Record]
    ) -> SheetsRead:
        if not records:
            return SheetsRead(blank=(spec.key,), hint=spec.key)
        title = next((line for line in lines if by_title([line], self.notice) == spec.key), "")
        seen = Mention(source="title" if title else "file", value=spec.key, weight=10.0, text=title[:80])
        reading = FormReading(
            form=spec.key,
            sheet=sheet.name,
            title=title[:200],
            declared_unit=declared_unit(lines),
            unit_values=_unit_values(records, spec),
            nil=False,
            records=tuple(records),
            evidence=(seen,),
        )
        return SheetsRead(forms=(reading,), hint=spec.key)

    def _letter(self, sheet: Sheet, lines: Sequence[str]) -> SheetsRead | None:
        """送达书 as running text, or None."""
        specs = [form for form in self.notice.forms if "notice_served_on" in form.fields]
        if len(specs) != 1 or not is_letter(lines):
            return None
        return self._told(
            specs[0], sheet, lines, read_letters(lines, specs[0], self.notice, self._normalisers, sheet.name)
        )

    def _unit(self, declared: str | None, above: Sequence[str], name: str) -> str | None:
        """The kind of unit that the table or the file's name says it is of, if only one."""
        for text in (declared or "", " ".join(above), name):
            kinds = {unit.kind for unit in self.names.find(text)} if text else set()
            if len(kinds) == 1:
                return kinds.pop()
        return None

    def _reading(
        self, table: Table, spec: FormSpec, seen: Recognition, binding: Binding, subject: str
    ) -> tuple[FormReading, Rows]:
        rows = RowReader(spec, binding, table, self.notice, self._normalisers).read()
        lines = (*table.above, *rows.below)
        title = next((line for line in table.above if by_title([line], self.notice) == spec.key), "")
        title = title or max(table.above, key=len, default="")
        sheet = table.sheet.name
        problems: list[Problem] = []
        for key in spec.columns:
            if key not in binding.keys and rows.records:
                heading = self.notice.fields[key].heading
                problems.append(
                    problem(
                        "heading-missing",
                        sheet=sheet,
                        row=table.heading_rows.start + table.sheet.first_row,
                        field=key,
                        value=heading,
                        heading=heading,
                    )
                )
        if (semester := other_semester(table.above, self.notice)) is not None:
            problems.append(problem("other-period", sheet=sheet, value=semester))
        if seen.other is not None:
            problems.append(problem("form-conflict", sheet=sheet, value=seen.other, form=spec.key))
        nil = spec.nil_allowed and not rows.records and not rows.unchanged
        if not rows.records and not nil:
            problems.append(problem("empty-form", sheet=sheet))
        evidence = list(seen.mentions)
        if table.sheet.hidden:
            evidence.append(
                Mention(source="sheet", value=spec.key, weight=0.0, text=f"隐藏的工作表“{sheet}”")
            )
        return (
            FormReading(
                form=spec.key,
                sheet=sheet,
                title=title[:200],
                declared_unit=declared_unit(lines),
                unit_values=_unit_values(rows.records, spec),
                nil=nil,
                records=tuple(rows.records),
                problems=tuple(problems),
                evidence=tuple(evidence),
            ),
            rows,
        )

    def _is_filing(
        self, reading: FormReading, spec: FormSpec, seen: Recognition, name: str, sheet: Sheet, subject: str
    ) -> bool:
        """An empty table counts when it is somebody's: right title and a unit (A25). Else it is the blank template."""
        if reading.declared_unit is not None and self.names.find(reading.declared_unit):
            return True
        said = (reading.title, name, sheet.name)
        if any(self.names.find(text) for text in said):
            return True
        return _NIL_SAID.search(f"{name} {subject}") is not None and not _PLACEHOLDER.search(name)

    def _without_table(self, sheet: Sheet, name: str, subject: str) -> SheetsRead:
        """A sheet without headings: a sentence that says nothing is to be reported, or rows of who knows what."""
        lines = [line for row in sheet.rows[:2000] if (line := line_of(row))]
        if (letter := self._letter(sheet, lines)) is not None:
            return letter
        lines = lines[:60]
        title = by_title(lines, self.notice)
        if title is not None and self.notice.form(title).nil_allowed:
            spec = self.notice.form(title)
            if any(_says_nil(line, self.notice) for line in lines):
                seen = Mention(source="title", value=title, weight=10.0, text=next(iter(lines))[:80])
                return SheetsRead(
                    forms=(
                        FormReading(
                            form=spec.key,
                            sheet=sheet.name,
                            title=next(line for line in lines if by_title([line], self.notice))[:200],
                            declared_unit=declared_unit(lines),
                            unit_values=(),
                            nil=True,
                            evidence=(seen,),
                        ),
                    ),
                    hint=title,
                )
        students = any(_looks_like_id(cell) for row in sheet.rows for cell in row)
        return SheetsRead(unread=(sheet.name,) if students else (), hint=title)


def _says_nil(line: str, notice: Notice) -> bool:
    plain = fold_text(line)
    if re.search("如|若|请|应|须|需|填写|均", plain):
        return False
    return any(re.fullmatch(f"(?:{word})[。.!!]?", plain) for word in notice.nil_words if len(word) > 12)


def _lines_below(table: Table) -> list[str]:
    """The last lines of a table's body, where units sometimes sign."""
    rows = table.sheet.rows
    return [line_of(rows[index]) for index in table.body[-6:] if index < len(rows)]


def _has_students(table: Table, headings: Headings) -> bool:
    """Whether rows below speak of persons: names under a heading for them, or identity numbers."""
    rows = [table.sheet.rows[index] for index in table.body if index < len(table.sheet.rows)]
    named = [index for index, stack in enumerate(table.levels) if stack and headings.is_name(stack[-1])]
    return any(
        any(index < len(row) and text_of(row[index]) for index in named) or any(map(_looks_like_id, row))
        for row in rows
    )


def _looks_like_id(cell: object) -> bool:
    if isinstance(cell, str):
        return 15 <= len(cell) <= 24 and read_identity(cell).fault is None
    return isinstance(cell, float | int) and not isinstance(cell, bool) and 10**16 < cell < 10**18


def _unit_values(records: Sequence[Record], spec: FormSpec) -> tuple[tuple[str, int], ...]:
    if spec.unit_field is None:
        return ()
    counts = Counter(str(value) for record in records if (value := record.values.get(spec.unit_field)))
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
