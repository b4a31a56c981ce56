"""The main job over real files on disk, by the program as it is installed."""

import random
import time
from collections import Counter
from pathlib import Path

import pytest

from kongchuo.demo.county import County, make_county
from tests.builders.offices.installed_office import InstalledOffice, write_mails, write_office


@pytest.fixture(scope="module")
def county() -> County:
    return make_county(3, schools=12, mails=70, rows=2_000)


@pytest.fixture(scope="module")
def polled(county: County, tmp_path_factory: pytest.TempPathFactory) -> InstalledOffice:
    folder = tmp_path_factory.mktemp("office")
    office = write_office(folder, county, f'maildir = "{write_mails(folder / "mail", county.mails)}"')
    office.ask("poll")
    return office


def test_a_second_poll_finds_nothing_new_and_changes_nothing(polled: InstalledOffice) -> None:
    before = polled.all_answers()

    again = polled.ask("poll")

    assert again["new_messages"] == 0
    assert polled.all_answers() == before


def test_a_rerun_of_all_changes_nothing(polled: InstalledOffice) -> None:
    before = polled.all_answers()

    polled.ask("rerun", "--all")

    assert polled.all_answers() == before


def test_every_file_has_one_disposition_and_the_sums_agree(polled: InstalledOffice, county: County) -> None:
    files = polled.ask("files")
    counted = Counter(file["disposition"] for file in files)
    told = polled.ask("rerun", "--all")

    assert set(counted) <= {"recorded", "evidence", "duplicate", "ignored", "quarantined"}
    assert len({file["message_id"] for file in files}) == len({mail.raw for mail in county.mails})
    assert len({file["file_id"] for file in files}) == len(files) == told["files"]
    assert {key: told[name] for key, name in
            [("evidence", "evidence"), ("duplicate", "duplicates"), ("ignored", "ignored"), ("quarantined", "quarantined")]} == {
        key: counted[key] for key in ("evidence", "duplicate", "ignored", "quarantined")
    }  # fmt: skip
    assert all(file["reason"] for file in files if file["disposition"] != "recorded")


def test_killed_at_random_moments_it_ends_as_if_undisturbed(
    county: County, polled: InstalledOffice, tmp_path: Path
) -> None:
    office = write_office(tmp_path, county, f'maildir = "{write_mails(tmp_path / "mail", county.mails)}"')
    moments = random.Random(11)

    for _ in range(4):
        process = office.start("poll", "--json")
        time.sleep(moments.uniform(0.3, 3.0))
        process.kill()
        process.communicate()
    office.ask("poll")
    office.ask("rerun", "--failed")  # one mail may have been at hand each time, and then was given up

    assert office.all_answers() == polled.all_answers()
