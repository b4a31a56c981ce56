import pytest
from rich.cells import cell_len

from kongchuo.output.layout.table_layout import Column, lay_out, lay_out_blocks, lay_out_wide

COLUMNS = (
    Column("姓名"),
    Column("身份证号", 1),
    Column("单位", 2),
    Column("说明", is_sentence=True),
    Column("空着"),
    Column("编号"),
)
SENTENCE = "疑似已在黄水中学就读,附件2第7行,身份证号差一位,姓名一致,监护人不同,请核实"
ROWS = (
    ("谭乙", "509999********1020", "西沱镇初级中学", SENTENCE, "", "9a30e4747de0"),
    ("何壬壬", "509999********1095", "黄水中学", "", "", "329555c33528"),
)
VALUES = [cell for row in ROWS for index, cell in enumerate(row) if index != 3 and cell]


def test_a_table_that_fits_has_a_row_a_line_and_no_empty_column() -> None:
    table = lay_out(COLUMNS, ROWS, 160)

    assert table.heading.split() == ["姓名", "身份证号", "单位", "说明", "编号"]
    assert len(table.lines) == 2
    assert table.left_out == ()


def test_a_sentence_is_folded_in_its_column_where_there_is_room() -> None:
    table = lay_out(COLUMNS, ROWS, 90)

    assert "说明" in table.heading
    assert len(table.lines) > 2
    assert all(cell_len(line) <= 90 for line in table.lines)


def test_a_sentence_stands_below_its_row_where_there_is_none() -> None:
    table = lay_out(COLUMNS, ROWS, 66)

    assert table.heading.split() == ["姓名", "身份证号", "单位", "编号"]
    assert table.lines[1].startswith("    说明\uff1a疑似")
    assert table.lines[-1].startswith("何壬壬")


def test_columns_of_low_rank_are_left_out_first_and_named() -> None:
    table = lay_out(COLUMNS, ROWS, 50)

    assert table.heading.split() == ["姓名", "身份证号", "编号"]
    assert table.left_out == ["单位"]


def test_where_not_even_the_first_columns_fit_a_row_is_a_block_with_all() -> None:
    table = lay_out(COLUMNS, ROWS, 18)

    assert table.heading == ""
    assert table.left_out == ()
    assert all(any(value in line for line in table.lines) for value in ("谭乙", "9a30e4747de0", "黄水中学"))


@pytest.mark.parametrize("width", range(24, 170))
def test_whatever_the_width_no_value_is_broken_and_no_line_is_wider(width: int) -> None:
    table = lay_out(COLUMNS, ROWS, width)

    assert max(map(cell_len, (table.heading, *table.lines))) <= width
    shown = [
        value
        for row in ROWS
        for column, value in zip(COLUMNS, row, strict=True)
        if value and not column.is_sentence and column.heading not in table.left_out
    ]
    assert [value for value in shown if not any(value in line for line in table.lines)] == []
    assert SENTENCE in "".join("".join(line.split()) for line in table.lines) or "说明" in table.heading


def test_a_wide_table_has_all_on_one_line_a_row() -> None:
    table = lay_out_wide(COLUMNS, ROWS)

    assert len(table.lines) == 2
    assert SENTENCE in table.lines[0]
    assert "空着" in table.heading


def test_a_block_shows_every_value_with_its_heading() -> None:
    lines = lay_out_blocks(COLUMNS, ROWS[:1], 40).lines

    assert lines[0] == "谭乙  9a30e4747de0"
    assert "    身份证号\uff1a509999********1020" in lines
