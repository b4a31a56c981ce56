"""``kongchuo platform``: what was typed in, and nobody's whole number on the way out."""

import json
from pathlib import Path

import openpyxl
import pytest

from tests.builders.offices.office_folder import an_office, run_kongchuo

Captured = pytest.CaptureFixture[str]
DAY = ("--as-of", "2023-10-31")
NUMBER = "509999201203041231"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return an_office(tmp_path)


@pytest.fixture
def listed(config: Path) -> Path:
    file = config.parent / "平台.csv"
    file.write_text(f"姓名,身份证号,单位\n谭小样,{NUMBER},西沱镇\n", "utf-8")
    return file


def test_a_list_that_was_loaded_shows_nobodys_number_among_the_decisions(
    config: Path, listed: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    loaded = run_kongchuo(
        monkeypatch, "platform", "load", listed, "--month", "2023-10", "--config", config, *DAY
    )
    assert loaded == 0

    assert run_kongchuo(monkeypatch, "decisions", "--config", config, *DAY) == 0
    assert run_kongchuo(monkeypatch, "decisions", "--json", "--config", config, *DAY) == 0

    said = capsys.readouterr().out
    assert NUMBER not in said
    assert "509999********1231" in said
    assert "1名" in said


def test_who_loaded_a_list_and_why_stands_among_the_decisions(
    config: Path, listed: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    said = ("--why", "平台10月8日导出", "--by", "王老师")
    run_kongchuo(
        monkeypatch, "platform", "load", listed, "--month", "2023-10", *said, "--config", config, *DAY
    )
    run_kongchuo(monkeypatch, "clear", listed, *said, "--config", config, *DAY)
    capsys.readouterr()

    run_kongchuo(monkeypatch, "decisions", "--json", "--config", config, *DAY)

    told = [(one["why"], one["who"]) for one in json.loads(capsys.readouterr().out)]
    assert told == [("平台10月8日导出", "王老师")] * 2


def test_a_reason_that_holds_a_number_is_masked_among_the_decisions(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    why = f"学生{NUMBER}住院"
    assert (
        run_kongchuo(monkeypatch, "exempt", "--unit", "西沱镇", "--why", why, "--config", config, *DAY) == 0
    )

    assert run_kongchuo(monkeypatch, "decisions", "--config", config, *DAY) == 0
    assert run_kongchuo(monkeypatch, "decisions", "--json", "--config", config, *DAY) == 0

    assert NUMBER not in capsys.readouterr().out


def test_the_differences_are_masked_unless_asked_for_and_that_is_written_down(
    config: Path, listed: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    month = ("--month", "2023-10", "--config", config, *DAY)
    run_kongchuo(monkeypatch, "platform", "load", listed, *month)
    capsys.readouterr()

    run_kongchuo(monkeypatch, "platform", "diff", "--json", *month)
    (masked,) = json.loads(capsys.readouterr().out)["children"]
    run_kongchuo(monkeypatch, "platform", "diff", "--json", "--reveal", "--why", "核对", *month)
    (whole,) = json.loads(capsys.readouterr().out)["children"]

    assert (masked["id_number"], whole["id_number"]) == ("509999********1231", NUMBER)
    assert whole["note"] == "这里没有记录"


def test_the_comparison_may_be_had_as_a_workbook(
    config: Path, listed: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    month = ("--month", "2023-10", "--config", config, *DAY)
    run_kongchuo(monkeypatch, "platform", "load", listed, *month)
    counts = ("--enrolled", "33", "--out-of-school", "2")
    assert run_kongchuo(monkeypatch, "platform", "set", "--unit", "西沱镇", *counts, *month) == 0
    file = config.parent / "三统一.xlsx"

    assert run_kongchuo(monkeypatch, "platform", "diff", "--out", file, *month) == 0

    by_unit, by_child = openpyxl.load_workbook(file).worksheets
    rows = list(by_unit.iter_rows(min_row=3, max_row=5, max_col=8, values_only=True))
    assert rows[0][2:] == (
        "在读\uff08平台\uff09",
        "在读\uff08登记\uff09",
        "在读\uff08差\uff09",
        "失学辍学\uff08平台\uff09",
        "失学辍学\uff08登记\uff09",
        "失学辍学\uff08差\uff09",
    )
    assert rows[1] == (1, "西沱镇", 33, 0, -33, 2, 0, -2)
    assert rows[2] == (None, "合计", 33, 0, -33, 2, 0, -2)
    assert [cell.value for cell in by_child[4]][1:5] == [
        "谭小样",
        "509999********1231",
        "西沱镇",
        "平台有\uff0c这里没有",
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["set", "--unit", "西沱镇", "--month", "2023-13", "--out", "1"], "不是月份"),
        (["set", "--unit", "西沱镇", "--month", "2023-10"], "没有写数字"),
        (["set", "--unit", "某地", "--month", "2023-10", "--out", "1"], "名册里没有“某地”"),
        (["load", "没有.csv", "--month", "2023-10"], "打不开"),
        (["diff", "--month", "10月"], "不是月份"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    arguments: list[str], says: str, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert run_kongchuo(monkeypatch, "platform", *arguments, "--config", config) == 2
    assert says in capsys.readouterr().err


def test_a_workbook_that_cannot_be_written_is_told(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    nowhere = config.parent / "没有" / "三统一.xlsx"

    left = run_kongchuo(
        monkeypatch, "platform", "diff", "--month", "2023-10", "--out", nowhere, "--config", config, *DAY
    )

    assert left == 2
    assert "写不进" in capsys.readouterr().err
