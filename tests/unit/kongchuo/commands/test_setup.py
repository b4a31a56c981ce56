import re
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from config.read_notice import load_notice
from config.settings import load_settings
from config.units.roster import load_roster
from tests.builders.office_folder import run_kongchuo

_ASCII_MARK_IN_CHINESE = re.compile("[\u4e00-\u9fff][,:;](?![^“]*”)")
WRITTEN = ("kongchuo.toml", "notices/2023-autumn.toml", "units.csv", "answers.key")


def test_what_init_writes_can_be_read_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_kongchuo(monkeypatch, "init", tmp_path) == 0

    settings = load_settings(tmp_path / "kongchuo.toml")
    assert load_notice(settings.notice.file).id == "2023-autumn"
    assert len(load_roster(settings.notice.roster).of_kind("township")) == 33


def test_the_comments_that_init_writes_are_set_in_chinese_punctuation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_kongchuo(monkeypatch, "init", tmp_path)

    for name, source in (
        ("kongchuo.toml", resources.files("kongchuo") / "templates" / "kongchuo.toml"),
        ("notices/2023-autumn.toml", resources.files("config") / "notices" / "2023-autumn.toml"),
    ):
        text = (tmp_path / name).read_text("utf-8")
        comments = [line[line.index("#") :] for line in text.splitlines() if "#" in line]
        assert not [comment for comment in comments if _ASCII_MARK_IN_CHINESE.search(comment)]
        assert tomllib.loads(text) == tomllib.loads(source.read_text("utf-8"))
    assert "西沱镇小学,school,小学" in (tmp_path / "kongchuo.toml").read_text("utf-8")


def test_init_overwrites_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "units.csv").write_text("mine")

    assert run_kongchuo(monkeypatch, "init", tmp_path) == 2

    assert "units.csv 已经存在" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["units.csv"]
    assert (tmp_path / "units.csv").read_text() == "mine"


def test_init_says_what_to_do_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_kongchuo(monkeypatch, "init", tmp_path)

    said = capsys.readouterr().out
    assert all(str(tmp_path / name) in said for name in WRITTEN)
    assert "kongchuo doctor" in said


def test_the_demo_leaves_a_folder_of_somebody_else_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.txt").write_text("mine")

    assert run_kongchuo(monkeypatch, "demo", tmp_path) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
