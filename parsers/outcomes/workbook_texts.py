"""Finds the texts of an opened file, and the children that they mention."""

import re

from config.notice import Notice
from parsers.formats.workbook import Workbook
from parsers.forms.left_over.child_sentences import find_child_sentences
from parsers.forms.sheet_rows import row_text

MIN_LISTED = 3
"""The number of identity numbers that make a list; a certificate may have the child's and a guardian's."""
_IDENTITY_NUMBER = re.compile("(?<![0-9])[1-9][0-9]{16}[0-9Xx]")


def count_identity_numbers(text: str) -> int:
    """Returns how many different identity numbers a text holds."""
    return len(set(_IDENTITY_NUMBER.findall(text)))


def text_of(workbook: Workbook) -> str:
    """Returns the rows of all sheets as lines."""
    return "\n".join(row_text(row) for sheet in workbook.sheets for row in sheet.rows)


def distinct_texts(workbook: Workbook) -> set[str]:
    """Returns the texts that a reader read; if two readers read the same, a second look is pointless."""
    return {
        cell.strip()
        for sheet in workbook.sheets
        for row in sheet.rows
        for cell in row
        if isinstance(cell, str) and cell.strip()
    }


def find_telling_sentences(workbook: Workbook, notice: Notice) -> tuple[str, ...]:
    """Returns the sentences of a file that mention a child out of school."""
    return tuple(sentence.text for sentence in find_child_sentences(text_of(workbook), notice))
