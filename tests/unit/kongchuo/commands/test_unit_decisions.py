import json
from pathlib import Path

import pytest

from tests.builders.office_folder import an_office, run_kongchuo

Captured = pytest.CaptureFixture[str]
DAY = ("--as-of", "2023-09-26")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return an_office(tmp_path)


def run_json(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured, config: Path, *arguments: str
) -> list[dict[str, object]]:
    capsys.readouterr()
    assert run_kongchuo(monkeypatch, *arguments, "--json", "--config", config) == 0
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


def test_a_unit_may_be_given_more_time_and_that_may_be_taken_back(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def forms_missing() -> list[object]:
        return [
            gap["form"] for gap in run_json(monkeypatch, capsys, config, "gaps", "--unit", "西沱镇", *DAY)
        ]

    assert forms_missing() == ["附件1", "附件3"]
    extended = ("extend", "--unit", "西沱镇", "--form", "3", "--until", "2023-09-28", "--why", "发大水")
    assert run_kongchuo(monkeypatch, *extended, "--config", config, "--as-of", "2023-09-24") == 0
    assert "西沱镇附件3宽限到9月28日" in capsys.readouterr().out
    assert forms_missing() == ["附件1"]

    (granted,) = run_json(monkeypatch, capsys, config, "decisions", *DAY)
    assert (granted["kind"], granted["why"]) == ("extend", "发大水")
    number = str(granted["id"])
    assert run_kongchuo(monkeypatch, "withdraw", number, "--why", "弄错", "--config", config, *DAY) == 0
    assert forms_missing() == ["附件1", "附件3"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["extend", "--unit", "西沱镇", "--until", "明天", "--why", "x"], "不是日期"),
        (["exempt", "--unit", "某地", "--why", "x"], "名册里没有“某地”"),
        (["explain", "abc", "--why", "x"], "没有编号为“abc”的问题"),
        (["withdraw", "7", "--why", "x"], "没有编号为“7”的决定"),
        (["status", "--notice", "1999"], "没有“1999”这份通知\uff0c现有\uff1a2023-autumn"),
    ],
)
def test_a_decision_about_nothing_is_refused(
    arguments: list[str], says: str, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert run_kongchuo(monkeypatch, *arguments, "--config", config) == 2
    assert says in capsys.readouterr().err
