"""What a wrong clock wrote ahead of time holds nothing up for longer than anything is meant to wait."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from kongchuo.usecases.polling import LONGEST_BACK_OFF, servers_in_back_off
from store import Store
from store.outbox import LONGEST_WAIT

NOW = datetime.now(UTC)


@pytest.fixture
def opened_store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'k.db'}", tmp_path / "archive")
    yield opened
    opened.close()


@pytest.mark.parametrize(("ahead", "held"), [(timedelta(minutes=9), True), (timedelta(days=400), False)])
def test_a_lease_of_another_host_ends_at_its_longest_term(
    ahead: timedelta, held: bool, opened_store: Store
) -> None:
    row = {"until": (NOW + ahead).replace(tzinfo=None), "holder": "elsewhere:1:1"}
    with opened_store.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO lease (name, holder, until) VALUES ('ingest', :holder, :until)"), row
        )

    assert opened_store.jobs.is_leased("ingest", NOW) is held


@pytest.mark.parametrize(("ahead", "held"), [(LONGEST_BACK_OFF, True), (timedelta(days=400), False)])
def test_a_server_is_left_alone_for_the_longest_pause_at_most(
    ahead: timedelta, held: bool, opened_store: Store
) -> None:
    opened_store.jobs.record_failure("poll", "main", NOW, "x", NOW + ahead)

    assert bool(servers_in_back_off(opened_store, "poll", NOW)) is held


@pytest.mark.parametrize(("ahead", "due"), [(LONGEST_WAIT, 0), (timedelta(days=400), 1)])
def test_a_mail_waits_for_the_longest_wait_at_most(ahead: timedelta, due: int, opened_store: Store) -> None:
    opened_store.outbox.queue(
        key="k", purpose="p", raw=b"x", sender="a@b", recipients=("c@d",), when=NOW + ahead
    )

    assert len(opened_store.outbox.due(NOW)) == due
