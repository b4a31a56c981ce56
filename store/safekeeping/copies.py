"""Copies a database while it is in use, by the database's own means, and restores a copy."""

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy import URL, Engine

from config.errors import ConfigError, StoreError
from store.engine import translate_errors

_DUMP_SECONDS = 3_600


def copy_database(engine: Engine, target: Path) -> None:
    """Writes the database as of one instant into a new file: an SQLite file, or a dump for ``pg_restore``.

    Raises:
        ConfigError: the store is on PostgreSQL and ``pg_dump`` is not installed.
        StoreError: it could not be copied.
    """
    if engine.dialect.name == "sqlite":
        _copy_sqlite(engine, target)
    else:
        _run(_find_program("pg_dump"), "--format=custom", f"--file={target}", engine=engine)


def put_back_database(engine: Engine, copy: Path) -> None:
    """Fills an empty PostgreSQL database from a dump.

    Raises:
        ConfigError: ``pg_restore`` is not installed.
        StoreError: the dump could not be read, or the database not written.
    """
    program = _find_program("pg_restore")
    _run(
        program,
        "--single-transaction",
        "--no-owner",
        "--clean",
        "--if-exists",
        "--dbname",
        engine.url.database or "",
        str(copy),
        engine=engine,
    )


def _copy_sqlite(engine: Engine, target: Path) -> None:
    """Copies by SQLite's online backup, which restarts when another connection writes and so copies one instant."""
    with translate_errors():
        connection = engine.raw_connection()
    try:
        source = connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        copy = sqlite3.connect(target)
        try:
            source.backup(copy)
        finally:
            copy.close()
    except sqlite3.Error as error:
        raise StoreError(f"数据库复制不出来({error}):请运行 kongchuo verify 检查") from error
    finally:
        connection.close()


def _find_program(name: str) -> str:
    program = shutil.which(name) or max(
        (str(path) for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), default=None
    )
    if program is None:
        raise ConfigError(f"没有装 {name}:请安装 PostgreSQL 的客户端(Debian 为 postgresql-client)")
    return program


def _run(program: str, *arguments: str, engine: Engine) -> None:
    """Runs a PostgreSQL program on the database; the password is not among the arguments, which other users could read."""
    try:
        done = subprocess.run(
            [program, *arguments], env={**os.environ, **_connection_variables(engine.url)},
            capture_output=True, text=True, timeout=_DUMP_SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StoreError(f"{Path(program).name} 没有做完({error}):请检查数据库服务") from error
    if done.returncode != 0:
        reason = " ".join(done.stderr.split())[:200]
        raise StoreError(f"{Path(program).name} 没有做成({reason}):请检查数据库服务")


def _connection_variables(url: URL) -> dict[str, str]:
    """Returns libpq's environment variables for a database (PostgreSQL documentation, Environment Variables)."""
    values = {
        "PGHOST": url.host,
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        **{f"PG{name.upper()}": value for name, value in url.query.items() if name.startswith("ssl")},
    }
    return {name: str(value) for name, value in values.items() if value is not None}
