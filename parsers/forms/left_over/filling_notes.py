"""Recognises help for filling in a form: notes beside the table and lists of values to choose from.

Such cells are furniture anywhere. Whether they mention a child is checked before, by :mod:`child_mentions`.
"""

import re

from config.notice import Notice
from config.text.text_folding import fold_text
from config.units.resolve_unit_names import UnitNames
from parsers.fields.ethnic_groups import find_ethnic_group
from parsers.fields.grades import read_grade
from parsers.fields.normalise import cell_text, is_placeholder
from parsers.fields.person_names import looks_like_name
from parsers.formats.workbook import Sheet
from parsers.forms.headings.bind_columns import Headings
from parsers.forms.instructions import is_example, is_order

_LABEL = re.compile(
    "[(【\\[]?(?:(?:填[表报写]|表格|使用|操作)?(?:说明|要求|须知|提示|备注|注意事项)|注|备选项?|选项|可选[项值]|下拉.{0,4}|数据字典|字典|参数|代码表?|示例|样例|填写规范|格式要求)[)】\\]]?[:]?"
)
_STARTS_AS_NOTE = re.compile(f"(?:{_LABEL.pattern})[:.、(0-9].*|[*※★].{{2,}}|(?:本|此|该)(?:表|栏|列)")
_SEPARATORS = re.compile(r"[、,;:|/\\()\[\]\"'“”.。\s]|或者?|和|及|与|①|②|③|④|⑤|⑥|⑦|⑧|⑨|⑩|[0-9]{1,2}")
_NUMBER = re.compile("[0-9]{7,}")
_PLAIN_WORDS = frozenset(
    {"是", "否", "有", "男", "女", "其他", "等", "填", "选", "可选", "请选择", "单选", "多选", "下拉选择"}
)
_DATE = re.compile(r"(?:19|20)[0-9]{2}[-./年][0-9]{1,2}")
_LONGEST_VALUE = 20
_FEWEST_VALUES = 3
_ROWS_OF_A_TITLE = 4
_FARTHEST_BELOW_LABEL = 40


def is_filling_note(text: str, notice: Notice) -> bool:
    """Returns whether a text without a child explains how to fill in the form, or lists values of the notice."""
    plain = fold_text(text)
    return (
        _LABEL.fullmatch(plain) is not None
        or _STARTS_AS_NOTE.match(plain) is not None
        or is_order(plain, notice)
        or is_example(plain, notice)
        or _lists_known_words(plain, notice)
    )


def stands_below_label(sheet: Sheet, index: int, position: int) -> bool:
    """Returns whether a cell is a line below 填表说明, 下拉选项 or the like in its column, and is no name or number."""
    plain = fold_text(cell_text(sheet.rows[index][position]))
    if looks_like_name(plain) or _NUMBER.search(plain):
        return False
    for above in range(index - 1, max(-1, index - _FARTHEST_BELOW_LABEL), -1):
        row = sheet.rows[above]
        text = fold_text(cell_text(row[position])) if position < len(row) else ""
        if looks_like_name(text) or _NUMBER.search(text):
            return False
        if text and (_LABEL.fullmatch(text) or _STARTS_AS_NOTE.match(text)):
            return True
    return False


def _lists_known_words(plain: str, notice: Notice) -> bool:
    words = notice.own_words
    if plain in words:
        return True
    tokens = [token for token in _SEPARATORS.split(plain) if token]
    return bool(tokens) and all(
        token in words
        or token in _PLAIN_WORDS
        or is_placeholder(token, notice)
        or find_ethnic_group(token) is not None
        for token in tokens
    )


def is_sheet_of_choices(sheet: Sheet, notice: Notice, headings: Headings, names: UnitNames) -> bool:
    """Returns whether a sheet only lists values for drop-down boxes.

    It then has no heading of names, no name, number, count or date, and at least as many values of the notice as
    other words.
    """
    if any(
        isinstance(cell, str) and len(cell) > _LONGEST_VALUE
        for row in sheet.rows[:_ROWS_OF_A_TITLE]
        for cell in row
    ):
        return False  # a title, as every form has: no need to look at each cell
    values = others = 0
    for text in (cell_text(cell) for row in sheet.rows for cell in row if cell is not None and cell != ""):
        plain = fold_text(text)
        if headings.is_name_heading(text) or headings.is_id_column((text,)) or len(plain) > _LONGEST_VALUE:
            return False
        if plain.isdigit() or _NUMBER.search(plain) or _DATE.search(plain):
            return False
        if _lists_known_words(plain, notice) or read_grade(text)[0] is not None or names.find(text):
            values += 1
        elif looks_like_name(plain):
            return False
        elif not _LABEL.fullmatch(plain):
            others += 1
    return values >= max(_FEWEST_VALUES, others)
