"""Reads what is written once for many rows: the sheet's name, a line above the table, a line among its rows.

Schools have a sheet or block for each class, townships one for each village: 七年级2班, 7.2, 班级:三年级1班,
南坪村, 一、小学(12人). A register may have a block for each status: 二、辍学学生.
"""

import re

from config.notice import FormSpec, Notice
from config.records.record import Json
from config.text.text_folding import fold_text
from config.units.resolve_unit_names import UnitNames
from parsers.fields.grades import find_class, read_grade
from parsers.forms.headings.columns import FormColumns
from parsers.forms.layout import Table
from parsers.forms.sheet_rows import count_filled, row_text

_NUMBERED = re.compile(
    r"(?:[(][一二三四五六七八九十0-9]{1,3}[)][、.]?|[一二三四五六七八九十0-9]{1,3}[)]?[、.])\s*(?=\D)"
)
_COUNT = re.compile(r"[(]?(?:[共合]?计|共)?[0-9]+[人名][)]?$|[(][^()]*[)]$")
_OF_CHILDREN = re.compile("(?:适龄)?(?:学生|儿童|少年|儿童少年|人员)?(?:名单|花名册|台账|情况|部分)?$")
_LABEL = re.compile(r"^(?:年级|班级|班别|村名?|村居|村[(]社区[)]|社区|学段|学校|学校名称|教学点):")
_VILLAGE = re.compile("[\u4e00-\u9fff]{1,6}(?:村|社区|居委会|村委会)")
_GRADE_WORD = re.compile("班|年级|[初高小][一二三四五六1-6]")
_NUMBERED_CLASS = re.compile(r"[1-9][.-][0-9]{1,2}")
_SCHOOL = re.compile("[\u4e00-\u9fff]{2,14}(?:小学校?|中学校?|学校|中心校|幼儿园|教学点|村小|校区|完小)")
_TOWNSHIP = re.compile("^[\u4e00-\u9fff]{2,4}?(?:镇|乡|街道)(?=[\u4e00-\u9fff]{2})")
_STAGES = ("学前", "小学", "初中", "高中", "中职")
_LONG_NUMBER = re.compile("[0-9]{6}")
_LONGEST_LINE = 40
_LONGEST_GRADE = 8
_MOST_LINES = 4
_MOST_CELLS = 6


class GroupLines:
    """Reads such lines for one table, and only for fields that none of its columns gives."""

    def __init__(self, spec: FormSpec, binding: FormColumns, notice: Notice, names: UnitNames) -> None:
        self._names = names
        absent = [key for key in spec.fields if key not in binding.keys]
        self._grade = "grade" in absent
        self._class = self._grade and "class_name" in absent
        self._village = "household_village" in absent
        self._stage = "stage" in absent
        self._school = spec.unit_field == "school" and "school" in absent
        status = notice.fields["status"].choices if "status" in absent else None
        statuses = notice.vocabularies[status].values if status else {}
        self._statuses = {fold_text(s): value for value, more in statuses.items() for s in (value, *more)}
        self.are_asked = self._grade or self._village or self._stage or self._school or bool(self._statuses)

    def read_sheet_name(self, text: str) -> dict[str, Json]:
        """Returns by field key the values that a sheet's name states; 7.2 is read as a grade and class (七年级, 2班)."""
        plain = fold_text(text).strip()
        if self._grade and (_GRADE_WORD.search(plain) or _NUMBERED_CLASS.fullmatch(plain)):
            return self._grade_values(*read_grade(plain))
        return self._read_words(plain)

    def read_lines_above(self, table: Table) -> dict[str, Json]:
        """Returns the values by key of the few lines right above a table's heading; the nearest line wins."""
        values: dict[str, Json] = {}
        rows = table.sheet.rows[max(table.heading_rows.start - _MOST_LINES, 0) : table.heading_rows.start]
        for row in reversed(rows):
            line = fold_text(row_text(row))
            if count_filled(row) > _MOST_CELLS or _LONG_NUMBER.search(line):
                break  # the last rows of another table
            line_values = {key: value for key, value in self.read(line).items() if key != "school"}
            values = {**line_values, **values}
        return values

    def read(self, text: str) -> dict[str, Json]:
        """Returns the values that a line among the rows gives by key; empty if the line holds anything else."""
        plain = fold_text(text).strip()
        if not plain or len(plain) > _LONGEST_LINE:
            return {}
        if self._grade and (grade_class := find_class(plain)) != (None, None):
            return self._grade_values(*grade_class)
        return self._read_words(plain)

    def _read_words(self, plain: str) -> dict[str, Json]:
        words = _COUNT.sub("", _LABEL.sub("", _NUMBERED.sub("", plain))).strip(" :;、。.")
        if (status := self._statuses.get(_OF_CHILDREN.sub("", words))) is not None:
            return {"status": status}
        village = _TOWNSHIP.sub("", words)
        if self._village and _VILLAGE.fullmatch(village):
            return {"household_village": village}
        stage = next((s for s in _STAGES if words in (s, f"{s}阶段", f"{s}段", f"{s}部")), None)
        if self._stage and stage is not None:
            return {"stage": stage}
        if self._grade and _GRADE_WORD.search(words) and len(words) <= _LONGEST_GRADE:
            return self._grade_values(*read_grade(words))
        if self._school and _SCHOOL.fullmatch(words) and self._names.find(words):
            return {"school": words}
        return {}

    def _grade_values(self, grade: str | None, class_name: str | None) -> dict[str, Json]:
        values: dict[str, Json] = {"grade": grade} if grade else {}
        if grade and class_name and self._class:
            values["class_name"] = class_name
        return values
