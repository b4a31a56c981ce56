"""Manners of a command line that no single command has (docs/command-line.md)."""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from kongchuo.cli import app
from kongchuo.commands import listings
from kongchuo.output.layout.table_layout import Column
from kongchuo.output.progress import progress_bar
from kongchuo.output.terminal_tables import print_table
from tests.builders.offices.office_folder import an_office, run_kongchuo


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def every_command(group: Any = None, called: str = "kongchuo") -> Iterator[tuple[str, Any]]:
    command = group or typer.main.get_command(app)
    yield called, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from every_command(inner, f"{called} {name}")


def options() -> Iterator[tuple[str, Any]]:
    for called, command in every_command():
        for param in command.params:
            if param.opts[0].startswith("-"):
                yield f"{called} {param.opts[0]}", param


def test_every_option_has_a_long_name_and_says_in_chinese_what_it_does() -> None:
    found = dict(options())

    assert len(found) > 100
    assert [
        name for name, param in found.items() if not any(word.startswith("--") for word in param.opts)
    ] == []
    silent = [name for name, param in found.items() if not re.search("[\u4e00-\u9fff]", param.help or "")]
    assert [name for name in silent if not name.startswith("kongchuo platform set ")] == []


def test_no_secret_is_taken_as_an_option() -> None:
    assert [name for name, _ in options() if re.search("password|secret|token|passphrase", name)] == []


@pytest.mark.parametrize(
    ("environment", "is_bold"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_headings_stand_out_on_a_terminal_unless_that_is_not_wanted(
    environment: dict[str, str], is_bold: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ({"TERM": "xterm", "COLUMNS": "80"} | environment).items():
        monkeypatch.setenv(name, value)
    if "NO_COLOR" not in environment:
        monkeypatch.delenv("NO_COLOR", raising=False)
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)

    print_table("表", [Column("单位")], [["甲"]], "")

    assert ("\x1b[1m" in terminal.getvalue()) is is_bold
    assert "\x1b[3" not in terminal.getvalue()  # no colour at all: weight alone


def test_a_bar_moves_on_a_terminal_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("收信") as on_progress:
        on_progress(1, 2)

    assert capsys.readouterr().err == ""


def test_ctrl_c_ends_a_command_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(listings, "Judgements", interrupted)

    assert run_kongchuo(monkeypatch, "gaps", "--config", an_office(tmp_path)) == 130
    assert "不会丢" in capsys.readouterr().err


def test_nothing_is_asked_where_nobody_can_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ask(*_: object, **__: object) -> str:
        raise AssertionError("a question in a pipe waits for ever")

    monkeypatch.setattr(typer, "prompt", ask)
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    assert run_kongchuo(monkeypatch, "init", tmp_path / "office") == 0
    monkeypatch.delenv("KONGCHUO_BACKUP_PASSWORD", raising=False)
    config = an_office(tmp_path)
    assert run_kongchuo(monkeypatch, "backup", tmp_path / "a.zip", "--config", config) == 2
    assert "KONGCHUO_BACKUP_PASSWORD" in capsys.readouterr().err
