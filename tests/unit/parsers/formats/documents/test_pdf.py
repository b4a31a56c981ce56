"""PDF files as programs print them: cut tables, turned pages, letters struck twice, lines around the tables."""

import pytest

from parsers.formats.documents.pdf import read_pdf
from parsers.formats.workbook import UnreadableWorkbook
from tests.builders.files.pdf_pages import HEIGHT, grid, pdf, text

HEAD = ["序号", "姓名", "身份证号"]
ROWS = [[f"{n}", f"甲{n}", f"50999920120304{n:04}"] for n in range(1, 6)]


def cells(data: bytes) -> list[list[object]]:
    (sheet,) = read_pdf(data).sheets
    return [list(row) for row in sheet.rows]


def test_the_lines_around_a_table_are_read_in_their_order():
    page = [
        text(40, 800, "附件4"),
        *grid([HEAD, *ROWS], 760),
        text(40, 600, "填报单位"),
        text(280, 30, "第1页"),
    ]

    assert cells(pdf(page)) == [["附件4"], HEAD, *ROWS, ["填报单位"]]


def test_rows_count_from_the_table_s_first():
    (sheet,) = read_pdf(pdf([text(40, 800, "附件4"), *grid([HEAD, *ROWS], 760)])).sheets

    assert sheet.first_row == 0


@pytest.mark.parametrize("first_line", [True, False])
@pytest.mark.parametrize("last_line", [True, False])
def test_a_table_that_goes_on_with_the_next_page_keeps_every_row(first_line, last_line):
    first = grid([HEAD, *ROWS[:2]], 760, last_line=last_line)
    second = grid(ROWS[2:], 800, first_line=first_line)

    assert cells(pdf(first, second)) == [HEAD, *ROWS]


def test_what_stands_at_the_head_of_every_page_is_read_once():
    tables = [HEAD, *ROWS[:2]], ROWS[2:]
    pages = [
        [text(40, 820, "某县教育局"), *grid(rows, 760), text(40, 20, f"第 {number} 页 共 2 页")]
        for number, rows in enumerate(tables, 1)
    ]

    assert cells(pdf(*pages)) == [["某县教育局"], HEAD, *ROWS]


@pytest.mark.parametrize(
    "options",
    [
        {"turned": f"0 1 -1 0 {HEIGHT} 0"},
        {"turned": f"0 -1 1 0 0 {HEIGHT}"},
        {"turned": f"-1 0 0 -1 {HEIGHT} {HEIGHT}"},
        {"rotate": 90},
        {"turned": f"0 1 -1 0 {HEIGHT} 0", "rotate": 90},
    ],
    ids=["to the left", "to the right", "upside down", "turned by the file", "put right by the file"],
)
def test_a_page_on_its_side_is_read(options):
    assert cells(pdf([*grid([HEAD, *ROWS], 760)], **options)) == [HEAD, *ROWS]


def test_letters_struck_twice_are_read_once():
    once = grid([HEAD, *ROWS], 760)
    twice = [*once, *(drawn.replace(" Tm", ".4 Tm", 1) for drawn in once if " Tm" in drawn)]

    assert cells(pdf(twice)) == [HEAD, *ROWS]


def test_text_without_a_table_is_read_as_lines():
    lines = ["劝返学生送达书", "甲一家长", "请于二〇二三年九月十日前送孩子返校就读"]

    assert cells(pdf([text(40, 800 - 20 * n, words) for n, words in enumerate(lines)])) == [
        [line] for line in lines
    ]


def test_a_file_whose_index_is_lost_is_read_all_the_same():
    data = pdf([*grid([HEAD, *ROWS], 760)])

    assert cells(data.replace(b"xref\n0 ", b"xxxx\n0 ").replace(b"startxref\n", b"startxref\n9")) == [
        HEAD,
        *ROWS,
    ]


def test_what_is_no_pdf_inside_is_unreadable():
    with pytest.raises(UnreadableWorkbook):
        read_pdf(b"%PDF-1.4\nnothing\n%%EOF\n")


def test_a_line_wrapped_at_the_margin_goes_on_and_a_short_one_does_not():
    first = "您的孩子" * 14  # 56 letters of 9 points between margins of 40 fill the line
    page = [
        text(40, 800, "劝返学生送达书"),
        text(40, 780, first + "甲"),
        text(40, 768, "一自9月1日起未到校"),
        text(40, 756, "西沱中学"),
        text(40, 744, first + "乙"),
        text(40, 732, "送达时间:2023年9月12日"),
    ]

    assert cells(pdf(page)) == [
        ["劝返学生送达书"],
        [first + "甲一自9月1日起未到校"],
        ["西沱中学"],
        [first + "乙"],
        ["送达时间:2023年9月12日"],
    ]


def test_each_page_with_the_title_of_a_letter_is_a_letter():
    pages = [[text(40, 800, "劝返学生送达书"), text(40, 780, f"学生{name}")] for name in ("甲一", "乙二")]

    assert cells(pdf(*pages)) == [["劝返学生送达书"], ["学生甲一"], ["劝返学生送达书"], ["学生乙二"]]
