"""Reads label–value grids: one student a block, labels beside their values, visits below (附件5 and 附件6).

Clerks make such grids in Word, and in Excel with many merged cells.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice, pairwise

from config.identity_numbers import UNUSABLE_NUMBER_CODES
from config.notice import FormSpec, Notice
from config.records.record import Json, Problem, Record
from config.text.text_folding import fold_text
from parsers.checks.row_checks import RowChecks
from parsers.fields.grades import split_school_and_grade
from parsers.fields.normalise import Normaliser, cell_text, is_placeholder
from parsers.fields.person_names import looks_like_name
from parsers.formats.workbook import Sheet
from parsers.forms.headings.bind_columns import Headings
from parsers.forms.left_over.account import LeftOver, SheetAccount, name_cells, shorten_text
from parsers.forms.visit_columns import VisitReader
from parsers.problem_sentences import make_problem

MIN_LABELS = 3
_LEAST_TELLING = 3
"""The number of values that make a block a student where name and number are blank."""
_PREPRINTED_KEYS = frozenset(
    {
        "previous_school",
        "grade",
        "class_name",
        "household_township",
        "status",
        "outcome",
        "sex",
        "ethnicity",
        "seq",
        "reason_text",
        "notice_served_on",
        "responsible_person",
        "responsible_phone",
        "head_teacher",
        "head_teacher_phone",
    }
)
_LABEL = re.compile(r"([\u4e00-\u9fff()、/]{2,16}) *:")
_NUMBERING = re.compile(r"(?:[(]?[0-9一二三四五六七八九十]{1,3}[).、]+ *)?")
_FILLED_IN = re.compile(r"[0-9]{5,}|(?:19|20)[0-9]{2}[-./年][0-9]{1,2}|^[0-9]+(?:\.[0-9]+)?$")
_DATED = re.compile("[0-9]{1,2}月[0-9]{1,2}|[0-9]{4}[-./年][0-9]")
_PAIR_EDGES = " \t,;、。"


@dataclass(frozen=True, slots=True)
class _GridCell:
    row: int
    column: int
    last_column: int  # the same, unless the cell is merged across
    text: str
    written: str  # the text before it was cleaned


@dataclass(slots=True)
class _StudentBlock:
    row: int
    values: dict[str, Json] = field(default_factory=dict)
    raw_values: dict[str, tuple[str, _GridCell]] = field(default_factory=dict)  # key → (text, its cell)
    problems: list[Problem] = field(default_factory=list)
    visits: list[Json] = field(default_factory=list)
    parts: dict[int, dict[str, str]] = field(default_factory=dict)


class GridReader:
    """Reads the label–value grids of one form."""

    def __init__(
        self,
        form: FormSpec,
        notice: Notice,
        headings: Headings,
        normalisers: Mapping[str, Normaliser],
        visits: VisitReader,
    ) -> None:
        self._form, self._notice = form, notice
        self._headings, self._normalisers, self._visits = headings, normalisers, visits
        self.is_label = lru_cache(maxsize=1 << 13)(self._is_label)

    def has_labels(self, sheet: Sheet, least: int) -> bool:
        """Returns whether a sheet has at least ``least`` of the form's labels, which tells a grid from loose text."""
        labels = (
            cell
            for row in _filled_cells(sheet)
            for cell in self._split_pairs(row)
            if self._find_key(_split_label(cell.text)[0]) is not None
        )
        return sum(1 for _ in islice(labels, least)) == least

    def tells_of_visits(self, sheet: Sheet) -> bool:
        """Returns whether a label or title of the sheet is about visits only: a visit's number or one of its parts."""
        labels = (_split_label(cell.text)[0] for row in _filled_cells(sheet) for cell in row)
        return any(map(self._headings.visits.speak_in, labels))

    def is_blank(self, sheet: Sheet) -> bool:
        """Returns whether the sheet holds only labels and the template's own words."""
        return not any(
            looks_like_name(text) or _FILLED_IN.search(text)
            for row in _filled_cells(sheet)
            for cell in self._split_pairs(row)
            if not self.is_label(cell.text) and (text := fold_text(_split_label(cell.text)[1] or cell.text))
        )

    def find_filled_in(self, sheet: Sheet) -> LeftOver | None:
        """Returns the first value of a child in a grid without name and number, which gives no record; None in a blank grid."""
        for block in self._read_blocks(sheet, SheetAccount(sheet)):
            for key, (text, cell) in block.raw_values.items():
                if self._tells(key, text):
                    return _left_over(sheet, cell, text)
            dated = [text for parts in block.parts.values() for text in parts.values() if _DATED.search(text)]
            if dated or block.visits:
                shown = dated[0] if dated else str(block.visits[0])
                return _left_over(
                    sheet, _GridCell(max(block.row, 1), sheet.first_col, sheet.first_col, shown, shown), shown
                )
        return None

    def _tells(self, key: str, text: str) -> bool:
        """Returns whether a value is a child's, and not a word of the template such as follows an unknown label."""
        spec = self._notice.fields[key]
        plain = fold_text(text)
        if key in _PREPRINTED_KEYS or is_placeholder(text, self._notice) or self.is_label(text):
            return False
        match spec.kind:
            case "date" | "period" | "id" | "phone" | "student_number" | "visits":
                return sum(char.isdigit() for char in plain) >= _LEAST_TELLING
            case "choice" | "choices":
                words = self._notice.vocabularies[spec.choices or ""]
                return self._normalisers[key](text).value not in (None, words.other)
            case "name":
                return looks_like_name(plain)
            case _:
                return spec.cells is not None and re.search(spec.cells, plain) is not None and len(plain) > 1

    def read(self, sheet: Sheet, account: SheetAccount) -> list[Record]:
        """Returns one record a student, in order; a block without a name is an empty template and gives none."""
        blocks = self._read_blocks(sheet, account)
        return [record for block in blocks if (record := self._build_record(block, sheet.name)) is not None]

    def _read_blocks(self, sheet: Sheet, account: SheetAccount) -> list[_StudentBlock]:
        students: list[_StudentBlock] = []
        visit = 0
        columns: dict[int, str] = {}
        visit_rows = 0
        for index, cells in enumerate(_filled_cells(sheet)):
            if not cells:
                continue
            row = self._split_pairs(cells)
            parts = [(cell, self._headings.visits.find_labelled_part(cell.text)) for cell in row]
            if sum(part is not None for _, part in parts) >= max(
                2, len(parts) - 1
            ) and not self._has_value_beside(row):
                columns = {cell.column: part for cell, part in parts if part is not None}
                account.place_row(index)
                continue
            if columns:
                if self._is_visit_row(row, columns):
                    if students:
                        visit_rows += 1
                        students[-1].parts[100 + visit_rows] = _read_visit_row(row, columns, self._notice)
                        account.place_row(index)
                    continue
                columns = {}
            visit = self._read_row(row, students, visit)
            if students and any(self.is_label(_split_label(cell.text)[0]) for cell in row):
                account.place_row(index)
        return students

    def _split_pairs(self, row: Sequence[_GridCell]) -> list[_GridCell]:
        """Returns the row with each label of a cell that has several split off, with its value, into a cell of its own."""
        result: list[_GridCell] = []
        for cell in row:
            starts = [
                start
                for match in _LABEL.finditer(cell.text)
                if (start := self._find_label_start(match)) is not None
            ]
            if not starts or not _NUMBERING.fullmatch(
                cell.text[: starts[0]]
            ):  # inside a sentence a label is an ordinary word
                result.append(cell)
                continue
            bounds = [*starts, len(cell.text)]
            result += [
                replace(cell, text=cell.text[start:end].strip(_PAIR_EDGES)) for start, end in pairwise(bounds)
            ]
        return result

    def _find_label_start(self, match: re.Match[str]) -> int | None:
        """Returns the position at which the label before a colon begins; None if there is no label.

        A PDF may run the end of one line together with the label of the next.
        """
        if self.is_label(match[1]):
            return match.start()
        joined = self._headings.visits.find_joined_label(match[1])
        return match.start() + joined if joined is not None else None

    def _is_label(self, text: str) -> bool:
        """Returns whether a text names a field or a part of a visit."""
        return self._find_key(text) is not None or self._headings.visits.is_label(text)

    def _has_value_beside(self, row: Sequence[_GridCell]) -> bool:
        """Returns whether labels of this row have their values in the same row."""
        return any(
            self._headings.visits.find_labelled_part(cell.text) is None
            and self._find_key(cell.text) is None
            and len(cell.text) > 8
            for cell in row
        )

    def _is_visit_row(self, row: Sequence[_GridCell], columns: Mapping[int, str]) -> bool:
        first = row[0]
        visits = self._headings.visits
        if self._find_key(first.text) is not None or visits.find_labelled_part(first.text) is not None:
            return False
        return any(cell.column in columns for cell in row) and not visits.are_no_visit(first.text)

    def _read_row(self, row: Sequence[_GridCell], students: list[_StudentBlock], visit: int) -> int:
        """Reads the labels of one row with their values; returns the number of the visit that following rows belong to."""
        pending: str | None = None
        part: str | None = None
        for position, cell in enumerate(row):
            text, inline = _split_label(cell.text)
            if pending is not None and (
                self._is_choice(pending, text) if inline else self._is_answer(pending, row, position)
            ):
                self._store_value(students, pending, cell.text, cell)
                pending = None
                continue
            nth = self._headings.visits.find_labelled_number(text)
            if nth is not None:
                visit = nth
                pending, part = None, "text"
                if inline and students:
                    self._store_visit_part(students[-1], visit, "text", inline)
                    part = None
                continue
            key = self._find_key(text)
            labelled = self._headings.visits.find_labelled_part(text)
            if labelled is not None and (visit or key in (None, "visits", "outcome")):
                in_visit = visit or (key is None and not self._headings.visits.is_general_label(text))
                if in_visit:
                    pending, part = None, labelled
                    if inline and students:
                        self._store_visit_part(students[-1], visit, part, inline)
                        part = None
                    continue
            if key is not None and (inline or pending is None or not _is_value(text)):
                if key == "name" and (
                    not students or "name" in students[-1].raw_values or students[-1].visits
                ):
                    students.append(_StudentBlock(cell.row))
                    visit = 0
                pending, part = key, None
                if inline:
                    self._store_value(students, pending, inline, cell)
                    pending = None
                continue
            if pending is not None:
                self._store_value(students, pending, cell.text, cell)
                pending = None
            elif part is not None and students:
                self._store_visit_part(students[-1], visit, part, cell.text)
                part = None
        return visit

    def _is_choice(self, key: str, text: str) -> bool:
        """Returns whether the text before a colon is a value of the current field: 辍学原因 | 其他:监护人失联."""
        choices = self._notice.fields[key].choices
        if choices is None:
            return False
        values = self._notice.vocabularies[choices].values
        folded = fold_text(text)
        return any(folded in map(fold_text, (value, *words)) for value, words in values.items())

    def _is_answer(self, key: str, row: Sequence[_GridCell], position: int) -> bool:
        """Returns whether a cell that could be a label is the value of the label before it: 原因 | 残疾."""
        cell, asked = row[position], row[position - 1]
        return (
            cell.column == asked.last_column + 1
            and self._is_choice(key, cell.text)
            and (position + 1 == len(row) or self.is_label(_split_label(row[position + 1].text)[0]))
        )

    def _store_value(self, students: list[_StudentBlock], key: str, text: str, cell: _GridCell) -> None:
        if not students:
            students.append(_StudentBlock(cell.row))
        student = students[-1]
        if key == "visits":
            student.visits += self._visits.visits_from_text(text)
            return
        student.raw_values.setdefault(key, (text, cell))

    def _store_visit_part(self, student: _StudentBlock, visit: int, part: str, text: str) -> None:
        if part == "text":
            student.visits += self._visits.visits_from_text(text, visit or None)
        elif part != "other" and not is_placeholder(text, self._notice):
            student.parts.setdefault(visit, {}).setdefault(part, text)

    def _find_key(self, text: str) -> str | None:
        return self._headings.find_key(self._form.key, text) if len(text) <= 24 else None

    def _build_record(self, student: _StudentBlock, sheet: str) -> Record | None:
        for key, (text, cell) in student.raw_values.items():
            self._normalise_value(student, sheet, key, text, cell)
        visits = [
            *student.visits,
            *(
                self._visits.visit_from_parts(n, parts)
                for n, parts in sorted(student.parts.items())
                if set(parts) - {"people", "place"}
            ),
        ]
        if visits:
            student.values["visits"] = self._visits.number_by_date(visits)
        if not student.values.get("name") and not student.values.get("id_number"):
            telling = student.values.keys() - _PREPRINTED_KEYS
            if len(telling) < _LEAST_TELLING:
                return None
        references = {key: _cell_reference(cell) for key, (_, cell) in student.raw_values.items()}
        checks = RowChecks(self._form, self._notice, sheet, lambda key, _: references.get(key))
        id_valid = "id_number" in student.values and not any(
            p.code in UNUSABLE_NUMBER_CODES for p in student.problems
        )
        result = checks.check(student.values, max(student.row, 1), id_valid=id_valid)
        return Record(
            sheet=sheet, row=max(student.row, 1), values=student.values, problems=(*student.problems, *result)
        )

    def _normalise_value(
        self, student: _StudentBlock, sheet: str, key: str, text: str, cell: _GridCell
    ) -> None:
        written = cell.written if text == cell.text else text  # of a label and value in one cell, the value
        if key == "previous_school":
            text, grade, class_name = split_school_and_grade(text)
            for other, more in (("grade", grade), ("class_name", class_name)):
                if more:
                    student.values.setdefault(other, more)
        read = self._normalisers[key](text)
        if read.problem_code is not None:
            heading = self._notice.fields[key].heading
            severity = (
                "error" if read.problem_code == "value-unknown" and key in self._form.required else None
            )
            student.problems.append(
                make_problem(
                    read.problem_code,
                    severity="error" if severity else None,
                    sheet=sheet,
                    row=max(student.row, 1),
                    cell=_cell_reference(cell),
                    field=key,
                    value=written,
                    heading=heading,
                )
            )
        if read.value is not None:
            student.values[key] = read.value
        for implied, value in (read.implied or {}).items():
            student.values.setdefault(implied, value)
        if key == "reason" and read.value is not None:
            student.values["reason_text"] = text
        if key == "since":
            student.values.update(self._visits.read_period(text))


def _left_over(sheet: Sheet, cell: _GridCell, text: str) -> LeftOver:
    return LeftOver(
        sheet=sheet.name,
        cells=name_cells(cell.row, cell.column, cell.row, cell.column),
        row=cell.row if cell.row >= 1 else None,
        text=shorten_text(text),
        names_child=True,
    )


def _filled_cells(sheet: Sheet) -> Iterator[list[_GridCell]]:
    """Yields the filled cells of each row."""
    last_columns = {(row, column): last for row, column, _, last in sheet.merged}
    for index, row in enumerate(sheet.rows):
        number = index + sheet.first_row
        result = []
        for position, cell in enumerate(row):
            if cell is not None and cell != "" and (text := cell_text(cell)):
                written = sheet.written.get((index, position))
                shown = text if written is None else cell_text(written)
                column = position + sheet.first_col
                result.append(
                    _GridCell(number, column, last_columns.get((number, column), column), text, shown)
                )
        yield result


def _read_visit_row(row: Sequence[_GridCell], columns: Mapping[int, str], notice: Notice) -> dict[str, str]:
    result: dict[str, str] = {}
    for cell in row:
        part = columns.get(cell.column)
        if part not in (None, "other") and not is_placeholder(cell.text, notice):
            result[str(part)] = cell.text
    return result


def _split_label(text: str) -> tuple[str, str]:
    """Returns (label, value) of a cell such as 姓名:甲一; the value is empty if the cell holds no such pair."""
    label, mark, value = text.partition(":")
    if mark and len(label) <= 12 and value.strip():
        return label.strip(), value.strip()
    return text, ""


def _is_value(text: str) -> bool:
    """Returns whether a text that is a label elsewhere is a value after a label (无, 其他, 是)."""
    return fold_text(text) in {"无", "其他", "其它", "社", "组", "村", "是", "否"}


def _cell_reference(cell: _GridCell) -> str:
    letters, column = "", cell.column
    while column:
        column, remainder = divmod(column - 1, 26)
        letters = chr(65 + remainder) + letters
    return f"{letters}{cell.row}"
