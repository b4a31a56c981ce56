"""Texts that do not fit their cells in a printed table: cut, drawn over others, or run over blank cells."""

import pytest

from parsers.formats.documents.pdf import read_pdf
from parsers.read_file import read_file
from tests.builders.files.pdf_pages import grid, pdf, text
from tests.builders.files.shazi_register import NAMES, TITLE
from tests.builders.values.form_tables import NOTICE

HEAD = ["序号", "姓名", "原因", "备注"]
ABOVE = text(40, 800, TITLE)
LONG = "身体原因在家休养需要长期治疗"  # 126 points in columns of 90


@pytest.mark.parametrize(
    ("cells", "doubtful"),
    [
        (["1", "甲一", "生病", "在家"], ()),
        (["1", "甲一", "生病", LONG], ()),  # beyond the table's edge there is nothing to lie over
        (["1", "甲一", LONG[:10], ""], ()),
        (["1", "甲一", LONG[:10], "在家"], ("第1页有1格",)),
        (["1", "甲一", LONG, "在家需要长期治疗"], ("第1页有2格",)),
        (["1", LONG, "", "在家"], ("第1页有1格",)),
    ],
    ids=["all fit", "over the edge", "into a blank cell", "cut", "over another text", "over a blank cell"],
)
def test_cells_that_cannot_be_read_surely_are_counted(cells, doubtful):
    assert read_pdf(pdf([ABOVE, *grid([HEAD, cells], 760)])).doubtful == doubtful


@pytest.mark.parametrize("cells", [["1", "甲一", "生病", LONG], ["1", LONG, None, "在家"]])
def test_a_text_that_runs_on_is_read_whole(cells):
    (sheet,) = read_pdf(pdf(grid([HEAD, [cell or "" for cell in cells]], 760))).sheets

    assert [cell or None for cell in sheet.rows[-1]] == cells


def test_lines_drawn_over_the_row_above_are_doubtful():
    page = [ABOVE, *grid([HEAD, ["1", "甲一", "生病", "在家"]], 760), text(224, 746, "转学")]

    assert read_pdf(pdf(page)).doubtful == ("第1页有1格",)


def test_a_form_with_such_cells_is_kept_apart_and_asked_about():
    head = ["序号", "姓名", "身份证号", "类别", "发生时间", "备注"]
    rows = [head, ["1", "甲一", "509999201203041234", "休学" * 6, "2023-9-4", "无"]]
    page = [
        text(40, 820, "附件4"),
        text(40, 800, TITLE),
        text(40, 780, "填报单位:沙子镇小学"),
        *grid(rows, 760),
    ]

    result = read_file(pdf(page), "附件4.pdf", "报送", NOTICE, NAMES)

    assert (result.outcome, result.is_held, len(result.forms)) == ("quarantined", True, 1)
    assert "第1页有" in (result.reason or "")
