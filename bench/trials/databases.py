"""Gives each office of a trial its database: a file in its folder, or one on a temporary PostgreSQL server."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql

from tests.builders.servers.postgres import postgres


class Databases(Protocol):
    """The offices' databases, by the office's folder."""

    def url_of(self, office: Path) -> str | None:
        """Returns the URL for the office's configuration, or None for the default."""

    def make_empty(self, office: Path) -> None:
        """Gives the office an empty database, replacing any that it has."""

    def copy(self, source: Path, target: Path) -> None:
        """Copies an office's database after its folder was copied."""

    def drop(self, office: Path) -> None:
        """Deletes the database of an office whose folder is deleted."""


class DatabaseFiles:
    """SQLite: the database is a file in the office's folder, and is copied and deleted with it."""

    def url_of(self, office: Path) -> str | None:
        return None

    def make_empty(self, office: Path) -> None:
        for file in office.glob("kongchuo.db*"):
            file.unlink()

    def copy(self, source: Path, target: Path) -> None:
        return

    def drop(self, office: Path) -> None:
        return


class ServerDatabases:
    """PostgreSQL: a database for each folder, named after it; the server makes copies."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)

    def close(self) -> None:
        self._connection.close()

    def url_of(self, office: Path) -> str | None:
        return f"{self._url.rpartition('/')[0]}/{_name(office)}"

    def make_empty(self, office: Path) -> None:
        self.drop(office)
        self._create(office, "template0")

    def copy(self, source: Path, target: Path) -> None:
        self._close_sessions(source)
        self._create(target, _name(source))

    def drop(self, office: Path) -> None:
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._connection.execute(statement.format(sql.Identifier(_name(office))))

    def _create(self, office: Path, template: str) -> None:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        names = (sql.Identifier(_name(office)), sql.Identifier(template))
        self._connection.execute(statement.format(*names))

    def _close_sessions(self, office: Path) -> None:
        """Closes other connections to a database, as the server copies none that is in use; a killed process may appear connected."""
        query = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
        self._connection.execute(query, [_name(office)])


def _name(office: Path) -> str:
    return "office_" + re.sub(r"\W", "_", office.name).lower()


@contextmanager
def databases_on_server() -> Iterator[ServerDatabases]:
    """Runs a temporary PostgreSQL server during the block."""
    with postgres() as url:
        databases = ServerDatabases(url)
        try:
            yield databases
        finally:
            databases.close()
