"""Completes commands and options in bash, zsh, fish and PowerShell, with typer's scripts and Chinese messages."""

import os
from typing import Any

import typer
import typer.completion

from config.errors import ConfigError
from config.text.punctuation import set_punctuation

SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")
_PROGRAM = "kongchuo"
completion: Any = typer.completion
"""The completion module of typer; it is public, but its members are not declared as exports."""
VARIABLE = "_KONGCHUO_COMPLETE"
"""The variable by which a shell asks for completions."""


def know_shells() -> None:
    """Enables typer's completion if a shell requests it; otherwise does nothing."""
    if VARIABLE in os.environ:
        completion.completion_init()


def show_completion(shell: str | None) -> None:
    """Prints the completion script for a shell and ends the command; does nothing for None."""
    if shell is not None:
        print(
            completion.get_completion_script(
                prog_name=_PROGRAM, complete_var=VARIABLE, shell=_known_shell(shell)
            )
        )
        raise typer.Exit


def install_completion(shell: str | None) -> None:
    """Writes the completion script to the shell's own folder and ends the command; does nothing for None."""
    if shell is not None:
        _, path = completion.install(shell=_known_shell(shell), prog_name=_PROGRAM, complete_var=VARIABLE)
        print(set_punctuation(f"{shell} 的命令补全已装好({path}):重新打开终端后,按Tab键即可"))
        raise typer.Exit


def _known_shell(shell: str) -> str:
    if shell.lower() not in SHELLS:
        raise ConfigError(f"没有“{shell}”的命令补全:可选 {'、'.join(SHELLS)}")
    return shell.lower()
