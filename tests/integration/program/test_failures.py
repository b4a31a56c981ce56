"""What a person sees when something outside is wrong: the contract's exit code and one Chinese line."""

import os
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kongchuo.demo.county import County, make_county
from tests.builders.offices.installed_office import InstalledOffice, write_mails, write_office


@pytest.fixture(scope="module")
def county() -> County:
    return make_county(5, schools=3, mails=8, rows=100)


@pytest.fixture
def office(county: County, tmp_path: Path) -> InstalledOffice:
    return write_office(tmp_path, county, f'maildir = "{write_mails(tmp_path / "mail", county.mails)}"')


def told(office: InstalledOffice, *arguments: str) -> tuple[int, str]:
    """Exit code and the one line on stderr; a traceback or a second line fails the test."""
    code, _, err = office.run(*arguments)
    lines = [line for line in err.splitlines() if line.strip()]
    assert len(lines) == 1, err
    assert "Traceback" not in err
    assert any("\u4e00" <= letter <= "\u9fff" for letter in lines[0])
    return code, lines[0]


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_without_a_configuration_it_says_to_run_init(office: InstalledOffice) -> None:
    (office.folder / "kongchuo.toml").unlink()

    code, line = told(office, "status")

    assert code == 2
    assert "kongchuo init" in line


def test_a_misspelt_setting_is_named(office: InstalledOffice) -> None:
    edit(office.folder / "kongchuo.toml", "recipients", "recipient")

    code, line = told(office, "status")

    assert code == 2
    assert "recipient" in line


def test_a_password_in_the_configuration_is_refused(office: InstalledOffice) -> None:
    edit(office.folder / "kongchuo.toml", 'name = "main"', 'name = "main"\npassword = "secret"')

    code, line = told(office, "poll")

    assert code == 2
    assert "secret" not in line


def test_a_broken_roster_is_told_by_line(office: InstalledOffice) -> None:
    roster = office.folder / "units.csv"
    roster.write_text(roster.read_text("utf-8") + "某某学校,school,大学,,,\n", "utf-8")

    code, line = told(office, "status")

    assert code == 2
    assert "大学" in line


def test_a_missing_mail_folder_is_a_mailbox_out_of_reach(office: InstalledOffice) -> None:
    edit(office.folder / "kongchuo.toml", "/mail", "/nowhere")

    assert told(office, "poll")[0] == 3


def test_a_host_that_is_down_is_a_mailbox_out_of_reach(county: County, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    office = write_office(
        tmp_path, county, f'host = "127.0.0.1"\nport = {port}\nsecurity = "none"\nusername = "a@example.org"'
    )

    assert told(office, "poll")[0] == 3


def test_a_locked_store_is_told_and_nothing_is_lost(office: InstalledOffice) -> None:
    office.run("status")
    holder = sqlite3.connect(office.folder / "kongchuo.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")

    code, line = told(office, "poll")

    holder.close()
    assert code == 3
    assert "稍后" in line
    assert office.run("poll")[0] in (0, 1)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("a small disk can only be mounted by root")
    folder = tmp_path / "small"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)], capture_output=True
    )
    if done.returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told_and_nothing_is_lost(office: InstalledOffice, small_disk: Path) -> None:
    settings = office.folder / "kongchuo.toml"
    settings.write_text(
        settings.read_text("utf-8")
        + f'\n[store]\nurl = "sqlite:///{small_disk}/k.db"\narchive = "{small_disk}/archive"\n'
    )
    (small_disk / "filler").write_bytes(bytes(150_000))

    code, line = told(office, "poll")

    assert code == 3
    assert "磁盘已满" in line
