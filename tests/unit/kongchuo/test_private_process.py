"""What a process writes is for its own user, also what it leaves behind when it is killed."""

import fcntl
import os
import stat
import subprocess
import sys
from pathlib import Path

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


def make_old(folder: Path) -> None:
    os.utime(folder, (0, 0))


def test_a_command_writes_for_its_own_user_and_leaves_no_core_dump(tmp_path: Path) -> None:
    mask, soft, hard, folder, variable = run(_TELL, tmp_path).split()

    assert mask == "0o77"
    assert (soft, hard) == ("(0,", "0)")
    assert folder == variable
    assert Path(folder).parent == tmp_path


def test_its_temporary_files_go_with_it(tmp_path: Path) -> None:
    run(_TELL, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_command_left_is_private_and_swept_by_the_next(tmp_path: Path) -> None:
    run(_BE_KILLED, tmp_path)
    [left] = tmp_path.glob(f"{PREFIX}*")
    assert stat.S_IMODE(left.stat().st_mode) == 0o700
    make_old(left)

    run(_TELL, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_a_running_command_and_that_of_another_program_stay(tmp_path: Path) -> None:
    in_use, other = tmp_path / f"{PREFIX}abcdefgh", tmp_path / f"{PREFIX}12345678"
    in_use.mkdir()
    other.mkdir()
    with (in_use / "in-use").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        make_old(in_use)
        make_old(other)

        run(_TELL, tmp_path)

        assert sorted(tmp_path.iterdir()) == sorted([in_use, other])
