"""Appends the paragraphs below the last table of a Word document to that table's rows.

The Word readers give them as a separate sheet. A zero report and the signing unit are often among them.
"""

from collections.abc import Sequence
from dataclasses import replace

from config.notice import Notice
from parsers.formats.workbook import Sheet
from parsers.forms.classify import find_form_by_title
from parsers.forms.headings.bind_columns import Headings
from parsers.forms.layout import find_tables
from parsers.forms.served_notices import is_served_notice
from parsers.forms.sheet_rows import count_filled, row_text

_TEXT_SHEET = "正文"
_MOST_LINES = 12
"""The most lines of a closing text; a longer one is a text of its own."""


def join_text_below(sheets: Sequence[Sheet], headings: Headings, notice: Notice) -> Sequence[Sheet]:
    """Returns the sheets, with a short closing text appended to the list of children above it."""
    if len(sheets) < 2 or sheets[-1].name != _TEXT_SHEET:
        return sheets
    *before, last, text = sheets
    lines = [row_text(row) for row in text.rows]
    if (
        len(lines) > _MOST_LINES
        or any(count_filled(row) > 1 for row in text.rows)
        or is_served_notice(lines, notice)
    ):
        return sheets
    tables = find_tables(last, headings)
    if not any(headings.is_name_column(stack) for table in tables for stack in table.heading_levels):
        return sheets
    titles = {find_form_by_title(part, notice) for part in (lines, tables[-1].above)}
    if len(titles - {None}) > 1:
        return sheets
    down = len(last.rows)
    written = {(row + down, column): raw for (row, column), raw in text.written.items()}
    return [
        *before,
        replace(last, rows=[*last.rows, *text.rows], written={**last.written, **written}),
    ]
