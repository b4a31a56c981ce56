"""Classifies the rows below a heading: student, note, total, signature, example, blank."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from config.identity_numbers import read_identity
from config.notice import Notice
from config.text.text_folding import fold_text
from parsers.fields.normalise import cell_text, is_placeholder
from parsers.fields.person_names import looks_like_name
from parsers.formats.workbook import Cell
from parsers.forms.instructions import is_instruction
from parsers.forms.left_over.child_mentions import find_absent_children
from parsers.forms.rows.row_columns import RowColumns, cell_at
from parsers.forms.rows.signatures import is_signature, is_signature_row
from parsers.forms.sheet_rows import filled_texts
from parsers.forms.zero_report import instructs_to_report, is_nil_cell, is_no_change

RowKind = Literal["student", "blank", "unchanged", "nil", "total", "note", "signature", "heading", "example"]

_NOTE = re.compile(
    "(?:填[表报写])?(?:说明|要求|注意|须知|备注|注|示例说明)[事项意]*[:;.、1(].*|[注说]\\s*:.*|\\(?[1-9一二三四五六七八九][.、)].{6,}|[*※★].{6,}"
)
_PERSON = re.compile("[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,8}(?:·[\u4e00-\u9fff]{1,8})+")
_DATE = re.compile("20[0-9]{2}[-./年][0-9]{1,2}.{0,5}")
_NOTE_LABEL = re.compile("(?:填[表报写])?(?:说明|要求|注意|须知|备注|附注|注|另)[事项意]*[:]?")
_LONGEST_NAME = 4
_DIGITS_OF_A_NUMBER = 18
_LEAST_DIGITS = 10
"""The fewest digits that make a cell an identity number, even a wrong one."""
_END = re.compile("以下空白|以下无正文|此表完|表完|完毕|以下为空|[—-]{2,}.*空白.*")
_EXAMPLE = re.compile("(?:例|示例|样例|举例|范例|样表|模板):?[0-9]?|\\(例\\).*|示例.*|例如.*|填写示例.*")
_EXAMPLE_MARK = re.compile("[例样模]")
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
        "x",
        "×",
        "×××",
        "××",
        "张××",
        "***",
        "**",
    }
)


_HINTS = frozenset(
    {"必填", "必填项", "选填", "选填项", "非必填", "可不填", "可选", "文本", "文本格式", "文字", "字符", "常规", "下拉", "下拉选择", "单选",
     "手填", "手工填写", "自动生成", "同户口簿", "与户口簿一致", "与身份证一致", "学生姓名全称", "真实姓名"}
)  # fmt: skip
"""The texts below 姓名 in templates that explain how to fill it in."""


@dataclass(frozen=True, slots=True)
class _Totals:
    total: re.Pattern[str]
    subtotal: re.Pattern[str]
    name_shaped: re.Pattern[str]


@lru_cache(maxsize=8)
def _compile_totals(totals: tuple[str, ...]) -> _Totals:
    words = "|".join(totals)
    return _Totals(
        re.compile(f"(?:{words}|本页|本村|人数):?.{{0,20}}|共:?[0-9]+[人名].{{0,10}}"),
        re.compile(f".{{0,12}}(?:{words})[:]?[0-9]{{0,5}}[人名条]?"),
        re.compile(f"(?!.*(?:{words}))[\u4e00-\u9fff· ]{{2,}}"),
    )


@dataclass(frozen=True)
class _OddRow:
    """A row that is not empty and not obviously a student's."""

    cells: Sequence[Cell]
    texts: Sequence[str]
    """The texts of the filled cells."""
    name: str
    number: str

    @cached_property
    def words(self) -> Sequence[str]:
        """The texts that are not numbers, or all texts where there are only numbers."""
        return [text for text in self.texts if not text.isdigit()] or self.texts

    @cached_property
    def first(self) -> str:
        return fold_text(self.words[0])

    @cached_property
    def lone(self) -> bool:
        """Whether all words are equal, as in a merged row."""
        return len(set(self.words)) == 1

    @cached_property
    def has_number(self) -> bool:
        return sum(char.isdigit() for char in self.number) >= _LEAST_DIGITS


class RowClassifier:
    """Classifies the rows of one table."""

    def __init__(self, columns: RowColumns, notice: Notice) -> None:
        self._columns, self._notice = columns, notice
        self._signatures = notice.wording.signatures
        self._totals = _compile_totals(notice.wording.totals)
        self._heading_texts = {fold_text(c.heading.rpartition("/")[2]) for c in columns.all}

    def find_plain_students(self, rows: Sequence[Sequence[Cell]]) -> frozenset[int]:
        """Returns the indices of rows that are certainly students, having a name and an 18-character identity number."""
        if self._columns.name is None or self._columns.id_number is None:
            return frozenset()
        name_at, number_at = self._columns.name.index, self._columns.id_number.index
        width = max(name_at, number_at)
        indices = [
            index
            for index, row in enumerate(rows)
            if len(row) > width
            and (number := row[number_at]).__class__ is str
            and len(number) == _DIGITS_OF_A_NUMBER
            and number[:-1].isdigit()
            and (name := row[name_at]).__class__ is str
            and name.isalpha()
            and 2 <= len(name) <= _LONGEST_NAME
            and name not in _SAMPLE_NAMES
        ]
        if _EXAMPLE_MARK.search(self._join_marks(rows)):
            indices = [index for index in indices if self.classify(rows[index], in_notes=False) == "student"]
        return frozenset(indices)

    def _join_marks(self, rows: Sequence[Sequence[Cell]]) -> str:
        """Returns the texts of the cells in which an example row may be marked with 例, joined by newlines."""
        positions = {0, *(c.index for c in (self._columns.seq, self._columns.name) if c is not None)}
        cells = [row[position] for position in positions for row in rows if position < len(row)]
        return "\n".join([cell for cell in cells if isinstance(cell, str)])

    def classify(self, row: Sequence[Cell], in_notes: bool) -> RowKind:
        """Returns the kind of a row; ``in_notes`` is true below the beginning of notes."""
        name = cell_text(cell_at(row, self._columns.name))
        number = cell_at(row, self._columns.id_number)
        plain = bool(number) and not in_notes and 2 <= len(name) <= 4 and len(str(number)) >= 15
        if plain and name not in _SAMPLE_NAMES and not self._is_example(row, name):
            return "student"
        texts = filled_texts(row)
        if not texts:
            return "blank"
        return self._classify_odd_row(_OddRow(row, texts, name, cell_text(number)))

    def _classify_odd_row(self, row: _OddRow) -> RowKind:
        is_heading = self._is_heading(row.texts)
        if self._columns.name and not is_heading and self._is_signed(row.texts):
            return "signature"
        if not row.has_number:
            if (kind := self._classify_phrase(row) or self._classify_furniture(row)) is not None:
                return kind
            if is_heading:
                return "heading"
        if self._is_example(row.cells, row.name) or (
            fold_text(row.name) in _SAMPLE_NAMES
            and read_identity(cell_at(row.cells, self._columns.id_number)).fault is not None
        ):
            return "example"
        if not row.has_number and _is_hint(fold_text(row.name), row.texts):
            return "example"
        if not row.has_number and row.name.isdigit() and not self._says_more(row.cells):
            return "blank"  # a number where the name would stand
        if any(text and not is_placeholder(text, self._notice) for text in (row.name, row.number)):
            return "student"
        return self._classify_nameless(row)

    def _classify_phrase(self, row: _OddRow) -> RowKind | None:
        """Returns the kind of a row whose words report no change, nothing or a total; None for other words."""
        if self._is_note_beside_label(row.texts) or (
            row.lone and find_absent_children(row.first, self._notice)
        ):
            return "note"
        if not looks_like_name(fold_text(row.name)) and is_no_change(
            "".join(text for text in row.texts if not text.isdigit()), self._notice
        ):
            return "unchanged"
        if self._says_nil(row.cells, row.texts, row.name, row.number):
            return "nil"
        if any(self._totals.total.fullmatch(fold_text(text)) for text in row.texts[:3]):
            return "total"
        if not self._totals.name_shaped.fullmatch(row.name) and any(
            self._totals.subtotal.fullmatch(fold_text(text)) for text in row.texts
        ):
            return "total"
        return None

    def _classify_furniture(self, row: _OddRow) -> RowKind | None:
        """Returns the kind of a row that is an end mark, a note or signatures; None for any other row."""
        if any(_END.fullmatch(fold_text(text).strip("()[]")) for text in row.texts[:3]):
            return "note"
        first, name = row.first, row.name
        if row.lone and (_NOTE.match(first) or len(first) > 12 or instructs_to_report(first, self._notice)):
            return "signature" if is_signature(row.words[0], self._signatures) else "note"
        if (
            _NOTE.match(first)
            and len(first) > 2
            and (not name or _NOTE.match(fold_text(name)) or len(name) > 8)
        ):
            return "note"
        if is_signature("".join(row.texts), self._signatures) and (
            not name or is_signature(name, self._signatures) or ":" in fold_text(name)
        ):
            return "signature"
        return None

    def _classify_nameless(self, row: _OddRow) -> RowKind:
        """Classifies a row without a name and a number: a student's where another cell is filled in or ticked."""
        substance = [
            text
            for position in self._columns.telling
            if position < len(row.cells)
            and (text := cell_text(row.cells[position]))
            and not is_placeholder(text, self._notice)
        ]
        if len(substance) == 1 and row.lone and fold_text(substance[0]) in self._notice.own_words:
            return "blank"  # of a list of values beside the table
        ticked = any(
            cell_text(cell_at(row.cells, column)) in self._notice.wording.answers.ticks
            for column in self._columns.ticks
        )
        return "student" if substance or ticked else "blank"

    def names_student(self, row: Sequence[Cell]) -> bool:
        """Returns whether a row has a name, and beside it something that only students have: no other name, date or duty."""
        name = fold_text(cell_text(cell_at(row, self._columns.name)))
        if not _PERSON.fullmatch(name):
            return False
        if cell_text(cell_at(row, self._columns.seq)).isdigit():
            return True
        return any(
            position < len(row)
            and (text := fold_text(cell_text(row[position])))
            and not is_placeholder(text, self._notice)
            and not looks_like_name(text)
            and not _DATE.fullmatch(text)
            for position in self._columns.descriptive
        )

    def is_own_word(self, text: str) -> bool:
        """Returns whether a text that may look like a name is a heading or value of the notice."""
        return fold_text(text) in self._notice.own_words

    def _is_note_beside_label(self, texts: Sequence[str]) -> bool:
        """Returns whether the row is 备注 or 说明 in one cell and a sentence in the next."""
        return (
            len(texts) == 2
            and _NOTE_LABEL.fullmatch(fold_text(texts[0])) is not None
            and (len(texts[1]) > _LONGEST_NAME or is_placeholder(texts[1], self._notice))
        )

    def _is_heading(self, texts: Sequence[str]) -> bool:
        return sum(fold_text(text) in self._heading_texts for text in texts) >= max(2, len(texts) // 2)

    def _is_signed(self, texts: Sequence[str]) -> bool:
        """Returns whether the row is signatures, with no word of a child out of school in it."""
        return is_signature_row(texts, self._signatures) and not any(
            text in self._notice.absence_words for text in texts
        )

    def _says_more(self, row: Sequence[Cell]) -> bool:
        """Returns whether a row has a cell that describes the person named in it."""
        return any(position < len(row) and cell_text(row[position]) for position in self._columns.descriptive)

    def _is_example(self, row: Sequence[Cell], name: str) -> bool:
        seq, first = cell_at(row, self._columns.seq), row[0] if row else None
        marks = f"{seq}{first}{name}"
        if not _EXAMPLE_MARK.search(marks):
            return False
        return any(
            isinstance(text, str) and text and _EXAMPLE.fullmatch(fold_text(text)) is not None
            for text in (seq, first, name)
        )

    def _says_nil(self, row: Sequence[Cell], texts: Sequence[str], name: str, number: str) -> bool:
        """Returns whether the row is a zero report: 无 under the name with nothing else, or one sentence over the row."""
        if fold_text(name) == "0" and all(text.isdigit() for text in texts):
            return True  # 1 | 0: the name's cell says none
        phrases = [text for text in texts if not text.isdigit()]
        if not phrases:
            return False
        plain = [fold_text(text) for text in phrases]
        sentence = "".join(plain) if not (name or number) else fold_text(name + number)
        if is_instruction(sentence, self._notice) or _NOTE.match(sentence):
            return False  # 注:无此类学生的也须零报告
        if name or number:
            nil = all(
                is_placeholder(text, self._notice) or is_nil_cell(text, self._notice)
                for text in (fold_text(name), fold_text(number))
                if text
            )
            remainder = [
                text
                for position in self._columns.telling
                if position < len(row) and (text := cell_text(row[position]))
            ]
            return nil and all(
                is_placeholder(text, self._notice) or is_nil_cell(fold_text(text), self._notice)
                for text in remainder
            )
        return all(is_nil_cell(text, self._notice) or is_placeholder(text, self._notice) for text in plain)


def _is_hint(name: str, texts: Sequence[str]) -> bool:
    """Returns whether the text in the name's cell explains how to fill it in: 必填, or (与户口簿一致) among other brackets."""
    folded = [fold_text(text) for text in texts]
    return name.strip("()") in _HINTS or all(text.startswith("(") and text.endswith(")") for text in folded)
