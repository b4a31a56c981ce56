"""Finds a cell that somebody filled in on a form without rows of children, which shows that it is not the blank template."""

import re
from functools import lru_cache

from config.notice import Notice
from config.notice.sections.wording import SignatureWords
from config.text.text_folding import fold_text
from parsers.fields.normalise import cell_text, is_placeholder
from parsers.fields.person_names import looks_like_name
from parsers.formats.workbook import Sheet
from parsers.forms.headings.columns import FormColumns
from parsers.forms.layout import Table
from parsers.forms.left_over.account import LeftOver, name_cells, shorten_text
from parsers.forms.rows.signatures import is_signature

_LONGEST_LINE = 60
_LONGEST_VALUE = 16


def find_signed_cell(sheet: Sheet, notice: Notice) -> LeftOver | None:
    """Returns the first cell with a name after 填报人 and the like, or with the date of signing; None if all are blank."""
    name_behind, day_behind = _compile_patterns(notice.wording.signatures)
    for index, row in enumerate(sheet.rows):
        for position, cell in enumerate(row):
            text = fold_text(cell_text(cell))
            signed = name_behind.search(text)
            if (signed and looks_like_name(signed[1])) or (
                len(text) <= _LONGEST_LINE and day_behind.search(text)
            ):
                return _left_over(sheet, index, position, text)
    return None


def find_filled_cell(table: Table, binding: FormColumns, notice: Notice) -> LeftOver | None:
    """Returns the first school or address in a register's rows; templates have numbers and choices filled in, not these."""
    columns = [
        column.index
        for column in binding.columns
        if column.kind == "value" and notice.fields[column.key].kind in ("text", "township")
    ]
    signatures = notice.wording.signatures
    for index in table.body:
        row = table.row(index)
        for position in columns:
            text = cell_text(row[position]) if position < len(row) else ""
            if (
                1 < len(text) <= _LONGEST_VALUE
                and not is_placeholder(text, notice)
                and not is_signature(text, signatures)
            ):
                return _left_over(table.sheet, index, position, text)
    return None


@lru_cache(maxsize=8)
def _compile_patterns(words: SignatureWords) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Returns two patterns: for a signing name after its label, and for the date of signing."""
    return (
        re.compile(
            rf"(?:{'|'.join(words.before_names)})[^:]{{0,10}}:[\s_]*([\u4e00-\u9fff·]{{2,8}})(?![\u4e00-\u9fff()]*:)"
        ),
        re.compile(
            rf"(?:{'|'.join(words.before_days)})[^:]{{0,6}}:[\s_]*[0-9]{{4}}[-./年][0-9]"
            r"|(?:^|\s)20[0-9]{2}[-./年][\s]*[0-9]{1,2}[-./月][\s]*[0-9]{1,2}日?$"
        ),
    )


def _left_over(sheet: Sheet, index: int, position: int, text: str) -> LeftOver:
    number, column = index + sheet.first_row, position + sheet.first_col
    return LeftOver(
        sheet=sheet.name,
        cells=name_cells(number, column, number, column),
        row=number if number >= 1 else None,
        text=shorten_text(text),
        names_child=False,
    )
