"""A temporary PostgreSQL server on loopback, for the length of a ``with`` block."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_BINARY_FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
BINARIES = next((binaries for binaries in _BINARY_FOLDERS if (binaries / "initdb").exists()), None)
_ACCOUNT = "postgres"


def require_postgres() -> None:
    """Skips the test without PostgreSQL, unless CI requires it."""
    if BINARIES is None:
        if os.environ.get("KONGCHUO_REQUIRE_POSTGRES"):
            pytest.fail("PostgreSQL is not installed, and KONGCHUO_REQUIRE_POSTGRES is set")
        pytest.skip("PostgreSQL is not installed")


@contextmanager
def postgres() -> Iterator[str]:
    """Yields the URL of an empty database; the server and all its data are deleted afterwards."""
    assert BINARIES is not None
    folder = Path(tempfile.mkdtemp(prefix="kongchuo-pg-"))
    data, port = folder / "data", _free_port()
    if os.getuid() == 0:  # it refuses to run as root
        shutil.chown(folder, _ACCOUNT)
    try:
        _run("initdb", "-D", data, "-U", "kongchuo", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        options = f"-c listen_addresses=127.0.0.1 -p {port} -c fsync=off -c unix_socket_directories={folder}"
        _run("pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://kongchuo@127.0.0.1:{port}/postgres"
        finally:
            _run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: str, *arguments: object) -> None:
    assert BINARIES is not None
    command = [str(BINARIES / program), *map(str, arguments)]
    if os.getuid() == 0:
        command = ["runuser", "-u", _ACCOUNT, "--", *command]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
