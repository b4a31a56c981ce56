"""Does what operating systems do in different ways: limits, locks, ending processes, open files of two processes.

No other module asks which system it runs on. What Windows lacks (``resource``, ``fcntl``, the forkserver, process
groups, timers of the processor, reading at a place, syncing a folder) is asked for by its presence, so that a test can
take it away on any system (``tests/integration/anywhere``).
"""

import contextlib
import ctypes
import faulthandler
import getpass
import io
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext, SpawnContext

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]
try:
    import msvcrt as _windows_runtime

    msvcrt: Any = _windows_runtime
except ImportError:  # everything but Windows
    msvcrt = None

UNKNOWN_EXIT = 255
"""The exit code of a process whose end was not seen, because the process that starts the others ended too."""
_LEAST_PRIORITY = 1000
_USUAL_BYTES = 512 * 1024 * 1024
"""The memory in bytes of one of our processes before it reads anything, for systems that do not report it."""
_LOCKED_PLACE = 1 << 40
"""The offset of the locked byte, far behind the end of a file: Windows lets no other process read locked bytes."""
_REPLACING_WAITS = (0.05, 0.1, 0.2, 0.4, 0.8)  # seconds
_LOOK_FOR_STOP_SECONDS = 1.0
_JOB_LIMITS, _KILL_ON_CLOSE, _PROCESS_MEMORY = (
    9,
    0x2000,
    0x100,
)  # winnt.h: JOBOBJECT_EXTENDED_LIMIT_INFORMATION
_QUERY_LIMITED, _STILL_ACTIVE, _ACCESS_DENIED = 0x1000, 259, 5  # winnt.h, minwinbase.h, winerror.h


# Processes


def process_context(preload: Sequence[str]) -> "ForkServerContext | SpawnContext":
    """Returns the multiprocessing context: forkserver with these modules loaded, or spawn where there is none."""
    import multiprocessing

    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*preload])
    return context


def was_killed_by_system(exit_code: int | None) -> bool:
    """Returns whether the system may have ended a process because the machine had no memory left."""
    return exit_code == UNKNOWN_EXIT or (hasattr(signal, "SIGKILL") and exit_code == -signal.SIGKILL)


def exceeded_limit(exit_code: int) -> bool:
    """Returns whether a process ended because it used more processor time than its limit."""
    return exit_code in {-getattr(signal, name) for name in ("SIGXCPU", "SIGKILL") if hasattr(signal, name)}


def lead_own_group() -> None:
    """Makes this process the leader of its group, so that :func:`end_with_children` ends its child processes too."""
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)


def end_with_children(pid: int) -> None:
    """Ends a process that leads its group, and its child processes, at once.

    On Windows its children end because its job object closes with it (:func:`limit_memory`).
    """
    if not hasattr(os, "killpg"):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGTERM)  # TerminateProcess
        return
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)


def may_be_running(pid: int) -> bool:
    """Returns whether a process of this machine may be running; True where the system does not say."""
    if hasattr(os, "killpg"):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True
    if sys.platform == "win32":  # where signal 0 is Ctrl+C
        return _is_windows_process_running(pid)
    return True


def call_on_stop(stop: Callable[[], None]) -> None:
    """Calls a function when this process is asked to end: SIGTERM, Ctrl+C, on Windows also Ctrl+Break."""
    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda signum, frame: stop())


def wait_until(is_over: Callable[[float], bool]) -> None:
    """Waits for an event; on Windows no signal is handled while Python waits without a limit.

    Args:
        is_over: waits so many seconds and says whether it has happened (``Event.wait``).
    """
    while not is_over(_LOOK_FOR_STOP_SECONDS):
        pass


# Limits


def limit_memory(megabytes: int) -> None:
    """Limits how many bytes this process may use above what it has now, and forbids core dumps."""
    more = megabytes * 1024 * 1024
    if resource is not None:
        limit = _address_space_bytes() + more
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        forbid_core_dumps()
    elif sys.platform == "win32":
        _enter_job(_USUAL_BYTES + more)


def forbid_core_dumps() -> None:
    """Forbids core dumps, which would write children's data to the disk; Windows writes none."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def lower_limits(*, memory_bytes: int, processor_seconds: int) -> None:
    """Limits this process's memory and processor time, or keeps lower limits that were handed down.

    Where the system has no such limits, the parent process limits the time.
    """
    if resource is not None:
        _lower_limit(resource.RLIMIT_AS, memory_bytes)
        _lower_limit(resource.RLIMIT_CPU, processor_seconds)
    elif sys.platform == "win32":
        _enter_job(memory_bytes)


def die_first_without_memory() -> None:
    """Asks the system to end this process before others when the machine runs out of memory."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:
        score.write(str(_LEAST_PRIORITY))


@contextlib.contextmanager
def ending_after(seconds: float) -> Iterator[None]:
    """Ends this process if the block takes more than ``seconds`` of processor time; on Windows, twice that by the clock."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        return
    with open(os.devnull, "w", encoding="ascii") as nowhere:
        faulthandler.dump_traceback_later(2 * seconds, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


def processor_seconds_of(pid: int) -> float:
    """Returns the processor seconds of a process and the children it waited for; 0 where the system does not say."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            fields = stat.read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 0.0


def _address_space_bytes() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            return int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # not Linux: the limit is then the given figure plus the size of a usual process
        return _USUAL_BYTES


def _lower_limit(kind: int, limit: int) -> None:
    _, inherited = resource.getrlimit(kind)
    lowest = limit if inherited == resource.RLIM_INFINITY else min(limit, inherited)
    resource.setrlimit(kind, (lowest, lowest))


# Files


@contextlib.contextmanager
def locked(file: IO[bytes]) -> Iterator[None]:
    """Holds a lock for the length of the block; other processes that ask for it wait."""
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield  # the lock goes with the open file
    elif msvcrt is not None:
        _lock_byte(file)
        try:
            yield
        finally:
            os.lseek(file.fileno(), _LOCKED_PLACE, os.SEEK_SET)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
    else:
        raise NotImplementedError("this system has no locks of files")


def try_lock(descriptor: int) -> bool:
    """Takes the lock of an open file until it is closed; returns whether it was free."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def users_share_temporary_folder() -> bool:
    """Returns whether other users of the machine see this one's temporary files; on Windows each has a folder."""
    return fcntl is not None


def account_of_process() -> tuple[int | None, str]:
    """Returns the number and the name of the account that this process belongs to; Windows has no number."""
    if os.name == "nt":
        return None, getpass.getuser()
    import pwd  # not on Windows

    number = os.getuid()
    try:
        return number, pwd.getpwuid(number).pw_name
    except KeyError:  # a container's number without a name
        return number, str(number)


def groups_of_process() -> frozenset[str] | None:
    """Returns the names of the groups that this process's account belongs to; None on Windows, where nothing says it."""
    if os.name == "nt":
        return None
    import grp  # not on Windows

    def name_of(number: int) -> str:
        try:
            return grp.getgrgid(number).gr_name
        except KeyError:  # a container's number without a name
            return str(number)

    return frozenset(map(name_of, {*os.getgroups(), os.getegid()}))


def members_of_group(name: str) -> tuple[str, ...] | None:
    """Returns the accounts that are listed with a group; None where there is no such group, or nothing says it."""
    if os.name == "nt":
        return None
    import grp  # not on Windows

    try:
        return tuple(grp.getgrnam(name).gr_mem)
    except KeyError:
        return None


def is_own_file(status: os.stat_result) -> bool:
    """Returns whether a file belongs to the user of this process."""
    return status.st_uid == os.getuid()


def _lock_byte(file: IO[bytes]) -> None:
    while True:
        os.lseek(file.fileno(), _LOCKED_PLACE, os.SEEK_SET)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        except OSError:  # it gives up after ten seconds
            continue
        file.seek(0)
        return


def sync_folder(folder: Path) -> None:
    """Syncs a folder to the disk, so that files renamed into it survive a loss of power.

    Windows opens no folder to be synced; its file system keeps a journal of names.
    """
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def move_over(source: Path, target: Path) -> None:
    """Renames a file over another; on Windows waits up to 1.6 seconds while another process has that one open.

    Raises:
        OSError: the target stays open, or the folder cannot be written.
    """
    for wait in _REPLACING_WAITS if os.name == "nt" else ():
        try:
            source.replace(target)
        except PermissionError:
            time.sleep(wait)
        else:
            return
    source.replace(target)


def send_open_file(connection: "Connection", descriptor: int, pid: int | None) -> None:
    """Hands an open file to another process."""
    from multiprocessing.reduction import send_handle

    send_handle(connection, descriptor if msvcrt is None else msvcrt.get_osfhandle(descriptor), pid)


def receive_open_file(connection: "Connection") -> int:
    """Returns an open file that another process handed over.

    Raises:
        EOFError: the other process hung up.
        OSError: the connection broke.
    """
    from multiprocessing.reduction import recv_handle

    handle = recv_handle(connection)
    return handle if msvcrt is None else int(msvcrt.open_osfhandle(handle, os.O_RDWR))


def read_at(descriptor: int, size: int, place: int) -> bytes:
    """Reads bytes at an offset of an open file; nothing else may move the file's position."""
    if hasattr(os, "pread"):
        return os.pread(descriptor, size, place)
    os.lseek(descriptor, place, os.SEEK_SET)
    return os.read(descriptor, size)


def write_at(descriptor: int, data: bytes | memoryview, place: int) -> int:
    """Writes bytes at an offset of an open file; returns how many. Nothing else may move the file's position."""
    if hasattr(os, "pwrite"):
        return os.pwrite(descriptor, data, place)
    os.lseek(descriptor, place, os.SEEK_SET)
    return os.write(descriptor, data)


def is_readable_by_others(mode: int) -> bool:
    """Returns whether a file's mode lets other users of the machine read it; False on Windows, whose mode does not say."""
    return os.name == "posix" and bool(mode & 0o077)


def configuration_folder() -> Path:
    """Returns where a user's programs keep their settings, apart from data."""
    home = os.path.expanduser("~")
    if home == "~":  # a user of a container may have none: nothing is found there, and nothing can be written
        home = os.sep + "nonexistent"
    if os.name == "nt":
        return Path(os.environ.get("APPDATA") or Path(home, "AppData", "Roaming"))
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path(home, ".config"))


def write_in_chinese(stream: object) -> None:
    """Lets a standard stream write any text: UTF-8 into files and pipes, a terminal's own encoding on a terminal.

    A terminal in GBK would show UTF-8 as other characters; what its encoding lacks is shown as its number.
    """
    if isinstance(stream, io.TextIOWrapper):
        encoding = stream.encoding if stream.isatty() else "utf-8"
        stream.reconfigure(encoding=encoding, errors="backslashreplace")


if sys.platform == "win32":
    from ctypes import wintypes

    class _BasicLimits(ctypes.Structure):
        _fields_ = (
            ("PerProcessUserTimeLimit", wintypes.LARGE_INTEGER),
            ("PerJobUserTimeLimit", wintypes.LARGE_INTEGER),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        )

    class _ExtendedLimits(ctypes.Structure):
        _fields_ = (
            ("Basic", _BasicLimits),
            ("IoCounters", ctypes.c_ulonglong * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        )

    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.CreateJobObjectW.restype = wintypes.HANDLE
    _kernel.GetCurrentProcess.restype = wintypes.HANDLE
    _kernel.OpenProcess.restype = wintypes.HANDLE

    def _enter_job(memory_bytes: int) -> None:
        """Puts this process and its children into a Windows job that ends with it; without a job there are no limits."""
        job = wintypes.HANDLE(_kernel.CreateJobObjectW(None, None))
        limits = _ExtendedLimits()
        limits.Basic.LimitFlags = _KILL_ON_CLOSE | _PROCESS_MEMORY
        limits.ProcessMemoryLimit = memory_bytes
        _kernel.SetInformationJobObject(job, _JOB_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits))
        _kernel.AssignProcessToJobObject(job, wintypes.HANDLE(_kernel.GetCurrentProcess()))

    def _is_windows_process_running(pid: int) -> bool:
        handle = _kernel.OpenProcess(_QUERY_LIMITED, False, pid)
        if not handle:
            return ctypes.get_last_error() == _ACCESS_DENIED
        exit_code = wintypes.DWORD()
        has_code = _kernel.GetExitCodeProcess(wintypes.HANDLE(handle), ctypes.byref(exit_code))
        _kernel.CloseHandle(wintypes.HANDLE(handle))
        return not has_code or exit_code.value == _STILL_ACTIVE


def has_posix_shell() -> bool:
    """Returns whether people type commands into a POSIX shell here, and not into PowerShell."""
    return os.name == "posix"
