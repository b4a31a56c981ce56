"""Checks that people's replies are read, and who may run which commands."""

from collections.abc import Iterator

from config.errors import ConfigError
from config.installation.operating_system import groups_of_process, members_of_group
from config.settings import (
    Role,
    Settings,
    find_answers_key,
)
from kongchuo.access.command_roles import read_access
from kongchuo.usecases.doctor_checks.check_result import CheckResult


def check_answers(settings: Settings) -> Iterator[CheckResult]:
    """Yields whether people's replies are read, or what is missing if the office has configured a part of it."""
    name = "回邮件答复"
    try:
        key = find_answers_key(settings)
    except ConfigError as error:
        yield CheckResult(name, False, str(error), 2)
        return
    if key is None and not settings.people and settings.answers.key_file is None:
        return
    lacks = [
        *(
            ["回信码的密钥(环境变量 KONGCHUO_ANSWERS_KEY、钥匙串或 [answers] key_file)"]
            if key is None
            else []
        ),
        *(["发信服务器 [smtp]"] if settings.smtp is None else []),
    ]
    if lacks:
        detail = f"没有{'、'.join(lacks)}:人员回复的邮件已存档,但不会照办;请补上,之后自动办理"
        yield CheckResult(name, False, detail, 2)
    else:
        roles = "、".join(
            f"{role}{n}人" for role in Role if (n := sum(one.role is role for one in settings.everyone))
        )
        yield CheckResult(name, True, f"回简报就能答复:{roles or '还没有人'}")


def check_access(settings: Settings) -> Iterator[CheckResult]:
    """Yields which groups of users may run which commands, if configured."""
    name, groups = "命令的权限", read_access(settings.path).groups
    if not groups:
        return
    if groups_of_process() is None:
        yield CheckResult(
            name, False, "Windows 没有用户组可查,[access] 不起作用:请删去,用文件夹的权限管住", 2
        )
        return
    members = {role: members_of_group(group) for role, group in groups.items()}
    if absent := [groups[role] for role, listed in members.items() if listed is None]:
        detail = f"[access] 写的用户组“{'”、“'.join(absent)}”这台电脑上没有:请改正,或先建这个组"
        yield CheckResult(name, False, detail, 2)
        return
    said = [
        f"{role}:{groups[role]}组({'、'.join(listed or ()) or '没有列出的账号'})"
        for role, listed in members.items()
    ]
    yield CheckResult(name, True, ";".join(said))
