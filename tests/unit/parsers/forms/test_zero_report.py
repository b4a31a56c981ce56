"""Nothing to report, nothing changed, and instructions that only look so."""

from pathlib import Path

import pytest

from config.read_notice import load_notice
from parsers.forms.instructions import is_instruction
from parsers.forms.zero_report import is_nil_cell, is_nil_line, is_no_change, speaks_of_nothing

NOTICE = load_notice(Path("2023-autumn.toml"))


@pytest.mark.parametrize(
    "text",
    [
        "无",
        "0",
        "没有",
        "无。",
        "本校无失学辍学学生",
        "零报告",
        "此表无数据",
        "本表为空",
        "无学生",
        "暂无数据",
    ],
)
def test_cells_that_report_nothing(text: str):
    assert is_nil_cell(text, NOTICE)


@pytest.mark.parametrize("text", ["张无忌", "有", "1", "", "无学生证", "无人员看护"])
def test_cells_that_report_something(text: str):
    assert not is_nil_cell(text, NOTICE)


def test_a_bare_word_is_a_cell_and_no_sentence():
    assert not is_nil_line("无", NOTICE)
    assert is_nil_line("我校 无失学、辍学学生", NOTICE)


def test_a_condition_speaks_of_nothing_and_reports_none():
    assert speaks_of_nothing("如无失学、辍学学生", NOTICE)
    assert not is_nil_line("如无失学、辍学学生", NOTICE)
    assert not is_nil_cell("附件3务必零报告", NOTICE)


@pytest.mark.parametrize(
    "text", ["如无此类学生请填零报告", "各校均须实行零报告", "没有的填无", "按模板零报告"]
)
def test_instructions_state_no_fact(text: str):
    assert is_instruction(text, NOTICE)


@pytest.mark.parametrize(
    "text",
    [
        "我校无失学学生",
        "各年级均无失学、辍学学生",
        "各班均未发现辍学",
        "附件4零报告,请查收",
        "附件3、附件4均为零报告",
    ],
)
def test_facts_are_no_instructions(text: str):
    assert not is_instruction(text, NOTICE)


def test_no_change_is_a_short_statement():
    assert is_no_change("本月无变化", NOTICE)
    assert is_no_change("与上月相同", NOTICE)
    assert not is_no_change("如无变化请注明", NOTICE)
    assert not is_no_change("无变化" + "的学生情况" * 10, NOTICE)


def test_that_there_are_none_is_heard_of_the_notices_own_statuses(tmp_path: Path):
    file = tmp_path / "notice.toml"
    status = """[vocabularies.status]
base = "removed"
values = { "流失" = [], "缓学" = [], "转出" = [] }
meanings = { "流失" = "out", "缓学" = "excused", "转出" = "moved" }
"""
    file.write_text(f'extends = "2023-autumn.toml"\nid = "other"\n{status}', "utf-8")
    notice = load_notice(file)

    assert is_nil_line("本月无流失、缓学学生。", notice)
    assert is_nil_cell("无缓学", notice)
    assert not is_nil_cell("无转出", notice)
    assert not is_nil_line("如无缓学学生请填零报告", notice)
    assert not is_nil_line("本月无流失、缓学学生", NOTICE)
