"""Whoever copies a sealed office's database, archive, backup or temporary files reads no child's name, number, telephone or
address there, no file name, and no person's reason: looked for in the raw bytes, on both databases."""

import json
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pyzipper.zipfile_aes import AESZipFile

from config.settings import load_settings
from kongchuo.demo.county import make_county
from kongchuo.office import open_store
from store.sealing.wrapped_key import make_key
from tests.builders.files.raw_search import find_texts
from tests.builders.offices.installed_office import FORMS, InstalledOffice, write_mails, write_office
from tests.builders.offices.office_folder import SMTP

_PASSPHRASE = "correct horse battery"
_REASON = "奶奶说去广东找妈妈了"
_CHILDRENS = (
    "name",
    "id_number",
    "phone",
    "guardian",
    "guardian_name",
    "guardian_phone",
    "address",
    "home_address",
)


@dataclass(frozen=True)
class SealedOffice:
    """An office with a county's mail in it, and the texts that nobody may find in its bytes."""

    office: InstalledOffice
    texts: frozenset[str]
    before: dict[str, str]
    raw_before: dict[str, bytes]


def start(office: InstalledOffice, *arguments: str, typed: str = "") -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command, which may be one of a group, and may read a line."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "kongchuo", *arguments],
        env={**os.environ, "KONGCHUO_CONFIG": str(office.folder)},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def code_of(office: InstalledOffice) -> str:
    shown = run(office, "key", "export")
    return next(line for line in shown.splitlines() if "恢复码" in line).split("\uff1a")[1]


def run(office: InstalledOffice, *arguments: str) -> str:
    code, out, err = start(office, *arguments)
    assert code in (0, 1), f"{arguments}: exit {code}\n{err}"
    return out


@pytest.fixture(scope="module", params=["sqlite, from the start", "sqlite, later", "postgres, later"])
def sealed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SealedOffice]:
    database, _, begins = request.param.partition(", ")
    folder = tmp_path_factory.mktemp("sealed")
    url = request.getfixturevalue("server") if database == "postgres" else f"sqlite:///{folder}/sealed.db"
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="t-") as temporary:
        # A short folder for temporary files: the reading processes put their sockets there.
        patch.setenv("TMPDIR", temporary)
        patch.setenv("XDG_CONFIG_HOME", str(folder / "home"))
        patch.setenv("KONGCHUO_BACKUP_PASSWORD", _PASSPHRASE)
        yield make_sealed_office(folder, url, seal_later=begins == "later")


def make_sealed_office(tmp_path: Path, url: str, *, seal_later: bool) -> SealedOffice:
    """An office that is sealed before its first mail, or after a county's mail and a person's decision."""
    county = make_county(11, schools=5, mails=45, rows=250)
    mails = write_mails(tmp_path / "mail", county.mails)
    office = write_office(tmp_path / "office", county, f'maildir = "{mails}"')
    config = office.folder / "kongchuo.toml"
    config.write_text(
        f"""{config.read_text("utf-8")}
[store]
url = "{url}"
{SMTP.format(port=9)}""",
        "utf-8",
    )
    if not seal_later:
        run(office, "key", "new")
    office.ask("poll")
    case = office.ask("cases")[0]
    run(office, "case", "note", case["case_id"], f"{case['name']}:{_REASON}")
    start(office, "digest", "--send", "--as-of", "2023-09-28", "--out", str(tmp_path / "out"))
    run(office, "questions", "--as-of", "2023-09-28")
    before, raw_before = office.all_answers(), stored_bytes(office)
    if seal_later:
        run(office, "key", "new")
    return SealedOffice(office, texts_of(office), before, raw_before)


def texts_of(office: InstalledOffice) -> frozenset[str]:
    """Everything of a child that the mails tell, as the office itself reads it, and what files are called."""
    rows: list[dict[str, Any]] = [
        row for form in FORMS for row in office.ask("records", "--form", form, "--reveal", "--why", "核对")
    ]
    texts = {str(row[key]) for row in rows for key in row if key in _CHILDRENS and row[key]}
    files = office.ask("files")
    texts |= {name for file in files for name in file["path"] if "." in name}
    texts |= {file["subject"] for file in files if file["subject"]}
    # A unit's name and a form's are no secret; they stand beside each other in a row.
    texts -= {unit + form for unit in {row["unit"] for row in rows} for form in FORMS}
    public = (office.folder / "units.csv").read_text("utf-8") + (office.folder / "kongchuo.toml").read_text()
    return frozenset({text for text in texts if text not in public} | {_REASON})


def stored_bytes(office: InstalledOffice) -> dict[str, bytes]:
    """By name all that a thief gets: database with its log, archive, temporary files, a dump of a server's database."""
    settings = load_settings(office.folder / "kongchuo.toml")
    root = office.folder.parent
    folders = (settings.store.archive, Path(os.environ["TMPDIR"]))
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    files += list(root.glob("*.db*"))
    stored = {str(path): path.read_bytes() for path in files}
    if settings.store.url.startswith("postgresql"):
        stored["dump"] = dump(settings.store.url)
    return stored


def dump(url: str) -> bytes:
    """Every row of every table, as the server gives them."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        rows = []
        for (table,) in tables:
            with connection.cursor().copy(f'COPY "{table}" TO STDOUT (FORMAT binary)'.encode()) as copy:
                rows += [bytes(piece) for piece in copy]
    return b"".join(rows)


def found_in(stored: dict[str, bytes], texts: frozenset[str]) -> dict[str, set[str]]:
    return {name: found for name, raw in stored.items() if (found := find_texts(texts, raw))}


def test_nothing_of_a_child_stands_in_the_raw_bytes(sealed: SealedOffice) -> None:
    assert len(sealed.texts) > 300

    assert found_in(stored_bytes(sealed.office), sealed.texts) == {}


def test_a_backup_holds_nothing_either_also_for_who_knows_its_passphrase(sealed: SealedOffice) -> None:
    file = sealed.office.folder.parent / "backup.zip"
    run(sealed.office, "backup", str(file))

    with AESZipFile(file) as archive:
        archive.setpassword(_PASSPHRASE.encode())
        members = {
            name: bytes(archive.read(name))
            for name in archive.namelist()
            if not name.startswith("configuration/")
        }

    assert found_in(members, sealed.texts) == {}
    assert found_in({"zip": file.read_bytes()}, sealed.texts) == {}


def test_every_answer_is_the_same_and_the_store_verifies(sealed: SealedOffice) -> None:
    assert sealed.office.all_answers() == sealed.before
    assert json.loads(run(sealed.office, "verify", "--json")) == []
    assert json.loads(run(sealed.office, "key", "check", "--json"))["unsealed_files"] == 0


def test_the_search_finds_what_is_not_sealed(sealed: SealedOffice, request: pytest.FixtureRequest) -> None:
    """The control: before its sealing, the same search finds nearly all of it in the same places."""
    found = set().union(*found_in(sealed.raw_before, sealed.texts).values())

    if "later" in request.node.name:
        assert len(found) > 0.9 * len(sealed.texts)
        assert _REASON in found
    else:
        assert found == set()


def test_without_its_key_nothing_is_opened_and_nothing_written(
    sealed: SealedOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    before = stored_bytes(sealed.office)

    for command in (("poll",), ("status",), ("verify",), ("backup", str(tmp_path / "b.zip"))):
        code, out, err = start(sealed.office, *command)
        assert (code, out) == (2, ""), command
        assert "恢复码" in err
    code, out, _ = start(sealed.office, "doctor")
    assert code != 0
    assert "kongchuo key import" in out

    assert stored_bytes(sealed.office) == before


def test_another_code_is_told_as_another(
    sealed: SealedOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KONGCHUO_STORE_KEY", make_key().code)
    assert start(sealed.office, "status")[0] in (0, 1)  # the file's is tried, too

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    code, _, err = start(sealed.office, "status")
    assert (code, "打不开" in err) == (2, True)

    monkeypatch.setenv("KONGCHUO_STORE_KEY", "ABCD-EFGH")
    code, _, err = start(sealed.office, "status")
    assert (code, "抄错" in err) == (2, True)


def test_the_recovery_code_opens_it_where_the_file_is_lost(
    sealed: SealedOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = run(sealed.office, "key", "export")
    code = code_of(sealed.office)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("KONGCHUO_STORE_KEY", code.lower().replace("-", " "))

    assert sealed.office.ask("status")
    store = open_store(load_settings(sealed.office.folder / "kongchuo.toml"))
    store.close()
    assert store.key_id is not None
    assert store.key_id in shown


def empty_database_beside(url: str) -> str:
    """Makes another database on the same server, as its administrator would; returns its URL."""
    name = f"other_{uuid.uuid4().hex}"
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
    return f"{url.rpartition('/')[0]}/{name}"


def test_a_backup_is_restored_on_another_machine_with_the_recovery_code_alone(
    sealed: SealedOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_of(sealed.office)
    run(sealed.office, "backup", str(tmp_path / "b.zip"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    other = replace(sealed.office, folder=tmp_path / "other")
    moved = (sealed.office.folder / "kongchuo.toml").read_text("utf-8")
    url = load_settings(sealed.office.folder / "kongchuo.toml").store.url
    other.folder.mkdir()
    of_server = url.startswith("postgresql")
    other_url = empty_database_beside(url) if of_server else f"sqlite:///{tmp_path}/other.db"
    (other.folder / "kongchuo.toml").write_text(moved.replace(url, other_url), "utf-8")
    for file in ("units.csv", "2023-autumn.toml"):
        if (sealed.office.folder / file).exists():
            (other.folder / file).write_bytes((sealed.office.folder / file).read_bytes())

    exit_code, _, err = start(other, "restore", str(tmp_path / "b.zip"))
    assert (exit_code, "kongchuo key import" in err) == (2, True)
    assert "kongchuo key import" in start(other, "doctor")[1]
    assert start(other, "poll")[0] == 2
    wrong, _, err = start(other, "key", "import", typed=make_key().code)
    assert (wrong, "打不开" in err) == (2, True)

    assert start(other, "key", "import", typed=code.lower())[0] == 0
    if of_server:  # its database was not filled without the key, and holds the entry of the import by now
        exit_code, _, err = start(other, "restore", str(tmp_path / "b.zip"), "--yes")
        assert (exit_code, "请先新建一个空的数据库" in err) == (2, True)
        config = other.folder / "kongchuo.toml"
        config.write_text(config.read_text("utf-8").replace(other_url, empty_database_beside(url)), "utf-8")
        run(other, "restore", str(tmp_path / "b.zip"), "--yes")

    assert json.loads(run(other, "verify", "--json")) == []
    assert other.all_answers() == sealed.before


def test_the_key_is_changed_and_the_old_code_opens_nothing_any_more(
    sealed: SealedOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = code_of(sealed.office)
    answers = sealed.office.all_answers()

    told = run(sealed.office, "key", "rotate")

    new = code_of(sealed.office)
    assert new != old
    assert told.count(new) == 1
    assert sealed.office.all_answers() == answers
    assert json.loads(run(sealed.office, "verify", "--json")) == []
    assert found_in(stored_bytes(sealed.office), sealed.texts) == {}
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("KONGCHUO_STORE_KEY", old)
    code, _, err = start(sealed.office, "status")
    assert (code, "打不开" in err) == (2, True)
    monkeypatch.setenv("KONGCHUO_STORE_KEY", new)
    assert sealed.office.all_answers() == answers


def test_the_store_can_be_made_anew_of_its_sealed_archive(sealed: SealedOffice) -> None:
    if load_settings(sealed.office.folder / "kongchuo.toml").store.url.startswith("postgresql"):
        pytest.skip("the database of a server is made anew by an administrator")
    run(sealed.office, "rebuild", "--yes")

    assert sealed.office.all_answers() == sealed.before
    texts = {name: raw for name, raw in stored_bytes(sealed.office).items() if ".old-" not in name}
    assert found_in(texts, sealed.texts) == {}
