"""Groups of commands that are imported when they are run: no command starts with what only others need."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from config.text.punctuation import set_punctuation
from kongchuo.access.guarded_commands import GuardedCommand
from kongchuo.help_in_chinese import ChineseGroup, HelpContext

_COMMANDS = "kongchuo.commands"
Command = Any
"""A command or a group of typer; typer does not export the class of either."""
HelpPage = Any
"""The object with which typer writes a page of help; its class is not exported either."""


@dataclass(frozen=True)
class Place:
    """The location of a command: a function, or a group, in a module of ``kongchuo.commands``."""

    module: str
    function: str
    group: str | None = None
    """The name of the group in that module, if ``function`` is its action without a command."""

    @property
    def help(self) -> str:
        """The first line of the function's docstring."""
        return set_punctuation(_first_lines(self.module)[self.function])

    def load(self, name: str) -> Command:
        """Imports the command and names it."""
        module = import_module(f"{_COMMANDS}.{self.module}")
        above = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
        if self.group is None:
            above.command(name, cls=GuardedCommand)(getattr(module, self.function))
            command = typer.main.get_command(above)
        else:
            above.add_typer(getattr(module, self.group), name=name)
            command = typer.main.get_group(above).commands[name]
        set_help_punctuation(command)
        return command


@cache
def _first_lines(module: str) -> Mapping[str, str]:
    """Maps each function to the first line of its docstring, from the source, because an import takes ten times as long."""
    spec = find_spec(f"{_COMMANDS}.{module}")
    if spec is None or spec.origin is None:
        raise ImportError(f"no module {module}")
    functions = [
        node for node in ast.parse(Path(spec.origin).read_bytes()).body if isinstance(node, ast.FunctionDef)
    ]
    return {node.name: (ast.get_docstring(node) or "").partition("\n")[0] for node in functions}


class LazyCommands(Mapping[str, Command]):
    """The commands of a group by name; a command is imported when it is looked up."""

    def __init__(self, places: Mapping[str, Place], loaded: Mapping[str, Command]) -> None:
        self.places, self._loaded = places, dict(loaded)
        self._names = (*places, *(name for name in loaded if name not in places))

    def __getitem__(self, name: str) -> Command:
        if name not in self._loaded:
            self._loaded[name] = self.places[name].load(name)
        return self._loaded[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class LazyGroup(ChineseGroup):
    """A group whose commands are found through a table from name to :class:`Place`."""

    places: ClassVar[Mapping[str, Place]] = {}
    sections: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """By heading, the commands that the help lists together; empty: all of them under one."""

    def __init__(self, **attributes: object) -> None:
        super().__init__(**attributes)  # type: ignore[arg-type]
        self.given = tuple(self.commands.values())
        self.commands = LazyCommands(self.places, self.commands)  # type: ignore[assignment]

    def list_commands(self, ctx: HelpContext) -> list[str]:
        return list(self.commands)

    def format_commands(self, ctx: HelpContext, formatter: HelpPage) -> None:
        """Writes the commands with their first lines, importing none of them."""
        for heading, names in (self.sections or {"Commands": tuple(self.list_commands(ctx))}).items():
            with formatter.section(heading):
                formatter.write_dl([(name, self._first_line(name)) for name in names])

    def shell_complete(self, ctx: HelpContext, incomplete: str) -> list[Any]:
        """Completes names and options, importing no command."""
        named: dict[str, Command] = {
            name: TyperCommand(name, callback=None, help=self._first_line(name))
            for name in self.list_commands(ctx)
        }
        return TyperGroup(name=self.name, commands=named, params=self.params).shell_complete(ctx, incomplete)

    def _first_line(self, name: str) -> str:
        return self.places[name].help if name in self.places else self.commands[name].help or ""


def set_help_punctuation(command: Command) -> None:
    """Sets Chinese punctuation in the help of a command, its options and its subcommands."""
    for described in (command, *command.params):
        if (
            isinstance(described, (TyperCommand, TyperGroup, TyperArgument, TyperOption))
            and described.help is not None
        ):
            described.help = set_punctuation(described.help)
    if isinstance(command, LazyGroup):  # what is not loaded yet is set when it is
        for subcommand in command.given:
            set_help_punctuation(subcommand)
    elif isinstance(command, TyperGroup):
        for subcommand in command.commands.values():
            set_help_punctuation(subcommand)
