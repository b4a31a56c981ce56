"""Commands whose help is wholly in Chinese: what typer writes in English of itself stands here with its Chinese."""

import re

from typer._click import Context  # typer carries its own click and exports few of its classes
from typer.core import TyperCommand, TyperGroup

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


def _in_chinese(page: str) -> str:
    for english, chinese in _WORDS:
        page = english.sub(chinese, page)
    return page


class ChineseCommand(TyperCommand):
    """A command with its help in Chinese."""

    def get_help(self, ctx: Context) -> str:
        return _in_chinese(super().get_help(ctx))


class ChineseGroup(TyperGroup):
    """A group of commands with its help in Chinese."""

    def get_help(self, ctx: Context) -> str:
        return _in_chinese(super().get_help(ctx))
