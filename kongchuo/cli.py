"""Defines the command line (docs/contract.md, Command line): commands, exit codes, errors as one Chinese line."""

import gc
import logging
import os
import sys
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, ClassVar

import typer

from config.errors import KongchuoError
from config.installation.operating_system import write_in_chinese
from kongchuo.commands.options import Config, Quiet, Verbose
from kongchuo.lazy_commands import LazyGroup, Place, set_help_punctuation
from kongchuo.output.layout.answer_screen import Loudness, set_loudness
from kongchuo.output.terminal_text import print_error
from kongchuo.private_process import PREFIX, TRACE_SUFFIX, shared_temporary_folder
from kongchuo.shell_completion import install_completion, know_shells, show_completion
from kongchuo.usage_errors import UsageError, is_asking_for_help, usage_error_text

USAGE_ERROR, UNREACHABLE, INTERRUPTED = 2, 3, 130
_INTERRUPTED = "已中断;已经收到的不会丢,再运行一次会接着做"
_COLLECT_AFTER = 50_000
"""The number of new objects after which Python collects garbage: judging makes millions of objects without circular references."""


def _places(module: str, *functions: str) -> dict[str, Place]:
    return {function: Place(module, function) for function in functions}


class CaseGroup(LazyGroup):
    """``kongchuo case``"""

    places = _places("case_decisions", "close", "reopen", "note", "file", "own", "merge", "split")


class PlatformGroup(LazyGroup):
    """``kongchuo platform``"""

    places: ClassVar[Mapping[str, Place]] = {
        "set": Place("platform_numbers", "set_numbers"),
        **_places("platform_numbers", "load", "diff"),
    }


class PaperGroup(LazyGroup):
    """``kongchuo paper``"""

    places: ClassVar[Mapping[str, Place]] = {
        "received": Place("unit_decisions", "paper_received"),
        "undo": Place("unit_decisions", "paper_undo"),
    }


class NoticeGroup(LazyGroup):
    """``kongchuo notice``"""

    places: ClassVar[Mapping[str, Place]] = {
        **_places("notices.notice_check", "check"),
        **_places("notices.next_notice", "new"),
    }


class ConfigGroup(LazyGroup):
    """``kongchuo config``"""

    places = _places("settings.setting_listing", "show", "schema")


class KeyGroup(LazyGroup):
    """``kongchuo key``"""

    places: ClassVar[Mapping[str, Place]] = {
        **_places("safekeeping.key_commands", "new", "rotate", "export", "check"),
        "import": Place("safekeeping.key_commands", "import_"),
    }


class ChildGroup(LazyGroup):
    """``kongchuo child``"""

    places: ClassVar[Mapping[str, Place]] = {
        **_places("safekeeping.child_commands", "export", "correct"),
        **_places("safekeeping.child_forget", "forget"),
    }


class AllCommands(LazyGroup):
    """``kongchuo``: each command, in the order in which the help lists them."""

    places: ClassVar[Mapping[str, Place]] = {
        **_places("setup", "init", "doctor", "demo"),
        **_places("incoming_mail", "poll", "rerun"),
        **_places("outgoing_mail", "run"),
        **_places("service_control", "health"),
        **_places("listings", "status", "gaps", "cases", "records", "problems", "files", "crosscheck"),
        **_places("questions.answering", "questions", "answer"),
        **_places("questions.correcting", "correct"),
        **_places("questions.noting", "note"),
        **_places("incoming_mail", "assign"),
        **_places("case_decisions", "waive"),
        **_places("unit_decisions", "extend", "exempt", "explain", "accept", "decisions", "withdraw"),
        **_places("rolls_and_registers", "roll", "ledgers", "forms"),
        **_places("lists.list_clearing", "clear"),
        **_places("outgoing_mail", "digest", "receipts", "remind"),
        **_places("safekeeping.store_checks", "verify"),
        **_places("safekeeping.exporting", "export"),
        **_places("safekeeping.backup_files", "backup", "restore"),
        **_places("safekeeping.store_checks", "rebuild"),
        **_places("safekeeping.purge_commands", "purge", "hold"),
        "outbox": Place("outbox_commands", "outbox", group="outbox_app"),
        "audit": Place("safekeeping.audit_commands", "audit", group="audit_app"),
    }
    sections: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "开始用": ("init", "doctor", "demo", "config", "notice"),
        "收信": ("poll", "rerun", "run", "health"),
        "看情况": ("status", "gaps", "cases", "records", "problems", "files", "crosscheck", "roll"),
        "作决定": (
            "questions", "answer", "correct", "note", "assign", "accept", "case",
            "extend", "exempt", "explain", "waive", "paper", "decisions", "withdraw", "hold",
        ),
        "出材料、发信": ("digest", "ledgers", "forms", "receipts", "remind", "outbox"),
        "对名单、对平台": ("clear", "platform"),
        "保管": ("verify", "export", "backup", "restore", "rebuild", "purge", "child", "key", "audit"),
    }  # fmt: skip


app = typer.Typer(
    name="kongchuo", help="控辍:收控辍保学报表,说清谁没报、哪里错、哪个孩子没返校。", no_args_is_help=True, add_completion=False,
    pretty_exceptions_enable=False, rich_markup_mode=None, cls=AllCommands, context_settings={"help_option_names": ["--help", "-h"]},
)  # fmt: skip
GROUPS: dict[str, tuple[type[LazyGroup], str]] = {
    "case": (CaseGroup, "对一个个案作决定:结案、撤销、记一笔、合并、分开。"),
    "platform": (PlatformGroup, "三统一:录入国家平台的数字和名单,与登记的对照。"),
    "paper": (PaperGroup, "纸质件:记下哪个单位哪张附件签字盖章的纸质件已收到。"),
    "config": (ConfigGroup, "设置:每一项的值和来处;供编辑器用的 JSON Schema。"),
    "child": (ChildGroup, "一名学生的数据:监护人要查、要更正、要删除。"),
    "key": (KeyGroup, "封存:数据加密用的密钥,做一把、再看恢复码、检查。"),
    "notice": (NoticeGroup, "通知:查看一份通知的意思,检查写得对不对;写出下一学期的。"),
}
for group_name, (group, group_help) in GROUPS.items():
    app.add_typer(typer.Typer(name=group_name, cls=group, help=group_help, no_args_is_help=True))


def show_version(asked: bool) -> None:
    """Prints the installed version and ends the command."""
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
    quiet: Quiet = False,
    verbose: Verbose = False,
    _installed: Annotated[
        str | None,
        typer.Option(
            "--install-completion",
            help="装上命令补全(按Tab键),写明 bash、zsh、fish 或 powershell",
            metavar="外壳",
            is_eager=True,
            callback=install_completion,
        ),
    ] = None,
    _shown: Annotated[
        str | None,
        typer.Option(
            "--show-completion",
            help="显示命令补全的脚本,自己放进配置",
            metavar="外壳",
            is_eager=True,
            callback=show_completion,
        ),
    ] = None,
) -> None:
    """Sets ``--config``, ``--quiet`` and ``--verbose`` where they are written before the command."""
    named_here = {"config": config}
    context.default_map = {
        **dict.fromkeys(AllCommands.places, named_here),
        **{name: dict.fromkeys(group.places, named_here) for name, (group, _) in GROUPS.items()},
    }


def main() -> None:
    """Runs a command and exits with its code; 130 after Ctrl+C."""
    for stream in (sys.stdout, sys.stderr):  # a Chinese Windows would write GB18030 into a pipe
        write_in_chinese(stream)
    logging.basicConfig(level=logging.ERROR, format="%(asctime)s %(message)s", stream=sys.stderr)
    set_loudness(Loudness.USUAL)
    collect_garbage_seldom()
    know_shells()
    try:
        command = typer.main.get_command(app)
        set_help_punctuation(command)
        exit_code = command(
            standalone_mode=False
        )  # what a command raised as typer.Exit comes back as a number
        sys.stdout.flush()
        code = exit_code if isinstance(exit_code, int) else 0
        if code == INTERRUPTED:  # typer has caught Ctrl+C itself
            _tell_error("interrupted", INTERRUPTED, _INTERRUPTED)
    except UsageError as error:
        if is_asking_for_help(error):
            print(error.ctx.get_help() if error.ctx else error)
        else:
            _tell_error("usage", USAGE_ERROR, usage_error_text(error))
        code = USAGE_ERROR
    except (typer.Abort, KeyboardInterrupt):
        _tell_error("interrupted", INTERRUPTED, _INTERRUPTED)
        code = INTERRUPTED
    except KongchuoError as error:
        _tell_error(_KINDS_OF_ERRORS[error.exit_code], error.exit_code, " ".join(str(error).split("\n")))
        code = error.exit_code
    except (
        BrokenPipeError,
        SystemExit,
    ):  # the reader has enough (`kongchuo files | head`); click and rich exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:  # noqa: BLE001  the last line of defence: a person gets a sentence, the trace goes to a file
        trace = _write_trace(error)
        what_to_do = f"请把 {trace} 发给管理员" if trace else "请清理磁盘后再运行一次,仍出错的请告诉管理员"
        _tell_error(
            "internal", UNREACHABLE, f"程序出错({type(error).__name__}),已收到的邮件不会丢:{what_to_do}"
        )
        code = UNREACHABLE
    sys.exit(code)


_KINDS_OF_ERRORS = {1: "damaged", 2: "configuration", 3: "unreachable"}


def _tell_error(kind: str, exit_status: int, sentence: str) -> None:
    """Writes an error to stderr as one line: a sentence, or JSON if the answer was to be JSON."""
    if "--json" not in sys.argv[1:]:
        print_error(sentence)
        return
    from kongchuo.output.answers_json import error_to_json  # loads what judges, and seldom is anything wrong

    print(error_to_json(kind, exit_status, sentence), file=sys.stderr)


def collect_garbage_seldom() -> None:
    """Makes Python collect garbage seldom."""
    gc.set_threshold(_COLLECT_AFTER, 20, 20)


def _write_trace(error: BaseException) -> Path | None:
    """Writes the places in the program where an error was raised into a file, without its text, which may quote a child's data.

    Returns:
        The file; ``None`` if none can be written.
    """
    from kongchuo.service.logs import trace_lines  # loads structlog, and seldom is anything wrong

    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix=PREFIX, suffix=TRACE_SUFFIX, dir=shared_temporary_folder(), delete=False, encoding="utf-8",
            errors="backslashreplace",
        ) as file:  # fmt: skip
            print(trace_lines(error), file=file)
    except OSError:
        return None
    return Path(file.name)
