"""The first sheet of the digest's workbook, 待您决定: every question, with drop-down lists to answer it in.

What is filled in there and mailed back is an answer (:mod:`parsers.question_workbooks` reads it), so that its
headings are the same for both.
"""

from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from config.answers.question_columns import FILLED_COLUMNS, QUESTION_SHEET, QuestionColumn
from config.text.punctuation import set_punctuation
from notify.digest.lines.question_lines import QuestionLine
from notify.spreadsheet.sheet_tables import SentenceColumn, SheetColumn, write_table

_LISTS = "名单"
_LINE_HEIGHT = 15.0  # points
_TO_FILL = PatternFill("solid", fgColor="FFF8E1")
_COLUMNS = {
    QuestionColumn.NUMBER: SheetColumn("编号", 7),
    QuestionColumn.KIND: SentenceColumn("类别", 12),
    QuestionColumn.ABOUT: SheetColumn("关于", 22, wrap=True),
    QuestionColumn.SENTENCE: SentenceColumn("问题", 40, wrap=True),
    QuestionColumn.STAKES: SentenceColumn("牵涉", 22, wrap=True),
    QuestionColumn.GUESS: SheetColumn("程序的判断", 16, wrap=True),
    QuestionColumn.DECISION: SheetColumn("决定", 13),
    QuestionColumn.UNIT: SheetColumn("单位", 16, wrap=True),
    QuestionColumn.FORM: SheetColumn("附件", 9),
    QuestionColumn.WHY: SheetColumn("理由", 22, wrap=True),
}


def add_question_sheet(
    sheet: Worksheet, questions: Sequence[QuestionLine], unit_names: Sequence[str], forms: Sequence[str]
) -> None:
    """Writes the questions; the columns to fill in are coloured and offer what can be chosen."""
    sheet.title = QUESTION_SHEET
    rows = [_row(one) for one in questions]
    write_table(sheet, tuple(_COLUMNS.values()), rows, filtered=True)
    for number, cells in enumerate(rows, start=2):  # not every program fits a row to what it holds
        sheet.row_dimensions[number].height = _LINE_HEIGHT * max(map(_lines_of, cells, _COLUMNS.values()))
    if not questions:
        return
    lists = _write_lists(sheet.parent, unit_names, forms)
    letters = {column: get_column_letter(number) for number, column in enumerate(_COLUMNS, start=1)}
    units = _choice(f"'{_LISTS}'!$A$1:$A${max(len(unit_names), 1)}")
    form_keys = _choice(f"'{_LISTS}'!$B$1:$B${max(len(forms), 1)}")
    by_labels: dict[str, DataValidation] = {}
    for row, one in enumerate(questions, start=2):
        labels = ",".join(answer.label for answer in one.answers)
        choice = by_labels.setdefault(labels, _choice(f'"{labels}"'))
        choice.add(f"{letters[QuestionColumn.DECISION]}{row}")
        if one.takes_unit:
            units.add(f"{letters[QuestionColumn.UNIT]}{row}")
            form_keys.add(f"{letters[QuestionColumn.FORM]}{row}")
        for column in FILLED_COLUMNS:
            if one.takes_unit or column not in (QuestionColumn.UNIT, QuestionColumn.FORM):
                sheet[f"{letters[column]}{row}"].fill = _TO_FILL
    for choice in (*by_labels.values(), units, form_keys):
        if choice.sqref:
            sheet.add_data_validation(choice)
    lists.sheet_state = "hidden"


def _lines_of(value: str | int | None, column: SheetColumn) -> int:
    """Returns the number of lines of a text in its column; a Chinese character is two wide."""
    text = str(value or "")
    width = sum(1 if character.isascii() else 2 for character in text)
    return max(1, -(-width // int(column.width - 1))) if column.wrap else 1


def _row(one: QuestionLine) -> tuple[str | int | None, ...]:
    guess = set_punctuation(f"{one.guess}({one.evidence})") if one.guess else ""
    return one.number, one.kind, one.about, one.sentence, one.stakes, guess, None, None, None, None


def _choice(formula: str) -> DataValidation:
    choice = DataValidation(type="list", formula1=formula, allow_blank=True, showDropDown=False)
    choice.errorTitle, choice.error = "请从列表里选", set_punctuation("请从列表里选;要写的话写在“理由”栏")
    return choice


def _write_lists(workbook: Workbook | None, unit_names: Sequence[str], forms: Sequence[str]) -> Worksheet:
    assert workbook is not None
    lists: Worksheet = workbook.create_sheet(_LISTS)
    for column, values in enumerate((unit_names, forms), start=1):
        for row, value in enumerate(values, start=1):
            lists.cell(row, column, value)
    return lists
