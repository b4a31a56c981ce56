"""Writes ``docs/reference.md`` from the program itself; :mod:`tests.unit.test_docs` compares."""

import typer.main

from config.problem_codes import PROBLEM_CODES
from config.settings import Settings
from kongchuo.cli import app


def render_reference() -> str:
    """Commands with their options, settings, problem codes."""
    return "\n".join(["# Reference", "", *_commands(), *_settings(), *_codes()]) + "\n"


def _commands() -> list[str]:
    group = typer.main.get_command(app)
    lines = ["## Commands", "", "| command | does | options |", "|---|---|---|"]
    for name, command in sorted(group.commands.items()):  # type: ignore[attr-defined]
        options = " ".join(
            f"`{option}`"
            for p in command.params
            for option in p.opts
            if option.startswith("--") and option != "--help"
        )
        lines.append(f"| `kongchuo {name}` | {command.help} | {options} |")
    return [
        *lines,
        "",
        "Exit status: 0 done; 1 done, and something needs a person; 2 usage or configuration; 3 out of reach, try again.",
        "",
    ]


def _settings() -> list[str]:
    lines = ["## Settings (`kongchuo.toml`)", "", "| table | keys |", "|---|---|"]
    for name, field in Settings.model_fields.items():
        if name == "path":
            continue
        annotation = field.annotation
        inner = [
            kind
            for kind in (annotation, *getattr(annotation, "__args__", ()))
            if hasattr(kind, "model_fields")
        ]
        keys = " ".join(f"`{key}`" for key in inner[0].model_fields) if inner else ""
        lines.append(f"| `{'[[mailbox]]' if name == 'mailbox' else f'[{name}]'}` | {keys} |")
    return [*lines, ""]


def _codes() -> list[str]:
    lines = [
        "## Problem codes",
        "",
        "| code | about | severity | title | says | remedy |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{code.key}` | {code.level} | {code.severity} | {code.title} | {code.sentence} | {code.remedy} |"
        for code in PROBLEM_CODES
    ]
    return lines
