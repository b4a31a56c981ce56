"""Reads the roles that commands and mail requests need (``who_may_what.toml``)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from config.notice import FrozenModel
from config.settings import Role

_ANYONE = "anyone"


class RolesNeeded(FrozenModel):
    """The least role for each command and each request by mail."""

    by_mail: Mapping[str, Role]
    """The least role by key of a mail's command, and for ``answer``."""
    commands: Mapping[str, Role | None]
    """The least role by command with its group (``case close``); None: anyone may run it."""


@cache
def roles_needed() -> RolesNeeded:
    """Returns the table of ``who_may_what.toml``."""
    tables = tomllib.loads((resources.files("config.access") / "who_may_what.toml").read_text("utf-8"))
    commands = {
        command: None if role == _ANYONE else Role(role)
        for role, names in tables["commands"].items()
        for command in names
    }
    return RolesNeeded(by_mail=tables["by_mail"], commands=commands)
