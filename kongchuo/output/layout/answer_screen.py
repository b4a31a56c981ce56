"""Decides how the tables of one answer are shown: fitted to the screen, wide, or as tab-separated values; and pages them.

A list that is longer than the screen is shown by ``$PAGER`` (by default ``less``), on a terminal alone: in a pipe or a
file nothing waits for a key.
"""

import io
import logging
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from contextvars import ContextVar
from enum import Enum, auto

from config.errors import ConfigError

_USUAL_WIDTH = 80  # columns of a pipe or a file, where nothing says how many there are


class TableForm(Enum):
    """The layout of tables."""

    FITTED = auto()
    """Fitted to the width of the screen."""
    WIDE = auto()
    """Every column, each row on one line."""
    TSV = auto()
    """Every column, tab-separated, for programs."""


class Loudness(Enum):
    """How much is printed besides the answer."""

    QUIET = auto()
    """Only errors."""
    USUAL = auto()
    VERBOSE = auto()
    """Also each step, on stderr."""


_loudness: ContextVar[Loudness] = ContextVar("loudness of this command", default=Loudness.USUAL)
_form: ContextVar[TableForm] = ContextVar("form of the tables of this answer", default=TableForm.FITTED)


def form_of_tables() -> TableForm:
    """Returns how the tables of the answer at hand are shown."""
    return _form.get()


def loudness() -> Loudness:
    """Returns how much the current command prints besides the answer."""
    return _loudness.get()


def set_loudness(wanted: Loudness) -> None:
    """Sets how much is printed, and the level of the log, from now on."""
    _loudness.set(wanted)
    level = {Loudness.QUIET: logging.CRITICAL, Loudness.VERBOSE: logging.INFO}.get(wanted, logging.ERROR)
    logging.getLogger().setLevel(level)


def chosen_form(*, wide: bool, tsv: bool, as_json: bool = False) -> TableForm:
    """Returns the layout that the options request.

    Raises:
        ConfigError: they request two layouts.
    """
    if wide + tsv + as_json > 1:
        raise ConfigError("--wide、--tsv、--json 只能写一个:请去掉其余的")
    return TableForm.TSV if tsv else TableForm.WIDE if wide else TableForm.FITTED


def screen_width() -> int:
    """Returns the columns of the terminal; for a pipe or file the value of ``COLUMNS``, or 80."""
    return max(shutil.get_terminal_size((_USUAL_WIDTH, 24)).columns, 1)


@contextmanager
def answer_screen(form: TableForm) -> Iterator[None]:
    """Shows what is printed meanwhile in this form, and a screen at a time where it is longer than the terminal."""
    before = _form.set(form)
    try:
        with _paged():
            yield
    finally:
        _form.reset(before)


@contextmanager
def _paged() -> Iterator[None]:
    pager = _pager()
    if pager is None:
        yield
        return
    answer = _TerminalText()
    try:
        with redirect_stdout(answer):
            yield
    finally:
        _show(answer.getvalue(), pager)


class _TerminalText(io.StringIO):
    """Collects the text that would be written to the terminal."""

    def isatty(self) -> bool:
        return True


def _pager() -> list[str] | None:
    """Returns the command that pages a long text; None if there is no terminal to press keys on."""
    if not (sys.stdout.isatty() and sys.stdin.isatty()) or os.environ.get("TERM", "dumb") == "dumb":
        return None
    with suppress(ValueError):  # a quote that is never closed
        words = shlex.split(os.environ.get("PAGER", "less"))
        if words and words != ["cat"] and shutil.which(words[0]):
            return words
    return None


def _show(text: str, pager: list[str]) -> None:
    lines = shutil.get_terminal_size().lines
    if text.count("\n") < lines and form_of_tables() is TableForm.FITTED:
        sys.stdout.write(text)
        return
    # F: ends by itself where one screen is enough; R: colours; S: long lines are cut, and shown by the arrow keys.
    environment = {"LESS": "FRSX", "LESSCHARSET": "utf-8", **os.environ}
    try:
        subprocess.run(pager, input=text, encoding="utf-8", env=environment, check=False)
    except OSError:
        sys.stdout.write(text)
