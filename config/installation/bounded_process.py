"""Runs code in child processes within limits: a child that dies, hangs or uses too much memory loses only its own work.

Each child leads a process group, so that programs it starts end with it, and has a temporary folder of its own, which
the parent removes, so that nothing is left on the disk of a child that was killed.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from config.installation.operating_system import (
    die_first_without_memory,
    end_with_children,
    lead_own_group,
    limit_memory,
    process_context,
)

Setup = TypeVar("Setup")
P = ParamSpec("P")
R = TypeVar("R")

_START_SECONDS = 60.0


class BoundedProcess:
    """A running child process, and the parent's end of the connection to it."""

    def __init__(
        self, serve: Callable[[Connection, Setup], None], setup: Setup, preload: Sequence[str] = ()
    ) -> None:
        """Starts a child process that runs ``serve``, which calls :func:`limit_this_process` when it is set up.

        Args:
            preload: modules that the forkserver loads once for all child processes.

        Raises:
            OSError: the system does not start a process.
        """
        context = process_context(preload)
        self.connection, theirs = context.Pipe()
        self._folder = tempfile.mkdtemp(prefix="kongchuo-")
        self.process = context.Process(
            target=_serve_in_folder, args=(serve, theirs, setup, self._folder), daemon=True
        )
        try:
            self.process.start()
        except OSError:
            self.connection.close()
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        finally:
            theirs.close()

    @property
    def pid(self) -> int | None:
        """The process id, or None before it was started."""
        return self.process.pid

    def end(self) -> None:
        """Ends the process and the programs it started, and removes its temporary folder."""
        if self.process.pid is not None:
            end_with_children(self.process.pid)
        self.process.join()
        self.connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)


class CallFailedError(Exception):
    """A call in a child process raised, exceeded its time or ended the process; the text names the reason."""


class LimitedCalls:
    """Calls functions in one child process for the length of a ``with`` block; the first call starts it."""

    def __init__(self, seconds: float, megabytes: int) -> None:
        self._seconds, self._megabytes = seconds, megabytes
        self._child: BoundedProcess | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def call(self, task: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Returns what a function of a module returns; after a failure the next call gets a new process.

        Raises:
            CallFailedError: it raised, ran out of time or memory, or ended its process.
        """
        try:
            if self._child is None:
                self._child = BoundedProcess(_serve_calls, self._megabytes)
            connection = self._child.connection
            connection.send((task, args, kwargs))
            self._wait(connection, _START_SECONDS)
            connection.recv()
            self._wait(connection, self._seconds)
            failure, answer = connection.recv()
        except (EOFError, OSError) as error:  # TimeoutError is an OSError
            self._end()
            raise CallFailedError(type(error).__name__) from error
        if failure is not None:
            self._end()
            raise CallFailedError(failure)
        result: R = answer
        return result

    def _wait(self, connection: Connection, seconds: float) -> None:
        if not connection.poll(seconds):
            raise TimeoutError

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()


def limit_this_process(megabytes: int) -> None:
    """Limits this process to so much memory above what it has now, and lets it end before others where memory runs out."""
    limit_memory(megabytes)
    die_first_without_memory()


def _serve_in_folder(
    serve: Callable[[Connection, Setup], None], connection: Connection, setup: Setup, folder: str
) -> None:
    lead_own_group()
    tempfile.tempdir = folder
    for name in ("TMPDIR", "TEMP", "TMP"):  # for the programs that it starts
        os.environ[name] = folder
    serve(connection, setup)


def _serve_calls(connection: Connection, megabytes: int) -> None:
    limit_this_process(megabytes)
    while True:
        try:
            task, args, kwargs = connection.recv()
        except EOFError:
            return
        connection.send(None)  # begun: loading the function's module is not taken from its time
        answer: tuple[str | None, object]
        try:
            answer = (None, task(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  the parent is told of it
            answer = (type(error).__name__, None)
        connection.send(answer)
