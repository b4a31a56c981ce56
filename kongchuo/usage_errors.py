"""Describes in Chinese what was wrong with a command line.

Typer takes its usage errors from click, which it bundles since 0.26 and does not export. They are recognised by the
base class of ``typer.BadParameter``, and a class by its name.
"""

import difflib
import re
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

_NO_SUCH_COMMAND = re.compile(r"No such command '([^']*)'")
UsageError: Any = typer.BadParameter.__base__
"""The base class of all usage errors."""


def is_asking_for_help(error: Any) -> bool:
    """Returns whether a group was called without a command, which shows its help."""
    return "NoArgsIsHelpError" in _kinds(error)


def usage_error_text(error: Any) -> str:
    """Returns one sentence: what is wrong, a similar correct word, and how to get help."""
    hint = f"(用法:{error.ctx.command_path} --help)" if error.ctx else ""
    kinds = _kinds(error)
    if "NoSuchOption" in kinds:
        candidates = [word for param in error.ctx.command.params for word in param.opts] if error.ctx else []
        return f"没有 {error.option_name} 这个选项{_alike(error.option_name, candidates)}{hint}"
    if "MissingParameter" in kinds:
        return f"缺少 {_called(error)}{hint}"
    if "BadParameter" in kinds:
        described = getattr(error.param, "help", None)
        return f"{_called(error)} 填得不对{f':{described}' if described else ''}{hint}"
    if "BadOptionUsage" in kinds:
        return f"{error.option_name} 后面要写一个值{hint}"
    if "Missing command" in error.message:
        return f"缺少命令{hint}"
    if (mistyped := _NO_SUCH_COMMAND.search(error.message)) is not None:
        group = error.ctx.command if error.ctx is not None else None
        candidates = [*group.commands] if isinstance(group, TyperGroup) else []
        return f"没有 {mistyped[1]} 这个命令{_alike(mistyped[1], candidates)}{hint}"
    if "unexpected extra argument" in error.message:
        return f"多写了参数:{error.message.rpartition('(')[2].rstrip(')')}{hint}"
    return f"用法有误{hint}:{error.message}"


def _kinds(error: Any) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}


def _called(error: Any) -> str:
    """Returns the name of the option or argument of a usage error."""
    param = error.param
    if param is None or not param.opts:
        return str(error.param_hint or "参数")
    called: str = param.opts[0]
    return called if called.startswith("-") else param.metavar or called


def _alike(written: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(written, known, n=1)
    return f",是不是 {close[0]}?" if close else ""
