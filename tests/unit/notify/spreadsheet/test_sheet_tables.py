"""Headings and sentences of a sheet are set in Chinese punctuation; what a unit wrote is not."""

from datetime import datetime
from io import BytesIO

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from notify.spreadsheet.long_table import add_long_table
from notify.spreadsheet.sheet_tables import SentenceColumn, SheetColumn, write_table
from notify.spreadsheet.workbook_files import save_workbook

COLUMNS = (SheetColumn("填的是(原文)", 20), SentenceColumn("问题,改法", 20, wrap=True), SheetColumn("数", 6))
ROWS = (("甲(乙),丙", "填的“甲(乙),丙”不对:请改", 3),)
WANTED = [
    ("填的是\uff08原文\uff09", "问题\uff0c改法", "数"),
    ("甲(乙),丙", "填的“甲(乙),丙”不对\uff1a请改", 3),
]


def new_sheet() -> tuple[Workbook, Worksheet]:
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    return workbook, sheet


def test_of_a_table_headings_and_sentences_are_set() -> None:
    _, sheet = new_sheet()

    write_table(sheet, COLUMNS, ROWS)

    assert list(sheet.values) == WANTED


def test_of_a_long_table_too_and_of_its_foot() -> None:
    workbook, sheet = new_sheet()
    table = add_long_table(sheet, COLUMNS, ROWS, footer=("签字:",))

    data = save_workbook(
        workbook, title="甲,乙", author="控辍", as_of=datetime(2023, 9, 26), long_tables=[table]
    )

    reread = load_workbook(BytesIO(data))
    rows = list(reread.worksheets[0].values)
    assert rows[:2] == WANTED
    assert rows[-1][0] == "签字\uff1a"
    assert reread.properties.title == "甲\uff0c乙"
