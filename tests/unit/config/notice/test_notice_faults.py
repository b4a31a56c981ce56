"""Every mistake of a notice is told in Chinese, with its line and what to write."""

import re
from pathlib import Path

import pytest

from config.errors import ConfigError
from config.read_notice import load_notice

HEAD = 'extends = "2023-autumn.toml"\nid = "other"\n'


def told(tmp_path: Path, text: str) -> str:
    file = tmp_path / "notice.toml"
    file.write_text(HEAD + text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_notice(file)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("openned = 2023-09-01\n", ["第3行", "openned", "opened"]),
        ('opened = "九月一日"\n', ["第3行", "opened", "2023-09-25"]),
        ('[[forms]]\nkey = "附件1"\nrole = "rol"\n', ["第5行", "附件1 role", "roll"]),
        ('[[forms]]\nkey = "表2"\nrole = "counts"\n', ["第4行", "表2", "缺少"]),
        ('[[forms]]\nkey = "附件1"\nfelds = ["name"]\n', ["第5行", "fields"]),
        ('[deduction]\nschool = "半分"\n', ["第4行", "school", "数字"]),
        ('[vocabularies.status.meanings]\n"辍学" = "gone"\n', ["第4行", "gone", "out"]),
        ("[vocabularies.status]\n疑似 = []\n", ["第4行", "引号"]),
        ('title = "月报\n', ["第3行", "引号"]),
        ("full_share = 2\n", ["第3行", "太大"]),
    ],
)
def test_a_mistake(tmp_path: Path, text: str, words: list[str]):
    message = told(tmp_path, text)

    assert all(word in message for word in words), message
    assert not re.search("Input|should|expected|Expected|valid|Invalid|value_error", message), message


def test_all_mistakes_are_told_at_once(tmp_path: Path):
    message = told(tmp_path, 'openned = 1\n[deduction]\nschool = "半分"\n')

    assert "openned" in message
    assert "school" in message
