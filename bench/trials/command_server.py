"""Runs commands of the program in processes forked from one that has imported it: a start costs milliseconds.

``python -m bench.trials.command_server`` reads one JSON line a command and answers with one; :class:`CommandServer`
is the other end.
"""

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.trials.fault_points import FaultPoints, Plan
from bench.trials.shifted_clock import PROGRAM_MODULES, set_clock_ahead

COMMAND_SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The result of a command; ``code`` is negative if a signal ended it."""

    code: int
    out: str
    err: str
    calls: tuple[str, ...]
    """The calls that touched the disk, the database or the network, in order."""


class CommandServer:
    """The process that forks commands; used in a ``with`` block."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "bench.trials.command_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # reading processes whose master was killed complain there
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(COMMAND_SECONDS)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def run(
        self,
        folder: Path,
        arguments: Sequence[str],
        plan: Plan = Plan(),
        environment: Mapping[str, str] | None = None,
        kill_after: float | None = None,
        clock_ahead: float = 0.0,
    ) -> Ended:
        """Runs a command in an office's folder and waits for its end.

        Args:
            kill_after: seconds after which the process is killed, wherever it is.
            clock_ahead: seconds by which the program's clock differs from the machine's.
        """
        request = {
            "folder": str(folder),
            "arguments": list(arguments),
            "plan": asdict(plan),
            "environment": dict(environment or {}),
            "kill_after": kill_after,
            "clock_ahead": clock_ahead,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return Ended(**{**answer, "calls": tuple(answer["calls"])})


def serve() -> None:
    """Answers one request after another until the input ends."""
    from multiprocessing import forkserver

    _keep_readers_from_importing_this()
    _import_at_once(PROGRAM_MODULES)
    forkserver.set_forkserver_preload(["parsers.read_file", "parsers.reading.reader_process"])
    forkserver.ensure_running()
    for line in sys.stdin:
        answer = _answer(json.loads(line))
        print(json.dumps(answer), flush=True)
        if answer["code"] < 0:
            # It ends a moment after a command that is killed just as it asks for a process; the next must not meet it so.
            forkserver._forkserver._stop()  # type: ignore[attr-defined]
            forkserver.ensure_running()


def _keep_readers_from_importing_this() -> None:
    """Keeps reading processes from importing this module as their main module, which is much larger than the program's."""
    main_module = sys.modules["__main__"]
    main_module.__spec__ = None
    del main_module.__file__


def _import_at_once(names: Iterable[str]) -> None:
    """Imports modules here, so that processes forked from now on need not."""
    for name in names:
        with contextlib.suppress(Exception):  # some belong to other systems, or to a package's inside
            importlib.import_module(name)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    with ExitStack() as stack:
        files = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(4)]
        process = os.fork()
        if process == 0:
            _run_command(request, *(file.fileno() for file in files))
        _, status = os.waitpid(process, 0)
        texts = []
        for file in files:
            file.seek(0)
            texts.append(file.read().decode("utf-8", "replace"))
    _import_at_once(sorted(set(texts[3].split()) - sys.modules.keys()))
    return {
        "code": os.waitstatus_to_exitcode(status),
        "out": texts[0],
        "err": texts[1],
        "calls": texts[2].split("\n")[:-1],
    }


def _run_command(request: dict[str, Any], out: int, err: int, trace: int, modules: int) -> None:
    """Becomes the command and does not return; at its end it reports the modules it imported."""
    from kongchuo.cli import main

    code = 70
    try:
        _adopt_reader_server()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.environ.update(request["environment"])
        first, *others = request["arguments"]
        sys.argv = ["kongchuo", "--config", f"{request['folder']}/kongchuo.toml", first, *others]
        signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        signal.setitimer(signal.ITIMER_REAL, request["kill_after"] or COMMAND_SECONDS)
        if request["clock_ahead"]:
            set_clock_ahead(request["clock_ahead"])
        FaultPoints(Plan(**request["plan"]), request["folder"], trace).install()
        main()
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(modules, "\n".join(sys.modules).encode())
        os._exit(code)


def _adopt_reader_server() -> None:
    """Lets the forked process use the server of reading processes that its parent started.

    Python checks whether that server runs by waiting for it as for a child. A substitute child, which ends
    when this process does, is waited for instead.
    """
    from multiprocessing.forkserver import _forkserver

    reading, writing = os.pipe()
    stand_in = os.fork()
    if stand_in == 0:
        os.close(writing)
        for descriptor in (0, 1, 2):
            os.close(descriptor)
        os.read(reading, 1)
        os._exit(0)
    os.close(reading)
    _forkserver._forkserver_pid = stand_in  # type: ignore[attr-defined]


if __name__ == "__main__":
    serve()
