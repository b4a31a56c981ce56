"""The attached workbook, read back."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from ledger.results import FormState
from notify.digest.digest_workbook import WHOLE, render_workbook
from notify.obligation_lines import ShownState
from tests.builders.values.form_tables import NOTICE
from tests.builders.values.sample_digests import (
    ID,
    NAME,
    a_busy_county,
    a_case,
    a_file,
    a_form,
    a_full_morning,
    a_problem,
    a_status,
    a_unit,
    digest_of,
)

SHEETS = ["待您决定", "汇总", "催报名单", "报送矩阵", "未返校", "待处理文件", "问题清单"]


def opened(data: bytes) -> Workbook:
    return load_workbook(BytesIO(data))


def rows(workbook: Workbook, sheet: str) -> list[dict[str, Any]]:
    head, *body = list(workbook[sheet].iter_rows(values_only=True))
    return [dict(zip([str(cell) for cell in head], row, strict=True)) for row in body]


@pytest.fixture(scope="module")
def busy() -> Workbook:
    return opened(render_workbook(a_busy_county()))


def test_it_has_a_sheet_for_whatever_there_is(busy: Workbook) -> None:
    assert busy.sheetnames == SHEETS


def test_the_lists_add_up_to_the_headline(busy: Workbook) -> None:
    numbers = a_busy_county().numbers

    said = [row["情况"] for row in rows(busy, "催报名单")]

    assert said.count("未报") == numbers.silent
    assert said.count("待核") == numbers.under_review
    assert said.count("迟报") == numbers.late
    assert said.count("不完整") == numbers.incomplete
    assert len(rows(busy, "未返校")) == 4
    assert len(rows(busy, "待处理文件")) == 3


def test_the_matrix_has_every_unit_and_a_word_in_every_cell(busy: Workbook) -> None:
    matrix = rows(busy, "报送矩阵")

    words = [str(value) for row in matrix for key, value in row.items() if key.startswith("附件")]

    assert len(matrix) == 33 + 45 + 35 + 1
    assert set(words) <= {*ShownState, "按时\uff08零报告\uff09", "迟报\uff08零报告\uff09"}
    assert words.count("未报") == a_busy_county().numbers.silent


@pytest.mark.parametrize("sheet", [name for name in SHEETS if name != "汇总"])
def test_lists_filter_freeze_and_repeat_their_heading_on_a4_landscape(busy: Workbook, sheet: str) -> None:
    page = busy[sheet]

    assert page.auto_filter.ref.startswith("A1:")
    assert page.freeze_panes == "B2"
    assert page.print_title_rows == "$1:$1"
    assert (page.page_setup.orientation, str(page.page_setup.paperSize)) == ("landscape", "9")
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)


def test_names_are_whole_and_identity_numbers_masked() -> None:
    digest = digest_of(a_status(), cases=(a_case(),), problems=(a_problem(),))

    workbook = opened(render_workbook(digest))
    everything = "\n".join(str(cell.value) for sheet in workbook for row in sheet.iter_rows() for cell in row)

    assert NAME in everything
    assert ID not in everything
    assert "13900000000" not in everything


def test_what_looks_like_a_formula_stays_text() -> None:
    digest = digest_of(a_status(), files=(a_file(subject='=HYPERLINK("http://x")'),))

    cell = opened(render_workbook(digest))["待处理文件"]["C2"]

    assert cell.value == '=HYPERLINK("http://x")'
    assert cell.data_type == "s"


def test_control_characters_and_endless_text_do_no_harm() -> None:
    digest = digest_of(a_status(), files=(a_file(subject="坏\x00字\x1f" + "长" * 40_000),))

    cell = opened(render_workbook(digest))["待处理文件"]["C2"]

    assert str(cell.value).startswith("坏字长")


def test_a_day_without_anything_still_opens() -> None:
    workbook = opened(
        render_workbook(digest_of(a_status(a_unit("西沱镇", a_form("附件1", FormState.RECEIVED)))))
    )

    assert workbook.sheetnames == ["待您决定", "汇总", "报送矩阵"]


def test_rates_are_numbers_and_wrapped_text_has_room() -> None:
    workbook = opened(render_workbook(a_busy_county()))

    rate = workbook["汇总"]["D6"]
    long_text = workbook["待处理文件"].row_dimensions[3].height

    assert isinstance(rate.value, float)
    assert rate.number_format == "0.0%"
    assert long_text > 2 * 14


def test_what_points_are_and_who_has_none_stands_above_them() -> None:
    school = a_unit("西沱中学", a_form("附件2", FormState.MISSING))
    for deduction, said in (({"township": 0.1}, True), ({"township": 0.1, "school": 0.1}, False)):
        notice = NOTICE.model_copy(update={"deduction": deduction, "authority": "县教育局"})
        sheet = opened(render_workbook(digest_of(a_status(school), notice=notice)))["汇总"]
        text = "\n".join(str(cell) for (cell, *_) in sheet.iter_rows(values_only=True))

        assert "由县教育局核定" in text
        assert ("学校没有分值" in text) == said


def test_the_same_digest_gives_the_same_bytes() -> None:
    assert render_workbook(a_busy_county()) == render_workbook(a_busy_county())


def test_a_guardian_s_telephone_stands_in_a_workbook_with_a_password_and_in_no_other() -> None:
    cases = (a_case(), a_case(case_id="c2", details={"grade": "三年级"}))
    digest = digest_of(a_status(a_unit("西沱中学", a_form("附件4", FormState.RECEIVED))), cases=cases)

    open_one, locked = opened(render_workbook(digest)), opened(render_workbook(digest, WHOLE))

    assert {row["家长电话"] for row in rows(open_one, "未返校")} == {"有", "无"}
    assert {row["家长电话"] for row in rows(locked, "未返校")} == {"13900000000", None}
    said = [str(cell) for sheet in open_one for row in sheet.iter_rows(values_only=True) for cell in row]
    assert not any("13900000000" in one for one in said)


def test_what_the_mail_shows_in_fewer_places_is_still_in_the_workbook() -> None:
    digest = a_full_morning()
    workbook = opened(render_workbook(digest))
    written = "\n".join(
        str(cell) for sheet in workbook for row in sheet.iter_rows(values_only=True) for cell in row if cell
    )

    children = {one.case_id for one in digest.cases} | {one.finding_id for one in digest.findings}
    children |= {one.name for one in digest.cases} | {one.name for one in digest.suspected}
    units = {one.unit for one in (*digest.missing, *digest.pending, *digest.incomplete, *digest.late)}
    files = {one.name for one in digest.files}
    assert (len(children) > 5, len(units) > 30, bool(files)) == (True, True, True)
    assert {name for name in children | units | files if name not in written} == set()


def test_the_newest_entry_of_the_audit_trail_stands_below_the_summary() -> None:
    digest = replace(a_busy_county(), audit_head="128:k3f9a2c71d0b")

    said = [row[0] for row in opened(render_workbook(digest))["汇总"].iter_rows(values_only=True)]

    assert said[-1] == "操作记录末号128:k3f9a2c71d0b"
