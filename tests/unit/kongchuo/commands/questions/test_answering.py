"""``questions`` and ``answer``: numbers stay, and an answer does what the command of the same meaning does."""

import json
from pathlib import Path
from typing import Any

import pytest

from store import Store
from tests.builders.counties.scenario_county import ScenarioCounty, a_child
from tests.builders.offices.office_folder import an_office, put_mail, run_kongchuo

Captured = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
DAY = ("--as-of", "2023-10-31")
CHILD = a_child("甲一", serial=123)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """An office with a child who may be on a roll under a slip in the number, and a mail that speaks of material."""
    config = an_office(tmp_path)
    store = Store.open(f"sqlite:///{tmp_path / 'kongchuo.db'}", tmp_path / "archive")
    county = ScenarioCounty(store)
    county.add_submission("西沱镇小学", "附件4", CHILD.out_row(), on="2023-09-20")
    slip = CHILD.number[:16] + ("5" if CHILD.number[16] != "5" else "6") + CHILD.number[17]
    row = CHILD.enrolled_row(id_number=slip)
    county.add_submission("西沱镇", "附件1", row, on="2023-10-20", problems=["id-checksum"])
    store.close()
    put_mail(config, "1.eml", "西沱镇小学附件4的材料已放到网盘 https://pan.baidu.com/s/1abcdef 请查收")
    return config


def ask(patch: Patch, capsys: Captured, config: Path) -> dict[str, dict[str, Any]]:
    """The open questions by their kind."""
    capsys.readouterr()
    assert run_kongchuo(patch, "questions", "--json", "--config", config, *DAY) == 0
    return {one["kind"]: one for one in json.loads(capsys.readouterr().out)}


def answer(patch: Patch, capsys: Captured, config: Path, *words: str) -> str:
    capsys.readouterr()
    code = run_kongchuo(patch, "answer", *words, "--config", config, *DAY)
    said = capsys.readouterr()
    return said.out if code == 0 else said.err


def decisions(patch: Patch, capsys: Captured, config: Path) -> list[tuple[str, int | None]]:
    capsys.readouterr()
    assert run_kongchuo(patch, "decisions", "--json", "--config", config, "--as-of", "2030-01-01") == 0
    return [(one["kind"], one["question"]) for one in json.loads(capsys.readouterr().out)]


def test_numbers_stay_and_answers_count_and_are_taken_back(
    config: Path, monkeypatch: Patch, capsys: Captured
) -> None:
    assert run_kongchuo(monkeypatch, "poll", "--config", config) == 1
    first = ask(monkeypatch, capsys, config)
    file, same = first["file"]["number"], first["same"]["number"]
    assert len({one["number"] for one in first.values()}) == len(first)
    assert [one["label"] for one in first["same"]["answers"]] == ["是同一人", "不是同一人"]

    assert "名册里没有" in answer(monkeypatch, capsys, config, str(file), "同意吗")
    assert decisions(monkeypatch, capsys, config) == []

    said = answer(monkeypatch, capsys, config, f"问{same}", "不是同一人", "两校都问过")
    assert f"问{same}" in said
    assert decisions(monkeypatch, capsys, config) == [("split", same)]
    later = ask(monkeypatch, capsys, config)
    assert "same" not in later
    assert later["file"]["number"] == file

    assert "以前这样办过" not in answer(monkeypatch, capsys, config, str(same), "不是同一人")
    assert decisions(monkeypatch, capsys, config) == [("split", same)]
    answer(monkeypatch, capsys, config, str(same), "同一人")
    assert decisions(monkeypatch, capsys, config) == [("merge", same)]
    assert "撤回" in answer(monkeypatch, capsys, config, "撤回", str(same))
    assert decisions(monkeypatch, capsys, config) == []
    assert ask(monkeypatch, capsys, config)["same"]["number"] == same

    answer(monkeypatch, capsys, config, str(file), "西沱镇小学", "附件4")
    assert "file" not in ask(monkeypatch, capsys, config)
    answer(monkeypatch, capsys, config, "撤回", str(file))
    assert ask(monkeypatch, capsys, config)["file"]["number"] == file

    answer(monkeypatch, capsys, config, str(file), "不用处理")
    assert "file" not in ask(monkeypatch, capsys, config)


def test_numbers_and_answers_outlast_the_database(
    tmp_path: Path, monkeypatch: Patch, capsys: Captured
) -> None:
    config = an_office(tmp_path)
    for name in ("1.eml", "2.eml"):
        put_mail(
            config, name, f"西沱镇小学附件4的材料已放到网盘 https://pan.baidu.com/s/1abc{name[0]} 请查收"
        )
    assert run_kongchuo(monkeypatch, "poll", "--config", config) == 1
    assert run_kongchuo(monkeypatch, "questions", "--config", config) == 0
    answer(monkeypatch, capsys, config, "2", "西沱镇小学", "附件4")
    answer(monkeypatch, capsys, config, "1", "不用处理")
    answer(monkeypatch, capsys, config, "撤回", "1")
    before = ask(monkeypatch, capsys, config)
    assert run_kongchuo(monkeypatch, "verify", "--config", config) == 0
    (tmp_path / "kongchuo.db").unlink()

    assert run_kongchuo(monkeypatch, "rebuild", "--config", config) in (0, 1)

    rebuilt = ask(monkeypatch, capsys, config)
    assert [one["file"]["number"] for one in (before, rebuilt)] == [1, 1]
    assert decisions(monkeypatch, capsys, config) == [("assign", 2)]
    assert run_kongchuo(monkeypatch, "verify", "--config", config) == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("99", "同意"), "没有问99"),
        (("宽限", "西沱", "到2023-11-28", "停电"), "宽限到11月28日"),
        (("免报", "西沱镇小学", "附件6", "无义务段"), "免报附件6"),
        (("免报", "某某小学", "附件6", "无"), "名册里没有"),
        (("帮助",), "宽限 单位"),
    ],
)
def test_what_is_told(
    words: tuple[str, ...], told: str, config: Path, monkeypatch: Patch, capsys: Captured
) -> None:
    assert told in answer(monkeypatch, capsys, config, *words)
