"""Commands as they can be typed where the program runs."""

import sys
from pathlib import Path

import pytest

from kongchuo.output import own_commands
from kongchuo.output.own_commands import as_typed, own_command


@pytest.fixture(autouse=True)
def _called_by_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/opt/k/kongchuo", "--config", "my office/k.toml", "status"])
    monkeypatch.setattr(own_commands, "_program_on_path", lambda: None)


def test_a_command_in_a_sentence_gets_the_path_and_the_configuration_in_force() -> None:
    assert as_typed("请运行 kongchuo poll --all,再看") == (
        "请运行 /opt/k/kongchuo --config 'my office/k.toml' poll --all,再看"
    )


@pytest.mark.parametrize(
    "text",
    [
        "请检查 kongchuo run 是否在运行",
        "请升级 kongchuo 后再用",
        "kongchuo.toml",
        "/usr/bin/kongchuo poll",
        "kongchuo[doc]",
    ],
)
def test_what_is_no_line_to_type_stays(text: str) -> None:
    assert as_typed(text) == text


def test_a_new_office_is_made_without_the_configuration_in_force() -> None:
    assert as_typed("请先运行 kongchuo init 生成") == "请先运行 /opt/k/kongchuo init 生成"


def test_a_program_that_is_found_by_its_name_is_called_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_commands, "_program_on_path", lambda: "/opt/k/kongchuo")
    monkeypatch.setattr(sys, "argv", ["/opt/k/kongchuo", "poll"])

    assert as_typed("kongchuo files") == "kongchuo files"
    assert own_command("doctor", Path("o/kongchuo.toml")) == "kongchuo --config o/kongchuo.toml doctor"
