"""kongchuo config show and schema."""

import json
from pathlib import Path

import pytest

from tests.builders.offices.office_folder import an_office, run_kongchuo


def test_every_setting_is_shown_with_where_it_comes_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = an_office(tmp_path, 2525)
    config.write_text(
        config.read_text("utf-8").replace("[smtp]\n", '[smtp]\nusername = "a@qq.com"\n'), "utf-8"
    )
    monkeypatch.setenv("KONGCHUO_OFFICE_NAME", "乙县教委")
    monkeypatch.setenv("KONGCHUO_SMTP_PASSWORD", "geheimnis")
    monkeypatch.setenv("KONGCHUO_ALARMS_PING", "https://hc-ping.com/0000-uuid")

    assert run_kongchuo(monkeypatch, "config", "show", "--json", "--config", config) == 0

    said = capsys.readouterr().out
    shown = {row["name"]: (row["value"], row["origin"]) for row in json.loads(said)}
    assert shown["[office] name"] == ("乙县教委", "环境变量 KONGCHUO_OFFICE_NAME")
    assert shown["[smtp] port"][1].startswith("配置文件第")
    assert shown["[smtp] per_minute"] == (15, "默认")
    assert shown["[smtp] 密码"] == ("已设", "环境变量 KONGCHUO_SMTP_PASSWORD")
    assert "geheimnis" not in said
    assert "uuid" not in said


@pytest.mark.parametrize(("which", "title"), [("kongchuo", "Settings"), ("notice", "Notice")])
def test_a_schema_is_printed_or_written(
    which: str,
    title: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_kongchuo(monkeypatch, "config", "schema", which) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed)["title"] == title

    assert run_kongchuo(monkeypatch, "config", "schema", which, "--out", tmp_path / "s.json") == 0
    assert (tmp_path / "s.json").read_text("utf-8") == printed
