"""Takes from the program what Windows lacks, in every Python process that finds this folder on its path.

Only the program's own rooms lose it: they get an ``os`` and a ``signal`` without what is POSIX's, none of its modules,
and the rules that Windows has for open files. The standard library below them stays that of this machine.
"""

import builtins
import contextlib
import fcntl
import multiprocessing
import os
import signal
import sys
from multiprocessing import context
from pathlib import Path
from types import ModuleType
from typing import Any

ROOMS = {"config", "ingest", "kongchuo", "ledger", "notify", "parsers", "store"}
MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"}
OS = [
    "chown",
    "chroot",
    "fchdir",
    "fchmod",
    "fchown",
    "fdatasync",
    "fork",
    "forkpty",
    "getegid",
    "geteuid",
    "getgid",
    "getgroups",
    "getloadavg",
    "getpgid",
    "getpriority",
    "getsid",
    "getuid",
    "killpg",
    "lchown",
    "lockf",
    "mkfifo",
    "mknod",
    "nice",
    "openpty",
    "pathconf",
    "pipe2",
    "posix_fadvise",
    "posix_fallocate",
    "posix_spawn",
    "posix_spawnp",
    "pread",
    "preadv",
    "pwrite",
    "pwritev",
    "register_at_fork",
    "sched_getaffinity",
    "sched_yield",
    "sendfile",
    "setegid",
    "seteuid",
    "setgid",
    "setpgid",
    "setpriority",
    "setsid",
    "setuid",
    "statvfs",
    "sync",
    "sysconf",
    "sysconf_names",
    "tcgetpgrp",
    "uname",
    "wait",
    "wait3",
    "wait4",
    "waitid",
    "O_CLOEXEC",
    "O_DIRECTORY",
    "O_NOFOLLOW",
    "O_NONBLOCK",
    "O_SYNC",
    "WNOHANG",
]
SIGNAL = [
    "SIGALRM",
    "SIGCHLD",
    "SIGCONT",
    "SIGHUP",
    "SIGKILL",
    "SIGPIPE",
    "SIGPROF",
    "SIGQUIT",
    "SIGSTOP",
    "SIGUSR1",
    "SIGUSR2",
    "SIGXCPU",
    "ITIMER_PROF",
    "ITIMER_REAL",
    "ITIMER_VIRTUAL",
    "alarm",
    "getitimer",
    "pause",
    "pthread_kill",
    "pthread_sigmask",
    "set_wakeup_fd",
    "setitimer",
    "sigwait",
]


def is_of_the_program(namespace: Any) -> bool:
    name = (namespace or {}).get("__package__") or (namespace or {}).get("__name__") or ""
    return name.partition(".")[0] in ROOMS


def copied(module: ModuleType, absent: list[str], **others: object) -> ModuleType:
    made = ModuleType(module.__name__)
    made.__dict__.update({name: value for name, value in vars(module).items() if name not in absent})
    made.__dict__.update(others)
    return made


def open_no_folder(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
    if not isinstance(path, int) and os.path.isdir(path):
        raise PermissionError(13, "Permission denied", str(path))
    return os.open(path, flags, mode, **more)


def send_no_signal_zero(pid: int, number: int) -> None:
    if number == 0:
        raise RuntimeError("os.kill(pid, 0) is Ctrl+C on Windows, for every process of the console")
    os.kill(pid, number)


def is_open_here(path: Any) -> bool:
    """Whether this process holds a file open, as SQLite or a ``with`` block does."""
    target = os.path.realpath(path)
    for descriptor in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            if os.path.isfile(target) and os.path.samefile(f"/proc/self/fd/{descriptor}", target):
                return True
    return False


def refuse_open_files(method: Any, *, overwrites: bool) -> Any:
    """``rename``, ``replace`` and ``unlink`` of a Path as Windows has them."""

    def as_windows(path: Path, *arguments: Any, **more: Any) -> Any:
        targets = [path, *arguments[:1]] if method.__name__ != "unlink" else [path]
        if is_of_the_program(sys._getframe(1).f_globals):
            for one in targets:
                if is_open_here(one):
                    raise PermissionError(13, "Permission denied", str(one))
            if not overwrites and os.path.exists(targets[-1]) and method.__name__ == "rename":
                raise FileExistsError(17, "File exists", str(targets[-1]))
        return method(path, *arguments, **more)

    return as_windows


def lock_bytes(descriptor: int, mode: int, count: int) -> None:
    fcntl.lockf(descriptor, {0: fcntl.LOCK_UN, 1: fcntl.LOCK_EX}[mode], count, 0, os.SEEK_CUR)


WINDOWS_RUNTIME = ModuleType("msvcrt")
WINDOWS_RUNTIME.__dict__.update(
    LK_UNLCK=0, LK_LOCK=1, locking=lock_bytes,
    get_osfhandle=lambda descriptor: descriptor, open_osfhandle=lambda handle, flags: handle,
)  # fmt: skip
INSTEAD = {
    "os": copied(os, OS, name="nt", open=open_no_folder, kill=send_no_signal_zero),
    "signal": copied(signal, SIGNAL),
    "msvcrt": WINDOWS_RUNTIME,
}
real_import, real_open = builtins.__import__, builtins.open


def import_as_windows(
    name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0
) -> Any:
    if level == 0 and is_of_the_program(globals):
        if name in MODULES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        if name in INSTEAD or (name == "os.path" and not fromlist):
            return INSTEAD[name.partition(".")[0]]
    return real_import(name, globals, locals, fromlist, level)


def open_nothing_of_linux(file: Any, *arguments: Any, **more: Any) -> Any:
    if str(file).startswith("/proc/") and is_of_the_program(sys._getframe(1).f_globals):
        raise FileNotFoundError(2, "No such file or directory", str(file))
    return real_open(file, *arguments, **more)


builtins.__import__ = import_as_windows
builtins.open = open_nothing_of_linux
for method_name, overwrites in (("rename", False), ("replace", True), ("unlink", True)):
    setattr(Path, method_name, refuse_open_files(getattr(Path, method_name), overwrites=overwrites))
for start_method in ("fork", "forkserver"):
    context._concrete_contexts.pop(start_method, None)  # type: ignore[attr-defined]
multiprocessing.get_all_start_methods = lambda: ["spawn"]
with contextlib.suppress(RuntimeError):  # a started process is told its method
    multiprocessing.set_start_method("spawn")
