"""Limits, locks, ends of processes and open files, as this system has them and as one without POSIX has."""

import io
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from config.installation import operating_system as system

ROOT = Path(__file__).parents[4]


def start(code: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-P", "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )


def test_a_process_is_running_until_it_ends():
    process = start("import time; time.sleep(60)")

    assert system.may_be_running(process.pid)
    process.kill()
    process.wait()
    assert not system.may_be_running(process.pid)


def test_where_nobody_can_say_a_process_may_be_running(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr(os, "killpg")
    process = start("pass")
    process.wait()

    assert system.may_be_running(process.pid)


def test_a_process_ends_with_what_it_started():
    code = (
        "import subprocess, sys, time\n"
        "from config.installation.operating_system import lead_own_group\n"
        "lead_own_group()\n"
        'child = subprocess.Popen([sys.executable, "-P", "-c", "import time; time.sleep(60)"])\n'
        "print(child.pid, flush=True)\n"
        "time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", code],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    child = int(process.stdout.readline())

    system.end_with_children(process.pid)
    process.wait()
    process.stdout.read()  # ends when the child too has let go of it
    process.stdout.close()

    assert system.was_killed_by_system(process.returncode)
    assert not Path(f"/proc/{child}/exe").exists()


def test_a_block_that_takes_too_long_ends_its_process_by_the_clock_where_there_are_no_timers():
    code = (
        "import signal, time\n"
        "del signal.setitimer\n"
        "from config.installation.operating_system import ending_after\n"
        "with ending_after(60): pass\n"
        "with ending_after(0.05): time.sleep(60)"
    )
    process = start(code)

    assert process.wait(timeout=50) == 1


def test_bytes_are_read_and_written_at_a_place_with_and_without_posix(monkeypatch: pytest.MonkeyPatch):
    with tempfile.TemporaryFile() as file:
        system.write_at(file.fileno(), b"0123456789", 0)
        with_posix = system.read_at(file.fileno(), 3, 4)
        monkeypatch.delattr(os, "pread")
        monkeypatch.delattr(os, "pwrite")
        system.write_at(file.fileno(), b"xyz", 4)

        assert (with_posix, system.read_at(file.fileno(), 5, 3)) == (b"456", b"3xyz7")


def test_a_lock_keeps_another_waiting(tmp_path: Path):
    path, order = tmp_path / "file", list[str]()
    path.touch()
    first_has_it = threading.Event()

    def second() -> None:
        first_has_it.wait()
        with path.open("rb+") as file, system.locked(file):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with path.open("rb+") as file, system.locked(file):
        first_has_it.set()
        order.append("first")
    thread.join()

    assert order == ["first", "second"]


def test_a_file_that_somebody_has_open_is_replaced_when_it_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "new").write_text("new", "utf-8")
    (tmp_path / "old").write_text("old", "utf-8")
    refusals = iter([PermissionError(13, "open"), PermissionError(13, "open")])
    real = Path.replace

    def replace(source: Path, target: Path) -> Path:
        if (refusal := next(refusals, None)) is not None:
            raise refusal
        return real(source, target)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(os, "name", "nt")
    system.move_over(tmp_path / "new", tmp_path / "old")
    monkeypatch.undo()

    assert (tmp_path / "old").read_text("utf-8") == "new"


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("kind", "written"),
    [(io.TextIOWrapper, "控辍 ✓".encode()), (Terminal, "控辍 ".encode("gbk") + rb"\u2713")],
    ids=["pipe", "terminal"],
)
def test_a_pipe_gets_utf_8_and_a_terminal_its_own_encoding(kind: type[io.TextIOWrapper], written: bytes):
    octets = io.BytesIO()
    stream = kind(octets, encoding="gbk")

    system.write_in_chinese(stream)
    print("控辍 ✓", end="", file=stream)
    stream.flush()

    assert octets.getvalue() == written
