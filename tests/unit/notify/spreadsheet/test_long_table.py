"""Long tables are written as XML and read back as anybody's program reads them."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from notify.spreadsheet.long_table import add_long_table
from notify.spreadsheet.sheet_tables import CellValue, SheetColumn
from notify.spreadsheet.workbook_files import save_workbook

AS_OF = datetime(2023, 9, 26, 8)
COLUMNS = (
    SheetColumn("姓名", 10),
    SheetColumn("说明", 12, wrap=True),
    SheetColumn("数", 6),
    SheetColumn("日", 12),
    SheetColumn("时", 16),
)
ROWS: tuple[tuple[CellValue, ...], ...] = (
    ("谭小样", "短", 3, date(2023, 9, 25), datetime(2023, 9, 25, 10, 30)),
    ("=1+1", "<甲>&“乙” \x07", -2, None, None),
    (
        "",
        "很长很长的说明,一行放不下,要换行才看得全",
        0,
        date(1999, 12, 31),
        datetime(2024, 2, 29, 23, 59, 59),
    ),
)


def written(
    rows: Sequence[Sequence[CellValue]] = ROWS, footer: Sequence[str] = (), heading_row: int = 3
) -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet["A1"] = "题目"
    table = add_long_table(sheet, COLUMNS, rows, heading_row=heading_row, footer=footer)
    workbook.create_sheet("另一页")["A1"] = "别的"
    return save_workbook(workbook, title="题目", author="县教委", as_of=AS_OF, long_tables=[table])


def opened(data: bytes) -> Worksheet:
    sheet = load_workbook(BytesIO(data)).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def test_every_value_comes_back_as_it_was() -> None:
    values = list(opened(written()).iter_rows(min_row=4, values_only=True))

    assert values == [
        ("谭小样", "短", 3, datetime(2023, 9, 25), datetime(2023, 9, 25, 10, 30)),
        ("=1+1", "<甲>&“乙” ", -2, None, None),
        (
            None, "很长很长的说明,一行放不下,要换行才看得全", 0, datetime(1999, 12, 31),
            datetime(2024, 2, 29, 23, 59, 59),
        ),
    ]  # fmt: skip


def test_another_reader_reads_the_same() -> None:
    rows = CalamineWorkbook.from_filelike(BytesIO(written())).get_sheet_by_index(0).to_python()

    assert [row[0] for row in rows[2:]] == ["姓名", "谭小样", "=1+1", ""]
    assert rows[3][3] == date(2023, 9, 25)


def test_text_that_begins_like_a_formula_stays_text() -> None:
    assert opened(written())["A5"].data_type == "s"


def test_the_other_sheets_stay_as_they_are() -> None:
    assert load_workbook(BytesIO(written())).worksheets[1]["A1"].value == "别的"


def test_a_row_is_as_high_as_its_longest_text() -> None:
    heights = opened(written()).row_dimensions

    assert heights[4].height is None
    assert heights[6].height == 60


def test_the_sheet_says_how_far_it_goes_and_filters_its_rows_but_not_its_foot() -> None:
    sheet = opened(written(footer=("签字:", "日期:")))

    assert sheet.dimensions == "A1:E9"
    assert sheet.auto_filter.ref == "A3:E6"
    assert (sheet["A7"].value, sheet["A8"].value, sheet["A9"].value) == (None, "签字\uff1a", "日期\uff1a")
    assert sheet.print_title_rows == "$3:$3"


def test_columns_are_as_wide_as_they_say_below_a_title_too() -> None:
    assert opened(written()).column_dimensions["C"].width == 6


def test_a_table_without_rows_has_its_headings() -> None:
    sheet = opened(written(rows=()))

    assert [cell.value for cell in sheet[3]] == ["姓名", "说明", "数", "日", "时"]
    assert sheet.max_row == 3


def test_rows_beyond_one_chunk_are_all_there() -> None:
    rows = [(f"学生{n}", "", n, None, None) for n in range(1_234)]

    found = [row[0] for row in opened(written(rows=rows)).iter_rows(min_row=4, values_only=True)]

    assert found == [row[0] for row in rows]


def test_the_same_values_give_the_same_bytes() -> None:
    assert written() == written()


def test_a_row_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        written(rows=[(*ROWS[0], "多一格")])
