"""Binds columns to a form's fields by their headings, whatever their order."""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache

from config.notice import FormSpec, Notice
from config.text.text_folding import fold_text
from parsers.fields.shared_cells import EXTRACTABLE_KINDS
from parsers.forms.headings.columns import Column, FormColumns
from parsers.forms.headings.heading_text import (
    GROUP_SEPARATOR,
    fold_group,
    fold_heading,
    fold_without_brackets,
    join_headings,
)
from parsers.forms.headings.visit_headings import VisitHeadings

_PARENT_PREFIX = re.compile("^(?:父亲|母亲|爸爸|妈妈|父|母)(.*)$")
_REGION_PART = re.compile("省|市|县|区|自治区|直辖市")
_HEADING_PARTS = re.compile(r"[、/,+;()\[\]【】]|以及|及|和|与")
_SCHOOL_KEYS = ("school", "previous_school")
_KEYS_BESIDE_SCHOOL = ("grade", "class_name", "stage")
_TICK_KEYS = ("status", "household_category", "sex", "outcome", "attendance_mode")
_NO_TICK_HEADINGS = frozenset({"是", "否", "无", "其他"})
_LONGEST_PART_NAME = 2
"""The most characters of a heading below 劝返情况 that is taken as a part of the visit (时间, 结果, 人员)."""
_MAX_BINDINGS = 2_000
_MAX_FOUND_KEYS = 20_000


class Headings:
    """The notice's headings, folded and indexed by form."""

    def __init__(self, notice: Notice) -> None:
        self._notice = notice
        self.visits = VisitHeadings(notice.wording.visits)
        self.signatures = notice.wording.signatures
        self._found_keys: dict[tuple[str, str], str | None] = {}
        self.is_name_heading = lru_cache(maxsize=_MAX_BINDINGS)(self._is_name_heading)
        self._bindings: dict[tuple[str, tuple[tuple[str, ...], ...]], FormColumns] = {}
        self._keys_by_form = {form.key: _collect_spellings(form, notice) for form in notice.forms}
        self._choices_by_key = {
            key: {
                fold_text(s): value
                for value, more in notice.vocabularies[spec.choices].values.items()
                for s in (value, *more)
            }
            for key, spec in notice.fields.items()
            if spec.choices is not None
        } | {"sex": {"男": "男", "女": "女"}}

    @cached_property
    def _student_prefix(self) -> re.Pattern[str]:
        """Returns a pattern for the prefix that makes a heading the student's: 适龄儿童姓名, 辍学学生姓名."""
        words = self._notice.wording.student
        status = self._notice.vocabularies.get("status")
        out = "|".join(map(re.escape, sorted(status.meant("out")))) if status else ""
        of_status = (f"(?:{out})(?:{words[0]})",) if out and words else ()
        return re.compile(f"^(?:该)?(?:{'|'.join((*words, *of_status)) or '(?!)'})(?:的)?")

    @cached_property
    def _status_word(self) -> re.Pattern[str]:
        words = sorted(self._choices_by_key.get("status", {}), key=len, reverse=True)
        return re.compile("|".join(map(re.escape, words)) or "(?!)")

    @cached_property
    def _status_list(self) -> re.Pattern[str]:
        return re.compile(f"(?:(?:{self._status_word.pattern})[、/,和或及与()]*)+")

    @cached_property
    def spellings(self) -> frozenset[str]:
        """The folded headings of all forms; a row with enough of them looks like a heading row."""
        return frozenset(spelling for result in self._keys_by_form.values() for spelling in result)

    def is_heading(self, text: str) -> bool:
        """Returns whether a text is a heading of any form.

        It is called for many cells, so most are refused by cheap tests first.
        """
        if len(text) > 40 or text[:1].isdigit():
            return False
        if text.isalpha() and "的" not in text:  # nothing to fold
            return (
                text.lower() in self.spellings
                or (len(text) > 4 and self._student_prefix.sub("", text) in self.spellings)
                or self._names_several(text)
            )
        bare = fold_without_brackets(text)
        return (
            fold_heading(text) in self.spellings
            or bare in self.spellings
            or self._student_prefix.sub("", bare) in self.spellings
            or self._names_several(text)
        )

    def _names_several(self, text: str) -> bool:
        """Returns whether a text is two headings joined (姓名及身份证号), one of them recognisable by its digits."""
        if _HEADING_PARTS.search(text) is None:
            return False
        return any(self._find_shared_keys(form, text, "") for form in self._notice.forms)

    def _is_name_heading(self, text: str) -> bool:
        """Returns whether a heading is that of the students' names."""
        return any(
            self.find_key(form.key, text) == "name"
            or (_HEADING_PARTS.search(text) is not None and "name" in self._find_shared_keys(form, text, ""))
            for form in self._notice.forms
        )

    def is_name_column(self, stack: Sequence[str]) -> bool:
        """Returns whether a column's headings, listed from the group down, are those of the students' names."""
        if not stack or not self.is_name_heading(stack[-1]):
            return False
        return self._find_keys(stack) <= {None, "name"}

    def is_id_column(self, stack: Sequence[str]) -> bool:
        """Returns whether a column's headings, listed from the group down, are those of the students' identity numbers."""
        if not stack:
            return False
        keys = self._find_keys(stack)
        return "id_number" in keys and keys <= {None, "id_number"}

    def _find_keys(self, stack: Sequence[str]) -> set[str | None]:
        """Returns the keys that a column's headings, alone or joined with their group's, have in any form on children."""
        texts = dict.fromkeys((*join_headings(stack), stack[-1]))
        forms = [form for form in self._notice.forms if "name" in form.fields]
        return {self.find_key(form.key, text) for form in forms for text in texts}

    def mean_the_same(self, one: str, other: str) -> bool:
        """Returns whether two headings belong to one field in any form."""
        keys = ((self.find_key(form.key, one), self.find_key(form.key, other)) for form in self._notice.forms)
        return any(key is not None and key == again for key, again in keys)

    def is_choice(self, text: str) -> bool:
        """Returns whether a text is a value that may head a column of ticks (辍学, 脱贫户)."""
        folded = fold_text(text)
        return folded not in _NO_TICK_HEADINGS and any(
            folded in self._choices_by_key.get(key, {}) for key in _TICK_KEYS
        )

    def find_key(self, form: str, text: str) -> str | None:
        """Returns the key of a heading in this form, or None; results are cached because the same texts recur."""
        if (form, text) not in self._found_keys:
            if len(self._found_keys) > _MAX_FOUND_KEYS:
                self._found_keys.clear()
            self._found_keys[form, text] = self._find_key(form, text)
        return self._found_keys[form, text]

    def _find_key(self, form: str, text: str) -> str | None:
        spellings = self._keys_by_form[form]
        folded = fold_heading(text)
        if folded in spellings:
            return spellings[folded]
        bare = fold_without_brackets(text)
        if bare in spellings:
            return spellings[bare]
        if (key := spellings.get(self._student_prefix.sub("", bare)) if bare else None) is not None:
            return key
        return self._find_key_of_list(spellings, text)

    def _find_key_of_list(self, spellings: Mapping[str, str], text: str) -> str | None:
        """Returns the key of a heading that joins several statuses (辍学、休学时间), if each gives the same key."""
        plain = fold_text(text)
        head = self._status_list.match(plain)
        if head is None or not (remainder := fold_heading(plain[head.end() :])):
            return None
        written = self._status_word.findall(head[0])
        statuses = {*written, *(self._choices_by_key["status"][word] for word in written)}
        keys = {spellings[fold] for s in statuses if (fold := fold_heading(s) + remainder) in spellings}
        return keys.pop() if len(written) > 1 and len(keys) == 1 else None

    def bind(self, form: FormSpec, heading_levels: tuple[tuple[str, ...], ...]) -> FormColumns:
        """Binds each column to a field of the form; ``heading_levels`` lists a column's headings from the group down.

        Results are cached, because units copy one template and the same headings recur.
        """
        key = (form.key, heading_levels)
        if key not in self._bindings:
            if len(self._bindings) > _MAX_BINDINGS:
                self._bindings.clear()
            self._bindings[key] = self._bind(form, heading_levels)
        return self._bindings[key]

    def _bind(self, form: FormSpec, heading_levels: tuple[tuple[str, ...], ...]) -> FormColumns:
        columns: list[Column] = []
        seen_keys: set[str] = set()
        previous_key = ""
        for index, stack in enumerate(heading_levels):
            texts = [text for text in dict.fromkeys(stack) if text]
            if len(shared := self._bind_shared(form, index, texts, previous_key)) > 1:
                columns += shared
                seen_keys.update(column.key for column in shared)
                continue
            column = self._bind_column(form, index, texts, previous_key)
            if column is None:
                continue
            if column.kind == "value" and (column.key not in seen_keys or column.key in _MULTI_COLUMN_KEYS):
                seen_keys.add(column.key)
                previous_key = column.key
            columns.append(column)
        # A column that is bound to a visit (结果) leaves its field to the other column of that field (是否返校).
        columns = _without_second_columns(self.visits.bind_one_visit_per_row(form, columns))
        return FormColumns(form.key, self._without_lone_ticks(columns))

    def _bind_column(
        self, form: FormSpec, index: int, stack: Sequence[str], previous_key: str
    ) -> Column | None:
        if not stack:
            return None
        heading = GROUP_SEPARATOR.join(text.replace("\n", "") for text in stack)
        lowest = stack[-1]
        if (visit := self._bind_visit(form, index, heading, stack)) is not None:
            return visit
        if len(stack) > 1 and (tick := self._bind_tick(form, index, heading, stack)) is not None:
            return tick
        own_key = self.find_key(form.key, lowest)
        above = self._find_group_key(form, stack[-2]) if len(stack) > 1 else None
        for text in dict.fromkeys((*join_headings(stack), lowest)):
            key = self.find_key(form.key, text)
            if key in _SCHOOL_KEYS and key == above and own_key in _KEYS_BESIDE_SCHOOL:
                continue  # 就读学校 over 年级 reads like 就读学校、年级, which is one column's heading
            if key is not None:
                return Column(
                    index, heading, "value", self._resolve_bare_phone(form, key, lowest, previous_key)
                )
        group = self.find_key(form.key, stack[0]) if len(stack) > 1 else None
        if (
            group in ("school", "school_region", "previous_school")
            and _REGION_PART.search(lowest)
            and "school_region" in form.fields
        ):
            return Column(index, heading, "value", "school_region")
        if (match := _PARENT_PREFIX.match(fold_without_brackets(lowest))) and (
            remainder := match[1] or "姓名"
        ):
            for text in (f"监护人{remainder}", f"家长{remainder}"):
                if (key := self.find_key(form.key, text)) is not None:
                    return Column(index, heading, "value", key)
        if len(stack) == 1 and (tick := self._bind_tick(form, index, heading, stack)) is not None:
            return tick
        return Column(index, heading, "extra")

    def _find_group_key(self, form: FormSpec, group: str) -> str | None:
        """Returns the key of a group's heading, with or without its empty words: 就读学校情况 as 就读学校."""
        key = self.find_key(form.key, group)
        return key or self.find_key(form.key, fold_group(group))

    def _bind_shared(
        self, form: FormSpec, index: int, stack: Sequence[str], previous_key: str
    ) -> list[Column]:
        """Returns one column for each key of a heading that names several (姓名及身份证号).

        All but one of the keys must be recognisable by the digits of their values.
        """
        distinct = self._find_shared_keys(form, stack[-1], previous_key) if stack else ()
        return [Column(index, stack[-1], "value", key, shared=distinct) for key in distinct]

    def _find_shared_keys(self, form: FormSpec, heading: str, previous_key: str) -> tuple[str, ...]:
        if fold_heading(heading) in self._keys_by_form[form.key]:
            return ()
        keys: list[str] = []
        for part in _HEADING_PARTS.split(fold_text(heading)):
            key = self.find_key(form.key, part) if part else None
            if key is not None:
                keys.append(self._resolve_bare_phone(form, key, part, keys[-1] if keys else previous_key))
        distinct = tuple(dict.fromkeys(keys))
        plain = [key for key in distinct if self._notice.fields[key].kind not in EXTRACTABLE_KINDS]
        return distinct if len(distinct) > 1 and len(plain) <= 1 else ()

    def _resolve_bare_phone(self, form: FormSpec, key: str, lowest: str, previous_key: str) -> str:
        """Returns the key of a bare 电话: that of the person in the column before it."""
        if key == "guardian_phone" and re.fullmatch(
            "(?:联系)?电话(?:号码)?|手机号?码?|联系方式", fold_without_brackets(lowest)
        ):
            phone_key = {"head_teacher": "head_teacher_phone", "responsible_person": "responsible_phone"}.get(
                previous_key
            )
            if phone_key in form.fields:
                return phone_key or key
        return key

    def _bind_tick(self, form: FormSpec, index: int, heading: str, stack: Sequence[str]) -> Column | None:
        lowest = fold_text(stack[-1])
        for key in _TICK_KEYS:
            if key in form.fields and (value := self._choices_by_key.get(key, {}).get(lowest)) is not None:
                group = self.find_key(form.key, stack[-2]) if len(stack) > 1 else None
                is_choice = group is not None and self._notice.fields[group].kind == "choice"
                if (group in (None, key) or is_choice) and lowest not in _NO_TICK_HEADINGS:
                    return Column(index, heading, "tick", key, tick=value)
        return None

    def _bind_visit(self, form: FormSpec, index: int, heading: str, stack: Sequence[str]) -> Column | None:
        if "visits" not in form.fields:
            return None
        if len(stack) == 1 and self.find_key(form.key, stack[0]) == "visits":
            return None  # 三次劝返情况: all of them
        if (numbered := self.visits.find_number(stack)) is not None:
            number, part = numbered
            return Column(index, heading, "visit", "visits", number=number, part=part)
        lowest = fold_without_brackets(stack[-1])
        if len(lowest) > _LONGEST_PART_NAME and self.find_key(form.key, lowest) not in (None, "visits"):
            return None  # 劝返情况 over 返校时间: the column's own heading decides
        if len(stack) > 1 and self.find_key(form.key, stack[0]) == "visits":
            visit_part = self.visits.find_part(stack[-1])
            if visit_part:
                return Column(index, heading, "visit", "visits", number=0, part=visit_part)
        return None

    def _without_lone_ticks(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        """Returns the columns with tick columns turned into extra ones, where they are not a choice.

        A single column headed 休学 is no choice, nor are ticks where another column gives the value in words.
        """
        kinds = [column.key for column in columns if column.kind == "tick"]
        bound_keys = {column.key for column in columns if column.kind == "value"}
        return tuple(
            Column(column.index, column.heading, "extra")
            if column.kind == "tick" and (kinds.count(column.key) < 2 or column.key in bound_keys)
            else column
            for column in columns
        )


_MULTI_COLUMN_KEYS = frozenset({"guardian", "guardian_phone", "school_region"})
"""The keys that several columns may fill together (父亲姓名, 母亲姓名; 省, 市, 县)."""


def _without_second_columns(columns: Sequence[Column]) -> list[Column]:
    """Returns the columns with every second column of one field turned into an extra column, kept under its heading."""
    bound_keys: set[str] = set()
    result: list[Column] = []
    for column in columns:
        is_second = column.kind == "value" and column.key in bound_keys
        if is_second and column.shared:
            continue
        if column.kind == "value":
            bound_keys.add(column.key)
        if is_second and column.key not in _MULTI_COLUMN_KEYS:
            column = Column(column.index, column.heading, "extra")
        result.append(column)
    return result


def _collect_spellings(form: FormSpec, notice: Notice) -> dict[str, str]:
    result: dict[str, str] = {}
    usual = {key: (notice.fields[key].heading, *notice.fields[key].synonyms) for key in form.fields}
    for fold in (fold_heading, fold_without_brackets):
        for headings in (form.headings, usual):
            for key, spellings in headings.items():
                for folded in filter(None, map(fold, spellings)):
                    result.setdefault(folded, key)
    return result
