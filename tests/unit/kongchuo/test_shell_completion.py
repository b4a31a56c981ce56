import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders.offices.office_folder import run_kongchuo

Captured = pytest.CaptureFixture[str]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell", "pwsh"])
def test_every_shell_has_its_script(shell: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    assert run_kongchuo(monkeypatch, "--show-completion", shell) == 0

    script = capsys.readouterr().out
    assert "_KONGCHUO_COMPLETE" in script
    assert "kongchuo" in script


def test_an_unknown_shell_is_told_with_those_that_are_known(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert run_kongchuo(monkeypatch, "--show-completion", "csh") == 2
    assert "可选 bash" in capsys.readouterr().err


def test_the_script_is_installed_where_the_shell_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    assert run_kongchuo(monkeypatch, "--install-completion", "bash") == 0

    assert "Tab" in capsys.readouterr().out
    assert "_KONGCHUO_COMPLETE" in "".join(
        file.read_text("utf-8") for file in tmp_path.rglob("*") if file.is_file() and file.suffix == ".sh"
    )


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("kongchuo sta", "status"), ("kongchuo case clo", "close"), ("kongchuo status --wi", "--wide")],
)
def test_a_shell_that_asks_is_answered(typed: str, offered: str) -> None:
    asked = {"_KONGCHUO_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
    program = "import sys; sys.argv = ['kongchuo']; from kongchuo.cli import main; main()"

    answer = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env={**os.environ, **asked},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )

    assert offered in answer.stdout.split()
