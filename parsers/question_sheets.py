"""Reads the sheet of questions (待您决定) of a digest's workbook that comes back filled in.

A workbook with that sheet belongs to the office and to no unit, whatever its sender and its other changes.
"""

import re
import zipfile
from collections.abc import Sequence

from config.answers.question_columns import QUESTION_SHEET, QuestionColumn
from config.answers.reply_codes import find_codes
from config.text.text_folding import clean_text, fold_text
from parsers.formats.workbook import Sheet, Workbook
from parsers.own_workbooks import PROPERTIES
from parsers.zip_files import open_zip_file

_MOST_ROWS = 5_000
_LONGEST_CELL = 300
_MOST_BYTES = 1 << 16
_READ = (
    QuestionColumn.NUMBER,
    QuestionColumn.DECISION,
    QuestionColumn.UNIT,
    QuestionColumn.FORM,
    QuestionColumn.WHY,
)
_HEADINGS = {
    "编号": QuestionColumn.NUMBER,
    "决定": QuestionColumn.DECISION,
    "单位": QuestionColumn.UNIT,
    "附件": QuestionColumn.FORM,
    "理由": QuestionColumn.WHY,
}
_WHOLE = re.compile(r"([0-9]{1,5})(?:\.0+)?")


def is_question_workbook(workbook: Workbook) -> bool:
    """Returns whether a workbook has the sheet of questions."""
    return _find_sheet(workbook) is not None


def read_question_rows(workbook: Workbook) -> tuple[tuple[str, ...], ...]:
    """Returns the rows of which a column was filled in: number, decision, unit, form, reason."""
    found = _find_sheet(workbook)
    if found is None:
        return ()
    sheet, columns, start = found
    rows = []
    for cells in sheet.rows[start : start + _MOST_ROWS]:
        row = tuple(_text(cells, columns.get(column)) for column in _READ)
        if any(row[1:]):
            rows.append((_WHOLE.sub(r"\1", row[0]), *row[1:]))
    return tuple(rows)


def read_property_codes(data: bytes) -> tuple[str, ...]:
    """Returns the reply codes in the properties of a workbook (``docProps/core.xml``)."""
    try:
        with open_zip_file(data) as package:
            if package.getinfo(PROPERTIES).file_size > _MOST_BYTES:
                return ()
            return find_codes(package.read(PROPERTIES).decode("utf-8", "replace"))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, KeyError, ValueError, OSError, EOFError, RuntimeError):
        return ()


def _find_sheet(workbook: Workbook) -> tuple[Sheet, dict[QuestionColumn, int], int] | None:
    for sheet in workbook.sheets:
        if fold_text(sheet.name) != fold_text(QUESTION_SHEET):
            continue
        for number, cells in enumerate(sheet.rows[:5]):
            columns = {
                column: position
                for position, cell in enumerate(cells)
                if (column := _HEADINGS.get(fold_text(str(cell or "")))) is not None
            }
            if QuestionColumn.NUMBER in columns and QuestionColumn.DECISION in columns:
                return sheet, columns, number + 1
    return None


def _text(cells: Sequence[object], position: int | None) -> str:
    if position is None or position >= len(cells) or cells[position] is None:
        return ""
    return clean_text(str(cells[position]))[:_LONGEST_CELL].strip()
