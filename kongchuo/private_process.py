"""Keeps what a process leaves on the disk from other users of the machine: new files, temporary files, core dumps.

Called by :mod:`kongchuo.__main__` before anything is read. Child processes inherit all of it.
"""

import atexit
import os
import re
import shutil
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from config.installation.operating_system import is_own_file, try_lock, users_share_temporary_folder

PREFIX, TRACE_SUFFIX = "kongchuo-", ".log"
_TRACE = re.compile(re.escape(PREFIX) + r"\w{8}" + re.escape(TRACE_SUFFIX))
_LOCK_NAME = "in-use"
_SECONDS_TO_LOCK = 60
"""The age in seconds after which a folder without a lock is removed; a younger one is just being made."""


_LONGEST_PATH = 68
"""The most bytes of the folder's path: reading processes put a socket below it, whose path may have 103 bytes on macOS."""
_shared_folder: Path | None = None


def use_private_temporary_folder() -> Path | None:
    """Makes a private folder for this process's temporary files, which is removed when the process ends.

    Folders that earlier processes left when they were killed are removed.

    Returns:
        The folder; ``None`` if it cannot be made, could not be removed later, or its path would be too long.
    """
    global _shared_folder
    if not users_share_temporary_folder():
        return None
    try:
        _shared_folder = Path(tempfile.gettempdir())
        if len(os.fsencode(_shared_folder)) + len(PREFIX) + 9 > _LONGEST_PATH:
            return None
        _sweep(_shared_folder)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_shared_folder))
        descriptor = os.open(folder / _LOCK_NAME, os.O_WRONLY | os.O_CREAT, 0o600)
        try_lock(descriptor)
    except OSError:  # a full or missing temporary folder is told by whoever needs it
        return None
    # The lock is not inherited: a child that outlives this process does not keep the folder from being swept.
    tempfile.tempdir = str(folder)
    os.environ["TMPDIR"] = str(folder)
    owner = os.getpid()
    atexit.register(_remove_own, folder, owner)
    return folder


def shared_temporary_folder() -> Path:
    """Returns the system's folder for temporary files, for files that must remain after this process."""
    return _shared_folder or Path(tempfile.gettempdir())


def find_traces(before: float) -> tuple[Path, ...]:
    """Returns the traces of this user's errors that were written before a time in seconds since the epoch."""
    traces = []
    for file in sorted(shared_temporary_folder().glob(f"{PREFIX}*{TRACE_SUFFIX}")):
        with suppress(OSError):  # another process is faster
            status = file.lstat()
            if (
                _TRACE.fullmatch(file.name) is not None
                and stat.S_ISREG(status.st_mode)
                and (not users_share_temporary_folder() or is_own_file(status))
                and status.st_mtime < before
            ):
                traces.append(file)
    return tuple(traces)


def _remove_own(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # not a child that was forked
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(shared: Path) -> None:
    for folder in shared.glob(f"{PREFIX}????????"):
        with suppress(OSError):  # another process is faster, or it belongs to another user
            if _is_left_over(folder):
                shutil.rmtree(folder)


def _is_left_over(folder: Path) -> bool:
    status = folder.lstat()
    if folder.is_symlink() or not folder.is_dir() or not is_own_file(status):
        return False
    if time.time() - status.st_mtime < _SECONDS_TO_LOCK:
        return False
    try:
        descriptor = os.open(folder / _LOCK_NAME, os.O_WRONLY)
    except FileNotFoundError:
        return False  # another program may use such a name
    try:
        return try_lock(descriptor)
    finally:
        os.close(descriptor)
