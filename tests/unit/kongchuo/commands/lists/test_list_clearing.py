"""``kongchuo clear``: the workbook that is handed back, and nobody's whole number unless it is asked for."""

import json
from pathlib import Path

import openpyxl
import pytest

from tests.builders.office_folder import an_office, run_kongchuo

Captured = pytest.CaptureFixture[str]
DAY = ("--as-of", "2023-10-31")
NUMBER = "509999201203041231"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return an_office(tmp_path)


@pytest.fixture
def handed(config: Path) -> Path:
    file = config.parent / "下发名单.csv"
    file.write_text(
        f"序号,姓名,身份证号,户籍乡镇,线索\n1,谭小样,{NUMBER},西沱镇,未入学\n合计,1,,,\n", "utf-8"
    )
    return file


def cells(folder: Path) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(folder / "下发名单-核查结果.xlsx").active
    assert sheet is not None
    return [tuple(row) for row in sheet.iter_rows(values_only=True)]


def test_the_workbook_keeps_the_lists_columns_and_adds_what_was_found(
    config: Path, handed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"

    assert run_kongchuo(monkeypatch, "clear", handed, "--out", out, "--config", config, *DAY) == 0

    rows = cells(out)
    assert rows[2][:10] == (
        "序号", "姓名", "身份证号", "户籍乡镇", "线索", "核查结果", "依据", "单位", "状态", "证明材料",
    )  # fmt: skip
    assert rows[3][:6] == (1, "谭小样", "509999********1231", "西沱镇", "未入学", "疑似")
    assert rows[3][8] == "待核实"


def test_whole_numbers_are_written_only_where_asked_for_and_that_is_audited(
    config: Path, handed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    run_kongchuo(monkeypatch, "clear", handed, "--json", "--config", config, *DAY)
    (masked,) = json.loads(capsys.readouterr().out)["children"]
    run_kongchuo(monkeypatch, "clear", handed, "--json", "--reveal", "--config", config, *DAY)
    (whole,) = json.loads(capsys.readouterr().out)["children"]

    assert masked["id_number"] == "509999********1231"
    assert whole["id_number"] == NUMBER


def test_a_list_cleared_twice_is_kept_once_and_without_numbers_among_the_decisions(
    config: Path, handed: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    for _ in range(2):
        run_kongchuo(monkeypatch, "clear", handed, "--config", config, *DAY)
    capsys.readouterr()

    run_kongchuo(monkeypatch, "decisions", "--json", "--config", config, *DAY)
    said = capsys.readouterr().out
    run_kongchuo(monkeypatch, "decisions", "--config", config, *DAY)
    said += capsys.readouterr().out

    assert NUMBER not in said
    assert len(json.loads(said[: said.rindex("]") + 1])) == 1


def test_what_is_no_list_is_refused_in_chinese(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert run_kongchuo(monkeypatch, "clear", "附件1", "--config", config, *DAY) == 2
    assert "不是比对名单" in capsys.readouterr().err
