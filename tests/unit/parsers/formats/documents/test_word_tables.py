"""Tables of Word documents that belong together, and the text around them."""

import pytest

from parsers.formats.documents.word_tables import WordTable, as_sheets
from tests.builders.values.form_tables import id_number

HEADING = ["序号", "姓名", "身份证号", "劝返时间", "结果"]


def table(*rows):
    return WordTable(rows=[list(row) for row in rows])


def read(*blocks):
    return [(sheet.name, [list(row) for row in sheet.rows]) for sheet in as_sheets(blocks)]


def test_the_text_of_a_letter_before_a_table_is_not_cut():
    letter = ["劝返学生送达书", *(f"第{n}行" for n in range(10))]

    sheets = read(*letter, *letter, "劝返登记表", "学校:西沱中学", table(["姓名", "甲一"]))

    assert sheets == [
        ("正文1", [[line] for line in (*letter, *letter)]),
        ("表1", [["劝返登记表"], ["学校:西沱中学"], ["姓名", "甲一"]]),
    ]


def test_few_lines_above_a_table_stay_above_it():
    assert [name for name, _ in read(*map(str, range(12)), table(["姓名", "甲一"]))] == ["表1"]


def test_rows_merged_down_go_on_where_an_old_document_splits_them():
    first = table(
        HEADING,
        ["1", "甲一", id_number(), "2023.9.5", "未返校"],
        [None, None, None, "2023.9.10", "未返校"],
        ["2", "乙二", id_number(serial=125), "2023.9.5", "未返校"],
    )
    more = table([None, None, None, "2023.9.10", "未返校"])

    assert len(read(first, more)) == 1


def test_text_between_rows_of_one_table_stays_between_them():
    row = ["1", "甲一", id_number(), "2023.9.5", "未返校"]

    assert read(table(HEADING, row), "以上为三年级", table(row)) == [
        ("表1", [HEADING, row, ["以上为三年级"], row])
    ]


def test_a_grid_for_each_child_is_a_table_for_each():
    grids = [
        table(["姓名", name, "身份证号", number], ["年级", "三年级", "监护人", "丙三"])
        for name, number in (("甲一", id_number()), ("乙二", id_number(serial=125)))
    ]

    assert [name for name, _ in read(grids[0], "劝返登记表", grids[1])] == ["表1", "表2"]


@pytest.mark.parametrize(
    ("heads", "below", "expected"),
    [
        (
            ["序号", "姓名", "户籍所在地", "原因"],
            [None, None, "乡镇", "村", "组", None],
            ["序号", "姓名", "户籍所在地", None, None, "原因"],
        ),
        (
            ["姓名", "户籍", "原因", "第一次劝返", "第二次劝返"],
            [None, "乡镇", "村", None, "时间", "结果", "时间", "结果"],
            ["姓名", "户籍", None, "原因", "第一次劝返", None, "第二次劝返", None],
        ),
        (
            ["姓名", "监护人", "就读学校"],
            [None, "姓名", "电话", "省", "市", "校名"],
            ["姓名", "监护人\u3001就读学校", None, None, None, None],
        ),
    ],
)
def test_heads_of_groups_stand_over_their_columns_in_an_old_document(heads, below, expected):
    row = ["1", *("甲一" for _ in below[1:-1]), id_number()]

    ((_, rows),) = read(table(heads), table(below), table(row), table(row))

    assert rows == [expected, below, row, row]
