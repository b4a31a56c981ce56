"""Writes commands of this program as they can be typed where it runs: with its own path, and the configuration in force.

Sentences name commands as ``kongchuo poll``, because they are also sent by mail and read on other machines. For
output to a terminal :func:`as_typed` replaces that by the way the program was called here.
"""

import re
import shlex
import shutil
import sys
from functools import cache
from pathlib import Path

from config.installation.operating_system import has_posix_shell

_NAMED = re.compile("(?<![A-Za-z0-9_./-])kongchuo (?!run [已正是])([a-z-]+)")
"""Matches a command in a sentence; “kongchuo run 是否在运行” is about the service and is no command to type."""
_WITHOUT_CONFIG = frozenset({"init", "demo"})


def own_command(command: str, config: Path | None = None) -> str:
    """Returns a command line to type, with the program's path if its name alone would not be found."""
    options = ["--config", _quote(str(config))] if config is not None else _given_config()
    if command.split(" ")[0] in _WITHOUT_CONFIG:
        options = []
    return " ".join([_program(), *options, command])


def as_typed(text: str) -> str:
    """Returns a text with each ``kongchuo …`` in it as it is typed here."""
    return _NAMED.sub(lambda named: own_command(named[1]), text) if "kongchuo " in text else text


def variable_command(name: str, value: str) -> str:
    """Returns the line that sets a variable of the environment, as the usual shell of this system takes it."""
    return f"export {name}={value}" if has_posix_shell() else f'$env:{name} = "{value}"'


def _given_config() -> list[str]:
    """Returns the ``--config`` of this command line; empty if none was given."""
    arguments = sys.argv[1:]
    for number, argument in enumerate(arguments):
        if argument == "--config" and number + 1 < len(arguments):
            return ["--config", _quote(arguments[number + 1])]
        if argument.startswith("--config="):
            return ["--config", _quote(argument.removeprefix("--config="))]
    return []


def _program() -> str:
    called = Path(sys.argv[0])
    if called.name == "__main__.py" and called.parent.name == "kongchuo":
        return f"{_quote(sys.executable)} -m kongchuo"
    if called.stem != "kongchuo":  # called from another program, which is no way to type
        return "kongchuo"
    program = _program_on_path()
    is_found = program is not None and (not called.exists() or Path(program).resolve() == called.resolve())
    return "kongchuo" if is_found else _quote(str(called))


@cache
def _program_on_path() -> str | None:
    return shutil.which("kongchuo")


def _quote(text: str) -> str:
    """Returns text quoted as one word for the usual shell of this system."""
    if has_posix_shell():
        return shlex.quote(text)
    return f'"{text}"' if " " in text else text
