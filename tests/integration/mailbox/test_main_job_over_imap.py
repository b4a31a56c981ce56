"""The main job against Dovecot over TLS, by the program as it is installed, also when it is killed."""

import os
import random
import time

import pytest

from kongchuo.demo.county import make_county
from tests.builders.offices.installed_office import write_office
from tests.builders.servers.dovecot import PASSWORD, dovecot

KILLS = int(os.environ.get("KONGCHUO_KILLS", "4"))  # the release check kills 50 times


@pytest.fixture(scope="module")
def county():
    return make_county(7, schools=40, mails=300, rows=4_000)


@pytest.fixture(scope="module")
def server(county):
    with dovecot() as server:
        for made in county.mails:
            server.deliver(made.raw, made.received_at)
        yield server


@pytest.fixture(scope="module", autouse=True)
def password():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KONGCHUO_MAILBOX_PASSWORD", PASSWORD)
        yield


@pytest.fixture(scope="module")
def polled(county, server, tmp_path_factory):
    office = write_office(tmp_path_factory.mktemp("mailbox"), county, server.settings())
    told = office.ask("poll")
    assert told["messages"] == told["new_messages"] == len(county.mails)
    return office


def test_a_second_poll_fetches_nothing_and_changes_nothing(polled):
    before = polled.all_answers()

    told = polled.ask("poll")

    assert (told["messages"], told["new_messages"]) == (0, 0)
    assert polled.all_answers() == before


def test_killed_at_random_moments_the_store_ends_as_undisturbed(county, server, polled, tmp_path):
    office = write_office(tmp_path, county, server.settings())
    moments = random.Random(11)

    for _ in range(KILLS):
        process = office.start("poll", "--json")
        time.sleep(moments.uniform(0.2, 8.0))
        process.kill()
        process.communicate()
    office.ask("poll")

    assert office.all_answers() == polled.all_answers()
