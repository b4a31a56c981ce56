"""Writes ``docs/kongchuo.1``, the manual page, from the program itself; :mod:`tests.unit.test_docs` compares.

``python -m tests.pages.man_page`` writes it, ``man docs/kongchuo.1`` shows it.
"""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import typer.main

from config.text.punctuation import set_punctuation
from kongchuo.cli import GROUPS, AllCommands, app
from kongchuo.lazy_commands import set_help_punctuation

PAGE = Path(__file__).parents[2] / "docs" / "kongchuo.1"
EXIT_STATUS = {
    0: "办完",
    1: "办完,但有事要人处理",
    2: "用法或配置不对",
    3: "邮箱、发信服务器或数据库连不上:什么都没丢,请再试",
    130: "被 Ctrl+C 中断",
}
ENVIRONMENT = {
    "KONGCHUO_CONFIG": "配置文件的路径",
    "PAGER": "一屏放不下时用什么翻看,cat 为不翻看",
    "NO_COLOR": "设了就不用粗体和颜色",
    "COLUMNS": "按多少列排表(默认终端的宽度;管道和文件为80)",
}


def render_man_page() -> str:
    """Every command by section with what it does and its options, exit statuses, environment, files."""
    group: Any = typer.main.get_command(app)
    set_help_punctuation(group)
    lines = [
        f'.TH KONGCHUO 1 "" "kongchuo {version("kongchuo")}" "控辍"',
        ".SH 名称",
        _text(f"kongchuo - {group.help}"),
        ".SH 用法",
        r".B kongchuo",
        r"[\-\-config 路径] 命令 [选项]",
        ".SH 选项",
        *_options(group),
    ]
    for heading, names in AllCommands.sections.items():
        lines.append(f".SH {heading}")
        for name in names:
            lines += _command(f"kongchuo {name}", group.commands[name])
            if name in GROUPS:
                inside = group.commands[name].commands
                for inner, command in inside.items():
                    lines += _command(f"kongchuo {name} {inner}", command)
    lines.append(".SH 退出码")
    for code, meaning in EXIT_STATUS.items():
        lines += [".TP", rf"\fB{code}\fR", _text(meaning)]
    lines.append(".SH 环境变量")
    for name, meaning in ENVIRONMENT.items():
        lines += [".TP", rf"\fB{name}\fR", _text(meaning)]
    lines += [".SH 文件", ".TP", r"\fBkongchuo.toml\fR", _text("配置:kongchuo init 生成,旁边是通知和名册")]
    return "\n".join(lines) + "\n"


def _command(called: str, command: Any) -> list[str]:
    arguments = [
        param.metavar or param.name.upper() for param in command.params if not param.opts[0].startswith("-")
    ]
    return [
        f".SS {_text(' '.join([called, *arguments]))}",
        _text(command.help or ""),
        *_options(command),
    ]


def _options(command: Any) -> Iterator[str]:
    for param in command.params:
        if param.opts[0].startswith("-"):
            words = " ".join(filter(None, (", ".join(param.opts), None if param.is_flag else param.metavar)))
            yield from (".TP", rf"\fB{_text(words)}\fR", _text(param.help or ""))


def _text(text: str) -> str:
    """A line of roff: its marks are text, and hyphens are what they are on a keyboard."""
    said = set_punctuation(text).replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{said}" if said.startswith((".", "'")) else said


if __name__ == "__main__":
    PAGE.write_text(render_man_page(), "utf-8")
