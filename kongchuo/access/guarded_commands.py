"""Commands and groups of commands that are given only to who may; their help is anyone's."""

from typing import Any

from kongchuo.help_in_chinese import ChineseCommand, ChineseGroup, HelpContext


class GuardedCommand(ChineseCommand):
    """A command that is refused before it begins where its user may not give it."""

    def invoke(self, ctx: HelpContext) -> Any:
        _require_role_of(ctx)
        return super().invoke(ctx)


class GuardedGroup(ChineseGroup):
    """A group that does something by itself; whoever may not do that may give none of its commands."""

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
