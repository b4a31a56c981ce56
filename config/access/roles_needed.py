"""Reads the table of who may do what (``who_may_what.toml``), by mail and on the command line."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from config.notice import FrozenModel
from config.settings import Role

_ANYONE = "anyone"


class RolesNeeded(FrozenModel):
    """The least that somebody must be for each thing that can be asked of the program."""

    by_mail: Mapping[str, Role]
    """By key of a mail's command, and ``answer``."""
    commands: Mapping[str, Role | None]
    """By command, with its group before it; None: anyone may."""


@cache
def roles_needed() -> RolesNeeded:
    """Returns the table that is built in."""
    tables = tomllib.loads((resources.files("config.access") / "who_may_what.toml").read_text("utf-8"))
    commands = {
        command: None if role == _ANYONE else Role(role)
        for role, names in tables["commands"].items()
        for command in names
    }
    return RolesNeeded(by_mail=tables["by_mail"], commands=commands)
