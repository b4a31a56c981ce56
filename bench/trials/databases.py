"""Gives each office of a trial its database: a file in its folder, or one on a PostgreSQL server of our own."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql

from tests.builders.servers.postgres import postgres


class Databases(Protocol):
    """Where the offices' databases are; an office is known by its folder."""

    def url_of(self, office: Path) -> str | None:
        """Returns what stands in the office's configuration, ``None`` where that is silent."""

    def make_empty(self, office: Path) -> None:
        """Gives the office an empty database in the place of any that it has."""

    def copy(self, source: Path, target: Path) -> None:
        """Gives an office whose folder was copied a copy of the database too."""

    def drop(self, office: Path) -> None:
        """Removes the database of an office whose folder is removed."""


class DatabaseFiles:
    """SQLite: the database lies in the office's folder and is copied and removed with it."""

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
    """PostgreSQL: a database for each folder, named after it; copies are made by the server."""

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
        """A server copies no database that somebody is connected to; a killed process may seem to be."""
        query = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
        self._connection.execute(query, [_name(office)])


def _name(office: Path) -> str:
    return "office_" + re.sub(r"\W", "_", office.name).lower()


@contextmanager
def databases_on_server() -> Iterator[ServerDatabases]:
    """A PostgreSQL server of our own for the length of the block."""
    with postgres() as url:
        databases = ServerDatabases(url)
        try:
            yield databases
        finally:
            databases.close()
