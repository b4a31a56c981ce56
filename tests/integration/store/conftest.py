"""Empty databases on SQLite and on PostgreSQL."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.builders.servers.postgres import postgres, require_postgres


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    require_postgres()
    with postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def fresh_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Gives the URL of an empty database, another one each time."""
    numbers = itertools.count()
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path}/{next(numbers)}.db"
    server = request.getfixturevalue("server")

    def create() -> str:
        name = f"db_{abs(hash(tmp_path))}_{next(numbers)}"
        with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        return f"{server.rpartition('/')[0]}/{name}"

    return create
