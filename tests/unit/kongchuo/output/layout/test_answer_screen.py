import io
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from config.errors import ConfigError
from kongchuo.output.layout.answer_screen import TableForm, answer_screen, chosen_form, screen_width


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> _Terminal:
    """A terminal of five lines."""
    for name, value in {"TERM": "xterm", "LINES": "5", "COLUMNS": "80"}.items():
        monkeypatch.setenv(name, value)
    return _Terminal()


@pytest.fixture
def pager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pager that keeps what it was given."""
    seen = tmp_path / "seen"
    program = tmp_path / "pager.py"
    program.write_text(f"import sys\nopen({str(seen)!r}, 'wb').write(sys.stdin.buffer.read())\n")
    monkeypatch.setenv("PAGER", f"{sys.executable} -P {program}")
    return seen


def show_on(screen: _Terminal, lines: int) -> None:
    with patch.object(sys, "stdout", screen), patch.object(sys, "stdin", _Terminal()):
        show(lines)


def show(lines: int) -> None:
    with answer_screen(TableForm.FITTED):
        print("行\n" * lines, end="")


def show_then_fail() -> None:
    with answer_screen(TableForm.FITTED):
        print("行")
        raise ConfigError("没有")


def test_a_long_answer_goes_to_the_pager(screen: _Terminal, pager: Path) -> None:
    show_on(screen, 9)

    assert pager.read_text("utf-8") == "行\n" * 9
    assert screen.getvalue() == ""


def test_a_short_answer_does_not(screen: _Terminal, pager: Path) -> None:
    show_on(screen, 3)

    assert screen.getvalue() == "行\n" * 3
    assert not pager.exists()


def test_in_a_pipe_nothing_is_paged(
    pager: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("LINES", "5")

    show(9)

    assert capsys.readouterr().out == "行\n" * 9
    assert not pager.exists()


@pytest.mark.parametrize("words", ["", "cat", "no-such-pager", "'"])
def test_without_a_pager_the_answer_is_printed(
    words: str, screen: _Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAGER", words)

    show_on(screen, 9)

    assert screen.getvalue() == "行\n" * 9


def test_what_was_said_before_an_error_is_shown(screen: _Terminal, pager: Path) -> None:
    with (
        patch.object(sys, "stdout", screen),
        patch.object(sys, "stdin", _Terminal()),
        pytest.raises(ConfigError),
    ):
        show_then_fail()

    assert screen.getvalue() == "行\n"


def test_two_forms_at_once_are_refused() -> None:
    with pytest.raises(ConfigError, match="--wide"):
        chosen_form(wide=True, tsv=True)
    with pytest.raises(ConfigError, match="--json"):
        chosen_form(wide=False, tsv=True, as_json=True)


def test_a_pipe_is_as_wide_as_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert screen_width() == 80
    monkeypatch.setenv("COLUMNS", "132")
    assert screen_width() == 132
