"""Refuses a command to an account that may not use it, by the configured groups of users (``[access]``)."""

from pathlib import Path

from pydantic import ValidationError

from config.access.roles_needed import roles_needed
from config.errors import ConfigError
from config.installation.operating_system import account_of_process, groups_of_process
from config.settings import AccessSettings, Role, read_tables


def require_role(command: str, access: AccessSettings) -> None:
    """Checks that the current user may run a command.

    Args:
        command: the command as typed, with its group: ``case close``.

    Raises:
        ConfigError: no group of this account may run it.
    """
    needed = roles_needed().commands[command]
    if needed is None or not access.groups:
        return
    mine = groups_of_process()
    if mine is None:
        raise ConfigError(
            "[access] 在这台电脑上不起作用:Windows 没有用户组可查,请在 kongchuo.toml 删去 [access],用文件夹的权限管住"
        )
    roles = [role for role, group in access.groups.items() if group in mine]
    if any(role.may(needed) for role in roles):
        return
    wanted = "或".join(f"“{group}”" for role, group in access.groups.items() if role.may(needed))
    if not wanted:
        raise ConfigError(
            f"kongchuo {command} 要有“{needed}”的权限,而 [access] 没有写有这个权限的用户组:请管理员补上 {_KEYS[needed]}"
        )
    have = f"权限是“{roles[-1]}”" if roles else "没有权限"
    raise ConfigError(
        f"账号“{account_of_process()[1]}”{have},kongchuo {command} 要有“{needed}”的权限:请管理员把账号加进用户组{wanted},重新登录再试"
    )


_KEYS = {Role.LOOKS: "view_group", Role.DECIDES: "handle_group", Role.RUNS: "manage_group"}


def read_access(path: Path) -> AccessSettings:
    """Returns the access settings of the file alone; environment variables are ignored, since the refused user could set them."""
    try:
        return AccessSettings.model_validate(read_tables(path).get("access", {}))
    except (ConfigError, ValidationError):  # the command tells of it when it reads all of them
        return AccessSettings()
