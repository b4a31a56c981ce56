"""After a purge no name, number, telephone or file of a purged mail stands in any file of an office that is not sealed: looked
for in the raw bytes, on both databases. Cases, counts, verification and everything else go on as before."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from pyzipper.zipfile_aes import AESZipFile

from config.settings import load_settings
from kongchuo.demo.county import make_county
from kongchuo.office import open_office, open_store
from kongchuo.usecases.retention.child_forgetting import plan_forgetting
from kongchuo.usecases.retention.held_of_child import find_held
from kongchuo.usecases.retention.kept_mails import _END_OF_TIME
from store import Store
from tests.builders.files.raw_search import find_texts
from tests.builders.offices.installed_office import FORMS, InstalledOffice, write_mails, write_office
from tests.builders.offices.office_folder import SMTP

_PASSPHRASE = "correct horse battery"
_NOW = "2026-11-01"
_KEYS = ("name", "id_number", "phone", "guardian", "guardian_phone")


@dataclass(frozen=True)
class PurgedOffice:
    """An office from which old mail was purged, and the texts that nobody may find in it."""

    office: InstalledOffice
    gone: frozenset[str]
    cases: object
    status: object
    raw_before: dict[str, bytes]
    purged: dict[str, object]


def run(office: InstalledOffice, *arguments: str) -> str:
    code, out, err = office.run(*arguments)
    assert code in (0, 1), f"{arguments}: exit {code}\n{err}"
    return out


def opened(office: InstalledOffice) -> Store:
    return open_store(load_settings(office.folder / "kongchuo.toml"))


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def purged(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PurgedOffice]:
    folder = tmp_path_factory.mktemp("purged")
    url = (
        request.getfixturevalue("server")
        if request.param == "postgres"
        else f"sqlite:///{folder}/office/kongchuo.db"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KONGCHUO_BACKUP_PASSWORD", _PASSPHRASE)
        yield make_purged_office(folder, url)


def make_old_office(folder: Path, url: str) -> InstalledOffice:
    """Polls a county of 2023, on this database."""
    county = make_county(11, schools=5, mails=45, rows=250)
    mails = write_mails(folder / "mail", county.mails)
    office = write_office(folder / "office", county, f'maildir = "{mails}"')
    config = office.folder / "kongchuo.toml"
    config.write_text(
        f"""{config.read_text("utf-8")}
[store]
url = "{url}"
{SMTP.format(port=9)}dry_run = "{folder / "written"}"
""",
        "utf-8",
    )
    run(office, "poll")
    return office


def make_purged_office(folder: Path, url: str) -> PurgedOffice:
    office = make_old_office(folder, url)
    run(office, "digest", "--send", "--as-of", "2023-09-28", "--out", str(folder / "digest"))
    before = texts_of(office)
    a_name = min(name for name in before if len(name) == 3)
    run(office, "cases", "--reveal", "--why", f"{a_name}的家长来问", "--as-of", _NOW)
    run(office, "extend", "--unit", "西沱镇", "--until", "2023-10-01", "--why", f"{a_name}的家长在外地")
    cases, status = (
        office.ask("cases", "--all", "--as-of", _NOW),
        office.ask("status", "--as-of", "2023-10-30"),
    )
    raw_before = stored_bytes(office)
    answer = json.loads(run(office, "purge", "--why", "过了保存期", "--json"))
    left = "|".join(texts_of(office))  # a name may be the beginning of another's
    gone = {text for text in before if text not in left} - find_texts(
        before, kept_mails(office, folder / "mail")
    )
    return PurgedOffice(office, frozenset(gone), cases, status, raw_before, answer)


def kept_mails(office: InstalledOffice, folder: Path) -> bytes:
    """The bytes of the mails that stay, whose words may speak of a file that had the name of a purged one."""
    store = opened(office)
    raw = [mail.read_bytes() for mail in folder.rglob("*.eml")]
    kept = [one for one in raw if store.archive.holds(hashlib.sha256(one).hexdigest())]
    store.close()
    assert 0 < len(kept) < len(raw)
    return b"\n".join(kept)


def texts_of(office: InstalledOffice) -> set[str]:
    """The names and numbers in the rows of every submission, and what files are called."""
    store = opened(office)
    rows = store.submissions.records(store.submissions.arrived(None, _END_OF_TIME))
    texts = {str(value) for key in _KEYS for value in rows.column(key) if value}
    files = {
        name for file in store.files.arrived(_END_OF_TIME) for name in (*file.path, file.subject) if name
    }
    store.close()
    # A unit's name and a form's are no secret; they stand beside each other in a row.
    public = "".join(unit + form for unit in set(rows.units) for form in FORMS)
    public += (office.folder / "units.csv").read_text("utf-8")
    return {text for text in texts | files if text not in public and "已清理" not in text}


def stored_bytes(office: InstalledOffice) -> dict[str, bytes]:
    """By name every file of the office's folder, and the rows of a server's database."""
    stored = {str(path): path.read_bytes() for path in office.folder.rglob("*") if path.is_file()}
    url = load_settings(office.folder / "kongchuo.toml").store.url
    if url.startswith("postgresql"):
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            for (table,) in tables.fetchall():
                with connection.cursor().copy(f'COPY "{table}" TO STDOUT (FORMAT binary)'.encode()) as copy:
                    stored[table] = b"".join(bytes(piece) for piece in copy)
    return stored


def found_in(stored: dict[str, bytes], texts: frozenset[str]) -> set[str]:
    return set().union(*(find_texts(texts, raw) for raw in stored.values()))


def test_no_text_of_a_purged_mail_is_left_in_any_file(purged: PurgedOffice) -> None:
    assert len(purged.gone) > 100
    assert len(found_in(purged.raw_before, purged.gone)) > 0.9 * len(purged.gone)

    assert found_in(stored_bytes(purged.office), purged.gone) == set()


def test_a_reason_in_the_audit_trail_that_names_a_purged_child_is_cleared(purged: PurgedOffice) -> None:
    store = opened(purged.office)
    told = [(entry.what.partition(" ")[0], entry.why) for entry in store.audit.entries()]
    store.close()

    assert ("reveal", "〔已清理〕") in told
    assert ("purge", "过了保存期") in told


def test_a_backup_made_after_holds_none_either(purged: PurgedOffice, tmp_path: Path) -> None:
    run(purged.office, "backup", str(tmp_path / "backup.zip"))

    with AESZipFile(tmp_path / "backup.zip") as archive:
        archive.setpassword(os.environ["KONGCHUO_BACKUP_PASSWORD"].encode())
        members = {name: bytes(archive.read(name)) for name in archive.namelist()}
    assert found_in(members, purged.gone) == set()


def test_every_case_and_every_count_stays(purged: PurgedOffice) -> None:
    assert purged.office.ask("cases", "--all", "--as-of", _NOW) == purged.cases
    assert purged.office.ask("status", "--as-of", "2023-10-30") == purged.status
    assert isinstance(purged.cases, list)
    assert [case["state"] for case in purged.cases].count("open") > 3


def test_the_office_goes_on(purged: PurgedOffice) -> None:
    office = purged.office
    run(office, "rerun", "--all")
    for mail in (office.folder.parent / "mail").rglob("*.eml"):
        os.utime(mail)  # so that each is read again, as the daily comparison does
    polled = json.loads(run(office, "poll", "--json"))
    assert (polled["messages"], polled["new_messages"], polled["files"]) == (45, 0, 0)

    assert json.loads(run(office, "verify", "--json")) == []
    assert json.loads(run(office, "audit", "verify", "--json"))["faults"] == []
    assert json.loads(run(office, "purge", "--why", "再来", "--json"))["mails"] == 0
    assert office.ask("cases", "--all", "--as-of", _NOW) == purged.cases
    assert found_in(stored_bytes(office), purged.gone) == set()


def test_mail_that_comes_by_another_mailbox_is_not_recorded_again(purged: PurgedOffice) -> None:
    config = purged.office.folder / "kongchuo.toml"
    config.write_text(config.read_text("utf-8").replace('name = "main"', 'name = "moved"'), "utf-8")

    polled = json.loads(run(purged.office, "poll", "--json"))

    assert (polled["new_messages"], polled["files"]) == (0, 0)
    assert json.loads(run(purged.office, "verify", "--json")) == []
    assert found_in(stored_bytes(purged.office), purged.gone) == set()


def test_a_store_made_anew_of_the_archive_tells_the_same(purged: PurgedOffice) -> None:
    if load_settings(purged.office.folder / "kongchuo.toml").store.url.startswith("postgresql"):
        pytest.skip("the database of a server is made anew by an administrator")
    run(purged.office, "rebuild", "--yes")

    assert purged.office.ask("cases", "--all", "--as-of", _NOW) == purged.cases
    assert purged.office.ask("status", "--as-of", "2023-10-30") == purged.status
    assert json.loads(run(purged.office, "verify", "--json")) == []
    assert found_in(stored_bytes(purged.office), purged.gone) == set()


def find_free_child(config: Path) -> str:
    """Returns the number of a child whose mails nothing keeps."""
    now = datetime.now(UTC)
    with open_office(config) as office:
        rows = office.store.submissions.records(office.store.submissions.arrived(None, _END_OF_TIME))
        numbers = [number for number in dict.fromkeys(rows.column("id_number")) if isinstance(number, str)]
        for number in numbers[::7]:
            if plan_forgetting(office, find_held(office, number, now), now).going:
                return number
    raise AssertionError("everything is kept")


def test_a_child_is_forgotten_and_nothing_else_changes(fresh_url: Callable[[], str], tmp_path: Path) -> None:
    url = fresh_url()
    beside = f"sqlite:///{tmp_path}/office/kongchuo.db"
    office = make_old_office(tmp_path, beside if url.startswith("sqlite") else url)
    number = find_free_child(office.folder / "kongchuo.toml")
    cases = office.ask("cases", "--all", "--as-of", _NOW)
    status = office.ask("status", "--as-of", "2023-10-30")
    assert found_in(stored_bytes(office), frozenset({number})) == {number}
    forget = ("--quiet", "child", "forget", number)  # a group takes no --config itself

    code, out, err = office.run(*forget, "--why", "监护人申请", "--json")

    assert code == 0, err
    answer = json.loads(out)
    assert answer["purged_mails"] >= len(answer["mails"]) >= 1
    assert found_in(stored_bytes(office), frozenset({number})) == set()
    assert office.ask("cases", "--all", "--as-of", _NOW) == cases
    assert office.ask("status", "--as-of", "2023-10-30") == status
    assert json.loads(run(office, "verify", "--json")) == []
    assert json.loads(run(office, "audit", "verify", "--json"))["faults"] == []
    assert office.run(*forget, "--dry-run")[0] == 2
