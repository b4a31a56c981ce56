"""Reads the rows below a heading: classifies each as student, note, total or nil, and reads its values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from config.identity_numbers import UNUSABLE_NUMBER_CODES, read_identity
from config.notice import FormSpec, Notice
from config.text.text_folding import fold_text
from parsers.checks.row_checks import check_row
from parsers.fields.grades import split_school_and_grade
from parsers.fields.normalise import (
    BLANK_VALUE,
    DITTO,
    TICKS,
    Normaliser,
    cell_text,
    is_ditto,
    is_placeholder,
)
from parsers.fields.shared_cells import take_shared_part
from parsers.formats.workbook import Cell, CellError
from parsers.forms.columns import Column, FormColumns
from parsers.forms.layout import Table, is_signature
from parsers.forms.left_over.account import SheetAccount, column_letters
from parsers.forms.visit_columns import VisitReader
from parsers.forms.zero_report import is_conditional, is_nil_cell, is_no_change
from parsers.problem_codes import make_problem
from parsers.records import Json, Problem, Record

_TOTAL = re.compile("(?:合计|小计|总计|共计|累计|总数|本页|本村|人数):?.{0,20}|共:?[0-9]+[人名].{0,10}")
_SUBTOTAL = re.compile(".{0,12}(?:合计|小计|总计|共计|累计|总数)[:]?[0-9]{0,5}[人名条]?")
_NAME_SHAPED = re.compile("(?!.*(?:合计|小计|总计|共计|累计|总数))[\u4e00-\u9fff· ]{2,}")
_NOTE = re.compile(
    "(?:填[表报写])?(?:说明|要求|注意|须知|备注|注|示例说明)[事项意]*[:;.、1(].*|[注说]\\s*:.*|\\(?[1-9一二三四五六七八九][.、)].{6,}|[*※★].{6,}"
)
_END = re.compile("以下空白|以下无正文|此表完|表完|完毕|以下为空|[—-]{2,}.*空白.*")
_EXAMPLE = re.compile("(?:例|示例|样例|举例|范例|样表|模板):?[0-9]?|\\(例\\).*|示例.*|例如.*|填写示例.*")
_SAMPLE_NAMES = frozenset(
    {
        "张三",
        "李四",
        "王五",
        "赵六",
        "张某某",
        "李某某",
        "王某某",
        "某某",
        "某某某",
        "小明",
        "小红",
        "xxx",
        "xx",
        "×××",
        "××",
        "张××",
        "***",
        "**",
    }
)
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
"""What templates have filled in before anybody is: a row with only these is empty."""

_LEAST_DIGITS = 10
_LONGEST_FILLER = 2
"""无 and / fill empty lines below the students; a longer text says something."""
_SCHOOL_KEYS = frozenset({"school", "previous_school"})
_SEPARATOR_BY_KEY = {"guardian": "、", "guardian_phone": "、", "school_region": "", "remark": ";"}


@dataclass(slots=True)
class TableRows:
    """What stands below a heading."""

    records: list[Record] = field(default_factory=list)
    nil: bool = False  # it is said that there is nothing to report
    said_nil: int | None = None  # the row that says so outright, and does not just fill an empty line
    unchanged: bool = False  # it is said that nothing has changed (无变化)
    lines_below: list[str] = field(default_factory=list)


class RowReader:
    """Reads the rows of one table of one form."""

    def __init__(
        self,
        form: FormSpec,
        binding: FormColumns,
        table: Table,
        notice: Notice,
        normalisers: Mapping[str, Normaliser],
        account: SheetAccount,
    ) -> None:
        self._form, self._table, self._notice = form, table, notice
        self._account = account
        self._normalisers = normalisers
        self._visits = VisitReader(notice)
        self._value_columns = [c for c in binding.columns if c.kind == "value" and c.key != "visits"]
        self._tick_columns = [c for c in binding.columns if c.kind == "tick"]
        self._visit_columns = [
            c for c in binding.columns if c.kind == "visit" or (c.kind == "value" and c.key == "visits")
        ]
        self._extra_columns = [c for c in binding.columns if c.kind == "extra"]
        self._column_by_key = {c.key: c for c in reversed(self._value_columns)}
        self._name_column = self._column_by_key.get("name")
        self._id_column = self._column_by_key.get("id_number")
        self._all_columns = binding.columns
        self._number_continues_at = self._find_number_continuation()
        self._bound_columns = frozenset(
            (*(c.index for c in binding.columns), *filter(None, (self._number_continues_at,)))
        )
        self._proof_positions = [
            c.index
            for c in (*self._value_columns, *self._extra_columns)
            if c.key == "proof"
            or (c.kind == "extra" and any(word in c.heading for word in notice.proof_words))
        ]
        self._column_letters = {
            c.index: column_letters(c.index + table.sheet.first_col) for c in binding.columns
        }
        self._value_plan = [(c, c.index, c.key, self._choose_normaliser(c)) for c in self._value_columns]
        self._cell_normalisers = [(position, normalise) for _, position, _, normalise in self._value_plan]
        self._value_keys = [c.key for c in self._value_columns]
        self._row_width = max((c.index + 1 for c in self._value_columns), default=0)
        self._one_column_per_key = len(set(self._value_keys)) == len(self._value_keys) and not any(
            c.key in _SCHOOL_KEYS and "年级" in c.heading for c in self._value_columns
        )
        self._telling_columns = [
            c.index for c in (*self._value_columns, *self._visit_columns) if c.key not in _PREPRINTED_KEYS
        ]
        self._cells_from_above = _merged_down(table)
        self._heading_texts = {fold_text(c.heading.rpartition("/")[2]) for c in binding.columns}

    def _choose_normaliser(self, column: Column) -> Normaliser:
        """How the column's cells are read; where keys share them, each reads its own part."""
        normalise = self._normalisers[column.key]
        if not column.shared:
            return normalise
        fields = self._notice.fields
        kind = fields[column.key].kind
        others = [fields[key].kind for key in column.shared if key != column.key]
        return lambda cell: normalise(take_shared_part(cell_text(cell), kind, others))

    def read(self) -> TableRows:
        """Every row of the table's body, each for what it is."""
        result = TableRows()
        sheet = self._table.sheet
        row_above: Sequence[Cell] = ()
        first_row_by_student: dict[str, int] = {}
        in_notes = signed = False
        for index in self._table.body:
            row = self._join_number(self._fill_down(index, self._table.row(index), row_above))
            kind = self._classify_row(row, in_notes)
            if kind == "student" and signed and not self._has_name_and_number(row):
                continue  # below the signatures; the account asks about it if it may be a child
            signed = kind == "signature" or (signed and kind != "heading")
            self._place(index, kind)
            if kind == "blank":
                if result.records and self._continues_student(index):
                    result.records[-1] = self._with_more_visits(result.records[-1], row)
                continue
            if kind == "student":
                record = self._build_record(row, index + sheet.first_row, first_row_by_student)
                if result.records and self._continues_student(index) and not record.values.get("name"):
                    result.records[-1] = self._with_more_visits(result.records[-1], row)
                    continue
                result.records.append(record)
                row_above = row
            elif kind == "nil":
                result.nil = True
                if not result.records or len(max(map(cell_text, row), key=len)) > _LONGEST_FILLER:
                    result.said_nil = result.said_nil or index + sheet.first_row
            elif kind == "unchanged":
                result.unchanged = True
            elif kind in ("note", "signature"):
                in_notes = in_notes or kind == "note"
                result.lines_below.append("  ".join(text for cell in row if (text := cell_text(cell))))
        result.nil = result.nil and not result.records
        return result

    def _place(self, index: int, kind: str) -> None:
        """Tell the account what the row's cells are."""
        if kind in ("student", "blank"):
            self._account.place_columns(index, self._bound_columns)
        elif kind in ("example", "heading"):
            self._account.place_row(index)
        elif self._table.columns is None:
            self._account.place_furniture(index)
        else:
            self._account.place_columns(index, self._table.columns)

    def _fill_down(self, index: int, row: Sequence[Cell], row_above: Sequence[Cell]) -> Sequence[Cell]:
        """The row with what merged cells and 同上 stand for; never a name or an identity number."""
        merged = self._cells_from_above.get(index)
        if merged is None and DITTO.isdisjoint(row):
            return row
        copy: list[Cell] | None = None
        for column in self._value_columns:
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

    def _has_name_and_number(self, row: Sequence[Cell]) -> bool:
        name = cell_text(_cell_at(row, self._name_column))
        number = cell_text(_cell_at(row, self._id_column))
        return bool(name) and sum(char.isdigit() for char in f"{name}{number}") >= _LEAST_DIGITS

    def _join_number(self, row: Sequence[Cell]) -> Sequence[Cell]:
        """The row with an identity number that stands in two cells below one merged heading put together."""
        position = self._number_continues_at
        if position is None or position >= len(row):
            return row
        first, second = cell_text(row[position - 1]), cell_text(row[position])
        if not second or not first.isdigit() or len(first) >= _LEAST_DIGITS + 8:
            return row
        return [*row[: position - 1], first + second, None, *row[position + 1 :]]

    def _find_number_continuation(self) -> int | None:
        """The column beside the identity numbers' that has no heading of its own, being below theirs."""
        if self._id_column is None or self._id_column.shared:
            return None
        index, sheet = self._id_column.index, self._table.sheet
        rows = {row + sheet.first_row for row in self._table.heading_rows}
        column = index + sheet.first_col
        merged = any(r1 in rows and c1 <= column < c2 for r1, c1, _, c2 in sheet.merged)
        return index + 1 if merged and not any(c.index == index + 1 for c in self._all_columns) else None

    def _continues_student(self, index: int) -> bool:
        """Whether the name's cell is merged with the one above: another visit to the same student."""
        merged = self._cells_from_above.get(index)
        return merged is not None and self._name_column is not None and self._name_column.index in merged

    def _classify_row(self, row: Sequence[Cell], in_notes: bool) -> str:
        name = cell_text(_cell_at(row, self._name_column))
        number = _cell_at(row, self._id_column)
        plain = bool(number) and not in_notes and 2 <= len(name) <= 4 and len(str(number)) >= 15
        if plain and name not in _SAMPLE_NAMES and not self._is_example(row, name):
            return "student"
        texts = [text for cell in row if (text := cell_text(cell))]
        if not texts:
            return "blank"
        return self._classify_odd_row(row, texts, name, cell_text(number))

    def _classify_odd_row(self, row: Sequence[Cell], texts: Sequence[str], name: str, number: str) -> str:
        has_number = sum(char.isdigit() for char in number) >= 10
        first = fold_text(texts[0])
        lone = len(set(texts)) == 1
        if not has_number:
            if is_no_change("".join(text for text in texts if not text.isdigit())):
                return "unchanged"
            if self._says_nil(row, texts, name, number):
                return "nil"
            if any(_TOTAL.fullmatch(fold_text(text)) for text in texts[:3]):
                return "total"
            if not _NAME_SHAPED.fullmatch(name) and any(
                _SUBTOTAL.fullmatch(fold_text(text)) for text in texts
            ):
                return "total"
            if any(_END.fullmatch(fold_text(text)) for text in texts[:3]):
                return "note"
            if lone and (_NOTE.match(first) or len(first) > 12):
                return "signature" if is_signature(texts[0]) else "note"
            if (
                _NOTE.match(first)
                and len(first) > 2
                and (not name or _NOTE.match(fold_text(name)) or len(name) > 8)
            ):
                return "note"
            if is_signature("".join(texts)) and (not name or is_signature(name) or ":" in fold_text(name)):
                return "signature"
            if sum(fold_text(text) in self._heading_texts for text in texts) >= max(2, len(texts) // 2):
                return "heading"
        if self._is_example(row, name) or (
            fold_text(name) in _SAMPLE_NAMES
            and read_identity(_cell_at(row, self._id_column)).fault is not None
        ):
            return "example"
        if (name and not is_placeholder(name)) or (number and not is_placeholder(number)):
            return "student"
        substance = [
            text
            for position in self._telling_columns
            if position < len(row) and (text := cell_text(row[position])) and not is_placeholder(text)
        ]
        ticked = any(cell_text(_cell_at(row, column)) in TICKS for column in self._tick_columns)
        return "student" if substance or ticked else "blank"

    def _is_example(self, row: Sequence[Cell], name: str) -> bool:
        marks = (_cell_at(row, self._column_by_key.get("seq")), row[0] if row else None, name)
        seq, first, name = (mark if isinstance(mark, str) else "" for mark in marks)
        return any("例" in text or "样" in text or "模" in text for text in (seq, first, name)) and any(
            _EXAMPLE.fullmatch(fold_text(text)) is not None for text in (seq, first, name) if text
        )

    def _says_nil(self, row: Sequence[Cell], texts: Sequence[str], name: str, number: str) -> bool:
        """无 under the name with nothing else, or one sentence over the row (domain 2.0.2)."""
        phrases = [text for text in texts if not text.isdigit()]
        if not phrases:
            return False
        plain = [fold_text(text) for text in phrases]
        if name or number:
            nil = all(
                is_placeholder(text) or is_nil_cell(text, self._notice.nil_words)
                for text in (fold_text(name), fold_text(number))
                if text
            )
            remainder = [
                text
                for position in self._telling_columns
                if position < len(row) and (text := cell_text(row[position]))
            ]
            return nil and all(
                is_placeholder(text) or is_nil_cell(fold_text(text), self._notice.nil_words)
                for text in remainder
            )
        sentence = "".join(plain)
        if is_conditional(sentence) or _NOTE.match(sentence):
            return False
        return all(is_nil_cell(text, self._notice.nil_words) or is_placeholder(text) for text in plain)

    def _build_record(self, row: Sequence[Cell], number: int, first_row_by_student: dict[str, int]) -> Record:
        sheet = self._table.sheet.name
        problems: list[Problem] = []
        values = self._read_clean_values(row)
        if values is None:
            values = self._read_values(row, number, problems)
        for column in self._tick_columns:
            if cell_text(_cell_at(row, column)).strip().lower() in TICKS:
                values.setdefault(column.key, column.tick)
        extra: dict[str, Json] = {}
        if self._visit_columns:
            told = self._visits.visits_from_row(
                [(c, cell_text(_cell_at(row, c))) for c in self._visit_columns]
            )
            if told.visits:
                values["visits"] = list(told.visits)
            extra |= {column.heading: text for column, text in told.untold}
        for column in self._extra_columns:
            if text := cell_text(_cell_at(row, column)):
                extra[
                    column.heading if column.heading not in extra else f"{column.heading}#{column.index + 1}"
                ] = text
        if extra:
            values["extra"] = extra
        if pictures := self._count_proof_pictures(number):
            values["proof_pictures"] = pictures
        id_valid = "id_number" in values and not any(p.code in UNUSABLE_NUMBER_CODES for p in problems)
        problems += check_row(
            values,
            self._form,
            self._notice,
            sheet,
            number,
            self._cell_reference,
            first_row_by_student,
            id_valid=id_valid,
        )
        return Record(sheet=sheet, row=number, values=values, problems=tuple(problems))

    def _count_proof_pictures(self, number: int) -> int:
        """Pictures in the row's cells for proofs; a seal that floats over other cells proves nothing."""
        sheet = self._table.sheet
        return sum((number, column + sheet.first_col) in sheet.pictures for column in self._proof_positions)

    def _read_clean_values(self, row: Sequence[Cell]) -> dict[str, Json] | None:
        """The values of a row in which nothing is wrong and no cell says two things; None for other rows."""
        if not self._one_column_per_key:
            return None
        cells = [*row, *[None] * (self._row_width - len(row))]
        if CellError in set(map(type, cells)):
            return None
        normalised = [normalise(cells[position]) for position, normalise in self._cell_normalisers]
        if any(read.problem_code is not None or read.implied is not None for read in normalised):
            return None
        values: dict[str, Json] = {
            key: read.value
            for key, read in zip(self._value_keys, normalised, strict=True)
            if read.value is not None
        }
        for key in ("reason", "since"):
            if key in values:
                self._add_implied(key, cells[self._column_by_key[key].index], values)
        return values

    def _add_implied(self, key: str, cell: Cell, values: dict[str, Json]) -> None:
        """What else a reason or a time tells: its own words, its end."""
        if key == "reason":
            values["reason_text"] = cell_text(cell)
        elif key == "since" and isinstance(cell, str):
            values.update(self._visits.read_period(cell))

    def _read_values(self, row: Sequence[Cell], number: int, problems: list[Problem]) -> dict[str, Json]:
        """The values of any row; what is wrong is added to ``problems``."""
        values: dict[str, Json] = {}
        width = len(row)
        for column, position, key, normalise in self._value_plan:
            cell = row[position] if position < width else None
            if cell is None or cell == "":
                if key == "id_number" and key not in values:
                    problems.append(self._problem("id-missing", column, number, None))
                continue
            if cell.__class__ is CellError:
                problems.append(self._problem("formula-error", column, number, str(cell)))
                continue
            read = normalise(cell)
            if read is BLANK_VALUE:
                continue
            if read.problem_code is not None:
                problems.append(self._value_problem(read.problem_code, column, number, cell, read.value))
            value = read.value
            if value is None:
                continue
            if key in _SCHOOL_KEYS and "年级" in column.heading and isinstance(value, str):
                value, grade, class_name = split_school_and_grade(value)
                values.update({k: v for k, v in (("grade", grade), ("class_name", class_name)) if v})
            if key in values and key in _SEPARATOR_BY_KEY:
                value = f"{values[key]}{_SEPARATOR_BY_KEY[key]}{value}"
            values[key] = value
            if read.implied:
                for other, more in read.implied.items():
                    if other in self._form.fields:
                        values.setdefault(other, more)
            self._add_implied(key, cell, values)
        return values

    def _value_problem(self, code: str, column: Column, number: int, cell: Cell, value: Json) -> Problem:
        required = code == "value-unknown" and column.key in self._form.required
        sheet = self._table.sheet
        written = sheet.written.get((number - sheet.first_row, column.index), cell)
        shown = value if code.startswith("id-") and value is not None else cell_text(written)
        return self._problem(
            code, column, number, str(shown) if shown is not None else None, required=required
        )

    def _problem(
        self, code: str, column: Column, number: int, value: str | None, *, required: bool = False
    ) -> Problem:
        missing_yet = code == "id-missing" and value not in (None, "")  # 未上户口: said, not forgotten
        return make_problem(
            code,
            severity="error" if required else "warning" if missing_yet else None,
            sheet=self._table.sheet.name,
            row=number,
            cell=f"{self._column_letters[column.index]}{number}",
            field=column.key,
            value=value,
            heading=self._notice.fields[column.key].heading,
        )

    def _cell_reference(self, key: str, number: int) -> str | None:
        column = self._column_by_key.get(key)
        return f"{self._column_letters[column.index]}{number}" if column else None

    def _with_more_visits(self, record: Record, row: Sequence[Cell]) -> Record:
        cells = [(c, cell_text(_cell_at(row, c))) for c in self._visit_columns]
        more = self._visits.visits_from_row(cells).visits
        if not more:
            return record
        before = record.values.get("visits")
        values = dict(record.values)
        values["visits"] = self._visits.number_by_date([*(before if isinstance(before, list) else []), *more])
        return replace(record, values=values)


def _cell_at(row: Sequence[Cell], column: Column | None) -> Cell:
    return row[column.index] if column is not None and column.index < len(row) else None


def _merged_down(table: Table) -> dict[int, dict[int, Cell]]:
    """For each row index, the columns whose cell continues one merged from above, with that one's value."""
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
