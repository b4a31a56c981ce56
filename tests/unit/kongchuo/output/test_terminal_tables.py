import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from rich.cells import cell_len

from config.text.output_mask import OutputMask
from kongchuo.output.layout.answer_screen import TableForm, answer_screen
from kongchuo.output.layout.table_layout import Column
from kongchuo.output.tables.case_tables import show_cases
from kongchuo.output.tables.file_tables import show_files
from kongchuo.output.tables.row_tables import show_problems, show_records
from kongchuo.output.tables.status_tables import show_gaps, show_status, status_word
from kongchuo.output.terminal_tables import cell_text, print_line, print_table
from ledger.results import FormState, FormStatus
from tests.builders.values.sample_values import (
    MASKED,
    NO_SENDERS,
    NUMBER,
    a_case,
    a_file,
    a_form,
    a_gap,
    a_problem,
    a_record,
    a_status,
)

KINDS = {"township": "乡镇(街道)", "school": "学校"}
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("form", "word"),
    [
        (a_form(), "已报213"),
        (a_form(nil=True, records=0), "零报告"),
        (a_form(late=True), "迟·已报213"),
        (a_form(state=FormState.INCOMPLETE), "不完整"),
        (a_form(state=FormState.INCOMPLETE, late=True), "迟·不完整"),
        (a_form(state=FormState.MISSING), "缺"),
        (a_form(state=FormState.MISSING, under_review=1), "待核"),
        (a_form(state=FormState.PENDING), "未到期"),
        (a_form(owed=False, state=FormState.NOT_OWED, versions=0), "–"),
        (a_form(owed=False, state=FormState.NOT_OWED), "多报"),
    ],
)
def test_one_word_says_how_an_obligation_stands(form: FormStatus, word: str) -> None:
    assert status_word(form) == word


def test_the_status_shows_a_unit_with_its_forms(capsys: pytest.CaptureFixture[str]) -> None:
    show_status(a_status(a_form(), a_form(form="附件3", state=FormState.MISSING)), KINDS, ZONE)

    shown = capsys.readouterr().out
    assert "截至2023-09-25 23:59" in shown
    assert "乡镇\uff08街道\uff091个" in shown
    heading, row = [line.split() for line in shown.splitlines()[-2:]]
    assert heading == ["单位", "附件1", "附件3"]  # of paper nothing is owed
    assert row == ["西沱镇", "已报213", "缺"]


def test_the_status_as_values_is_one_table(capsys: pytest.CaptureFixture[str]) -> None:
    with answer_screen(TableForm.TSV):
        show_status(a_status(a_form(), a_form(form="附件3", state=FormState.MISSING)), KINDS, ZONE)

    assert [line.split("\t") for line in capsys.readouterr().out.splitlines()] == [
        ["单位", "类别", "附件1", "附件3", "纸质件"],
        ["西沱镇", "乡镇\uff08街道\uff09", "已报213", "缺", "–"],
    ]


def test_a_table_in_a_pipe_has_no_colour_no_lines_drawn_and_is_as_narrow_as_a_screen(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    detail = "应报送而未收到、" * 40

    show_gaps([a_gap(detail=detail)], ZONE, OutputMask())

    shown = capsys.readouterr().out
    assert not re.search("[\x1b\u2500-\u257f]", shown)
    assert max(map(cell_len, shown.splitlines())) <= 80
    assert "".join(shown.split()).count("应报送而未收到") == 40


def test_tab_separated_values_hold_all_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    detail = "应报送而未收到、" * 100

    with answer_screen(TableForm.TSV):
        show_gaps([a_gap(detail=f"{detail}\t\n")], ZONE, OutputMask())
        print_line("请看 kongchuo status")

    said = capsys.readouterr()
    heading, row = said.out.splitlines()
    assert heading.split("\t") == ["单位", "附件", "缺口", "迟几天", "拟扣分", "说明"]
    assert row.split("\t")[-1].rstrip() == detail
    assert said.err == "请看 kongchuo status\n"


def test_without_rows_tab_separated_values_are_the_heading_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with answer_screen(TableForm.TSV):
        show_gaps([], ZONE, OutputMask())

    assert capsys.readouterr().out.splitlines() == ["单位\t附件\t缺口\t迟几天\t拟扣分\t说明"]


def test_columns_without_room_are_named_and_wide_shows_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    case = a_case(responsible_unit="一个名称很长很长的九年一贯制学校")

    show_cases([case], OutputMask())
    narrow = capsys.readouterr().out
    with answer_screen(TableForm.WIDE):
        show_cases([case], OutputMask())

    assert "--wide" in narrow.splitlines()[-1]
    assert "立案" in narrow.splitlines()[-1]
    wide = capsys.readouterr().out
    assert "立案" in wide.splitlines()[1]
    assert "--wide" not in wide


def test_a_file_name_in_square_brackets_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    show_files([a_file(path=("[bold]附件4[/x].xlsx",))], ZONE, OutputMask(), NO_SENDERS)

    assert "[bold]附件4[/x].xlsx" in capsys.readouterr().out


def test_a_list_of_files_that_is_cut_says_so_and_where_it_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    first = a_file(received_at=datetime(2023, 9, 25, 10, 3, 7, 500, tzinfo=ZONE))

    show_files([first, a_file()], ZONE, OutputMask(), NO_SENDERS, 2000)

    shown = capsys.readouterr().out
    assert "2000" in shown.splitlines()[0]
    assert shown.splitlines()[-1].startswith("还有1998份")
    assert "--as-of 2023-09-25T10:03:08 " in shown  # so that no file is on neither page

    show_files([first], ZONE, OutputMask(), NO_SENDERS, 1)

    assert "--as-of" not in capsys.readouterr().out


def test_without_gaps_one_sentence_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    show_gaps([], ZONE, OutputMask())

    assert capsys.readouterr().out == "没有缺口\uff1a应报的都已报齐\n"


def test_no_number_of_a_person_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    headings = [(key, key) for key in ("id_number", "student_number", "remark")]

    show_cases([a_case(closed_by=f"{NUMBER}已返校")], OutputMask())
    show_problems([a_problem()], OutputMask())
    show_records([a_record()], headings, OutputMask())
    show_files([a_file(subject=NUMBER, path=(), reason=f"{NUMBER}不对")], ZONE, OutputMask(), NO_SENDERS)

    shown = capsys.readouterr().out
    assert NUMBER not in shown
    assert shown.count(MASKED) == 9


def test_numbers_are_shown_when_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    show_cases([a_case()], OutputMask(reveal=True))
    show_problems([a_problem()], OutputMask(reveal=True))
    show_records([a_record()], [("id_number", "身份证号")], OutputMask(reveal=True))

    assert capsys.readouterr().out.count(NUMBER) == 4


def test_a_column_that_nobody_filled_in_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    show_records([a_record()], [("name", "姓名"), ("sex", "性别")], OutputMask())

    shown = capsys.readouterr().out
    assert "姓名" in shown
    assert "性别" not in shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "是"),
        (False, "否"),
        (12, "12"),
        ([{"date": "2023-09-08"}, {"date": None, "result": "未返校"}], "2023-09-08、未返校"),
    ],
)
def test_a_value_is_said_as_a_person_writes_it(value: object, text: str) -> None:
    assert cell_text(value) == text


def test_a_line_and_what_stands_around_a_table_are_set_and_cells_stay(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_line("已记下,不再提示")
    print_table("名册1份,共2人", [Column("单位(全称)")], [["甲校,乙部"]], "没有")

    shown = capsys.readouterr().out
    for said in ("已记下\uff0c不再提示", "名册1份\uff0c共2人", "单位\uff08全称\uff09", "甲校,乙部"):
        assert said in shown
