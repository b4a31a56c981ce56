"""Defines the command line of contract §2: commands, exit codes, and errors as one Chinese line."""

import io
import logging
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from typer._click import Command
from typer._click import (
    exceptions as usage_errors,  # typer carries its own click and exports few of its errors
)
from typer.core import TyperArgument, TyperGroup, TyperOption

from config.errors import KongchuoError
from config.text.punctuation import set_punctuation
from kongchuo.commands import (
    case_decisions,
    incoming_mail,
    listings,
    outbox_commands,
    outgoing_mail,
    platform_numbers,
    rolls_and_registers,
    service_control,
    setup,
    unit_decisions,
)
from kongchuo.commands.lists import list_clearing
from kongchuo.commands.notices import notice_check
from kongchuo.commands.options import Config
from kongchuo.commands.safekeeping import backup_files, store_checks
from kongchuo.output.terminal_text import fit_for_cell

USAGE_ERROR, UNREACHABLE = 2, 3

app = typer.Typer(
    name="kongchuo", help="控辍:收控辍保学报表,说清谁没报、哪里错、哪个孩子没返校。", no_args_is_help=True, add_completion=False,
    pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip
COMMANDS = (
    setup.init, setup.doctor, setup.demo,
    incoming_mail.poll, incoming_mail.rerun, outgoing_mail.run, service_control.health,
    listings.status, listings.gaps, listings.cases, listings.records, listings.problems, listings.files,
    listings.crosscheck, incoming_mail.assign, case_decisions.waive, unit_decisions.extend, unit_decisions.exempt, unit_decisions.explain,
    unit_decisions.accept, unit_decisions.decisions, unit_decisions.withdraw, rolls_and_registers.roll, rolls_and_registers.ledgers,
    list_clearing.clear,
    outgoing_mail.digest, outgoing_mail.receipts, outgoing_mail.remind,
    store_checks.verify, backup_files.backup, backup_files.restore, store_checks.rebuild,
)  # fmt: skip
CASE_COMMANDS = (
    case_decisions.close,
    case_decisions.reopen,
    case_decisions.note,
    case_decisions.file,
    case_decisions.own,
    case_decisions.merge,
    case_decisions.split,
)
for command in COMMANDS:
    app.command(command.__name__)(command)
case = typer.Typer(
    name="case", help="对一个个案作决定:结案、撤销、记一笔、合并、分开。", no_args_is_help=True
)
for case_command in CASE_COMMANDS:
    case.command(case_command.__name__)(case_command)
app.add_typer(case)
PLATFORM_COMMANDS: dict[str, Callable[..., None]] = {
    "set": platform_numbers.set_numbers,
    "load": platform_numbers.load,
    "diff": platform_numbers.diff,
}
platform = typer.Typer(
    name="platform", help="三统一:录入国家平台的数字和名单,与登记的对照。", no_args_is_help=True
)
for platform_name, platform_command in PLATFORM_COMMANDS.items():
    platform.command(platform_name)(platform_command)
app.add_typer(platform)
PAPER_COMMANDS: dict[str, Callable[..., None]] = {
    "received": unit_decisions.paper_received,
    "undo": unit_decisions.paper_undo,
}
paper = typer.Typer(
    name="paper", help="纸质件:记下哪个单位哪张附件签字盖章的纸质件已收到。", no_args_is_help=True
)
for paper_name, paper_command in PAPER_COMMANDS.items():
    paper.command(paper_name)(paper_command)
app.add_typer(paper)
app.add_typer(outbox_commands.outbox_app)
notice = typer.Typer(name="notice", help="通知:查看一份通知的意思,检查写得对不对。", no_args_is_help=True)
notice.command("check")(notice_check.check)
app.add_typer(notice)


def show_version(asked: bool) -> None:
    """Print the installed version and end the command."""
    if asked:
        print(f"kongchuo {version('kongchuo')}")
        raise typer.Exit


@app.callback()
def set_defaults(
    context: typer.Context,
    config: Config = None,
    _: Annotated[
        bool, typer.Option("--version", help="显示版本号", is_eager=True, callback=show_version)
    ] = False,
) -> None:
    """``--config`` may also stand before the command."""
    context.default_map = {command.__name__: {"config": config} for command in COMMANDS} | {
        "case": {command.__name__: {"config": config} for command in CASE_COMMANDS},
        "platform": {name: {"config": config} for name in PLATFORM_COMMANDS},
        "paper": {name: {"config": config} for name in PAPER_COMMANDS},
        "outbox": {"config": config},
        "notice": {"check": {"config": config}},
    }


def set_help_punctuation(command: Command) -> None:
    """Set the help of a command, of its options and of its subcommands in Chinese punctuation."""
    for described in (command, *command.params):
        if isinstance(described, (Command, TyperArgument, TyperOption)) and described.help is not None:
            described.help = set_punctuation(described.help)
    for subcommand in command.commands.values() if isinstance(command, TyperGroup) else ():
        set_help_punctuation(subcommand)


def main() -> None:
    """Run a command and leave with its exit code; 130 means that Ctrl+C ended it."""
    for stream in (sys.stdout, sys.stderr):  # a Chinese Windows would write GB18030 into a pipe
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    logging.basicConfig(level=logging.ERROR, format="%(asctime)s %(message)s", stream=sys.stderr)
    try:
        command = typer.main.get_command(app)
        set_help_punctuation(command)
        exit_code = command(
            standalone_mode=False
        )  # what a command raised as typer.Exit comes back as a number
        sys.stdout.flush()
        code = exit_code if isinstance(exit_code, int) else 0
    except usage_errors.NoArgsIsHelpError as error:
        print(error.ctx.get_help() if error.ctx else error)
        code = USAGE_ERROR
    except usage_errors.UsageError as error:
        _print_error(_usage_error_text(error))
        code = USAGE_ERROR
    except (typer.Abort, KeyboardInterrupt):
        _print_error("已中断;已经收到的不会丢,再运行一次会接着做")
        code = 130
    except KongchuoError as error:
        _print_error(" ".join(str(error).split("\n")))
        code = error.exit_code
    except (
        BrokenPipeError,
        SystemExit,
    ):  # the reader has enough (`kongchuo files | head`); click and rich exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:  # noqa: BLE001  the last line of defence: a person gets a sentence, the trace goes to a file
        trace = _write_trace()
        what_to_do = f"请把 {trace} 发给管理员" if trace else "请清理磁盘后再运行一次,仍出错的请告诉管理员"
        _print_error(f"程序出错({type(error).__name__}),已收到的邮件不会丢:{what_to_do}")
        code = UNREACHABLE
    sys.exit(code)


def _print_error(line: str) -> None:
    print(fit_for_cell(set_punctuation(line)), file=sys.stderr)


def _write_trace() -> Path | None:
    """Writes the trace of the error at hand into a file; returns ``None`` where no file can be written."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="kongchuo-", suffix=".log", delete=False, encoding="utf-8", errors="backslashreplace"
        ) as file:
            traceback.print_exc(file=file)
    except OSError:
        return None
    return Path(file.name)


def _usage_error_text(error: usage_errors.UsageError) -> str:
    usage_hint = f"(用法:{error.ctx.command_path} --help)" if error.ctx else ""
    match error:
        case usage_errors.NoSuchOption():
            return f"没有 {error.option_name} 这个选项{usage_hint}"
        case usage_errors.MissingParameter():
            name = error.param.opts[0] if error.param is not None and error.param.opts else error.param_hint
            return f"缺少 {name}{usage_hint}"
        case usage_errors.BadParameter():
            return f"{error.param_hint or '参数'} 填得不对{usage_hint}"
        case usage_errors.BadOptionUsage():
            return f"{error.option_name} 后面要写一个值{usage_hint}"
        case _ if "Missing command" in error.message:
            return f"缺少命令{usage_hint}"
        case _ if "No such command" in error.message:
            return f"没有这个命令{usage_hint}"
        case _ if "unexpected extra argument" in error.message:
            return f"多写了参数:{error.message.rpartition('(')[2].rstrip(')')}{usage_hint}"
        case _:
            return f"用法有误{usage_hint}:{error.message}"
