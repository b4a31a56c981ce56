"""The store on PostgreSQL gives the same answers as on SQLite, byte for byte."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from kongchuo.demo.county import make_county
from store import Store
from tests.builders.offices.installed_office import InstalledOffice, write_mails, write_office
from tests.builders.servers.postgres import postgres, require_postgres


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    require_postgres()
    with postgres() as url:
        yield url


@pytest.fixture(scope="module")
def offices(url: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[InstalledOffice, InstalledOffice]:
    """One county read twice: into SQLite and into PostgreSQL."""
    folder = tmp_path_factory.mktemp("stores")
    county = make_county(6, schools=12, mails=70, rows=800)
    mails = write_mails(folder / "mail", county.mails)
    plain = write_office(folder / "sqlite", county, f'maildir = "{mails}"')
    other = write_office(folder / "postgres", county, f'maildir = "{mails}"')
    config = other.folder / "kongchuo.toml"
    config.write_text(f'{config.read_text("utf-8")}\n[store]\nurl = "{url}"\n', "utf-8")
    assert plain.ask("poll") == other.ask("poll")
    return plain, other


def test_every_answer_is_the_same(offices: tuple[InstalledOffice, InstalledOffice]) -> None:
    plain, other = offices

    assert other.all_answers() == plain.all_answers()


def test_a_second_poll_and_a_rerun_change_nothing(offices: tuple[InstalledOffice, InstalledOffice]) -> None:
    _, other = offices
    before = other.all_answers()

    assert other.ask("poll")["new_messages"] == 0
    other.ask("rerun", "--all")

    assert other.all_answers() == before


def test_a_text_with_a_nul_is_kept_with_a_mark_in_its_place(url: str, tmp_path: Path) -> None:
    store = Store.open(url, tmp_path / "archive")
    when = datetime(2023, 9, 25, tzinfo=UTC)

    store.decisions.record("note", "nul", "a\x00b", "officer", when)

    assert [d.why for d in store.decisions.made(when) if d.subject == "nul"] == ["a\ufffdb"]
    store.close()


def test_a_wrong_address_is_one_chinese_line(
    tmp_path: Path, offices: tuple[InstalledOffice, InstalledOffice]
) -> None:
    config = offices[1].folder / "kongchuo.toml"
    wrong = tmp_path / "kongchuo.toml"
    text = config.read_text("utf-8").replace('"units.csv"', f'"{config.parent / "units.csv"}"')
    wrong.write_text(re.sub(r"@127.0.0.1:\d+", "@127.0.0.1:1", text), "utf-8")

    code, _, said = InstalledOffice(tmp_path).run("status")

    assert code == 3
    assert "连不上数据库" in said
    assert said.count("\n") == 1


def test_several_programs_that_start_on_an_empty_database_at_once_all_open_it(
    url: str, tmp_path: Path
) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE DATABASE fresh TEMPLATE template0")
    fresh = f"{url.rpartition('/')[0]}/fresh"

    with ThreadPoolExecutor(4) as threads:
        stores = list(threads.map(lambda n: Store.open(fresh, tmp_path / str(n)), range(4)))

    assert [store.messages.unprocessed() for store in stores] == [[]] * 4
    for store in stores:
        store.close()
