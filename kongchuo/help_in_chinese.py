"""Defines commands with help wholly in Chinese, and holds the translations of typer's English words."""

import re
from typing import Any

from typer.core import TyperCommand, TyperGroup

from kongchuo.output.layout.answer_screen import screen_width
from kongchuo.output.layout.folding import fold
from kongchuo.output.layout.text_width import cell_len

HelpContext = Any
"""The context that typer passes to functions that write help; typer does not export its class."""

_WORDS = (
    (re.compile("^Usage: ", re.MULTILINE), "用法\uff1a"),
    (re.compile("^Options:$", re.MULTILINE), "选项\uff1a"),
    (re.compile("^Commands:$", re.MULTILINE), "命令\uff1a"),
    (re.compile("^Arguments:$", re.MULTILINE), "参数\uff1a"),
    (re.compile("^([\u4e00-\u9fff、]+):$", re.MULTILINE), "\\1\uff1a"),
    (re.compile(r"\[OPTIONS\]"), "[选项]"),
    (re.compile(r"COMMAND \[ARGS\]\.\.\."), "命令 …"),
    (re.compile(r"Show this message and exit\."), "显示帮助"),
    (re.compile(r"(?<=\S) <(?:str|int|path|file|directory)>"), ""),
    (re.compile(r" *\[required\]"), "\uff08必填\uff09"),
    (re.compile(r" *\[default: ([^\]]*)\]"), "\uff08默认 \\1\uff09"),
)

_GAP = re.compile(" {2,}")
_ENTRY = re.compile(r"  \S")
_WIDEST_NAME = 28  # columns; the description of a longer one stands below it


def _in_chinese(page: str) -> str:
    page = _unwrapped(page)
    for english, chinese in _WORDS:
        page = english.sub(chinese, page)
    return _laid_out(page, screen_width())


def _unwrapped(page: str) -> str:
    """Returns the page with each paragraph and list entry on one line, because click counts a Chinese character as one column."""
    lines: list[str] = []
    for line in page.split("\n"):
        goes_on = bool(lines) and bool(line.strip()) and bool(lines[-1].strip()) and line.startswith("  ")
        is_entry = _ENTRY.match(line) is not None
        if goes_on and lines[-1].startswith("  ") and not is_entry:
            lines[-1] = f"{lines[-1].rstrip()}{_between(lines[-1], line)}{line.strip()}"
        else:
            lines.append(line)
    return "\n".join(lines)


def _between(before: str, after: str) -> str:
    """Returns the separator for a line that click broke: two spaces after the name of an entry, else one."""
    return " " if _GAP.search(before.strip()) or not after.startswith("   ") else "  "


def _laid_out(page: str, width: int) -> str:
    """Returns the page in lines of this width, lists in two columns."""
    lines: list[str] = []
    entries: list[tuple[str, str]] = []
    for line in [*page.split("\n"), ""]:
        if line.startswith("  ") and (parts := _GAP.split(line.strip(), maxsplit=1))[1:]:
            entries.append((parts[0], parts[1]))
            continue
        lines += _two_columns(entries, width)
        entries = []
        indent = line[: len(line) - len(line.lstrip())]
        lines += [indent + part for part in fold(line.strip(), width - len(indent))] if line.strip() else [""]
    return "\n".join(lines[:-1])


def _two_columns(entries: list[tuple[str, str]], width: int) -> list[str]:
    left = max((cell_len(name) for name, _ in entries if cell_len(name) <= _WIDEST_NAME), default=0)
    lines = []
    for name, said in entries:
        first, *others = fold(said, width - left - 4)
        if cell_len(name) > left:
            lines.append(f"  {name}")
            name = ""
        lines.append(f"  {name}{' ' * (left - cell_len(name))}  {first}")
        lines += [f"{' ' * (left + 4)}{part}" for part in others]
    return lines


class ChineseCommand(TyperCommand):
    """A command with its help in Chinese."""

    def get_help(self, ctx: HelpContext) -> str:
        return _in_chinese(super().get_help(ctx))


class ChineseGroup(TyperGroup):
    """A group of commands with its help in Chinese."""

    def get_help(self, ctx: HelpContext) -> str:
        return _in_chinese(super().get_help(ctx))
