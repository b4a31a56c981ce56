"""Which column is which: headings bound to a form's keys by what they say, never by where they stand."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from config.notice import FormSpec, Notice
from config.text_folding import fold_text

_MARKS = re.compile(r"[*★☆▲:;、,。.?!#\"'“”‘’_|~—-]+")
_BRACKETED = re.compile(r"[((\[【{〔<《][^()()\[\]【】{}〔〕<>《》]*[))\]】}〕>》]")
_BRACKETS = re.compile(r"[()()\[\]【】{}〔〕<>《》]")
_OWNER = re.compile(
    "^(?:该)?(?:学生|儿童少年|儿童|幼儿|孩子|本人|适龄儿童|适龄学生|失学学生|辍学学生|学员)(?:的)?"
)
_NTH = re.compile("第?([一二三四五六七八九十1-9])(?:次|回)")
_PARENT = re.compile("^(?:父亲|母亲|爸爸|妈妈|父|母)(.*)$")
_REGION_PART = re.compile("省|市|县|区|自治区|直辖市")
_GROUP_GLUE = "/"
_REMEMBERED = 2_000

_VISIT_PARTS: tuple[tuple[str, str], ...] = (
    ("date", "时间|日期|年月日"),
    ("place", "地点|地址|处所"),
    ("people", "劝返人|走访人|人员|老师|教师|干部|参与人|责任人"),
    ("result", "结果|是否返校|成效|效果"),
    ("content", "情况|内容|记录|过程|方式|措施|谈话|经过"),
)
"""What a column below 第一次劝返 holds, by the words in its heading; the first that fits."""

Role = Literal["value", "tick", "visit", "extra"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where it stands, its heading as written, and what it holds.

    ``role`` says how cells are read: one ``value`` of ``key``; a ``tick`` that says ``key`` is
    ``tick``; part ``part`` of visit ``number``; or ``extra``, kept under its heading.
    """

    index: int
    heading: str
    role: Role
    key: str = ""
    tick: str = ""
    number: int = 0
    part: str = ""


@dataclass(frozen=True)
class Binding:
    """A form's columns in one table."""

    form: str
    columns: tuple[Column, ...]

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(column.key for column in self.columns if column.key)


def fold_heading(text: str) -> str:
    """Blanks, marks and line breaks gone, brackets opened: 户籍 所在地(乡镇): → 户籍所在地乡镇."""
    return _MARKS.sub("", _BRACKETS.sub("", fold_text(text))).replace("/", "")


def _bare(text: str) -> str:
    """The same without what stands in brackets: 联系电话(必填) → 联系电话."""
    return fold_heading(_BRACKETED.sub("", fold_text(text)))


class Headings:
    """The notice's headings, folded, ready to be looked up form by form."""

    def __init__(self, notice: Notice) -> None:
        self._notice = notice
        self._bound: dict[tuple[str, tuple[tuple[str, ...], ...]], Binding] = {}
        self._of_form = {form.key: _spellings(form, notice) for form in notice.forms}
        self._values = {
            key: {
                fold_text(s): value
                for value, more in notice.vocabularies[spec.choices].values.items()
                for s in (value, *more)
            }
            for key, spec in notice.fields.items()
            if spec.choices is not None
        } | {"sex": {"男": "男", "女": "女"}}

    @cached_property
    def known(self) -> frozenset[str]:
        """Every folded heading of every form: what makes a row look like a heading row."""
        return frozenset(spelling for found in self._of_form.values() for spelling in found)

    def is_known(self, text: str) -> bool:
        """Whether a text is a heading of any form; asked of many cells, so most are refused at a glance."""
        if len(text) > 40 or text[:1].isdigit():
            return False
        if text.isalpha():  # nothing to fold
            return text.lower() in self.known or (len(text) > 4 and _OWNER.sub("", text) in self.known)
        bare = _bare(text)
        return fold_heading(text) in self.known or bare in self.known or _OWNER.sub("", bare) in self.known

    def is_name(self, text: str) -> bool:
        """Whether a heading stands above the students' names."""
        return any(self.key(form.key, text) == "name" for form in self._notice.forms)

    def key(self, form: str, text: str) -> str | None:
        """The key that a heading means in this form, or None."""
        known = self._of_form[form]
        folded = fold_heading(text)
        if folded in known:
            return known[folded]
        bare = _bare(text)
        if bare in known:
            return known[bare]
        return known.get(_OWNER.sub("", bare)) if bare else None

    def bind(self, form: FormSpec, levels: tuple[tuple[str, ...], ...]) -> Binding:
        """Bind each column; ``levels`` are its headings from the group above down to its own.

        Units copy one template, so the same levels come again and again and are remembered.
        """
        key = (form.key, levels)
        if key not in self._bound:
            if len(self._bound) > _REMEMBERED:
                self._bound.clear()
            self._bound[key] = self._bind(form, levels)
        return self._bound[key]

    def _bind(self, form: FormSpec, levels: tuple[tuple[str, ...], ...]) -> Binding:
        columns: list[Column] = []
        taken: set[str] = set()
        neighbour = ""
        for index, stack in enumerate(levels):
            column = self._column(form, index, [text for text in dict.fromkeys(stack) if text], neighbour)
            if column is None:
                continue
            if column.role == "value":
                if column.key in taken and column.key not in _JOINED:
                    column = Column(index, column.heading, "extra")
                else:
                    taken.add(column.key)
                    neighbour = column.key
            columns.append(column)
        columns = _visit_a_row(form, columns)
        return Binding(form.key, self._without_lone_ticks(columns, taken))

    def _column(self, form: FormSpec, index: int, stack: Sequence[str], neighbour: str) -> Column | None:
        if not stack:
            return None
        heading = _GROUP_GLUE.join(text.replace("\n", "") for text in stack)
        own = stack[-1]
        if (visit := self._visit(form, index, heading, stack)) is not None:
            return visit
        if len(stack) > 1 and (tick := self._tick(form, index, heading, stack)) is not None:
            return tick
        for text in dict.fromkeys((heading, "".join(stack[-2:]), own)):
            key = self.key(form.key, text)
            if key is not None:
                return Column(index, heading, "value", self._in_context(form, key, own, neighbour))
        group = self.key(form.key, stack[0]) if len(stack) > 1 else None
        if (
            group in ("school", "school_region", "previous_school")
            and _REGION_PART.search(own)
            and "school_region" in form.fields
        ):
            return Column(index, heading, "value", "school_region")
        if (match := _PARENT.match(_bare(own))) and (rest := match[1] or "姓名"):
            for text in (f"监护人{rest}", f"家长{rest}"):
                if (key := self.key(form.key, text)) is not None:
                    return Column(index, heading, "value", key)
        if len(stack) == 1 and (tick := self._tick(form, index, heading, stack)) is not None:
            return tick
        return Column(index, heading, "extra")

    def _in_context(self, form: FormSpec, key: str, own: str, neighbour: str) -> str:
        """A bare 电话 belongs to the person named in the column before it."""
        if key == "guardian_phone" and re.fullmatch("(?:联系)?电话(?:号码)?|手机号?码?|联系方式", _bare(own)):
            beside = {"head_teacher": "head_teacher_phone", "responsible_person": "responsible_phone"}.get(
                neighbour
            )
            if beside in form.fields:
                return beside or key
        return key

    def _tick(self, form: FormSpec, index: int, heading: str, stack: Sequence[str]) -> Column | None:
        own = fold_text(stack[-1])
        for key in ("status", "household_category", "sex", "outcome", "attendance_mode"):
            if key in form.fields and (value := self._values.get(key, {}).get(own)) is not None:
                group = self.key(form.key, stack[-2]) if len(stack) > 1 else None
                if group in (None, key) and own not in ("是", "否", "无", "其他"):
                    return Column(index, heading, "tick", key, tick=value)
        return None

    def _visit(self, form: FormSpec, index: int, heading: str, stack: Sequence[str]) -> Column | None:
        if "visits" not in form.fields:
            return None
        joined = "".join(stack)
        match = _NTH.search(joined)
        if match and (
            "劝返" in joined
            or "走访" in joined
            or "家访" in joined
            or _NTH.fullmatch(fold_text(stack[-1]))
            or len(stack) > 1
        ):
            number = "〇一二三四五六七八九十".find(match[1])
            rest = _NTH.sub("", stack[-1]).replace("劝返", "") if _NTH.search(stack[-1]) else stack[-1]
            part = next((name for name, words in _VISIT_PARTS if re.search(words, rest)), "text")
            return Column(
                index, heading, "visit", "visits", number=number if number > 0 else int(match[1]), part=part
            )
        if len(stack) > 1 and self.key(form.key, stack[0]) == "visits":
            held = next((name for name, words in _VISIT_PARTS if re.search(words, stack[-1])), None)
            if held:
                return Column(index, heading, "visit", "visits", number=0, part=held)
        return None

    def _without_lone_ticks(self, columns: Sequence[Column], taken: set[str]) -> tuple[Column, ...]:
        """One lone column headed 休学 ticks nothing; two or more of a kind do, where no column says it in words."""
        kinds = [column.key for column in columns if column.role == "tick"]
        return tuple(
            Column(column.index, column.heading, "extra")
            if column.role == "tick" and (kinds.count(column.key) < 2 or column.key in taken)
            else column
            for column in columns
        )


_JOINED = frozenset({"guardian", "guardian_phone", "school_region"})
"""Keys that several columns may fill together (父亲姓名, 母亲姓名; 省, 市, 县)."""


_VISIT_DATE = re.compile("(?:劝返|走访|家访)(?:的)?(?:时间|日期)")
_VISIT_PART = re.compile(
    "(?:劝返|走访|家访)(?:人|老师|教师|地点|地址|方式|情况|内容|记录|过程|经过|结果|效果)"
)


def _visit_a_row(form: FormSpec, columns: Sequence[Column]) -> list[Column]:
    """In a register with one visit a row, 劝返时间、劝返人员、劝返结果 side by side are parts of that visit."""
    own = [fold_heading(column.heading.rpartition(_GROUP_GLUE)[2]) for column in columns]
    dated = any(_VISIT_DATE.fullmatch(text) for text in own)
    parts = [bool(_VISIT_PART.match(text)) for text in own]
    if "visits" not in form.fields or not dated or not any(parts):
        return list(columns)
    found: list[Column] = []
    for column, text, is_part in zip(columns, own, parts, strict=True):
        if column.role in ("value", "extra") and (is_part or _VISIT_DATE.fullmatch(text)):
            part = next((name for name, words in _VISIT_PARTS if re.search(words, text)), "content")
            column = Column(column.index, column.heading, "visit", "visits", number=0, part=part)
        found.append(column)
    return found


def _spellings(form: FormSpec, notice: Notice) -> dict[str, str]:
    found: dict[str, str] = {}
    for fold in (fold_heading, _bare):
        for key in form.fields:
            spec = notice.fields[key]
            for spelling in (spec.heading, *spec.synonyms):
                if folded := fold(spelling):
                    found.setdefault(folded, key)
    return found
