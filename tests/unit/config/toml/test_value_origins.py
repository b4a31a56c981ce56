"""Where each setting comes from."""

import os
from pathlib import Path

import pytest

from config.installation.environment_values import find_values
from config.settings import Settings, load_settings, read_tables
from config.toml.value_origins import list_origins
from tests.builders.offices.settings_file import FILE


def origins(config: Path) -> dict[str, tuple[object, str]]:
    tables = read_tables(config)
    said = find_values(tables, Settings, os.environ)
    listed = list_origins(load_settings(config), tables, config.read_text("utf-8"), said)
    return {one.name: (one.value, one.origin) for one in listed}


def test_a_value_comes_from_the_file_the_environment_or_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "kongchuo.toml"
    config.write_text(FILE, "utf-8")
    monkeypatch.setenv("KONGCHUO_SMTP_PORT", "2525")

    found = origins(config)

    assert found["[office] name"] == ("甲县教委", "配置文件第3行")
    assert found["[smtp] port"] == (2525, "环境变量 KONGCHUO_SMTP_PORT")
    assert found["[smtp] per_day"] == (300, "默认")
    assert found["[[mailbox]] host"] == ("imap.qq.com", "配置文件第9行")
    assert found["[[mailbox]] 第2个 maildir"] == (str(tmp_path / "old"), "配置文件第12行")


def test_a_password_in_a_url_is_not_shown(tmp_path: Path) -> None:
    config = tmp_path / "kongchuo.toml"
    config.write_text(f'{FILE}\n[store]\nurl = "postgresql+psycopg://office:geheim@db/k"\n', "utf-8")

    assert origins(config)["[store] url"][0] == "postgresql+psycopg://office:********@db/k"
