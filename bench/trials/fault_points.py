"""Counts every call to disk, database or network, and makes one of them fail or kill the process.

Installed by :mod:`bench.trials.command_server` in a process of its own. Only calls of Python, SQLAlchemy and
sockets are wrapped; no code of the program is replaced.
"""

import builtins
import errno
import io
import os
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

_DISK_CALLS = ("open", "replace", "rename", "unlink", "mkdir", "rmdir", "truncate")
_DESCRIPTOR_CALLS = ("fsync", "ftruncate")
_DATABASE_CALLS = ("do_execute", "do_executemany", "do_execute_no_params", "do_commit")
_SOCKET_CALLS = ("connect", "send", "sendall", "recv", "recv_into")


class Blow(StrEnum):
    """The disturbance of the chosen call."""

    KILL_BEFORE = "kill-before"
    KILL_WITHIN = "kill-within"
    """Killed after half of the bytes were written; for calls that write nothing, after the call."""
    KILL_AFTER = "kill-after"
    FAIL_ONCE = "fail-once"
    FAIL_FROM = "fail-from"
    """This call and every later one of its kind fail."""


KILLS = (Blow.KILL_BEFORE, Blow.KILL_WITHIN, Blow.KILL_AFTER)
FAILURES = (Blow.FAIL_ONCE, Blow.FAIL_FROM)


@dataclass(frozen=True, slots=True)
class Plan:
    """The call to disturb, counted from 1, and how; with ``at`` 0 none."""

    at: int = 0
    blow: Blow = Blow.KILL_BEFORE
    full: bool = False
    """Fails as a full disk, instead of one that cannot be read or written."""


class FaultPoints:
    """Counts calls and disturbs the planned one; the trace file has a line with the name of each call."""

    def __init__(self, plan: Plan, folder: str, trace: int) -> None:
        self.plan = plan
        self.folder = folder
        self._trace = trace
        self._count = 0
        self._process = os.getpid()
        self._write = os.write
        self._struck_kind: str | None = None

    def install(self) -> None:
        for name in _DISK_CALLS:
            setattr(os, name, self._around(f"os.{name}", "disk", getattr(os, name), _path_of))
        for name in _DESCRIPTOR_CALLS:
            setattr(os, name, self._around(f"os.{name}", "disk", getattr(os, name), None))
        for name in _SOCKET_CALLS:
            call = self._around(f"socket.{name}", "net", getattr(socket.socket, name), _internet)
            setattr(socket.socket, name, call)
        for name in _DATABASE_CALLS:
            call = self._around(name, "database", getattr(DefaultDialect, name), None)
            setattr(DefaultDialect, name, call)
        opened = self._opener(io.open)
        io.open = builtins.open = opened  # pathlib takes the one, everybody else the other

    def counted(
        self, name: str, kind: str, call: Callable[[], Any], half: Callable[[], Any], error: type[Exception]
    ) -> Any:
        """Makes a call, or disturbs it; ``error`` is the database driver's error, otherwise ``OSError``."""
        if os.getpid() != self._process:
            return call()
        self._count += 1
        self._write(self._trace, f"{name}\n".encode())
        plan = self.plan
        if plan.blow is Blow.FAIL_FROM and self._struck_kind == kind:
            raise self._error(kind, error)
        if self._count != plan.at:
            return call()
        match plan.blow:
            case Blow.KILL_BEFORE:
                os.kill(self._process, signal.SIGKILL)
            case Blow.KILL_WITHIN:
                half()
                os.kill(self._process, signal.SIGKILL)
            case Blow.KILL_AFTER:
                call()
                os.kill(self._process, signal.SIGKILL)
        self._struck_kind = kind
        if kind == "disk" and name == "write":
            half()
        raise self._error(kind, error)

    def _error(self, kind: str, driver_error: type[Exception]) -> Exception:
        if kind == "database":
            return driver_error("database or disk is full" if self.plan.full else "disk I/O error")
        if kind == "net":
            return ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
        number = errno.ENOSPC if self.plan.full else errno.EIO
        return OSError(number, os.strerror(number))

    def _around(
        self,
        name: str,
        kind: str,
        original: Callable[..., Any],
        concerned: Callable[[Any], str | bool] | None,
    ) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            def make() -> Any:
                return original(*arguments, **options)

            if concerned is not None:
                about = concerned(arguments[0])
                if about is False or (isinstance(about, str) and not about.startswith(self.folder)):
                    return make()
            error = arguments[0].loaded_dbapi.OperationalError if kind == "database" else OSError
            return self.counted(name, kind, make, make, error)

        return call

    def _opener(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
            if not _path_of(file).startswith(self.folder) or os.getpid() != self._process:
                return original(file, mode, *arguments, **options)
            if isinstance(file, int):
                opened = original(file, mode, *arguments, **options)
            else:
                make = lambda: original(file, mode, *arguments, **options)  # noqa: E731
                opened = self.counted("open", "disk", make, make, OSError)
            return opened if "r" in mode and "+" not in mode else _WatchedFile(opened, self)

        return call


class _WatchedFile:
    """A file opened for writing, whose writes and flushes are fault points."""

    def __init__(self, file: Any, points: FaultPoints) -> None:
        self._file = file
        self._points = points

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> "_WatchedFile":
        self._file.__enter__()
        return self

    def __exit__(self, *exception: Any) -> Any:
        return self._file.__exit__(*exception)

    def __iter__(self) -> Any:
        return iter(self._file)

    def write(self, data: Any) -> Any:
        def half() -> None:
            self._file.write(data[: len(data) // 2])
            self._file.flush()

        return self._points.counted("write", "disk", lambda: self._file.write(data), half, OSError)

    def flush(self) -> Any:
        return self._points.counted("flush", "disk", self._file.flush, self._file.flush, OSError)


def _path_of(argument: Any) -> str:
    if isinstance(argument, int):
        return os.readlink(f"/proc/self/fd/{argument}")
    path = os.fspath(argument)
    return path if isinstance(path, str) else os.fsdecode(path)


def _internet(connection: socket.socket) -> bool:
    return connection.family == socket.AF_INET
