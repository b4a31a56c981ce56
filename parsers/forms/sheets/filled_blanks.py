"""Finds what a person has written on a form in which no child stands; the template leaves that blank."""

import re

from config.notice import Notice
from config.text.text_folding import fold_text
from parsers.fields.normalise import cell_text, is_placeholder
from parsers.fields.person_names import looks_like_name
from parsers.formats.workbook import Sheet
from parsers.forms.headings.columns import FormColumns
from parsers.forms.layout import Table
from parsers.forms.left_over.account import LeftOver, name_cells, shorten_text
from parsers.forms.sheet_rows import is_signature

_SIGNED = re.compile(
    r"(?:填[报表]人|制表人|经办人|审核人|审批人|负责人|联系人|校长|领导)[^:]{0,10}:[\s_]*([\u4e00-\u9fff·]{2,8})(?![\u4e00-\u9fff()]*:)"
)
_DATED = re.compile(
    r"(?:时间|日期)[^:]{0,6}:[\s_]*[0-9]{4}[-./年][0-9]|(?:^|\s)20[0-9]{2}[-./年][\s]*[0-9]{1,2}[-./月][\s]*[0-9]{1,2}日?$"
)
_LONGEST_LINE = 60
_LONGEST_VALUE = 16


def find_signed_cell(sheet: Sheet) -> LeftOver | None:
    """The first cell that bears a name behind 填报人 and the like, or the day; None where all is left blank."""
    for index, row in enumerate(sheet.rows):
        for position, cell in enumerate(row):
            text = fold_text(cell_text(cell))
            signed = _SIGNED.search(text)
            if (signed and looks_like_name(signed[1])) or (
                len(text) <= _LONGEST_LINE and _DATED.search(text)
            ):
                return _left_over(sheet, index, position, text)
    return None


def find_filled_cell(table: Table, binding: FormColumns, notice: Notice) -> LeftOver | None:
    """The first school or place in the rows of a register; templates come with numbers and choices filled in, not with these."""
    columns = [
        column.index
        for column in binding.columns
        if column.kind == "value" and notice.fields[column.key].kind in ("text", "township")
    ]
    for index in table.body:
        row = table.row(index)
        for position in columns:
            text = cell_text(row[position]) if position < len(row) else ""
            if 1 < len(text) <= _LONGEST_VALUE and not is_placeholder(text) and not is_signature(text):
                return _left_over(table.sheet, index, position, text)
    return None


def _left_over(sheet: Sheet, index: int, position: int, text: str) -> LeftOver:
    number, column = index + sheet.first_row, position + sheet.first_col
    return LeftOver(
        sheet=sheet.name,
        cells=name_cells(number, column, number, column),
        row=number if number >= 1 else None,
        text=shorten_text(text),
        names_child=False,
    )
