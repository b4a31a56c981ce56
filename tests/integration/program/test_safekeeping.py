"""The store survives the loss and the damage of its parts: rebuilt, verified, backed up and restored."""

import errno
import json
import os
import random
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.errors import StoreError
from kongchuo.demo.county import County, make_county
from kongchuo.demo.mail_servers import mail_sink
from kongchuo.office import open_office
from kongchuo.usecases.safekeeping import backups
from store import Store
from store.safekeeping.faults import Fault, Slice
from store.safekeeping.journal import Entry, EntryKind, Journal
from tests.builders.offices.installed_office import InstalledOffice, write_mails, write_office
from tests.builders.servers.postgres import postgres, require_postgres

PASSPHRASE = "long enough to be one"
FLIPPED_COLUMNS = (
    ("block", "submission_id"), ("submission", "records"), ("submission", "checksum"), ("submission", "unit"),
    ("submission", "form"), ("file", "reason"), ("file", "path"), ("file", "sha256"), ("message", "subject"),
    ("message", "sender"), ("message", "received_at"), ("location", "mailbox"), ("evidence", "unit"), ("claim", "submission_id"),
    ("decision", "why"),
)  # fmt: skip


@pytest.fixture(scope="module")
def county() -> County:
    return make_county(7, schools=8, mails=40, rows=300)


@pytest.fixture(scope="module")
def polled(county: County, tmp_path_factory: pytest.TempPathFactory) -> InstalledOffice:
    """An office with mail read and people's decisions made."""
    folder = tmp_path_factory.mktemp("office")
    office = write_office(folder, county, f'maildir = "{write_mails(folder / "mail", county.mails)}"')
    office.ask("poll")
    decide(office)
    return office


@pytest.fixture(autouse=True)
def _passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KONGCHUO_BACKUP_PASSWORD", PASSPHRASE)


@pytest.fixture
def office(polled: InstalledOffice, tmp_path: Path) -> InstalledOffice:
    """A copy of that office, to be damaged."""
    return copied(polled, tmp_path / "copy")


def decide(office: InstalledOffice) -> None:
    unit = office.ask("gaps")[0]["unit"]
    code, _, err = office.run(
        "extend", "--unit", unit, "--until", "2023-09-30", "--why", "停电", "--as-of", "2023-09-26"
    )
    assert code == 0, err
    waiting = next((f for f in office.ask("files") if f["disposition"] == "quarantined" and f["path"]), None)
    assert waiting is not None
    code, _, err = office.run("assign", waiting["file_id"], "--unit", unit, "--form", "附件3")
    assert code in (0, 1), err


def copied(office: InstalledOffice, folder: Path) -> InstalledOffice:
    shutil.copytree(office.folder, folder)
    config = folder / "kongchuo.toml"
    config.write_text(config.read_text("utf-8").replace(str(office.folder), str(folder)), "utf-8")
    return InstalledOffice(folder)


def answers(office: InstalledOffice) -> dict[str, str]:
    return {**office.all_answers(), "decisions": json.dumps(office.ask("decisions"))}


def faults(office: InstalledOffice) -> tuple[Fault, ...]:
    store = Store.open(f"sqlite:///{office.folder / 'kongchuo.db'}", office.folder / "archive")
    try:
        return tuple(store.safekeeping.verify(Slice()))
    finally:
        store.close()


def test_a_sound_store_has_no_fault(polled: InstalledOffice) -> None:
    assert polled.ask("verify") == []


def test_a_deleted_database_is_made_anew_from_the_archive(office: InstalledOffice) -> None:
    before = answers(office)
    for file in office.folder.glob("kongchuo.db*"):
        file.unlink()

    office.ask("rebuild")

    assert answers(office) == before
    assert office.ask("poll")["new_messages"] == 0
    assert office.ask("verify") == []


def test_a_damaged_database_is_kept_under_another_name_and_made_anew(office: InstalledOffice) -> None:
    before = answers(office)
    (office.folder / "kongchuo.db").write_bytes(b"x" * 8192)

    code, _, err = office.run("rebuild")
    assert code == 3
    assert "\u6570\u636e\u5e93" in err
    assert office.run("rebuild", "--yes")[0] == 0

    assert answers(office) == before
    assert [path.read_bytes() for path in office.folder.glob("kongchuo.db.old-*")] == [b"x" * 8192]


def test_a_store_with_anything_in_it_is_not_made_anew(office: InstalledOffice) -> None:
    before = answers(office)

    code, _, err = office.run("rebuild")

    assert code == 2
    assert "--yes" in err
    assert answers(office) == before


def test_a_store_older_than_its_journal_is_written_into_it(office: InstalledOffice) -> None:
    before = answers(office)
    (office.folder / "archive" / "journal.jsonl").unlink()
    unit = office.ask("gaps")[0]["unit"]
    code, _, _ = office.run(
        "exempt", "--unit", unit, "--form", "附件3", "--why", "撤并", "--as-of", "2023-09-27"
    )
    assert code == 0
    with_exemption = answers(office)
    assert with_exemption != before

    assert office.run("rebuild", "--yes")[0] == 0

    assert answers(office) == with_exemption


def test_every_flipped_bit_of_the_archive_and_the_journal_is_told(office: InstalledOffice) -> None:
    chance = random.Random(5)
    archive = office.folder / "archive"
    blobs = sorted(archive.rglob("*.z"))
    for file in [*chance.sample(blobs, 12), *[archive / "journal.jsonl"] * 6]:
        sound = file.read_bytes()
        place = chance.randrange(len(sound))
        flipped = bytearray(sound)
        flipped[place] ^= 1 << chance.randrange(8)
        file.write_bytes(flipped)

        assert faults(office), f"bit flipped in {file.name} at {place} of {len(sound)}"

        file.write_bytes(sound)
    assert not faults(office)


@pytest.mark.parametrize(("table", "column"), FLIPPED_COLUMNS)
def test_a_flipped_bit_of_a_row_is_told(office: InstalledOffice, table: str, column: str) -> None:
    database = office.folder / "kongchuo.db"
    values = column_of(database, table, column)
    value = random.Random(3).choice([value for value in values if value])
    sound = database.read_bytes()
    if isinstance(value, int):  # in the file it is no text that could be looked for
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute(f"UPDATE {table} SET {column} = {value ^ 2} WHERE {column} = {value}")
        assert faults(office)
        return
    for found in reversed(list(re.finditer(re.escape(str(value).encode()), sound))):
        flipped = bytearray(sound)
        flipped[found.start()] ^= 2
        database.write_bytes(flipped)
        with suppress(sqlite3.Error):  # of the words by which a table was made
            if column_of(database, table, column) != values:
                break

    assert faults(office)


def column_of(database: Path, table: str, column: str) -> list[object]:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return [row[0] for row in connection.execute(f"SELECT {column} FROM {table}")]


def test_every_flipped_bit_of_rows_is_told(office: InstalledOffice) -> None:
    chance = random.Random(7)
    database = sqlite3.connect(office.folder / "kongchuo.db")
    blocks = database.execute("SELECT submission_id, body FROM block ORDER BY submission_id").fetchall()
    for place, (submission, body) in enumerate(chance.sample(blocks, 12)):
        flipped = bytearray(body)
        flipped[chance.randrange(len(body)) if place else 0] ^= 1 << chance.randrange(8)
        with database:
            database.execute("UPDATE block SET body = ? WHERE submission_id = ?", (flipped, submission))

        assert [fault.place for fault in faults(office)] == [f"报送 {submission}"]

        with database:
            database.execute("UPDATE block SET body = ? WHERE submission_id = ?", (body, submission))
    database.close()
    assert not faults(office)


def test_a_backup_made_while_a_poll_runs_restores_to_a_sound_store(
    county: County, polled: InstalledOffice, tmp_path: Path
) -> None:
    busy = write_office(
        tmp_path / "busy", county, f'maildir = "{write_mails(tmp_path / "busy" / "mail", county.mails)}"'
    )
    poll = busy.start("poll")
    while not (busy.folder / "kongchuo.db").exists():
        assert poll.poll() is None
    code, _, err = busy.run("backup", str(tmp_path / "backup.zip"))
    assert code == 0, err
    poll.communicate(timeout=120)

    code, _, err = busy.run("restore", str(tmp_path / "backup.zip"), "--yes")
    assert code == 0, err
    assert busy.ask("verify") == []
    busy.ask("poll")
    assert busy.all_answers().keys() == polled.all_answers().keys()
    assert len(busy.ask("files")) == len(polled.ask("files"))


def test_an_office_is_restored_where_nothing_is_left_of_it(office: InstalledOffice, tmp_path: Path) -> None:
    before = answers(office)
    backup = tmp_path / "elsewhere" / "backup.zip"
    code, _, err = office.run("backup", str(backup))
    assert code == 0, err
    health = office.ask("health")
    shutil.move(office.folder / "mail", tmp_path / "mail")
    shutil.rmtree(office.folder)
    office.folder.mkdir()

    code, _, err = office.run("restore", str(backup))

    assert code == 0, err
    assert [(each["file"], each["exists"]) for each in health["backups"]] == [(str(backup), True)]
    assert answers(office) == before
    assert office.ask("verify") == []


def test_a_backup_on_a_disk_that_fails_says_so_though_its_half_cannot_be_removed(
    office: InstalledOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    backup = tmp_path / "backup.zip"
    monkeypatch.setattr(backups, "_write_member", fail)
    monkeypatch.setattr(Path, "unlink", fail)

    with (
        open_office(office.folder / "kongchuo.toml") as opened,
        pytest.raises(StoreError, match="备份没有写成"),
    ):
        backups.write_backup(opened.settings, opened.store, backup, PASSPHRASE, datetime.now(UTC))


def test_a_backup_shows_nothing_without_its_passphrase(
    office: InstalledOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = tmp_path / "backup.zip"
    office.run("backup", str(backup))
    content = backup.read_bytes()
    unit = office.ask("gaps")[0]["unit"]

    assert unit.encode() not in content
    assert b"SQLite format 3" not in content
    monkeypatch.setenv("KONGCHUO_BACKUP_PASSWORD", "another one, also long")
    code, _, err = office.run("restore", str(backup), "--yes")
    assert code == 2
    assert "\u5bc6\u7801\u4e0d\u5bf9" in err


def test_nothing_is_overwritten_by_a_backup_or_by_restoring(office: InstalledOffice, tmp_path: Path) -> None:
    backup = tmp_path / "backup.zip"
    assert office.run("backup", str(backup))[0] == 0

    assert office.run("backup", str(backup))[0] == 2
    assert office.run("restore", str(backup))[0] == 2

    assert not faults(office)


@pytest.mark.parametrize("place", [0.1, 0.5, 0.97])
def test_a_damaged_backup_changes_nothing(office: InstalledOffice, tmp_path: Path, place: float) -> None:
    backup = tmp_path / "backup.zip"
    office.run("backup", str(backup))
    content = bytearray(backup.read_bytes())
    content[int(len(content) * place)] ^= 1
    backup.write_bytes(content)
    fresh = tmp_path / "fresh" / "kongchuo.toml"
    fresh.parent.mkdir()

    code, _, err = InstalledOffice(fresh.parent).run("restore", str(backup))

    assert code in (2, 3), err
    assert "Traceback" not in err
    assert "\u7a0b\u5e8f\u51fa\u9519" not in err
    assert not (fresh.parent / "kongchuo.db").exists()
    assert os.listdir(fresh.parent) == []


def test_a_database_that_is_gone_is_noticed_before_anything_is_sent_again(office: InstalledOffice) -> None:
    before = answers(office)
    for file in office.folder.glob("kongchuo.db*"):
        file.unlink()

    for command in (("poll",), ("digest", "--as-of", "2023-09-28"), ("gaps",)):
        code, _, err = office.run(*command)
        assert code == 3
        assert " rebuild" in err

    office.ask("rebuild")
    assert answers(office) == before


def test_no_unit_is_called_missing_where_only_the_database_of_a_polled_office_is_gone(tmp_path: Path) -> None:
    """Nobody decided or was written to, and the journal is older than the audit trail's entries: it holds arrivals alone."""
    county = make_county(8, schools=2, mails=8, rows=40)
    mails = write_mails(tmp_path / "mail", county.mails)
    office = write_office(tmp_path / "office", county, f'maildir = "{mails}"')
    office.ask("poll")
    before = copied(
        office, tmp_path / "copy"
    ).all_answers()  # whole numbers shown are entries of the audit trail
    journal = Journal(office.folder / "archive")
    journal.create(
        [line for line in journal.entries() if isinstance(line, Entry) and line.kind is not EntryKind.AUDIT]
    )
    for file in office.folder.glob("kongchuo.db*"):
        file.unlink()

    for command in ("status", "gaps", "poll"):
        code, out, err = office.run(command)
        assert (code, out, " rebuild" in err) == (3, "", True), command

    office.ask("rebuild")
    assert office.all_answers() == before


def test_a_store_made_anew_knows_when_the_last_digest_was(office: InstalledOffice, tmp_path: Path) -> None:
    with mail_sink() as sink:
        config = office.folder / "kongchuo.toml"
        smtp = f'[smtp]\nhost = "{sink.host}"\nport = {sink.port}\nsecurity = "none"\nsender = "office@example.org"\n'
        config.write_text(f"{config.read_text('utf-8')}\n{smtp}", "utf-8")
        for day in ("2023-09-27", "2023-09-28"):
            assert office.run("digest", "--send", "--as-of", day)[0] == 0
        assert office.run("rebuild", "--yes")[0] == 0

        code, _, err = office.run("digest", "--send", "--as-of", "2023-09-28")

        assert code == 0, err
        assert len(sink.messages) == 2


def test_a_backup_that_cannot_be_read_takes_nothing_away(office: InstalledOffice, tmp_path: Path) -> None:
    before = answers(office)
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK no zip")

    assert office.run("restore", str(broken), "--yes")[0] == 3

    assert answers(office) == before


def test_the_log_of_an_older_database_is_never_played_into_a_restored_one(
    office: InstalledOffice, tmp_path: Path
) -> None:
    before = answers(office)
    backup = tmp_path / "backup.zip"
    assert office.run("backup", str(backup))[0] == 0
    connection = sqlite3.connect(office.folder / "kongchuo.db")
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.execute("UPDATE message SET sender = 'x'")
    connection.commit()
    log = (office.folder / "kongchuo.db-wal").read_bytes()
    connection.close()
    (office.folder / "kongchuo.db").unlink()
    (office.folder / "kongchuo.db-wal").write_bytes(log)  # a rename of both was interrupted after the first

    assert office.run("restore", str(backup), "--yes")[0] == 0

    assert answers(office) == before
    assert office.ask("verify") == []


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    require_postgres()
    with postgres() as url:
        yield url


def test_a_store_on_postgres_is_backed_up_and_restored(county: County, url: str, tmp_path: Path) -> None:
    folder = tmp_path / "office"
    office = write_office(folder, county, f'maildir = "{write_mails(folder / "mail", county.mails)}"')
    config = folder / "kongchuo.toml"
    config.write_text(f'{config.read_text("utf-8")}\n[store]\nurl = "{url}"\n', "utf-8")
    office.ask("poll")
    before = answers(office)
    backup = tmp_path / "backup.zip"
    code, _, err = office.run("backup", str(backup))
    assert code == 0, err
    empty = url.rpartition("/")[0] + "/template1"
    config.write_text(config.read_text("utf-8").replace(url, empty), "utf-8")
    shutil.rmtree(folder / "archive")

    code, _, err = office.run("restore", str(backup))

    assert code == 0, err
    assert answers(office) == before
    assert office.ask("verify") == []
