"""The table of who may what names each thing that can be asked of the program, once."""

import tomllib
from importlib import resources

from typer.main import get_command

from config.access.roles_needed import roles_needed
from config.answers.answer_words import CommandKey, answer_table
from kongchuo.cli import GROUPS, app


def commands_of(group: object, above: str = "") -> list[str]:
    """Every command that can be typed, with its group before it, and groups that do something by themselves."""
    names = []
    for name in group.list_commands(None):  # type: ignore[attr-defined]
        command = group.commands[name]  # type: ignore[attr-defined]
        path = f"{above}{name}"
        if hasattr(command, "list_commands"):
            names += commands_of(command, f"{path} ")
        if not hasattr(command, "list_commands") or command.invoke_without_command:
            names.append(path)
    return names


def test_each_command_has_one_role() -> None:
    text = (resources.files("config.access") / "who_may_what.toml").read_text("utf-8")
    listed = [command for commands in tomllib.loads(text)["commands"].values() for command in commands]

    assert sorted(listed) == sorted(commands_of(get_command(app)))
    assert set(GROUPS) & set(roles_needed().commands) == set()


def test_each_command_by_mail_has_one_role() -> None:
    assert set(roles_needed().by_mail) == {"answer", *CommandKey}


def test_answers_by_mail_go_by_the_same_table() -> None:
    table = answer_table()

    assert {one.key: one.role for one in table.commands} | {
        "answer": table.answering_role
    } == roles_needed().by_mail
