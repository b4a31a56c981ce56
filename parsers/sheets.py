"""A workbook's sheets into form readings: find tables, recognise each, read its rows, say what is wrong."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from config.folding import squeeze
from config.notice import FormSpec, Notice
from config.unit_names import UnitNames
from parsers.declared import declared_unit, other_semester
from parsers.headings import Binding, Headings
from parsers.identity import read_identity
from parsers.layout import Table, find_tables, line_of
from parsers.problems import problem
from parsers.reading import FormReading, Mention, Problem
from parsers.recognise import Recognition, by_title, recognise
from parsers.rows import RowReader, Rows
from parsers.values import normalisers, text_of
from parsers.workbook import Sheet, Workbook

_MOST_TITLE_LINES = 30
_PLACEHOLDER = re.compile("[×xX某_]{2}|xx|××|○○|〇〇")
_NIL_SAID = re.compile("零报告|零上报|无失学|无辍学|没有失学|没有辍学|无此类|无该类")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetsRead:
    """What the sheets hold: forms, and sheets with rows of students that no form could be found for."""

    forms: tuple[FormReading, ...] = ()
    unread: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()  # forms of which only the blank template is there
    unchanged: tuple[str, ...] = ()  # forms that say 无变化
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
        forms = [form for part in found for form in part.forms]
        whole = SheetsRead(
            forms=tuple(forms),
            unread=tuple(sheet for part in found for sheet in part.unread),
            blank=tuple(form for part in found for form in part.blank),
            unchanged=tuple(form for part in found for form in part.unchanged),
            hint=next((part.hint for part in found if part.hint), None),
            mentions=tuple(mention for part in found for mention in part.mentions),
        )
        return self._with_heirs(whole, workbook, subject)

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
        if not tables:
            return self._without_table(sheet, name, subject)
        forms: list[FormReading] = []
        blank: list[str] = []
        unread: list[str] = []
        unchanged: list[str] = []
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
                unchanged.append(spec.key)
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
            unchanged=tuple(unchanged),
            hint=hint,
            mentions=tuple(mentions),
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
                unit_values=_unit_values(rows, spec),
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
        lines = [line for row in sheet.rows[:60] if (line := line_of(row))]
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
    plain = squeeze(line)
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


def _unit_values(rows: Rows, spec: FormSpec) -> tuple[tuple[str, int], ...]:
    if spec.unit_field is None:
        return ()
    counts = Counter(str(value) for record in rows.records if (value := record.values.get(spec.unit_field)))
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
