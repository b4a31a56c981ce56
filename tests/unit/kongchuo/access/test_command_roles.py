"""Every cell of who may give which command: each command, for an account of each group, of none, and without groups."""

import sys
from pathlib import Path

import pytest

from config.access.roles_needed import roles_needed
from config.errors import ConfigError
from config.settings import AccessSettings, Role
from kongchuo.access import command_roles
from kongchuo.access.command_roles import require_role
from kongchuo.usecases.doctor_checks import people_checks
from tests.builders.offices.office_folder import an_office, run_kongchuo

ACCESS = AccessSettings(view_group="kan", handle_group="ban", manage_group="guan")
GROUP = {"kan": 1, "ban": 2, "guan": 3, "users": 0}
LEAST = {None: 0, Role.LOOKS: 1, Role.DECIDES: 2, Role.RUNS: 3}
CELLS = [(command, group) for command in roles_needed().commands for group in GROUP]


def belong_to(monkeypatch: pytest.MonkeyPatch, *groups: str) -> None:
    monkeypatch.setattr(command_roles, "groups_of_process", lambda: frozenset(groups))


def is_allowed(command: str, access: AccessSettings = ACCESS) -> bool:
    try:
        require_role(command, access)
    except ConfigError:
        return False
    return True


@pytest.mark.parametrize(("command", "group"), CELLS)
def test_a_cell_of_the_table(command: str, group: str, monkeypatch: pytest.MonkeyPatch) -> None:
    belong_to(monkeypatch, group)

    assert is_allowed(command) is (GROUP[group] >= LEAST[roles_needed().commands[command]])


@pytest.mark.parametrize("command", roles_needed().commands)
def test_without_groups_everything_is_as_before(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    belong_to(monkeypatch, "users")

    assert is_allowed(command, AccessSettings())


@pytest.mark.parametrize(
    ("role", "commands"),
    [
        (None, ["run", "demo", "init", "health"]),
        (Role.LOOKS, ["status", "gaps", "cases", "doctor", "digest"]),
        (Role.DECIDES, ["poll", "answer", "case close", "remind", "outbox retry"]),
        (Role.RUNS, ["rerun", "export", "backup", "restore", "purge", "key export", "audit"]),
    ],
)
def test_what_a_role_is_for(role: Role | None, commands: list[str]) -> None:
    assert {roles_needed().commands[command] for command in commands} == {role}


def test_who_is_in_several_groups_may_what_the_highest_may(monkeypatch: pytest.MonkeyPatch) -> None:
    belong_to(monkeypatch, "kan", "guan")

    assert is_allowed("purge")


def test_with_one_group_alone_nobody_else_may_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    only = AccessSettings(manage_group="guan")
    belong_to(monkeypatch, "kan")
    assert not is_allowed("status", only)
    belong_to(monkeypatch, "guan")
    assert is_allowed("status", only)


def test_a_role_without_a_group_is_said_to_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    belong_to(monkeypatch, "kan")

    with pytest.raises(ConfigError, match="manage_group"):
        require_role("purge", AccessSettings(view_group="kan"))


def test_windows_has_no_groups_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_roles, "groups_of_process", lambda: None)

    with pytest.raises(ConfigError, match="Windows 没有用户组"):
        require_role("status", ACCESS)
    require_role("run", ACCESS)
    require_role("status", AccessSettings())


@pytest.fixture
def config(tmp_path: Path) -> Path:
    config = an_office(tmp_path)
    config.write_text(
        config.read_text("utf-8")
        + '\n[access]\nview_group = "kan"\nhandle_group = "ban"\nmanage_group = "guan"\n',
        "utf-8",
    )
    return config


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    "command",
    [
        ["status"],
        ["case", "close", "x", "--state", "returned", "--why", "x"],
        ["outbox"],
        ["outbox", "retry", "x"],
        ["audit", "verify"],
    ],
)
def test_a_command_is_refused_where_it_is_given(
    command: list[str],
    first: bool,
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    belong_to(monkeypatch, "users")
    named = ["--config", str(config)]

    code = run_kongchuo(monkeypatch, *(named + command if first else [*command, *named]))

    assert code == 2
    said = capsys.readouterr()
    assert "没有权限" in said.err
    assert "用户组" in said.err
    assert said.out == ""


def test_who_may_is_not_refused(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    belong_to(monkeypatch, "kan")

    assert run_kongchuo(monkeypatch, "status", "--config", config) in (0, 1)
    assert run_kongchuo(monkeypatch, "poll", "--config", config) == 2
    assert "权限是“看”" in capsys.readouterr().err


def test_a_variable_of_the_environment_opens_nothing(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    belong_to(monkeypatch, "users")
    monkeypatch.setenv("KONGCHUO_ACCESS_VIEW_GROUP", "users")

    assert run_kongchuo(monkeypatch, "status", "--config", config) == 2


@pytest.mark.parametrize(
    "command", [["--help"], ["status", "--help"], ["case", "close", "--help"], ["audit", "--help"]]
)
def test_help_is_anyones(
    command: list[str], config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    belong_to(monkeypatch, "users")
    monkeypatch.setenv("KONGCHUO_CONFIG", str(config))

    assert run_kongchuo(monkeypatch, *command) == 0
    assert "用法" in capsys.readouterr().out
    assert sys.argv[1:] == command


def test_doctor_says_who_may_what(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    belong_to(monkeypatch, "kan")
    members = {"kan": ("zhang",), "ban": (), "guan": ("li", "wang")}
    monkeypatch.setattr(people_checks, "members_of_group", members.get)

    run_kongchuo(monkeypatch, "doctor", "--config", config)

    said = "".join(capsys.readouterr().out.split())
    assert "看\uff1akan组\uff08zhang\uff09" in said
    assert "管\uff1aguan组\uff08li、wang\uff09" in said


def test_doctor_says_which_group_there_is_not(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    belong_to(monkeypatch, "kan")
    monkeypatch.setattr(people_checks, "members_of_group", {"kan": (), "ban": ()}.get)

    assert run_kongchuo(monkeypatch, "doctor", "--config", config) != 0
    assert "用户组“guan”这台电脑上没有" in "".join(capsys.readouterr().out.split())
