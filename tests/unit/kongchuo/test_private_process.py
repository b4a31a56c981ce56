"""What a process writes is for its own user, also what it leaves behind when it is killed."""

import fcntl
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kongchuo.private_process import PREFIX

_IN_A_WIDE_SHELL = """
import os, sys
os.umask(0o022)
from kongchuo import cli
import kongchuo.__main__ as program
{command}
program.main()
"""
_TELL = """
def tell():
    import resource, tempfile
    print(oct(os.umask(0)), resource.getrlimit(resource.RLIMIT_CORE), tempfile.gettempdir(), os.environ["TMPDIR"])
cli.main = tell
"""
_TELL_CHILDREN = """
def tell():
    import subprocess
    from config.installation.operating_system import process_context
    from config.installation.secret_variables import secret_variable
    from config.passwords import Account, find_password
    context = process_context(())
    ours, theirs = context.Pipe()
    child = context.Process(target=exec, args=("import os; c.send([*os.environ, open('/proc/self/environ').read()])", {"c": theirs}))
    child.start()
    print(*ours.recv())
    child.join()
    print(subprocess.run(["env"], capture_output=True, text=True).stdout)
    print("known", secret_variable("KONGCHUO_STORE_KEY"))
    print("known", find_password(Account("", ("KONGCHUO_MAILBOX_MAIN_PASSWORD",), "", None)))
cli.main = tell
"""
_BE_KILLED = """
def be_killed():
    import tempfile
    open(os.path.join(tempfile.mkdtemp(), "名单.xls"), "w").write("x")
    os.kill(os.getpid(), 9)
cli.main = be_killed
"""


def run(command: str, temporary: Path) -> str:
    return subprocess.run(
        [sys.executable, "-P", "-c", _IN_A_WIDE_SHELL.format(command=command)],
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    ).stdout


@pytest.fixture
def short() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        yield Path(folder)


def make_old(folder: Path) -> None:
    os.utime(folder, (0, 0))


def test_a_command_writes_for_its_own_user_and_leaves_no_core_dump(short: Path) -> None:
    mask, soft, hard, folder, variable = run(_TELL, short).split()

    assert mask == "0o77"
    assert (soft, hard) == ("(0,", "0)")
    assert folder == variable
    assert Path(folder).parent == short


def test_a_long_temporary_folder_is_used_as_it_is(short: Path) -> None:
    """The sockets of the reading processes lie in it, and their paths must be short."""
    long = short / ("x" * 90)
    long.mkdir()

    assert run(_TELL, long).split()[3] == str(long)


def test_no_process_that_it_starts_has_a_key_or_a_password_in_its_environment(
    short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers parse hostile files: who takes one over finds no secret in its memory."""
    secrets = {
        "KONGCHUO_STORE_KEY": "key-1",
        "KONGCHUO_ANSWERS_KEY": "key-2",
        "KONGCHUO_BACKUP_PASSWORD": "pass-1",
        "KONGCHUO_WORKBOOK_PASSWORD": "pass-2",
        "KONGCHUO_SMTP_PASSWORD": "pass-3",
        "KONGCHUO_MAILBOX_PASSWORD": "pass-4",
        "KONGCHUO_MAILBOX_MAIN_PASSWORD": "pass-5",
    }
    for name, secret in {**secrets, "KONGCHUO_STORE_KEY_FILE": "a-file"}.items():
        monkeypatch.setenv(name, secret)

    of_children, *known = run(_TELL_CHILDREN, short).split("known ")

    assert [secret for secret in secrets.values() if secret in of_children] == []
    assert of_children.count("a-file") == 2  # a setting, and no secret
    assert [one.strip() for one in known] == ["key-1", "pass-5"]


def test_its_temporary_files_go_with_it(short: Path) -> None:
    run(_TELL, short)

    assert list(short.iterdir()) == []


def test_what_a_killed_command_left_is_private_and_swept_by_the_next(short: Path) -> None:
    run(_BE_KILLED, short)
    [left] = short.glob(f"{PREFIX}*")
    assert stat.S_IMODE(left.stat().st_mode) == 0o700
    make_old(left)

    run(_TELL, short)

    assert list(short.iterdir()) == []


def test_the_folder_of_a_running_command_and_that_of_another_program_stay(short: Path) -> None:
    in_use, other = short / f"{PREFIX}abcdefgh", short / f"{PREFIX}12345678"
    in_use.mkdir()
    other.mkdir()
    with (in_use / "in-use").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        make_old(in_use)
        make_old(other)

        run(_TELL, short)

        assert sorted(short.iterdir()) == sorted([in_use, other])
