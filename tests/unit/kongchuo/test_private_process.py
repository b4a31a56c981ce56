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
