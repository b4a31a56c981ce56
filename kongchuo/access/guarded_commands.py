"""Defines commands and groups that only permitted users may run; anyone may read their help."""

from typing import Any

from kongchuo.help_in_chinese import ChineseCommand, ChineseGroup, HelpContext


class GuardedCommand(ChineseCommand):
    """A command that is refused before it begins if its user may not run it."""

    def invoke(self, ctx: HelpContext) -> Any:
        _require_role_of(ctx)
        return super().invoke(ctx)


class GuardedGroup(ChineseGroup):
    """A group that does something by itself; a user who may not run it may run none of its commands."""

    def invoke(self, ctx: HelpContext) -> Any:
        _require_role_of(ctx)
        return super().invoke(ctx)


def _require_role_of(ctx: HelpContext) -> None:
    from config.settings import find_config  # loads pydantic, which no help needs
    from kongchuo.access.command_roles import read_access, require_role

    config = ctx.params.get("config") or ctx.find_root().params.get("config")
    require_role(_typed_command(ctx), read_access(find_config(config)))


def _typed_command(ctx: HelpContext) -> str:
    names: list[str] = []
    while ctx.parent is not None:
        names.insert(0, ctx.info_name)
        ctx = ctx.parent
    return " ".join(names)
